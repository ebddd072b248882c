// What the pages share: the lamp, the toast, the account and the client.
import { createClient } from "@supabase/supabase-js";
import { StreamVideoClient } from "@stream-io/video-client";

export const find = (what) => document.querySelector(what);
export const site = await (await fetch("/site.json")).json();
export const account = createClient(site.url, site.key);
const TOAST_SHOWS = 4000; // milliseconds

export function lamp(text) {
  find("#lamp").textContent = text;
}

export function toast(text) {
  const box = find(".toast");
  box.textContent = text;
  box.hidden = false;
  setTimeout(() => {
    box.hidden = true;
  }, TOAST_SHOWS);
}

export async function post(path, body) {
  const { data } = await account.auth.getSession();
  const authorization = data.session ? { authorization: `Bearer ${data.session.access_token}` } : {};
  const headers = { "content-type": "application/json", ...authorization };
  const answer = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
  return answer.json();
}

/** The client of who was granted this token, and the call of the room. */
export function enter({ apiKey, token, userId, userName, callType, callId }) {
  const options = site.stream
    ? { baseURL: `${site.stream}/video`, locationHintUrl: `${site.stream}/hint`, logLevel: "error" }
    : { logLevel: "error" };
  const client = new StreamVideoClient({ apiKey, token, user: { id: userId, name: userName }, options });
  return { client, call: client.call(callType, callId) };
}
