import { type Call, OwnCapability, type StreamVideoClient } from "@stream-io/video-react-sdk";
import { CallDevices } from "./call-devices.ts";
import { type Asking, type Device, DEVICES, LABELS, mediaDevices } from "./capture.ts";
import { stoppedAtOnce } from "./device-errors.ts";
import { expectGood } from "./device-warnings.ts";
import { PartyError } from "./errors.ts";
import { log, logError } from "./log.ts";
import { callIds, markLive, markNotLive, type Party } from "./party.ts";
import type { Services } from "./services.ts";
import { connectStream, joinCall, quietCall } from "./stream-client.ts";
import { fetchStreamToken } from "./stream-token.ts";
import { persistently, Undo, undoAll } from "./undo.ts";

/** Which devices the host wants on air. One that is off is never asked for. */
export type Devices = Record<Device, boolean>;

/** One try to go live. `signal` gives it up. */
export interface Attempt extends Asking {
  devices: Devices;
  /** Go live with whatever the devices give, also with a black picture. */
  unchecked?: boolean;
  signal: AbortSignal;
}

export interface LiveParty {
  client: StreamVideoClient;
  call: Call;
  /** Those that went on air at first. */
  began: Devices;
  devices: CallDevices;
  /** Stops captures, leaves the call and disconnects; does not end the party. */
  release: () => Promise<void>;
}

/**
 * The six steps from a click to being live, and the party's row last. Each step's outcome is checked, because the SDK
 * does not report all of its failures. Whatever fails is thrown after everything before it has been undone.
 */
export async function goLive(
  services: Services,
  party: Party,
  { devices, unchecked, signal, onWait }: Attempt,
): Promise<LiveParty> {
  const ids = callIds(party.id);
  const [capture, broadcast, connection] = [new Undo(ids), new Undo(ids), new Undo(ids)];
  // A device that ends before the party is live ends the attempt, at whatever step it is.
  const lost = new AbortController();
  const going = AbortSignal.any([signal, lost.signal]);
  try {
    // On an insecure page no later step could work.
    mediaDevices();

    // Step 1: token. The server also makes sure that the call exists, with callId = party.id.
    const token = await fetchStreamToken(services, party.id);
    signal.throwIfAborted();

    // Step 2: client
    const client = await connectStream(services, token, connection);
    signal.throwIfAborted();

    // Steps 3 and 4: the call, joined and not created
    const call = await quietCall(client, party.id, connection);
    const asking: Asking = {
      signal: going,
      onWait,
      check: unchecked ? undefined : expectGood,
      onEnded: (device) => lost.abort(stoppedAtOnce(device)),
    };
    const own = await CallDevices.of(call, capture, asking);
    await joinCall(call);
    signal.throwIfAborted();
    // A host who comes back finds the party on air: a failure now must not take it off.
    const wasOnAir = !call.state.backstage;

    // Step 5: camera and microphone, only those that are wanted; neither is published before both are there
    const wanted = DEVICES.filter((device) => devices[device]);
    for (const device of wanted) {
      expectAllowed(call, device);
      await own.prepare(device);
    }
    going.throwIfAborted();
    for (const device of wanted) {
      await own.enable(device);
      log(`${LABELS[device]} enabled`, ids);
    }
    log("Track status", ids, { camera: statusLine(call, "camera"), microphone: statusLine(call, "microphone") });
    going.throwIfAborted();

    // Step 6: live, on Stream and then in the database
    const takeBack = (what: string, work: () => Promise<unknown>) => wasOnAir || broadcast.add(what, persistently(work));
    takeBack("stop the live stream", () => call.stopLive());
    log("Going live...", ids);
    const { call: answer } = await call.goLive();
    if (answer.backstage || answer.cid !== call.cid) {
      throw new PartyError("Stream did not put the party on air. Please try again.");
    }
    log("Call is live", ids);
    going.throwIfAborted();
    takeBack("mark the party as not live", () => markNotLive(services.supabase, party.id));
    await markLive(services.supabase, party.id);
    log("Database updated", ids, { is_live: true, stream_app_id: party.id });
    going.throwIfAborted();

    own.goOn(signal);
    return { client, call, began: devices, devices: own, release: () => undoAll(capture, connection) };
  } catch (error) {
    logError("Go live failed", ids, error);
    // The camera's light first: the rest has to wait for the network.
    await undoAll(capture, broadcast, connection);
    // What failed after a device was lost failed because of that.
    throw lost.signal.aborted ? lost.signal.reason : error;
  }
}

const CAPABILITY: Record<Device, OwnCapability> = {
  camera: OwnCapability.SEND_VIDEO,
  microphone: OwnCapability.SEND_AUDIO,
};

/** The SDK would ask for the device first and notice only then that it may not publish. */
function expectAllowed(call: Call, device: Device): void {
  if (!call.state.ownCapabilities.includes(CAPABILITY[device])) {
    throw new PartyError(`Stream does not allow you to use your ${device} here: only the host can go live.`);
  }
}

function trackStatus(call: Call, device: Device): { status: string; readyState?: string; muted?: boolean } {
  const { status = "disabled", mediaStream } = call[device].state;
  const track = mediaStream?.getTracks()[0];
  return track ? { status, readyState: track.readyState, muted: track.muted } : { status };
}

/** Like "enabled, live" or "disabled": text, because consoles fold objects. */
function statusLine(call: Call, device: Device): string {
  const { status, readyState, muted } = trackStatus(call, device);
  return [status, readyState, muted && "muted by the system"].filter(Boolean).join(", ");
}
