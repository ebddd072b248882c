"""ICE, DTLS and SRTP between two of our own transports, and the versions that they lean on."""

import ast
import asyncio
import time
from importlib.metadata import version

import pytest

from harness.config import PACKAGE
from harness.local_stream.sfu import transport
from harness.local_stream.sfu.sdp import TransportDescription
from harness.local_stream.sfu.transport import PINNED, Identity, PeerTransport
from tests.unit.local_stream.sfu.conftest import Run

RTP = bytes((0x80, 96, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1)) + b"payload"
LATER = RTP[:3] + b"\2" + RTP[4:]
RTCP = bytes((0x81, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2))


def why_not(package: str, installed: str) -> str | None:
    """What is to be done when another version is installed than the one whose private parts we know."""
    if installed == PINNED[package]:
        return None
    return (
        f"harness/local_stream/sfu/transport.py uses private parts of {package} {PINNED[package]}, but "
        f"{installed} is installed: read it against that version, run these tests, then pin that."
    )


@pytest.mark.parametrize("package", PINNED)
def test_private_parts_are_those_of_the_pinned_version(package: str) -> None:
    if reason := why_not(package, version(package)):
        pytest.fail(reason, pytrace=False)


def test_another_version_is_told_in_a_sentence() -> None:
    said = why_not("aioice", "99.1")
    assert said is not None
    assert f"private parts of aioice {PINNED['aioice']}, but 99.1 is installed" in said


def test_nobody_else_leans_on_them() -> None:
    """The recorder takes H264's descriptor from aiortc, whole and as it is; nothing else takes anything."""
    users = {
        file.relative_to(PACKAGE).as_posix(): names
        for file in PACKAGE.rglob("*.py")
        if (names := imported(ast.parse(file.read_text())))
    }
    assert users.pop("local_stream/recording/frames.py") == {"aiortc.codecs.h264"}
    assert users.keys() == {"local_stream/sfu/transport.py"}


def imported(module: ast.Module) -> set[str]:
    """The modules of the pinned packages that it takes something from."""
    found = [each for each in ast.walk(module) if isinstance(each, ast.Import | ast.ImportFrom)]
    names = {
        name
        for each in found
        for name in (
            [each.module or ""] if isinstance(each, ast.ImportFrom) else [alias.name for alias in each.names]
        )
    }
    return {name for name in names if name.partition(".")[0] in PINNED}


class End:
    """One end; remembers what came."""

    def __init__(self, *, controlling: bool, identity: Identity | None = None) -> None:
        self.transport = PeerTransport(identity or Identity(), self, controlling=controlling)
        self.rtp: asyncio.Queue[bytes] = asyncio.Queue()
        self.rtcp: asyncio.Queue[bytes] = asyncio.Queue()
        self.connected, self.lost = asyncio.Event(), asyncio.Event()

    def on_rtp(self, data: bytes, arrival: float) -> None:
        assert arrival > 0
        self.rtp.put_nowait(data)

    def on_rtcp(self, data: bytes, arrival: float) -> None:
        assert arrival > 0
        self.rtcp.put_nowait(data)

    def on_connected(self) -> None:
        self.connected.set()

    def on_lost(self) -> None:
        self.lost.set()

    def described(self, setup: str, fingerprint: str | None = None) -> TransportDescription:
        local = self.transport.local
        algorithm, _, value = (fingerprint or local.fingerprint).partition(" ")
        return TransportDescription(local.username, local.password, [(algorithm, value)], setup)


async def introduce(one: End, other: End) -> None:
    """Tell each the other's parameters; only one learns the other's address, as with `.local` candidates."""
    one.transport.connect(other.described("passive"))
    other.transport.connect(one.described("active"))
    for candidate in other.transport.local.candidates:
        await one.transport.add_candidate(f'{{"candidate": "{candidate}"}}')


async def pair() -> tuple[End, End]:
    one, other = End(controlling=True), End(controlling=False)
    await one.transport.open()
    await other.transport.open()
    await introduce(one, other)
    async with asyncio.timeout(10):
        await one.connected.wait()
        await other.connected.wait()
    return one, other


def test_packets_go_both_ways(run: Run) -> None:
    async def scenario() -> None:
        one, other = await pair()
        async with asyncio.timeout(10):
            assert one.transport.send_rtp(RTP)
            assert await other.rtp.get() == RTP
            assert other.transport.send_rtcp(RTCP)
            assert await one.rtcp.get() == RTCP
        await one.transport.close()
        await other.transport.close()

    run(scenario)


def test_every_candidate_is_on_loopback(run: Run) -> None:
    async def scenario() -> None:
        end = End(controlling=True)
        await end.transport.open()
        [candidate] = end.transport.local.candidates
        assert " 127.0.0.1 " in candidate
        await end.transport.close()

    run(scenario)


def test_media_flows_on_through_an_ice_restart(run: Run) -> None:
    async def scenario() -> None:
        one, other = await pair()
        before = one.transport.local
        await one.transport.restart()
        await other.transport.restart()
        assert one.transport.local.username != before.username
        assert one.transport.send_rtp(RTP)  # the old way still carries
        await introduce(one, other)
        async with asyncio.timeout(10):
            assert await other.rtp.get() == RTP
            while (
                one.transport._ice is not one.transport._next
                or other.transport._ice is not other.transport._next
            ):
                await asyncio.sleep(0)
            assert one.transport.send_rtp(LATER)
            assert await other.rtp.get() == LATER
        assert not one.lost.is_set()
        await one.transport.close()
        await other.transport.close()

    run(scenario)


def test_peer_with_another_certificate_than_it_named_is_refused(run: Run) -> None:
    async def scenario() -> None:
        one, other = End(controlling=True), End(controlling=False)
        await one.transport.open()
        await other.transport.open()
        other.transport.connect(one.described("active"))
        one.transport.connect(other.described("passive", Identity().fingerprint))
        for candidate in other.transport.local.candidates:
            await one.transport.add_candidate(f'{{"candidate": "{candidate}"}}')
        async with asyncio.timeout(10):
            await one.lost.wait()
        assert not one.transport.connected
        assert not one.transport.send_rtp(RTP)
        await one.transport.close()
        await other.transport.close()

    run(scenario)


def test_candidate_that_overtakes_its_description_is_kept_for_it(run: Run) -> None:
    """As after an ICE restart of Chromium, which hardly tries by itself while the old way still works."""

    async def scenario() -> None:
        one, other = await pair()
        await other.transport.restart()
        later = other.transport.local
        for candidate in later.candidates:
            await one.transport.add_candidate(
                f'{{"candidate": "{candidate}", "usernameFragment": "{later.username}"}}'
            )
        await one.transport.restart()
        one.transport.connect(other.described("passive"))
        other.transport.connect(one.described("active"))
        async with asyncio.timeout(10):
            while one.transport._ice is not one.transport._next:
                await asyncio.sleep(0)
        await one.transport.close()
        await other.transport.close()

    run(scenario)


@pytest.mark.parametrize(("patience", "peer_knows"), [(0.3, False), (60.0, True)])
def test_after_a_restart_the_peer_checks_first_or_in_vain(
    run: Run, monkeypatch: pytest.MonkeyPatch, patience: float, peer_knows: bool
) -> None:
    monkeypatch.setattr(transport, "PEER_FIRST_SECONDS", patience)

    async def scenario() -> None:
        peer, sfu = await pair()
        await peer.transport.restart()
        await sfu.transport.restart()
        began = time.monotonic()
        for one, other, knows in ((peer, sfu, peer_knows), (sfu, peer, True)):
            for candidate in other.transport.local.candidates if knows else ():
                await one.transport.add_candidate(f'{{"candidate": "{candidate}"}}')
        sfu.transport.connect(peer.described("active"))
        peer.transport.connect(sfu.described("passive"))
        async with asyncio.timeout(10):
            while sfu.transport._ice is not sfu.transport._next:
                await asyncio.sleep(0)
        assert peer_knows or time.monotonic() - began >= patience
        await peer.transport.close()
        await sfu.transport.close()

    run(scenario)


def test_peer_behind_a_local_name_is_found_on_this_machine(run: Run) -> None:
    async def scenario() -> None:
        one, other = End(controlling=True), End(controlling=False)
        await one.transport.open()
        await other.transport.open()
        one.transport.connect(other.described("passive"))
        other.transport.connect(one.described("active"))
        for candidate in other.transport.local.candidates:
            hidden = candidate.replace(" 127.0.0.1 ", " 3f1c2a7e.local ")
            await one.transport.add_candidate(f'{{"candidate": "{hidden}"}}')
        async with asyncio.timeout(10):
            await one.connected.wait()
        await one.transport.close()
        await other.transport.close()

    run(scenario)


def test_goodbye_of_the_peer_is_noticed(run: Run) -> None:
    async def scenario() -> None:
        one, other = await pair()
        await one.transport.close()
        async with asyncio.timeout(10):
            await other.lost.wait()
        assert not other.transport.connected
        await other.transport.close()

    run(scenario)


@pytest.mark.parametrize("turns", range(4))
def test_it_ends_in_the_midst_of_a_handshake(run: Run, monkeypatch: pytest.MonkeyPatch, turns: int) -> None:
    """Also when a record comes at that moment, one of these turns of the loop, and hides the cancellation."""

    async def scenario() -> None:
        one, other = End(controlling=True), End(controlling=False)

        async def say_nothing(_remote: TransportDescription) -> None: ...

        monkeypatch.setattr(other.transport, "_handshake", say_nothing)
        await one.transport.open()
        await other.transport.open()
        await introduce(one, other)
        async with asyncio.timeout(10):
            while one.transport._dtls.state != "connecting":
                await asyncio.sleep(0.001)
            one.transport._lower.records.put_nowait(b"\x16 no record at all")
            for _ in range(turns):
                await asyncio.sleep(0)
            await one.transport.close()
        assert not one.transport._tasks
        assert not one.connected.is_set()
        await other.transport.close()

    run(scenario)


def test_candidates_that_cannot_be_used_are_left_out(run: Run) -> None:
    async def scenario() -> None:
        end = End(controlling=False)
        await end.transport.open()
        for value in (
            "",
            "candidate:1 1 tcp 1 10.0.0.1 9 typ host tcptype active",
        ):
            await end.transport.add_candidate(f'{{"candidate": "{value}"}}')
        with pytest.raises(ValueError, match="Expecting value"):
            await end.transport.add_candidate("not json")
        with pytest.raises(ValueError, match="SDP"):
            await end.transport.add_candidate('{"candidate": "candidate:broken udp x"}')
        await end.transport.close()

    run(scenario)
