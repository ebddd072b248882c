"""A client of the SFU that costs little: Stream's signalling, ICE, DTLS and SRTP, and nothing decoded.

Many of them fit into one process, so that the SFU is what reaches its limit.
"""

from __future__ import annotations

import asyncio
import uuid
from contextlib import suppress
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from harness.local_stream.sfu import rtcp
from harness.local_stream.sfu.protocol import Message, events, json_format, models, signal
from harness.local_stream.sfu.sdp import Description, TransportDescription
from harness.local_stream.sfu.sdp_section import Section
from harness.local_stream.sfu.sdp_write import Line, Refused, describe
from harness.local_stream.sfu.transport import Identity, PeerTransport

SERVICE = "stream.video.sfu.signal.SignalServer"
WITHIN = 30.0
PING_SECONDS = 5.0
OPUS = 111  # of the SFU's offers


class LightPeer:
    """One session of one user. `heard` is given every event of the SFU's WebSocket."""

    def __init__(self, user_id: str, credentials: dict[str, Any], http: httpx.AsyncClient) -> None:
        self.user_id = user_id
        self.session_id = str(uuid.uuid4())
        self._token: str = credentials["token"]
        self._server: dict[str, str] = credentials["server"]
        self._http = http
        self._socket: ClientConnection | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._joined: asyncio.Future[Message] = asyncio.get_running_loop().create_future()

    async def join(self) -> Message:
        """The SFU's join response."""
        self._socket = await connect(
            f"{self._server['ws_endpoint']}?user_id={self.user_id}", compression=None
        )
        request = events.JoinRequest(token=self._token, session_id=self.session_id)
        await self._send(events.SfuRequest(join_request=request))
        self._tasks = [asyncio.ensure_future(self._read()), asyncio.ensure_future(self._ping())]
        async with asyncio.timeout(WITHIN):
            return await self._joined

    async def leave(self) -> None:
        """Say goodbye, and free everything."""
        assert self._socket is not None
        with suppress(ConnectionClosed):
            await self._send(
                events.SfuRequest(leave_call_request=events.LeaveCallRequest(session_id=self.session_id))
            )
        for task in self._tasks:
            task.cancel()
        await self._socket.close()
        await self.free()

    async def free(self) -> None:
        """Close what carries media."""

    async def rpc(self, method: str, request: Message, response_type: Message) -> Message:
        """Ask in binary; an error in the answer fails."""
        headers = {"Content-Type": "application/protobuf", "Authorization": f"Bearer {self._token}"}
        url = f"{self._server['url']}/{SERVICE}/{method}"
        answer = await self._http.post(url, content=request.SerializeToString(), headers=headers)
        assert answer.status_code == 200, answer.text
        response = response_type.FromString(answer.content)
        assert not response.HasField("error"), json_format.MessageToJson(response)
        return response

    async def heard(self, event: Message) -> None:
        """One event has come."""

    async def _send(self, request: Message) -> None:
        assert self._socket is not None
        await self._socket.send(request.SerializeToString())

    async def _read(self) -> None:
        assert self._socket is not None
        async for data in self._socket:
            event = events.SfuEvent.FromString(data)
            if event.HasField("join_response"):
                self._joined.set_result(event.join_response)
            await self.heard(event)

    async def _ping(self) -> None:
        while True:
            await asyncio.sleep(PING_SECONDS)
            await self._send(events.SfuRequest(health_check_request=events.HealthCheckRequest()))


class LightViewer(LightPeer):
    """Watches one camera at 640x480, hears every microphone, and counts the packets that come."""

    def __init__(
        self, user_id: str, credentials: dict[str, Any], http: httpx.AsyncClient, identity: Identity
    ) -> None:
        super().__init__(user_id, credentials, http)
        self.packets = 0
        self._transport = PeerTransport(identity, self, controlling=False)
        self._opened = False
        self._version = 0
        self._video: int | None = None
        self._highest = 0

    async def watch(self, session_id: str) -> None:
        """Ask for the camera of that session."""
        size = models.VideoDimension(width=640, height=480)
        wanted = signal.TrackSubscriptionDetails(
            session_id=session_id, track_type=models.TRACK_TYPE_VIDEO, dimension=size
        )
        request = signal.UpdateSubscriptionsRequest(session_id=self.session_id, tracks=[wanted])
        await self.rpc("UpdateSubscriptions", request, signal.UpdateSubscriptionsResponse)

    def report(self) -> None:
        """The receiver report that a browser sends once in a second: nothing was lost."""
        if self._video is not None:
            block = rtcp.ReportBlock(self._video, 0, 0, self._highest, 0, 0, 0)
            self._transport.send_rtcp(rtcp.receiver_report(1, [block]))

    async def heard(self, event: Message) -> None:
        """Answer the offers."""
        if event.HasField("subscriber_offer"):
            await self._answer(Description.parse(event.subscriber_offer.sdp))

    async def free(self) -> None:
        await self._transport.close()

    def on_rtp(self, data: bytes, arrival: float) -> None:
        self.packets += 1
        if data[1] & 0x7F != OPUS:
            self._highest = int.from_bytes(data[2:4], "big")
        self.came(data, arrival)

    def came(self, data: bytes, arrival: float) -> None:
        """One packet has come; for who looks into them."""

    def on_rtcp(self, data: bytes, arrival: float) -> None:
        """Reports, which say nothing to a peer that plays nothing."""

    def on_connected(self) -> None:
        """Packets follow."""

    def on_lost(self) -> None:
        """Whoever waits for packets notices."""

    async def _answer(self, offer: Description) -> None:
        if not self._opened:
            self._opened = True
            await self._transport.open()
        lines = [_received(section) for section in offer.sections]
        self._video = next((s.ssrcs[0] for s in offer.sections if s.kind == "video" and s.ssrcs), None)
        self._version += 1
        sdp = describe(lines, self._transport.local, setup="active", session=7, version=self._version)
        request = signal.SendAnswerRequest(
            session_id=self.session_id, peer_type=models.PEER_TYPE_SUBSCRIBER, sdp=sdp
        )
        await self.rpc("SendAnswer", request, signal.SendAnswerResponse)
        await connect_to(self._transport, offer)


async def connect_to(transport: PeerTransport, description: Description) -> None:
    """Begin with what the SFU said: it waits for DTLS, and its candidate stands in the description."""
    theirs = description.transport()
    transport.connect(TransportDescription(theirs.username, theirs.password, theirs.fingerprints, "passive"))
    for section in description.sections:
        if candidate := section.attributes.get("candidate"):
            await transport.add_candidate(f'{{"candidate": "candidate:{candidate}"}}')
            return


def _received(section: Section) -> Line | Refused:
    if section.rejected:
        return Refused.of(section)
    return Line(section.kind, section.mid, "recvonly", list(section.codecs.values()), section.extensions)
