import assert from "node:assert/strict";
import { test } from "node:test";
import { persistently, Undo } from "../../../harness/pages/src/undo.ts";

const IDS = { callType: "livestream", callId: "party" };

test("what was done last is undone first, once", async () => {
  const undone: string[] = [];
  const undo = new Undo(IDS);
  for (const what of ["connect", "join", "go live"]) undo.add(what, async () => undone.push(what));
  await undo.run();
  await undo.run();
  assert.deepEqual(undone, ["go live", "join", "connect"]);
});

test("a part that fails keeps no other from being undone, and is told on the console", async (t) => {
  const told = t.mock.method(console, "error", () => undefined);
  const undone: string[] = [];
  const undo = new Undo(IDS);
  undo.add("disconnect", async () => undone.push("disconnect"));
  undo.add("leave", () => Promise.reject(new Error("gone")));
  await undo.run();
  assert.deepEqual(undone, ["disconnect"]);
  assert.deepEqual(told.mock.calls[0]?.arguments, [
    "[ListeningParty] Could not leave",
    { ...IDS, name: "Error", message: "gone" },
  ]);
});

test("what others would be left with is tried again, until it works or the attempts are over", async () => {
  let tries = 0;
  const thirdTime = async () => {
    tries += 1;
    if (tries < 3) throw new Error("not yet");
    return "done";
  };
  assert.equal(await persistently(thirdTime, [1, 1])(), "done");
  const never = persistently(() => Promise.reject(new Error(`try ${(tries += 1)}`)), [1]);
  await assert.rejects(never, /try 5/);
});
