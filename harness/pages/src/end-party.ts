import type { LiveParty } from "./go-live.ts";
import { log } from "./log.ts";
import { callIds, markNotLive } from "./party.ts";
import type { Services } from "./services.ts";

/**
 * Take the party off the air, say so in its row, then leave. Every part can be repeated, so after a failure the host
 * stays connected and may end again.
 */
export async function endParty({ supabase }: Services, { call, release }: LiveParty): Promise<void> {
  const ids = callIds(call.id);
  log("Ending party...", ids);
  await call.stopLive();
  log("Call is not live", ids);
  await markNotLive(supabase, call.id);
  log("Database updated", ids, { is_live: false });
  await release();
  log("Call left", ids);
}
