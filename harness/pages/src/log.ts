import type { StreamClientOptions } from "@stream-io/video-react-sdk";

/** What a log line is about: the one id that must be the same everywhere. */
export interface CallIds {
  callType: string;
  callId: string;
}

const PREFIX = "[ListeningParty]";

/** One line per step on the console. Details never hold a token. */
export function log(step: string, ids: CallIds, details: Record<string, unknown> = {}): void {
  console.log(`${PREFIX} ${step}`, { ...ids, ...details });
}

export function logError(step: string, ids: CallIds, error: unknown): void {
  const { name, message } = error instanceof Error ? error : { name: typeof error, message: String(error) };
  const cause = error instanceof Error && error.cause instanceof Error ? { cause: String(error.cause) } : {};
  console.error(`${PREFIX} ${step}`, { ...ids, name, message, ...cause });
}

/**
 * The SDK's own warnings, as text only: it hands whole HTTP answers to its logger, and those carry the user's token.
 */
export const streamLogs: NonNullable<StreamClientOptions["logOptions"]> = {
  default: {
    level: "warn",
    sink: (level, message, ...details) => {
      const errors = details.filter((detail) => detail instanceof Error);
      const causes = errors.map(({ name, message }) => `${name}: ${message}`);
      (level === "error" ? console.error : console.warn)("[Stream]", message, ...causes);
    },
  },
};
