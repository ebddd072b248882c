import { type Call, CallingState } from "@stream-io/video-react-sdk";
import { useEffect, useRef, useState } from "react";
import { PartyError, sentenceFor } from "./errors.ts";
import { log, logError } from "./log.ts";
import { useObservable } from "./observe.ts";
import { callIds, type Party } from "./party.ts";
import { type Services, useServices } from "./services.ts";
import { connectStream, joinCall, leave, quietCall } from "./stream-client.ts";
import { fetchStreamToken } from "./stream-token.ts";
import { Undo } from "./undo.ts";

export type Moment = "waiting" | "joining" | "live" | "ended";

export interface Watching {
  call: Call | null;
  moment: Moment;
  error: string | null;
  /** Forget the error and try again. */
  retry: () => void;
}

const FAILED = "The party could not be opened";

/** The viewer's side of one party: watch the call, join whenever it is live, leave when it is not. */
export function useWatching(party: Party): Watching {
  const services = useServices();
  const [call, setCall] = useState<Call | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [round, setRound] = useState(0);

  useEffect(() => {
    const undo = new Undo(callIds(party.id));
    const leaving = new AbortController();
    openCall(services, party.id, undo, leaving.signal).then(setCall, async (problem: unknown) => {
      await undo.run();
      if (leaving.signal.aborted) return;
      logError("Watching failed", callIds(party.id), problem);
      setError(sentenceFor(problem, FAILED));
    });
    return () => {
      leaving.abort();
      setCall(null);
      void undo.run();
    };
  }, [services, party.id, round]);

  const { moment, failure } = useMoment(call, party);
  const retry = () => {
    setError(null);
    setRound(round + 1);
  };
  return { call, moment, error: error ?? failure, retry };
}

/** A connected, watched call that is not joined yet: in backstage a viewer may look, not enter. */
async function openCall(services: Services, partyId: string, undo: Undo, signal: AbortSignal): Promise<Call> {
  const token = await fetchStreamToken(services, partyId);
  signal.throwIfAborted();
  const client = await connectStream(services, token, undo);
  signal.throwIfAborted();
  const call = await quietCall(client, partyId, undo);
  await call.get();
  log("Watching call", callIds(partyId), { backstage: call.state.backstage });
  signal.throwIfAborted();
  return call;
}

function useMoment(call: Call | null, party: Party): { moment: Moment; failure: string | null } {
  const backstage = useObservable(call?.state.backstage$);
  const callingState = useObservable(call?.state.callingState$);
  const [wasLive, setWasLive] = useState(party.stream_app_id !== null && !party.is_live);
  const [failure, setFailure] = useState<string | null>(null);
  const failed = useRef(false);

  useEffect(() => {
    failed.current = false;
    setFailure(null);
  }, [call, backstage]);

  useEffect(() => {
    if (!call || backstage === undefined || callingState === undefined) return;
    if (callingState === CallingState.JOINED) setWasLive(true);
    // After a failure nothing is tried by itself: the call would go round from joining to failing for ever.
    if (failed.current) return;
    follow(call, backstage, callingState).catch((problem: unknown) => {
      failed.current = true;
      logError("Watching failed", callIds(party.id), problem);
      setFailure(sentenceFor(problem, FAILED));
    });
  }, [call, backstage, callingState, party.id]);

  return { moment: momentOf(backstage ?? !party.is_live, callingState, wasLive), failure };
}

function momentOf(backstage: boolean, callingState: CallingState | undefined, wasLive: boolean): Moment {
  if (backstage) return wasLive ? "ended" : "waiting";
  return callingState === CallingState.JOINED ? "live" : "joining";
}

/** One step towards what the call's state asks for; the state's next change brings the next step. */
async function follow(call: Call, backstage: boolean, callingState: CallingState): Promise<void> {
  const ids = callIds(call.id);
  if (callingState === CallingState.LEFT) {
    // Leaving also stops the SDK from watching, and the host may go live again.
    await call.get();
  } else if (callingState === CallingState.RECONNECTING_FAILED) {
    throw new PartyError("The connection to the party was lost. Please try again.");
  } else if (callingState === CallingState.IDLE && !backstage) {
    await joinCall(call);
  } else if (callingState === CallingState.JOINED && backstage) {
    log("Call is not live", ids);
    await leave(call);
  }
}
