import assert from "node:assert/strict";
import { test } from "node:test";
import { type Health, Verdict } from "../../../harness/pages/src/track-health.ts";

/** What a verdict says of looks that are 100 ms apart. */
function verdicts(looks: (Health | null)[]): (Health | null)[] {
  const verdict = new Verdict();
  return looks.map((seen, at) => verdict.next(seen, at * 100));
}

function many<T>(times: number, seen: T): T[] {
  return Array<T>(times).fill(seen);
}

test("what is good is good at the first look", () => {
  assert.deepEqual(verdicts(["good"]), ["good"]);
});

test("a fault is told once it has lasted", () => {
  assert.equal(verdicts(many(12, "black")).at(-1), null);
  assert.equal(verdicts(many(13, "black")).at(-1), "black");
  assert.equal(verdicts(["ended"]).at(-1), "ended");
});

test("one good look between two dark ones starts the patience anew", () => {
  assert.equal(verdicts([...many(10, "black"), "good", ...many(10, "black")] as Health[]).at(-1), null);
});

test("looks that say nothing make no fault, and none counts over them", () => {
  assert.deepEqual(new Set(verdicts(many(50, null))), new Set([null]));
  assert.equal(verdicts([...many(11, "black"), null, "black"] as (Health | null)[]).at(-1), null);
});
