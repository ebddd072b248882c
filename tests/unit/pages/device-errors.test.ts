import assert from "node:assert/strict";
import { test } from "node:test";
import { deviceError } from "../../../harness/pages/src/device-errors.ts";
import { sentenceFor } from "../../../harness/pages/src/errors.ts";

const ALONE = { framed: false, allowedByPolicy: true };
const DENIED = "Camera/microphone permission denied. Please allow access in your browser settings and refresh.";

function sentence(name: string, message = "", around = ALONE): string {
  return sentenceFor(deviceError("camera", new DOMException(message, name), around));
}

test("a denial keeps its sentence whatever the browser is called", () => {
  assert.equal(sentence("NotAllowedError", "Permission denied"), DENIED);
  const firefox = "The request is not allowed by the user agent or the platform in the current context.";
  assert.equal(sentence("NotAllowedError", firefox, { framed: true, allowedByPolicy: null as unknown as boolean }), DENIED);
});

test("what the settings of the browser cannot heal does not send people there", () => {
  assert.match(sentence("NotAllowedError", "Permission dismissed"), /closed without an answer\. Please try again and choose Allow\.$/);
  assert.match(sentence("NotAllowedError", "Permission denied by system"), /Please allow it in the system's privacy settings/);
  assert.match(
    sentence("NotAllowedError", "Permission denied", { framed: true, allowedByPolicy: false }),
    /^This page is shown inside another site.* Please open it in a tab of its own\.$/,
  );
  assert.match(
    sentence("NotAllowedError", "Permission denied", { framed: false, allowedByPolicy: false }),
    /^This site does not let its own pages use your camera\. Please tell whoever runs it\.$/,
  );
});

test("every error is a sentence with something to do in it, never undefined", () => {
  const names = ["AbortError", "SecurityError", "TypeError", "InvalidStateError", "NotSupportedError", "UnknownError", "Error", ""];
  for (const name of names) {
    assert.match(sentence(name), /^[A-Z].*\. Please .*\.$|^This page .* Please .*\.$|^Your .* Please .*\.$/, name);
    assert.doesNotMatch(sentence(name), /undefined|\(\)|null/, name);
  }
  for (const thrown of [undefined, null, "text"]) {
    const told = sentenceFor(deviceError("microphone", thrown, ALONE));
    assert.equal(told, "Your microphone could not be started. Please check it and try again, or use another browser.");
  }
});

test("the browser's name and its own error stay with it, for the console", () => {
  const cause = new DOMException("Could not start audio source", "NotReadableError");
  const error = deviceError("microphone", cause, ALONE);
  assert.deepEqual([error.name, error.device, error.cause], ["NotReadableError", "microphone", cause]);
});
