import type { StreamVideoParticipant } from "@stream-io/video-react-sdk";
import type { Party } from "./party.ts";

/** "3 watching": everybody in the call who is not its host. */
export function watching(participants: StreamVideoParticipant[], party: Party): string {
  return `${participants.filter(({ userId }) => userId !== party.host_id).length} watching`;
}

/**
 * The host's participant to show. A host who reloaded may be there twice for a while: the newest that publishes,
 * otherwise the newest.
 */
export function hostOf(participants: StreamVideoParticipant[], party: Party): StreamVideoParticipant | undefined {
  const hosts = participants.filter((one) => one.userId === party.host_id && !one.isLocalParticipant);
  const newest = hosts.sort((one, other) => joined(other) - joined(one));
  return newest.find(({ publishedTracks }) => publishedTracks.length > 0) ?? newest[0];
}

/** When somebody joined, in unix milliseconds; 0 when that is not known. */
export function joined({ joinedAt }: StreamVideoParticipant): number {
  return joinedAt ? Number(joinedAt.seconds) * 1000 + joinedAt.nanos / 1e6 : 0;
}
