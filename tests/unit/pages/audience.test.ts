import assert from "node:assert/strict";
import { test } from "node:test";
import type { StreamVideoParticipant } from "@stream-io/video-react-sdk";
import { hostOf, watching } from "../../../harness/pages/src/audience.ts";

const PARTY = { id: "party", host_id: "host", title: "", is_live: true, stream_app_id: "party" };

function participant(userId: string, sessionId: string, joined: number, publishes = true): StreamVideoParticipant {
  const joinedAt = { seconds: BigInt(joined), nanos: 0 };
  return { userId, sessionId, joinedAt, publishedTracks: publishes ? [2] : [] } as unknown as StreamVideoParticipant;
}

test("everybody but the host is watching, the host's two tabs too", () => {
  const everybody = [participant("host", "a", 1), participant("host", "b", 2), participant("one", "c", 3)];
  assert.equal(watching(everybody, PARTY), "1 watching");
});

test("of a host who reloaded, the newest session that publishes is shown", () => {
  const old = participant("host", "old", 1);
  const current = participant("host", "current", 2);
  const entering = participant("host", "entering", 3, false);
  assert.equal(hostOf([old, current, entering], PARTY)?.sessionId, "current");
});

test("a host who publishes nothing is still the host, and nobody else ever is", () => {
  const host = participant("host", "a", 1, false);
  assert.equal(hostOf([participant("one", "b", 2), host], PARTY)?.sessionId, "a");
  assert.equal(hostOf([participant("one", "b", 2)], PARTY), undefined);
});
