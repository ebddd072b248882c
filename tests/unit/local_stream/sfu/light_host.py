"""A host who costs little: packets of the size and at the pace of a 640x480 camera and a microphone.

What is in them is filler, but for what the SFU reads: VP8's descriptor, the audio level, and a stamp by which
each packet is known again.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx

from harness.local_stream.sfu import rtcp
from harness.local_stream.sfu.protocol import models, signal
from harness.local_stream.sfu.rtp import AUDIO_LEVEL, MID, Packet, element, write
from harness.local_stream.sfu.sdp import Description
from harness.local_stream.sfu.sdp_section import Codec
from harness.local_stream.sfu.sdp_write import Line, describe
from harness.local_stream.sfu.transport import Identity, PeerTransport
from tests.unit.local_stream.sfu.light_peer import WITHIN, LightPeer, connect_to

# 1.25 Mbit/s, as much as the SFU asks of a camera, and a packet of sound each 20 ms.
FRAMES, PACKETS_OF_FRAME, VIDEO_BYTES = 30, 5, 1_040
SOUNDS, SOUND_BYTES = 50, 120
VIDEO_SSRC, AUDIO_SSRC = 1_000, 2_000
IDS = {MID: 1, AUDIO_LEVEL: 2}
VP8, OPUS = Codec(96, "VP8", 90_000, feedback=["nack", "nack pli"]), Codec(111, "opus", 48_000, 2)
STAMP = 8  # bytes, at the end of each packet


class LightHost(LightPeer):
    """Publishes from `publish` on; `sent` is told the stamp of each packet before it leaves."""

    def __init__(
        self,
        user_id: str,
        credentials: dict[str, Any],
        http: httpx.AsyncClient,
        sent: Callable[[int], None] = lambda _: None,
    ) -> None:
        super().__init__(user_id, credentials, http)
        self.packets = 0
        self.key_frames = 0
        self._sent = sent
        self._transport = PeerTransport(Identity(), self, controlling=True)
        self._connected = asyncio.Event()
        self._key_frame = True
        self._video = self._audio = self._picture = 0

    async def publish(self) -> None:
        """Offer camera and microphone, and begin to send."""
        await self._transport.open()
        lines = [
            Line("video", "0", "sendonly", [VP8], IDS, [VIDEO_SSRC], stream="s", track="camera"),
            Line("audio", "1", "sendonly", [OPUS], IDS, [AUDIO_SSRC], stream="s", track="microphone"),
        ]
        sdp = describe(lines, self._transport.local, setup="actpass", session=1, version=1)
        types = (models.TRACK_TYPE_VIDEO, models.TRACK_TYPE_AUDIO)
        tracks = [
            models.TrackInfo(track_id=line.track, track_type=kind, mid=line.mid)
            for kind, line in zip(types, lines, strict=True)
        ]
        request = signal.SetPublisherRequest(session_id=self.session_id, sdp=sdp, tracks=tracks)
        response = await self.rpc("SetPublisher", request, signal.SetPublisherResponse)
        await connect_to(self._transport, Description.parse(response.sdp))
        async with asyncio.timeout(WITHIN):
            await self._connected.wait()
        for each in (self._send_video, self._send_audio):
            self._tasks.append(asyncio.ensure_future(each()))

    async def free(self) -> None:
        await self._transport.close()

    def on_connected(self) -> None:
        self._connected.set()

    def on_lost(self) -> None:
        """Viewers notice."""

    def on_rtp(self, data: bytes, arrival: float) -> None:
        """Nobody sends any to a host."""

    def on_rtcp(self, data: bytes, arrival: float) -> None:  # noqa: ARG002 - it may come whenever
        self._key_frame |= any(
            packet.kind == rtcp.PAYLOAD_FEEDBACK and packet.format == rtcp.PLI for packet in rtcp.read(data)
        )

    async def _send_video(self) -> None:
        """Evenly spaced, as a browser's pacer nearly does it."""
        async for number in _paced(FRAMES * PACKETS_OF_FRAME):
            first = number % PACKETS_OF_FRAME == 0
            if first:
                self._picture = (self._picture + 1) & 0x7FFF
            key = first and self._key_frame
            if key:
                self._key_frame, self.key_frames = False, self.key_frames + 1
            begins = b"\x90" if first else b"\x80"
            descriptor = begins + b"\x80" + (0x8000 | self._picture).to_bytes(2, "big")
            body = descriptor + (b"\x00" if key else b"\x01")
            last = number % PACKETS_OF_FRAME == PACKETS_OF_FRAME - 1
            self._video = (self._video + 1) & 0xFFFF
            packet = Packet(96, last, self._video, self._picture * 3000, VIDEO_SSRC, {}, body)
            self._send_packet(packet, element(IDS[MID], b"0"), VIDEO_BYTES)

    async def _send_audio(self) -> None:
        """Speech: every half second another level."""
        async for number in _paced(SOUNDS):
            level = 20 + number // 25 % 20
            elements = element(IDS[MID], b"1") + element(IDS[AUDIO_LEVEL], bytes([level]))
            self._audio = (self._audio + 1) & 0xFFFF
            packet = Packet(111, False, self._audio, number * 960 & 0xFFFFFFFF, AUDIO_SSRC, {}, b"")
            self._send_packet(packet, elements, SOUND_BYTES)

    def _send_packet(self, packet: Packet, elements: bytes, size: int) -> None:
        stamp = self.packets
        self.packets += 1
        self._sent(stamp)
        self._transport.send_rtp(
            write(
                packet,
                ssrc=packet.ssrc,
                payload_type=packet.payload_type,
                sequence=packet.sequence,
                timestamp=packet.timestamp,
                elements=elements,
                payload=packet.payload.ljust(size - STAMP, b"x") + stamp.to_bytes(STAMP, "big"),
            )
        )


def stamp_of(data: bytes) -> int:
    """Of a packet as it came to a viewer."""
    return int.from_bytes(data[-STAMP:], "big")


async def _paced(per_second: int) -> AsyncIterator[int]:
    """Counts from 0, so many times in a second by the clock."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    for number in itertools.count():
        await asyncio.sleep(max(0.0, began + number / per_second - loop.time()))
        yield number
