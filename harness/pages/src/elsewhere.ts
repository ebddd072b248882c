import { useEffect, useRef } from "react";
import { findParty } from "./party.ts";
import type { Services } from "./services.ts";

const EVERY_MS = 3000;

/**
 * Whether the party is live though not from this page: another tab, another device, or this page before a reload.
 * While `asking`, the row is read now and again, and `onKnown` is told.
 */
export function useLiveElsewhere(
  { supabase }: Services,
  partyId: string,
  asking: boolean,
  onKnown: (isLive: boolean) => void,
): void {
  const latest = useRef(onKnown);
  latest.current = onKnown;
  useEffect(() => {
    if (!asking) return;
    let asked = false;
    const ask = async () => {
      // Without an answer nothing new is known; the next question comes soon.
      const row = await findParty(supabase, partyId).catch(() => null);
      if (row && !asked) latest.current(row.is_live);
    };
    const timer = setInterval(() => void ask(), EVERY_MS);
    return () => {
      asked = true;
      clearInterval(timer);
    };
  }, [supabase, partyId, asking]);
}
