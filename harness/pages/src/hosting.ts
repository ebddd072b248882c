import { useCallback, useEffect, useRef, useState } from "react";
import { useLiveElsewhere } from "./elsewhere.ts";
import { endParty } from "./end-party.ts";
import { PartyError, sentenceFor } from "./errors.ts";
import type { Wait } from "./capture.ts";
import { type Devices, goLive, type LiveParty } from "./go-live.ts";
import { type Interruption, useInterruption } from "./interruption.ts";
import { type Offer, offersAfter } from "./offers.ts";
import { markNotLive, type Party } from "./party.ts";
import { useServices } from "./services.ts";

/** `elsewhere`: the party is live, but not from this page. */
export type Phase = "not live" | "elsewhere" | "going live" | "live" | "ending" | "ended";

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

const AT_REST: readonly Phase[] = ["not live", "elsewhere", "ended"];
const LOST = "The connection to Stream was lost, so you are no longer live. Press Go live to come back.";
const MOVED = "You went live in another tab or on another device, so this page has stopped.";

/** The host's side of one party: its phase, and the two things a host can do. */
export function useHosting(party: Party): Hosting {
  const services = useServices();
  const [phase, setPhase] = useState<Phase>(party.is_live ? "elsewhere" : "not live");
  const [live, setLive] = useState<LiveParty | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [offers, setOffers] = useState<Offer[]>([]);
  const [wait, setWait] = useState<Wait | null>(null);
  const attempt = useRef<AbortController | null>(null);
  const ending = useRef(false);

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
    const before = phase;
    clearError();
    setPhase("going live");
    try {
      const { signal } = current;
      setLive(await goLive(services, party, { devices, unchecked, signal, onWait: setWait }));
      setPhase("live");
    } catch (problem) {
      const others = await offersAfter(problem, devices);
      attempt.current = null;
      setPhase(before === "elsewhere" ? before : "not live");
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
    // A second click, or one that comes when it has ended: there is nothing left to do.
    if (ending.current || (phase !== "live" && phase !== "elsewhere")) return;
    ending.current = true;
    setError(null);
    setPhase("ending");
    try {
      await endParty(services, party.id, live);
      finish("ended");
    } catch (problem) {
      fail(problem, "The party could not be ended");
      setPhase(phase);
    } finally {
      ending.current = false;
    }
  };

  const interrupted = (what: Interruption): void => {
    // Ending is this page's own doing.
    if (phase !== "live") return;
    finish(AFTER[what]);
    if (what === "ended") void markNotLive(services.supabase, party.id).catch(fail);
    else fail(new PartyError(what === "moved" ? MOVED : LOST));
  };

  useReleaseOnUnmount(live, attempt);
  useInterruption(live, interrupted);
  useLiveElsewhere(services, party.id, AT_REST.includes(phase), (isLive) => {
    if (isLive) setPhase("elsewhere");
    else if (phase === "elsewhere") setPhase("ended");
  });
  return { phase, live, error, offers, wait, start, cancel, end, fail, clearError };
}

const AFTER: Record<Interruption, Phase> = { ended: "ended", lost: "not live", moved: "elsewhere" };

/** Closing the page part stops an attempt on its way, and lets go of devices and call. */
function useReleaseOnUnmount(live: LiveParty | null, attempt: { current: AbortController | null }): void {
  useEffect(() => () => attempt.current?.abort(), [attempt]);
  useEffect(() => () => void live?.release(), [live]);
}
