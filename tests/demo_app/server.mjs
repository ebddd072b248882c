// A listening party in another style: its pages, its token function and its rooms, in one small Node server.
// The page never talks to the database: `/api/air` writes the room's row.
import { createHmac } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";

const { PORT, SITE, STREAM_API_KEY, STREAM_API_SECRET, SUPABASE_URL, SUPABASE_ANON_KEY } = process.env;
const SERVICE = process.env.SUPABASE_SERVICE_ROLE_KEY;
const STREAM = process.env.STREAM_BASE_URL ?? "https://video.stream-io-api.com";
const DAY = 24 * 3600;
const KINDS = { html: "text/html", js: "text/javascript", css: "text/css" };

const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
function sign(claims) {
  const text = `${encode({ alg: "HS256", typ: "JWT" })}.${encode(claims)}`;
  return `${text}.${createHmac("sha256", STREAM_API_SECRET).update(text).digest("base64url")}`;
}

async function stream(path, body) {
  const headers = { authorization: sign({ server: true }), "stream-auth-type": "jwt", "content-type": "application/json" };
  const answer = await fetch(`${STREAM}/api/v2${path}?api_key=${STREAM_API_KEY}`, {
    method: "POST",
    headers,
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`Stream answered ${answer.status}`);
}

async function rows(query, options = {}) {
  const headers = { apikey: SERVICE, authorization: `Bearer ${SERVICE}`, "content-type": "application/json" };
  const answer = await fetch(`${SUPABASE_URL}/rest/v1/${query}`, { headers, ...options });
  return answer.ok && options.method === undefined ? answer.json() : [];
}

async function userOf(request) {
  const { authorization = "" } = request.headers;
  const answer = await fetch(`${SUPABASE_URL}/auth/v1/user`, { headers: { apikey: SUPABASE_ANON_KEY, authorization } });
  return answer.ok ? answer.json() : null;
}

async function roomOf(id) {
  const [room] = /^[0-9a-f-]{36}$/i.test(id ?? "") ? await rows(`rooms?room=eq.${id}`) : [];
  return room;
}

function grant(user, room) {
  const now = Math.floor(Date.now() / 1000);
  const token = sign({ user_id: user.id, iat: now, exp: now + DAY });
  const ids = { callType: "livestream", callId: room.room };
  return [200, { ok: true, token, userId: user.id, userName: user.name, apiKey: STREAM_API_KEY, ...ids }];
}

// What the contract names, on Stream before the token is given: the users, and the call of the room's owner.
async function onStream(user, room) {
  const people = [user, { id: room.owner }].map(({ id, name }) => [id, { id, ...(name && { name }), role: "user" }]);
  await stream("/users", { users: Object.fromEntries(people.reverse()) });
  await stream(`/video/call/livestream/${room.room}`, { data: { created_by_id: room.owner } });
}

const api = {
  async "/api/token"(request, { callId }) {
    const account = await userOf(request);
    if (!account) return [401, { ok: false, error: "Invalid auth" }];
    if (!callId) return [400, { ok: false, error: "Missing callId parameter" }];
    const room = await roomOf(callId);
    if (!room) return [404, { ok: false, error: "Room not found" }];
    const [member] = await rows(`members?member=eq.${account.id}`);
    const user = { id: account.id, name: member?.nickname ?? "Somebody" };
    await onStream(user, room);
    return grant(user, room);
  },
  // Who listens needs no account.
  async "/api/guest"(_, { callId, guest }) {
    const room = await roomOf(callId);
    if (!room || !/^[\w-]{8,40}$/.test(guest ?? "")) return [404, { ok: false, error: "Room not found" }];
    const user = { id: `guest-${guest}`, name: "A guest" };
    await onStream(user, room);
    return grant(user, room);
  },
  async "/api/air"(request, { callId, onAir }) {
    const [account, room] = [await userOf(request), await roomOf(callId)];
    if (!account || account.id !== room?.owner) return [403, { ok: false, error: "Not your room" }];
    const row = { on_air: onAir, stream_call: room.room };
    await rows(`rooms?room=eq.${room.room}`, { method: "PATCH", body: JSON.stringify(row) });
    return [200, { ok: true }];
  },
};

async function file(path) {
  const name = { "/": "login.html", "/login": "login.html", "/studio": "studio.html", "/tune-in": "tune-in.html" }[path];
  const found = name ?? path.slice(1);
  if (found.includes("..")) return null;
  return readFile(`${SITE}/${found}`).then((body) => [KINDS[found.split(".").pop()] ?? "text/plain", body], () => null);
}

async function bodyOf(request) {
  let text = "";
  for await (const piece of request) text += piece;
  try {
    return JSON.parse(text || "{}") ?? {};
  } catch {
    return {};
  }
}

createServer(async (request, response) => {
  const { pathname } = new URL(request.url, "http://app");
  const answer = (status, type, body) => {
    response.writeHead(status, {
      "content-type": type,
      "access-control-allow-origin": "*",
      "access-control-allow-headers": "authorization, content-type",
    });
    response.end(body);
  };
  try {
    if (pathname === "/site.json") {
      const told = { url: SUPABASE_URL, key: SUPABASE_ANON_KEY, stream: process.env.STREAM_FOR_PAGES ?? null };
      return answer(200, "application/json", JSON.stringify(told));
    }
    if (pathname in api) {
      if (request.method === "OPTIONS") return answer(204, "text/plain", "");
      const [status, body] = await api[pathname](request, await bodyOf(request));
      return answer(status, "application/json", JSON.stringify(body));
    }
    const found = await file(pathname);
    return found ? answer(200, ...found) : answer(404, "text/plain", "no such page");
  } catch (error) {
    console.error(error);
    return answer(502, "application/json", JSON.stringify({ ok: false, error: "Try again later" }));
  }
}).listen(Number(PORT), "127.0.0.1");
