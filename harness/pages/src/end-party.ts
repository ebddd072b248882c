import type { Call } from "@stream-io/video-react-sdk";
import type { LiveParty } from "./go-live.ts";
import { log } from "./log.ts";
import { callIds, markNotLive } from "./party.ts";
import type { Services } from "./services.ts";
import { connectStream, quietCall } from "./stream-client.ts";
import { fetchStreamToken } from "./stream-token.ts";
import { Undo } from "./undo.ts";

/**
 * Take the party off the air, say so in its row, then leave. Every part can be repeated, so after a failure the host
 * stays connected and may end again. `live` is null when the party is on air, but not from this page.
 */
export async function endParty(services: Services, partyId: string, live: LiveParty | null): Promise<void> {
  const ids = callIds(partyId);
  const visit = new Undo(ids);
  try {
    log("Ending party...", ids);
    const call = live?.call ?? (await callFromOutside(services, partyId, visit));
    await call.stopLive();
    log("Call is not live", ids);
    await markNotLive(services.supabase, partyId);
    log("Database updated", ids, { is_live: false });
    await live?.release();
    log("Call left", ids);
  } finally {
    await visit.run();
  }
}

/** The call as one who is not in it has it: enough to end it. */
async function callFromOutside(services: Services, partyId: string, visit: Undo): Promise<Call> {
  const client = await connectStream(services, await fetchStreamToken(services, partyId), visit);
  return quietCall(client, partyId, visit);
}
