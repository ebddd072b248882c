import { authenticationFailed, PartyError } from "./errors.ts";
import { callIds } from "./party.ts";
import { log, logError } from "./log.ts";
import type { Services } from "./services.ts";

/** What the token endpoint answers with status 200. */
export interface StreamToken {
  token: string;
  userId: string;
  userName: string;
  apiKey: string;
  callType: string;
  callId: string;
}

type Answer = { ok: true } & StreamToken;
const TIMEOUT_MS = 15_000;

/**
 * Ask the token endpoint for this party. The server also makes sure that the call exists.
 *
 * Throws PartyError: without a session (nothing is sent), when the network or the endpoint fails, and when the answer
 * is about another call or another user than was asked for.
 */
export async function fetchStreamToken({ config, supabase }: Services, partyId: string): Promise<StreamToken> {
  const ids = callIds(partyId);
  const { data } = await supabase.auth.getSession();
  if (!data.session) throw new PartyError("Please log in to start a live stream");
  log("Fetching Stream Video token...", ids);
  const response = await post(config.tokenUrl, data.session.access_token, ids).catch((error: Error) => {
    logError("Token fetch failed", ids, error);
    throw new PartyError(authenticationFailed(error.message));
  });
  const answer = (await response.json().catch(() => ({}))) as Partial<Answer> & { error?: string };
  if (!response.ok || !answer.ok) {
    const error = answer.error || "TOKEN_ERROR";
    logError("Token fetch failed", ids, new Error(`status ${response.status}: ${error}`));
    throw new PartyError(`Stream auth failed (${error}). Please refresh and try again.`);
  }
  const token = answer as Answer;
  if (token.callType !== ids.callType || token.callId !== ids.callId) {
    const came = `${token.callType}:${token.callId}`;
    throw new PartyError(`Stream auth failed (token is for ${came}). Please refresh and try again.`);
  }
  // Another person's token would put this page on Stream as them.
  if (token.userId !== data.session.user.id) {
    throw new PartyError("Stream auth failed (token is another user's). Please refresh and try again.");
  }
  log("Stream Video token received", ids, { userId: token.userId });
  return token;
}

function post(url: string, accessToken: string, body: object): Promise<Response> {
  return fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${accessToken}` },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
}
