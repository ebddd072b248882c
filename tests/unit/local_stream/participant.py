"""Somebody in a call: the SFU's WebSocket held open, without any media."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from getstream.video.rtc.pb.stream.video.sfu.event import events_pb2
from websockets.sync.client import ClientConnection, connect

from tests.unit.local_stream.server import API_KEY, PATIENCE, LocalStream, token


@dataclass
class Participant:
    """One session of a user in a call."""

    user_id: str
    session_id: str
    socket: ClientConnection
    sfu_token: str
    joined: Any = None

    def hears(self, kind: str) -> object:
        """The next SFU event of this kind (`call_ended` ...)."""
        while True:
            frame = self.socket.recv(timeout=PATIENCE)
            assert isinstance(frame, bytes)
            event = events_pb2.SfuEvent.FromString(frame)
            if event.WhichOneof("event_payload") == kind:
                return getattr(event, kind)

    def asks_to_join(self) -> None:
        """The first message of a session; a second time, it is a session that asks again."""
        request = events_pb2.JoinRequest(token=self.sfu_token, session_id=self.session_id)
        self.socket.send(events_pb2.SfuRequest(join_request=request).SerializeToString())

    def leaves(self) -> None:
        """Say goodbye."""
        leave = events_pb2.LeaveCallRequest(session_id=self.session_id, reason="done")
        self.socket.send(events_pb2.SfuRequest(leave_call_request=leave).SerializeToString())


@contextmanager
def joined(
    local_stream: LocalStream, user_id: str, call_id: str, call_type: str = "livestream"
) -> Iterator[Participant]:
    """`user_id` in the call, as far as the SFU is concerned."""
    with joined_with(local_stream, token({"user_id": user_id}), user_id, call_id, call_type) as participant:
        yield participant


@contextmanager
def joined_with(
    local_stream: LocalStream, authorization: str, user_id: str, call_id: str, call_type: str = "livestream"
) -> Iterator[Participant]:
    """The same with a token that says more than who it is."""
    answer = local_stream.ask(
        "POST", f"/video/call/{call_type}/{call_id}/join", {"location": "LCL"}, authorization, user_id=user_id
    )
    credentials = answer.json()["credentials"]
    session_id = str(uuid.uuid4())
    query = {
        "user_id": user_id,
        "api_key": API_KEY,
        "user_session_id": session_id,
        "cid": f"{call_type}:{call_id}",
    }
    with connect(f"{credentials['server']['ws_endpoint']}?{urlencode(query)}") as socket:
        participant = Participant(user_id, session_id, socket, credentials["token"])
        participant.asks_to_join()
        participant.joined = participant.hears("join_response")
        yield participant
