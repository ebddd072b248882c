import { type Call, CallingState, StreamVideoClient, type StreamClientOptions } from "@stream-io/video-react-sdk";
import type { Config } from "./config.ts";
import { log, streamLogs } from "./log.ts";
import { callIds } from "./party.ts";
import type { Services } from "./services.ts";
import { fetchStreamToken, type StreamToken } from "./stream-token.ts";
import type { Undo } from "./undo.ts";

/**
 * A connected client for the token's user; `undo` disconnects it, also when connecting fails.
 *
 * It connects before it is used, so that a refused token is this step's error and not one of a later request.
 */
export async function connectStream(services: Services, first: StreamToken, undo: Undo): Promise<StreamVideoClient> {
  const client = new StreamVideoClient({ apiKey: first.apiKey, options: clientOptions(services.config) });
  undo.add("disconnect from Stream", () => client.disconnectUser());
  let unused: string | undefined = first.token;
  await client.connectUser({ id: first.userId, name: first.userName }, async () => {
    const token = unused ?? (await fetchStreamToken(services, first.callId)).token;
    unused = undefined;
    return token;
  });
  log("Stream Video client created", callIds(first.callId), { userId: first.userId });
  return client;
}

function clientOptions({ streamBaseUrl }: Config): StreamClientOptions {
  const common: StreamClientOptions = {
    logOptions: streamLogs,
    maxConnectUserRetries: 1,
    // What was on in the last call must not switch a camera on in this one.
    devicePersistence: { enabled: false },
  };
  if (!streamBaseUrl) return common;
  return { ...common, baseURL: `${streamBaseUrl}/video`, locationHintUrl: `${streamBaseUrl}/hint` };
}

/**
 * The party's call, which captures nothing by itself; `undo` leaves it.
 *
 * Left alone the SDK starts devices on its own: on get and join when the call type says "default on", and, to notice
 * speech while muted, the microphone of anybody who may speak.
 */
export async function quietCall(client: StreamVideoClient, partyId: string, undo: Undo): Promise<Call> {
  const { callType, callId } = callIds(partyId);
  const call = client.call(callType, callId);
  undo.add("leave the call", () => leave(call));
  await call.microphone.disableSpeakingWhileMutedNotification();
  await call.microphone.disable();
  await call.camera.disable();
  return call;
}

// With the SDK's own limit for one request (5 s) nobody waits much longer than 10 s for a refusal to be told.
const JOIN_ATTEMPTS = 2;

/** Join the call that the server has made. Throws when Stream lets nobody in, or does not answer in time. */
export async function joinCall(call: Call): Promise<void> {
  const ids = callIds(call.id);
  log("Joining call...", ids);
  await call.join({ create: false, maxJoinRetries: JOIN_ATTEMPTS });
  log("Call joined", ids);
}

/** Leave, unless the SDK has left by itself, as it does when a live stream ends. */
export async function leave(call: Call): Promise<void> {
  if (call.state.callingState !== CallingState.LEFT) await call.leave();
}
