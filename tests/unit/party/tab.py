"""One open page of one person, without a browser: it asks what the page asks, in the page's order."""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

import httpx

from harness.local_stream.sfu.protocol import Message, events, models, signal
from harness.local_stream.sfu.sdp_section import Codec
from harness.local_stream.sfu.sdp_write import Line, describe
from harness.local_stream.sfu.transport import LocalDescription
from harness.target import Party, Person, Session, StreamApi, Supabase, Target, TokenEndpoint
from harness.trace.sightings import Ledger, Sighting
from tests.unit.party.wire import Wire

TYPE = "livestream"
SERVICE = "stream.video.sfu.signal.SignalServer"
AWAY = 1001  # how a browser closes the sockets of a page that is left or reloaded
FAST = models.WEBSOCKET_RECONNECT_STRATEGY_FAST
CAMERA, MICROPHONE = models.TRACK_TYPE_VIDEO, models.TRACK_TYPE_AUDIO
CODECS = {CAMERA: ("video", Codec(96, "VP8", 90_000)), MICROPHONE: ("audio", Codec(111, "opus", 48_000, 2))}
# Of a peer that never sends: what is proven here is who may publish, not what arrives.
PEER = LocalDescription("user", "password-of-enough-letters", f"sha-256 {':'.join(['AB'] * 32)}", [])


@dataclass(frozen=True)
class System:
    """The reference system, and a connection that all tabs share."""

    target: Target
    supabase: Supabase
    stream_api: StreamApi
    token_endpoint: TokenEndpoint
    control: httpx.Client

    def seen(self, party: Party) -> dict[str, Any] | None:
        """The party's call and who is in it, as the local Stream has them; None without one."""
        answer = self.control.get(f"/calls/{TYPE}/{party.id}")
        return None if answer.status_code == httpx.codes.NOT_FOUND else dict(answer.json())


@dataclass
class Tab:
    """`who` names the person in stories."""

    system: System
    party: Party
    who: str
    person: Person
    session: Session
    sightings: list[Sighting] = field(default_factory=list)
    joined: bool = False
    published: set[int] = field(default_factory=set)
    _token: str = ""
    _credentials: dict[str, Any] = field(default_factory=dict)
    _stream: Wire | None = None
    _sfu: Wire | None = None
    _closed: list[Wire] = field(default_factory=list)
    _session_id: str = ""

    def connects(self) -> None:
        """The token, then the client: connected to Stream under the person's name."""
        asked = {"callType": TYPE, "callId": self.party.id}
        answer = self.system.token_endpoint.ask(self.session.access_token, asked)
        assert answer.status == 200, f"expected a token for {self.who}, came {answer.shown}"
        role = "host" if self.person.id == self.party.host.id else "viewer"
        place = "host token answer" if role == "host" else "viewer token answer"
        self._see(place, f"{answer.json['callType']}:{answer.json['callId']}")
        self._token = answer.token
        base = str(self.system.target.stream_base_url).replace("http", "ws", 1)
        key = self.system.target.stream_api_key
        self._stream = Wire(f"{base}/video/connect?api_key={key}&stream-auth-type=jwt")
        details = {"id": self.person.id, "name": answer.json["userName"]}
        self._stream.send(json.dumps({"token": self._token, "user_details": details}))
        hello = json.loads(self._stream.receive())
        assert hello["type"] == "connection.ok", f"expected {self.who} to be connected, came {hello}"

    def looks(self) -> bool:
        """Whether the call is live, as a viewer's page finds out before it joins."""
        call = self._asks("GET", f"/call/{TYPE}/{self.party.id}").json()["call"]
        self._see("viewer page", call["cid"])
        return not call["backstage"]

    def joins(self) -> None:
        """The call that is there: none is created."""
        answer = self._asks("POST", f"/call/{TYPE}/{self.party.id}/join", {"location": "local"})
        body = answer.json()
        assert not body["created"], f"expected {self.who} to join a call that was there, it was created"
        self._see("host join" if self.person.id == self.party.host.id else "viewer join", body["call"]["cid"])
        self._credentials, self._session_id = body["credentials"], str(uuid.uuid4())
        self._enters()
        self.joined = True

    def publishes(self, *kinds: int) -> Message:
        """Offer what the person's devices give; the SFU's answer, which may refuse."""
        lines = [
            Line(
                CODECS[kind][0],
                str(n),
                "sendonly",
                [CODECS[kind][1]],
                ssrcs=[n + 1],
                stream="s",
                track=str(n),
            )
            for n, kind in enumerate(kinds)
        ]
        tracks = [
            models.TrackInfo(track_id=line.track, track_type=kind, mid=line.mid)
            for kind, line in zip(kinds, lines, strict=True)
        ]
        sdp = describe(lines, PEER, setup="actpass", session=1, version=1)
        request = signal.SetPublisherRequest(session_id=self._session_id, sdp=sdp, tracks=tracks)
        response = self._rpc("SetPublisher", request, signal.SetPublisherResponse)
        if not response.HasField("error"):
            self.published |= set(kinds)
        return response

    def mutes(self, kind: int, *, muted: bool) -> None:
        """A device's button."""
        state = signal.TrackMuteState(track_type=kind, muted=muted)
        request = signal.UpdateMuteStatesRequest(session_id=self._session_id, mute_states=[state])
        response = self._rpc("UpdateMuteStates", request, signal.UpdateMuteStatesResponse)
        assert not response.HasField("error"), f"expected {self.who} to mute, came {response.error.message}"

    def broadcasts(self, operation: str) -> httpx.Response:
        """`go_live` or `stop_live`, with the person's own token."""
        path = f"/call/{TYPE}/{self.party.id}/{operation}"
        return self.system.stream_api.as_user(self._token, "POST", path, {})

    def saves(self, *, is_live: bool) -> int:
        """Update the party's row as this person; how many rows the database let them change."""
        target = self.system.target
        values = {"is_live": is_live} | ({"stream_app_id": self.party.id} if is_live else {})
        headers = {
            "apikey": target.needed("supabase_anon_key"),
            "authorization": f"Bearer {self.session.access_token}",
            "prefer": "return=representation",
        }
        url = f"{target.supabase_url}/rest/v1/parties?id=eq.{self.party.id}"
        answer = self.system.control.patch(url, headers=headers, json=values)
        return len(answer.json()) if answer.is_success else 0

    def leaves(self) -> None:
        """With a goodbye, as by the page's own buttons."""
        if self._sfu is not None and self.joined:
            leave = events.LeaveCallRequest(session_id=self._session_id, reason="done")
            self._sfu.send(events.SfuRequest(leave_call_request=leave).SerializeToString())
        self._closes(1000)

    def is_closed(self) -> None:
        """The tab is closed or reloaded: the browser ends its sockets."""
        self._closes(AWAY)

    def loses_network(self) -> None:
        """No goodbye: the SFU keeps the place for a while."""
        assert self._sfu is not None
        self._sfu.breaks()
        self._sfu = None

    def comes_back(self) -> None:
        """As the SDK does first: the same session goes on."""
        self._enters(events.ReconnectDetails(strategy=FAST))

    def was_sent_away(self) -> None:
        """The party ended: Stream has let go of whom it does not keep, and the page goes too."""
        self._closes(1000)

    def is_gone(self) -> None:
        """After the path: nothing of the tab is left."""
        self.is_closed()
        for connection in self._closed:
            connection.free()

    def _enters(self, reconnect: Message | None = None) -> None:
        server, cid = self._credentials["server"], f"{TYPE}:{self.party.id}"
        self._sfu = Wire(f"{server['ws_endpoint']}?user_id={self.person.id}&cid={cid}")
        request = events.JoinRequest(
            token=self._credentials["token"], session_id=self._session_id, reconnect_details=reconnect
        )
        self._sfu.send(events.SfuRequest(join_request=request).SerializeToString())
        while True:
            event = events.SfuEvent.FromString(self._sfu.receive())
            assert not event.HasField("error"), f"{self.who} could not enter: {event.error.error.message}"
            if event.HasField("join_response"):
                return

    def _closes(self, code: int) -> None:
        for connection in (self._sfu, self._stream):
            if connection is not None:
                connection.close(code)
                self._closed.append(connection)
        self._sfu = self._stream = None
        self.joined = False
        self.published = set()

    def _asks(self, method: str, path: str, body: object = None) -> httpx.Response:
        answer = self.system.stream_api.as_user(self._token, method, path, body)
        assert answer.is_success, f"expected {method} {path} of {self.who} to pass, came {answer.text}"
        return answer

    def _rpc(self, method: str, request: Message, response_type: Message) -> Message:
        headers = {
            "content-type": "application/protobuf",
            "authorization": f"Bearer {self._credentials['token']}",
        }
        url = f"{self._credentials['server']['url']}/{SERVICE}/{method}"
        answer = self.system.control.post(url, content=request.SerializeToString(), headers=headers)
        assert answer.status_code == 200, answer.text
        return response_type.FromString(answer.content)

    def _see(self, where: Any, cid: str) -> None:  # noqa: ANN401  one of the ledger's places
        sighting = Sighting(time.time(), self.who, where, *Ledger.normalise(cid), "its answer", self.party.id)
        self.sightings.append(sighting)
