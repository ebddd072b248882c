import { CallingState } from "@stream-io/video-react-sdk";
import { useEffect, useRef } from "react";
import { joined } from "./audience.ts";
import type { LiveParty } from "./go-live.ts";

/**
 * What takes a host off the air without this page's doing: the party was `ended` (by another tab, by Stream), the
 * connection is `lost`, or the host has `moved`: went live in another tab or on another device.
 */
export type Interruption = "ended" | "lost" | "moved";

/** Calls `onInterrupted` at most once for each time that the party is live from here. */
export function useInterruption(live: LiveParty | null, onInterrupted: (what: Interruption) => void): void {
  const latest = useRef(onInterrupted);
  latest.current = onInterrupted;
  useEffect(() => {
    if (!live) return;
    let told = false;
    return watch(live, (what) => {
      if (!told) latest.current(what);
      told = true;
    });
  }, [live]);
}

function watch({ call }: LiveParty, tell: (what: Interruption) => void): () => void {
  const { state } = call;
  let wasOnAir = false;
  const watched = [
    state.backstage$.subscribe((backstage) => {
      if (wasOnAir && backstage) tell("ended");
      wasOnAir ||= !backstage;
    }),
    state.callingState$.subscribe((callingState) => {
      if (callingState === CallingState.LEFT || callingState === CallingState.RECONNECTING_FAILED) tell("lost");
    }),
    state.participants$.subscribe((participants) => {
      const here = participants.find(({ isLocalParticipant }) => isLocalParticipant);
      // The newest wins: who comes back after a crash finds the old session still there for a while.
      const isNewer = (one: (typeof participants)[number]) =>
        one.userId === here?.userId && one !== here && joined(one) > joined(here);
      if (here && joined(here) && participants.some(isNewer)) tell("moved");
    }),
  ];
  return () => watched.forEach((subscription) => subscription.unsubscribe());
}
