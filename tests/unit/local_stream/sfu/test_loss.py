"""What is lost on the way is sent again, on either side of the SFU: real peers, some packets dropped."""

import asyncio

import pytest

from harness.local_stream.sfu.protocol import models
from harness.local_stream.sfu.publisher import PublisherPeer
from harness.local_stream.sfu.rtp import Packet
from harness.local_stream.sfu.transport import PeerTransport
from tests.unit.local_stream.sfu.conftest import Run
from tests.unit.local_stream.sfu.pictures import Grey
from tests.unit.local_stream.sfu.served import Served, serving

VIDEO = models.TRACK_TYPE_VIDEO
FRAMES = 40


class Loss:
    """Drops every tenth packet of type `media`, the first time that it comes by; `rtx` repairs it."""

    def __init__(self, media: int, rtx: int) -> None:
        self._media, self._rtx = media, rtx
        self.dropped: set[int] = set()
        self.repaired: set[int] = set()

    def takes(self, data: bytes) -> bool:
        packet = Packet.parse(data)
        if packet.payload_type == self._rtx:
            self.repaired.add(int.from_bytes(packet.payload[:2], "big"))
        lost = packet.payload_type == self._media and packet.sequence % 10 == 3
        if lost and packet.sequence not in self.dropped:
            self.dropped.add(packet.sequence)
            return True
        return False


async def watched(served: Served) -> None:
    """A host publishes, a viewer watches `FRAMES` pictures of it."""
    host, viewer = served.host(), served.client("viewer")
    await host.join()
    await viewer.join()
    await host.publish(Grey(60))
    await viewer.subscribe((host.session_id, VIDEO))
    await viewer.answer_offer()
    async with asyncio.timeout(30):
        assert await viewer.luma(FRAMES) == pytest.approx(60, abs=12)


def test_viewer_gets_again_what_it_lost(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    loss, send = Loss(media=96, rtx=97), PeerTransport.send_rtp
    monkeypatch.setattr(PeerTransport, "send_rtp", lambda to, data: loss.takes(data) or send(to, data))

    async def scenario() -> None:
        async with serving() as served:
            await watched(served)
            assert loss.dropped
            assert loss.repaired & loss.dropped

    run(scenario)


def test_sfu_asks_the_host_again_for_what_it_lost(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    loss, receive = Loss(media=97, rtx=98), PublisherPeer.on_rtp

    def lossy(peer: PublisherPeer, data: bytes, arrival: float) -> None:
        if not loss.takes(data):
            receive(peer, data, arrival)

    monkeypatch.setattr(PublisherPeer, "on_rtp", lossy)

    async def scenario() -> None:
        async with serving() as served:
            await watched(served)
            assert loss.dropped
            assert loss.repaired & loss.dropped

    run(scenario)
