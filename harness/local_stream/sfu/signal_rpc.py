"""The SFU's RPC: Twirp over the `SignalServer` service, in JSON (JS client) and in binary (native clients).

What is wrong with a request itself is a Twirp error; what Stream's SFU refuses is HTTP 200 with `error` in
the message, which is where its clients look. Source: Twirp wire protocol v7, and the service descriptor.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from harness.local_stream.journal import Journal
from harness.local_stream.sfu.errors import SfuError, invalid
from harness.local_stream.sfu.participant import Participant
from harness.local_stream.sfu.protocol import DecodeError, Message, json_format, models, signal
from harness.local_stream.sfu.room import Room
from harness.local_stream.sfu.rooms import Rooms
from harness.local_stream.sfu.subscription import wishes
from harness.local_stream.sfu.token import Grant

SERVICE = "stream.video.sfu.signal.SignalServer"
JSON, BINARY = "application/json", "application/protobuf"
LARGEST_BODY = 4 * 1024 * 1024  # bytes; statistics of a long call are the largest that clients send

logger = logging.getLogger("sfu")


@dataclass(frozen=True)
class Session:
    """Whose request it is."""

    room: Room
    participant: Participant


Detail = dict[str, object]
Handler = Callable[[Session, Message, Message], Awaitable[Detail]]


async def set_publisher(session: Session, request: Message, response: Message) -> Detail:
    types = [models.TrackType.Name(info.track_type) for info in request.tracks]
    response.session_id = request.session_id
    response.sdp = await session.participant.publish(request.sdp, request.tracks)
    return {"tracks": types}


async def send_answer(session: Session, request: Message, _response: Message) -> Detail:
    if request.peer_type != models.PEER_TYPE_SUBSCRIBER:
        raise invalid("SendAnswer is for the subscriber: the publisher gets its answer from SetPublisher")
    await session.participant.subscriber.answer(request.sdp)
    return {}


async def ice_trickle(session: Session, request: Message, _response: Message) -> Detail:
    subscriber = request.peer_type == models.PEER_TYPE_SUBSCRIBER
    peer = session.participant.subscriber if subscriber else session.participant.publisher
    try:
        await peer.add_candidate(request.ice_candidate)
    except (ValueError, AttributeError):
        raise invalid("ice_candidate is no RTCIceCandidateInit in JSON") from None
    return {"peer_type": models.PeerType.Name(request.peer_type)}


async def ice_restart(session: Session, request: Message, _response: Message) -> Detail:
    """Of the subscriber: the SFU offers anew. The publisher restarts by itself, with SetPublisher."""
    if request.peer_type == models.PEER_TYPE_SUBSCRIBER:
        await session.participant.subscriber.restart()
    return {"peer_type": models.PeerType.Name(request.peer_type)}


async def update_subscriptions(session: Session, request: Message, _response: Message) -> Detail:
    session.participant.wanted = wishes(request.tracks)
    await session.room.subscribe(session.participant)
    return {"tracks": [f"{each.user_id}:{models.TrackType.Name(each.track_type)}" for each in request.tracks]}


async def update_mute_states(session: Session, request: Message, _response: Message) -> Detail:
    for state in request.mute_states:
        if not state.muted:
            session.participant.check_may_publish(state.track_type)
        session.room.mute(session.participant, state.track_type, muted=state.muted)
    return {"muted": {models.TrackType.Name(state.track_type): state.muted for state in request.mute_states}}


async def accept(_session: Session, _request: Message, _response: Message) -> Detail:
    """Noise cancellation: taken note of in the journal; nothing depends on it."""
    return {}


# Statistics have no handler: whoever has a token may send them; clients send their last ones after leaving.
HANDLERS: dict[str, tuple[Message, Message, Handler | None]] = {
    "SetPublisher": (signal.SetPublisherRequest, signal.SetPublisherResponse, set_publisher),
    "SendAnswer": (signal.SendAnswerRequest, signal.SendAnswerResponse, send_answer),
    "IceTrickle": (models.ICETrickle, signal.ICETrickleResponse, ice_trickle),
    "UpdateSubscriptions": (
        signal.UpdateSubscriptionsRequest,
        signal.UpdateSubscriptionsResponse,
        update_subscriptions,
    ),
    "UpdateMuteStates": (signal.UpdateMuteStatesRequest, signal.UpdateMuteStatesResponse, update_mute_states),
    "IceRestart": (signal.ICERestartRequest, signal.ICERestartResponse, ice_restart),
    "SendStats": (signal.SendStatsRequest, signal.SendStatsResponse, None),
    "SendMetrics": (signal.SendMetricsRequest, signal.SendMetricsResponse, None),
    "StartNoiseCancellation": (
        signal.StartNoiseCancellationRequest,
        signal.StartNoiseCancellationResponse,
        accept,
    ),
    "StopNoiseCancellation": (
        signal.StopNoiseCancellationRequest,
        signal.StopNoiseCancellationResponse,
        accept,
    ),
}


class SignalServer:
    """The endpoint of all methods."""

    def __init__(self, rooms: Rooms, journal: Journal) -> None:
        self._rooms = rooms
        self._journal = journal

    async def serve(self, request: Request) -> Response:
        """One RPC."""
        method = request.path_params["method"]
        found = HANDLERS.get(method) if request.path_params["service"] == SERVICE else None
        if found is None:
            self._record(request, "Unknown", 501, asked=method)
            return _twirp_error("unimplemented", f"{SERVICE} has no method {method!r} here", 501)
        request_type, response_type, handler = found
        content_type = request.headers.get("content-type", "").partition(";")[0].strip()
        if content_type not in (JSON, BINARY):
            self._record(request, method, 404)
            return _twirp_error(
                "bad_route", f"expected Content-Type {JSON} or {BINARY}, got {content_type!r}", 404
            )
        body = await _body(request)
        if body is None:
            self._record(request, method, 413)
            return _twirp_error("resource_exhausted", f"the body is larger than {LARGEST_BODY} bytes", 413)
        try:
            message = _read(request_type, body, content_type)
        except (DecodeError, json_format.ParseError) as error:
            self._record(request, method, 400)
            return _twirp_error("malformed", f"the body is no {request_type.DESCRIPTOR.name}: {error}", 400)
        response = response_type()
        try:
            await self._answer(request, method, handler, message, response)
        except Exception:
            logger.exception("%s failed", method)
            self._record(request, method, 500, session_id=message.session_id)
            return _twirp_error("internal", f"{method} failed: the log of the local Stream says why", 500)
        return _write(response, content_type)

    async def _answer(
        self, request: Request, method: str, handler: Handler | None, message: Message, response: Message
    ) -> None:
        """Fill `response`, its `error` when the SFU refuses."""
        grant: Grant | None = None
        detail: Detail = {}
        try:
            grant = self._rooms.grant(request.headers.get("authorization", "").removeprefix("Bearer "))
            if handler:
                session = Session(*self._rooms.participant(grant, message.session_id))
                detail = await handler(session, message, response)
        except SfuError as error:
            if "error" in response.DESCRIPTOR.fields_by_name:
                response.error.CopyFrom(error.as_model())
            detail = {"error": error.code, "message": error.message}
        self._record(request, method, 200, grant, session_id=message.session_id, **detail)

    def _record(
        self, request: Request, operation: str, status: int, grant: Grant | None = None, **detail: Message
    ) -> None:
        self._journal.record(
            "sfu_rpc",
            operation,
            method=request.method,
            path=request.url.path,
            status=status,
            user_id=grant.user.id if grant else None,
            call_cid=grant.cid if grant else None,
            **detail,
        )


async def _body(request: Request) -> bytes | None:
    """The body; None when it is too large, with the rest of it unread."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            return None
    return bytes(body)


def _read(request_type: Message, body: bytes, content_type: str) -> Message:
    if content_type == BINARY:
        return request_type.FromString(body)
    return json_format.Parse(body, request_type(), ignore_unknown_fields=True)


def _write(response: Message, content_type: str) -> Response:
    if content_type == BINARY:
        return Response(response.SerializeToString(), media_type=BINARY)
    return Response(json_format.MessageToJson(response, indent=None), media_type=JSON)


def _twirp_error(code: str, message: str, status: int) -> Response:
    return JSONResponse({"code": code, "msg": message}, status)
