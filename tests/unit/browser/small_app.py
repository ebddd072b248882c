"""A listening-party app in one file, with its servers: as much as recorder and page objects need."""

from __future__ import annotations

import json

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from harness.local_stream.sfu.protocol import events as events_pb

PARTY = "5f0c3c2e-7c3a-4a1e-9b5e-0d5b1c1f7a01"
OTHER = "5f0c3c2e-7c3a-4a1e-9b5e-0d5b1c1f7a02"
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJ1c2VyX2lkIjoiaG9zdCJ9.c2lnbmF0dXJl"
TOKEN_PATH = "/.netlify/functions/stream-video-token"

PAGE = """<!doctype html><title>Party</title>
<h1>A party</h1>
<p role="status">Not live</p>
<p role="alert" hidden></p>
<form><h2>Sign in</h2>
  <label>E-mail <input name="email" type="email"></label>
  <label>Password <input name="password" type="password"></label>
  <button>Sign in</button></form>
<button id="out" hidden>Sign out</button>
<button aria-pressed="true">Camera</button><button aria-pressed="true">Microphone</button>
<button id="live">Go live</button><button id="end">End party</button>
<script>
const find = (what) => document.querySelector(what);
const party = location.pathname.split("/")[2];
const ids = { callType: "livestream", callId: party };
const later = (ms) => new Promise((done) => setTimeout(done, ms));
const say = (text) => { find("[role=status]").textContent = text };
const fail = (text) => { find("[role=alert]").textContent = text; find("[role=alert]").hidden = false };
const post = (path, body) => fetch(path, { method: "POST", body: JSON.stringify(body) });
find("form").onsubmit = async (event) => {
  event.preventDefault();
  await later(50);
  if (new FormData(event.target).get("password") === "right") {
    find("form").remove();
    find("#out").hidden = false;
  } else fail("E-mail or password is wrong.");
};
for (const toggle of document.querySelectorAll("[aria-pressed]"))
  toggle.onclick = async () => {
    await later(50);
    toggle.ariaPressed = String(toggle.ariaPressed !== "true");
  };
find("#live").onclick = async () => {
  console.log("[ListeningParty] Fetching Stream Video token...", { ...ids, more: 1 });
  const answer = await (await post("TOKEN_PATH", ids)).json();
  if (!answer.ok) return fail(`Stream auth failed (${answer.error}). Please refresh and try again.`);
  const sockets = location.origin.replace("http", "ws");
  const events = new WebSocket(`${sockets}/video/connect?api_key=key&token=${answer.token}`);
  await new Promise((open) => { events.onopen = open });
  await post(`/video/call/livestream/${answer.callId}/join?token=${answer.token}`, { create: false });
  new WebSocket(
    `${sockets}/sfu/ws?attempt=0&cid=livestream:${answer.callId}&token=${answer.token}`,
  ).binaryType = "arraybuffer";
  await navigator.mediaDevices.getUserMedia({ video: true }).catch(({ name }) => console.error(name));
  await post(`/video/call/livestream/${answer.callId}/go_live`, {});
  const body = JSON.stringify({ is_live: true });
  await fetch(`/rest/v1/parties?id=eq.${party}`, { method: "PATCH", body });
  say("You are live");
};
find("#end").onclick = async () => { await later(50); say("Party ended") };
</script>""".replace("TOKEN_PATH", TOKEN_PATH)


async def page(_: Request) -> Response:
    return HTMLResponse(PAGE)


async def token(request: Request) -> Response:
    """Answers for the party that is asked for, except for OTHER (the wrong one) and for `refused`."""
    ids = json.loads(await request.body())
    if ids["callId"] == "refused":
        return JSONResponse({"ok": False, "error": "Invalid auth"}, 401)
    call_id = PARTY if ids["callId"] == OTHER else ids["callId"]
    return JSONResponse({"ok": True, "token": TOKEN, "callType": ids["callType"], "callId": call_id})


async def accept(_: Request) -> Response:
    return JSONResponse({})


async def events(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_json({"type": "connection.ok"})
    await socket.send_json({"type": "call.live_started", "call_cid": f"livestream:{PARTY}"})
    await socket.send_text("no JSON")
    await socket.receive()


async def media(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_bytes(b"\x00\x01")
    joined = events_pb.ParticipantJoined(call_cid=f"livestream:{PARTY}")
    await socket.send_bytes(events_pb.SfuEvent(participant_joined=joined).SerializeToString())
    await socket.receive()


app = Starlette(
    routes=[
        Route("/party/{id}", page),
        Route("/party/{id}/host", page),
        Route(TOKEN_PATH, token, methods=["POST"]),
        Route("/video/call/livestream/{id}/{operation}", accept, methods=["POST"]),
        Route("/rest/v1/parties", accept, methods=["PATCH"]),
        WebSocketRoute("/video/connect", events),
        WebSocketRoute("/sfu/ws", media),
    ]
)
