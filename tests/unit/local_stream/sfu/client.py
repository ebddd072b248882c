"""A client of the SFU as Stream's SDKs are one: binary WebSocket, RPC in JSON, two peer connections."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import httpx
from aiortc import MediaStreamTrack, RTCPeerConnection, RTCSessionDescription
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from harness.local_stream.sfu.protocol import Message, events, json_format, models, signal
from tests.unit.local_stream.sfu.pictures import luma_of

SERVICE = "stream.video.sfu.signal.SignalServer"
WITHIN = 30.0


class Client:
    """One session of one user."""

    def __init__(self, user_id: str, credentials: dict[str, Any]) -> None:
        self.user_id = user_id
        self.session_id = str(uuid.uuid4())
        self.token: str = credentials["token"]
        self.url: str = credentials["server"]["url"]
        self.ws_endpoint: str = credentials["server"]["ws_endpoint"]
        self.received: list[Message] = []
        self.publisher = RTCPeerConnection()
        self.subscriber = RTCPeerConnection()
        self.tracks: dict[str, MediaStreamTrack] = {}
        self.subscriber.on("track", self._on_track)
        self._socket: ClientConnection | None = None
        self._reader: asyncio.Task[None] | None = None
        self._news = asyncio.Condition()
        self._http = httpx.AsyncClient(timeout=WITHIN)

    async def open(self) -> None:
        """Connect the WebSocket."""
        self._socket = await connect(f"{self.ws_endpoint}?{urlencode({'user_id': self.user_id})}")
        self._reader = asyncio.ensure_future(self._read(self._socket))

    async def join(self, **details: Message) -> Message:
        """Connect and join; the join response."""
        await self.open()
        await self.ask_to_join(**details)
        return await self.event("join_response")

    async def ask_to_join(self, **details: Message) -> None:
        """Send the join request, whatever comes of it."""
        reconnect = events.ReconnectDetails(**details)
        fast = reconnect.strategy == models.WEBSOCKET_RECONNECT_STRATEGY_FAST
        request = events.JoinRequest(
            token=self.token, session_id=self.session_id, reconnect_details=reconnect, fast_reconnect=fast
        )
        await self.send(events.SfuRequest(join_request=request))

    async def send(self, request: Message) -> None:
        assert self._socket is not None
        await self._socket.send(request.SerializeToString())

    async def leave(self) -> None:
        """Say goodbye."""
        leave = events.LeaveCallRequest(session_id=self.session_id, reason="test")
        await self.send(events.SfuRequest(leave_call_request=leave))

    async def vanish(self) -> None:
        """Break the connection without a close frame."""
        assert self._socket is not None
        self._socket.transport.abort()

    async def until_closed(self) -> None:
        """The WebSocket has ended, from the other side."""
        reader = self._reader
        assert reader is not None
        await self.until(reader.done, f"the WebSocket of {self.user_id} ends")

    async def event(self, kind: str, holds: Callable[[Message], bool] = lambda _: True) -> Message:
        """The first event of this kind not yet taken for which `holds`; takes it."""

        def found() -> Message | None:
            for event in self.received:
                if event.WhichOneof("event_payload") == kind and holds(getattr(event, kind)):
                    self.received.remove(event)
                    return getattr(event, kind)
            return None

        return await self.until(found, f"{self.user_id} is sent {kind}")

    async def until(self, found: Callable[[], Message], what: str) -> Message:
        """The first true value of `found`, looked at whenever an event came or a moment passed."""
        async with asyncio.timeout(WITHIN), self._news:
            while not (value := found()):
                try:
                    async with asyncio.timeout(0.02):
                        await self._news.wait()
                except TimeoutError:
                    continue
        assert value, what
        return value

    async def rpc(self, method: str, request: Message, response_type: Message) -> Message:
        """Ask in JSON, as the JS client does."""
        answer = await self.raw(method, json_format.MessageToJson(request).encode())
        assert answer.status_code == 200, answer.text
        return json_format.Parse(answer.content, response_type())

    async def raw(
        self, method: str, body: bytes, content_type: str = "application/json", token: str | None = None
    ) -> httpx.Response:
        headers = {
            "Content-Type": content_type,
            "Authorization": f"Bearer {self.token if token is None else token}",
            "Origin": "http://127.0.0.1:1",
        }
        return await self._http.post(f"{self.url}/{SERVICE}/{method}", content=body, headers=headers)

    async def publish(self, *tracks: MediaStreamTrack) -> Message:
        """Offer these tracks and take the answer; the response of SetPublisher."""
        for track in tracks:
            self.publisher.addTransceiver(track, direction="sendonly")
        await self.publisher.setLocalDescription(await self.publisher.createOffer())
        response = await self.set_publisher(self.publisher.localDescription.sdp, self._infos())
        if not response.HasField("error"):
            await self.publisher.setRemoteDescription(RTCSessionDescription(response.sdp, "answer"))
        return response

    async def set_publisher(self, sdp: str, infos: list[Message]) -> Message:
        request = signal.SetPublisherRequest(session_id=self.session_id, sdp=sdp, tracks=infos)
        return await self.rpc("SetPublisher", request, signal.SetPublisherResponse)

    async def subscribe(self, *tracks: tuple[str, int]) -> None:
        """Ask for these `(session id, track type)` and no other."""
        wanted = [signal.TrackSubscriptionDetails(session_id=s, track_type=kind) for s, kind in tracks]
        request = signal.UpdateSubscriptionsRequest(session_id=self.session_id, tracks=wanted)
        response = await self.rpc("UpdateSubscriptions", request, signal.UpdateSubscriptionsResponse)
        assert not response.HasField("error"), response

    async def mute(self, kind: int, *, muted: bool) -> None:
        state = signal.TrackMuteState(track_type=kind, muted=muted)
        request = signal.UpdateMuteStatesRequest(session_id=self.session_id, mute_states=[state])
        await self.rpc("UpdateMuteStates", request, signal.UpdateMuteStatesResponse)

    async def answer_offer(self) -> str:
        """Take the next subscriber offer and answer it; its SDP."""
        offer = await self.event("subscriber_offer")
        await self.subscriber.setRemoteDescription(RTCSessionDescription(offer.sdp, "offer"))
        await self.subscriber.setLocalDescription(await self.subscriber.createAnswer())
        request = signal.SendAnswerRequest(
            session_id=self.session_id,
            peer_type=models.PEER_TYPE_SUBSCRIBER,
            sdp=self.subscriber.localDescription.sdp,
        )
        response = await self.rpc("SendAnswer", request, signal.SendAnswerResponse)
        assert not response.HasField("error"), response
        return str(offer.sdp)

    async def track(self, kind: str) -> MediaStreamTrack:
        """The received track of this kind, once there is one."""
        found = await self.until(lambda: self.tracks.get(kind), f"{self.user_id} receives {kind}")
        assert isinstance(found, MediaStreamTrack)
        return found

    async def luma(self, frames: int = 1) -> float:
        """Mean brightness of the last of `frames` pictures.

        Until the first, key frames are asked for, as browsers do while they cannot decode: aiortc alone would
        wait for ever when the first packets came before it was ready for them.
        """
        track = await self.track("video")
        asking = asyncio.ensure_future(self._ask_key_frames())
        try:
            first = await luma_of(track)
        finally:
            asking.cancel()
        return await luma_of(track, frames - 1) if frames > 1 else first

    async def close(self) -> None:
        await self.publisher.close()
        await self.subscriber.close()
        if self._socket is not None:
            await self._socket.close()
        if self._reader is not None:
            self._reader.cancel()
        await self._http.aclose()

    async def _read(self, socket: ClientConnection) -> None:
        try:
            async for data in socket:
                assert isinstance(data, bytes)
                async with self._news:
                    self.received.append(events.SfuEvent.FromString(data))
                    self._news.notify_all()
        except ConnectionClosed:
            return

    async def _ask_key_frames(self) -> None:
        while True:
            await asyncio.sleep(0.5)
            for receiver in self.subscriber.getReceivers():
                for each in receiver.getSynchronizationSources():
                    await receiver._send_rtcp_pli(each.source)

    def _on_track(self, track: MediaStreamTrack) -> None:
        self.tracks[track.kind] = track

    def _infos(self) -> list[Message]:
        types = {"audio": models.TRACK_TYPE_AUDIO, "video": models.TRACK_TYPE_VIDEO}
        return [
            models.TrackInfo(track_id=each.sender.track.id, track_type=types[each.kind], mid=each.mid)
            for each in self.publisher.getTransceivers()
        ]
