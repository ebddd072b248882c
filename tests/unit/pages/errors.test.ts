import assert from "node:assert/strict";
import { test } from "node:test";
import { PartyError, sentenceFor } from "../../../harness/pages/src/errors.ts";

const DENIED = "Camera/microphone permission denied. Please allow access in your browser settings and refresh.";

const SENTENCES: [what: string, error: unknown, sentence: string][] = [
  ["a denial", new DOMException("Permission denied", "NotAllowedError"), DENIED],
  [
    "a denial that the SDK remembers",
    new Error("Permission was not granted previously, and prompting again is not allowed"),
    DENIED,
  ],
  [
    "no device",
    new DOMException("Requested device not found", "NotFoundError"),
    "No camera or microphone found. Please connect your devices and try again.",
  ],
  [
    "a busy device",
    new DOMException("Could not start audio source", "NotReadableError"),
    "Camera or microphone is already in use by another application. Please close other apps and try again.",
  ],
  [
    "constraints, with the empty message that browsers give",
    new DOMException("", "OverconstrainedError"),
    "Selected device constraints not supported. Try selecting different devices.",
  ],
  ["a sentence of our own", new PartyError("Only the host can do this."), "Only the host can do this."],
  [
    "a refused token on the SDK's WebSocket, whose message is JSON",
    new Error(JSON.stringify({ code: 43, StatusCode: 401, message: "WS failed with code: 43: Signature and reason: JWTAuth error: signature is not valid.", isWSFailure: false })),
    "Authentication failed: JWTAuth error: signature is not valid. Please refresh the page and try again.",
  ],
  ["anything else", new Error("Stream error code -1: boom"), "Failed to go live: Stream error code -1: boom. Please try again."],
  ["an error without words", new Error(""), "Failed to go live. Please try again."],
  ["nothing at all", undefined, "Failed to go live. Please try again."],
  ["a JSON text that is no error", new Error("null"), "Failed to go live: null. Please try again."],
];

for (const [what, error, sentence] of SENTENCES) {
  test(`the sentence for ${what}`, () => assert.equal(sentenceFor(error), sentence));
}
