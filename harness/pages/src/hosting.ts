import { CallingState } from "@stream-io/video-react-sdk";
import { useCallback, useEffect, useRef, useState } from "react";
import { endParty } from "./end-party.ts";
import { PartyError, sentenceFor } from "./errors.ts";
import type { Wait } from "./capture.ts";
import { type Devices, goLive, type LiveParty } from "./go-live.ts";
import { type Offer, offersAfter } from "./offers.ts";
import { markNotLive, type Party } from "./party.ts";
import { useServices } from "./services.ts";

export type Phase = "not live" | "going live" | "live" | "ending" | "ended";

export interface Hosting {
  phase: Phase;
  /** The call while live, otherwise null. */
  live: LiveParty | null;
  error: string | null;
  /** What else the host can do after the error. */
  offers: Offer[];
  /** What the host waits for on the way to being live. */
  wait: Wait | null;
  start: (devices: Devices, unchecked?: boolean) => Promise<void>;
  /** Give up going live. */
  cancel: () => void;
  end: () => Promise<void>;
  fail: (error: unknown, failed?: string) => void;
  clearError: () => void;
}

/** The host's side of one party: its phase, and the two things a host can do. */
export function useHosting(party: Party): Hosting {
  const services = useServices();
  const [phase, setPhase] = useState<Phase>("not live");
  const [live, setLive] = useState<LiveParty | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [offers, setOffers] = useState<Offer[]>([]);
  const [wait, setWait] = useState<Wait | null>(null);
  const attempt = useRef<AbortController | null>(null);

  const fail = useCallback((problem: unknown, failed?: string) => setError(sentenceFor(problem, failed)), []);
  const clearError = useCallback(() => {
    setError(null);
    setOffers([]);
  }, []);
  const cancel = useCallback(() => attempt.current?.abort(), []);

  const start = async (devices: Devices, unchecked = false): Promise<void> => {
    // A ref, not the state: the second click of a double click comes before the page is drawn again.
    if (attempt.current) return;
    const current = (attempt.current = new AbortController());
    clearError();
    setPhase("going live");
    try {
      const { signal } = current;
      const started = await goLive(services, party, { devices, unchecked, signal, onWait: setWait });
      setLive(started);
      setPhase("live");
    } catch (problem) {
      const others = await offersAfter(problem, devices);
      attempt.current = null;
      setPhase("not live");
      if (current.signal.aborted) return;
      fail(problem);
      setOffers(others);
    }
  };

  const finish = useCallback((next: Phase): void => {
    attempt.current = null;
    setLive(null);
    setPhase(next);
  }, []);

  const end = async (): Promise<void> => {
    if (!live || phase !== "live") return;
    setError(null);
    setPhase("ending");
    try {
      await endParty(services, live);
      finish("ended");
    } catch (problem) {
      fail(problem, "The party could not be ended");
      setPhase("live");
    }
  };

  useReleaseOnUnmount(live, attempt);
  useEndedElsewhere(live, phase, (next, reason) => {
    finish(next);
    if (reason) fail(reason);
    else markNotLive(services.supabase, party.id).catch(fail);
  });
  return { phase, live, error, offers, wait, start, cancel, end, fail, clearError };
}

/** Closing the page part stops an attempt on its way, and lets go of devices and call. */
function useReleaseOnUnmount(live: LiveParty | null, attempt: { current: AbortController | null }): void {
  useEffect(() => () => attempt.current?.abort(), [attempt]);
  useEffect(() => () => void live?.release(), [live]);
}

/** The call can end without this page's doing: by another tab, by Stream, or because the connection is lost. */
function useEndedElsewhere(
  live: LiveParty | null,
  phase: Phase,
  onEnded: (next: Phase, reason?: PartyError) => void,
): void {
  const latest = useRef({ phase, onEnded });
  latest.current = { phase, onEnded };
  useEffect(() => {
    if (!live) return;
    const { state } = live.call;
    let wasOnAir = false;
    const onAir = state.backstage$.subscribe((backstage) => {
      if (wasOnAir && backstage && latest.current.phase === "live") latest.current.onEnded("ended");
      wasOnAir ||= !backstage;
    });
    const calling = state.callingState$.subscribe((callingState) => {
      if (latest.current.phase !== "live") return;
      if (callingState === CallingState.LEFT || callingState === CallingState.RECONNECTING_FAILED) {
        latest.current.onEnded("not live", new PartyError(CONNECTION_LOST));
      }
    });
    return () => {
      onAir.unsubscribe();
      calling.unsubscribe();
    };
  }, [live]);
}

const CONNECTION_LOST = "The connection to Stream was lost, so you are no longer live. Press Go live to come back.";
