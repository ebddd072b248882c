/** An error whose message is already the sentence that the person reads. */
export class PartyError extends Error {
  override name = "PartyError";
}

/** What the browser's own errors for camera and microphone mean to a person, by name. */
export const BROWSER_ERRORS: Record<string, string> = {
  NotAllowedError:
    "Camera/microphone permission denied. Please allow access in your browser settings and refresh.",
  NotFoundError: "No camera or microphone found. Please connect your devices and try again.",
  NotReadableError:
    "Camera or microphone is already in use by another application. Please close other apps and try again.",
  OverconstrainedError: "Selected device constraints not supported. Try selecting different devices.",
  AbortError: "Camera or microphone did not start in time. Please check your devices and try again.",
  SecurityError: "Camera and microphone are blocked on this page. Please open it in a tab of its own and try again.",
};

// The SDK's own capture asks the browser once; after a denial it refuses by itself, with a plain Error in these words.
const SDK_PERMISSION_DENIED = /^Permission was not granted previously/;

/** The sentence a person can act on, for whatever going live or watching threw. */
export function sentenceFor(error: unknown, failed = "Failed to go live"): string {
  if (error instanceof PartyError) return error.message;
  const { name, message } = described(error);
  if (SDK_PERMISSION_DENIED.test(message)) return BROWSER_ERRORS["NotAllowedError"]!;
  const browserError = BROWSER_ERRORS[name];
  if (browserError) return browserError;
  if (/token|auth/i.test(message)) return authenticationFailed(message);
  return message ? `${failed}: ${closed(message)} Please try again.` : `${failed}. Please try again.`;
}

export function authenticationFailed(message: string): string {
  return `Authentication failed: ${message.replace(/\.$/, "")}. Please refresh the page and try again.`;
}

/** Name and message, also of the SDK's WebSocket errors: a JSON text whose message ends with the reason for people. */
function described(error: unknown): { name: string; message: string } {
  if (!(error instanceof Error)) return { name: "", message: String(error ?? "") };
  try {
    const inner = (JSON.parse(error.message) as { message?: unknown } | null)?.message;
    if (typeof inner === "string") {
      return { name: error.name, message: inner.replace(/^WS failed .* and reason: /, "") };
    }
  } catch {
    // Not JSON, as with most errors: its message is for people already.
  }
  return { name: error.name, message: error.message };
}

function closed(message: string): string {
  return /[.!?]$/.test(message) ? message : `${message}.`;
}
