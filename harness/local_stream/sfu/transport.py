"""One peer's transport: ICE of aioice, DTLS and SRTP of aiortc, without what aiortc puts on top.

This module alone knows private parts of both, of exactly the versions in `PINNED`: a packet is decrypted
where its datagram arrives and encrypted where it leaves, with no queue and no task in between, and an ICE
restart swaps the connection below a DTLS session that goes on. A test fails when other versions are
installed.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

import pylibsrtp
from aioice import Candidate, Connection
from aioice import ice as aioice_ice
from aioice.ice import StunProtocol
from aioice.stun import Message
from aiortc.rtcdtlstransport import RTCCertificate, RTCDtlsFingerprint, RTCDtlsParameters, RTCDtlsTransport

from harness.local_stream.sfu.sdp import TransportDescription

PINNED = {"aiortc": "1.14.0", "aioice": "0.13.0", "pylibsrtp": "1.0.0"}
LOOPBACK = "127.0.0.1"
# A browser whose ICE restarts must learn of our new address from our answer: when our check is there first,
# Chromium takes that for a lesser way than the old one, which still works, and never tries it.
PEER_FIRST_SECONDS = 0.5
# So many candidates are kept that come before their description: more than a peer has for one generation.
CANDIDATES = 32

logger = logging.getLogger("sfu")
# Every connectivity check is an INFO line of aioice.
logging.getLogger("aioice").setLevel(logging.WARNING)


class Listener(Protocol):
    """Who owns the transport. Times are monotonic seconds."""

    def on_rtp(self, data: bytes, arrival: float) -> None: ...

    def on_rtcp(self, data: bytes, arrival: float) -> None: ...

    def on_connected(self) -> None: ...

    def on_lost(self) -> None: ...


@dataclass(frozen=True)
class LocalDescription:
    """What the peer must be told: `candidates` in the form of an `a=candidate` value."""

    username: str
    password: str
    fingerprint: str
    candidates: list[str]


class Identity:
    """The certificate of this SFU process, one for all peers."""

    def __init__(self) -> None:
        self.certificate = RTCCertificate.generateCertificate()

    @property
    def fingerprint(self) -> str:
        found = next(f for f in self.certificate.getFingerprints() if f.algorithm == "sha-256")
        return f"{found.algorithm} {found.value}"


class _Silent:
    """A socket's transport that sends nothing; it can still be closed."""

    def __init__(self, transport: asyncio.DatagramTransport) -> None:
        self.close = transport.close

    def sendto(self, data: bytes, address: object = None) -> None:
        """Lost."""


class _Ice(Connection):  # type: ignore[misc]
    """One ICE generation on loopback, with its packets handed over as they come."""

    def __init__(self, owner: PeerTransport, *, controlling: bool) -> None:
        super().__init__(ice_controlling=controlling, use_ipv6=False)
        self._owner = owner
        self.checked = asyncio.Event()

    async def get_component_candidates(
        self,
        component: int,
        addresses: list[str],  # noqa: ARG002 - of all interfaces; media of this machine stays on this machine
        timeout: int = 5,
    ) -> list[Candidate]:
        found: list[Candidate] = await super().get_component_candidates(component, [LOOPBACK], timeout)
        return found

    def data_received(self, data: bytes, component: int) -> None:  # noqa: ARG002 - there is only one
        self._owner._datagram(data)

    def request_received(self, message: Message, addr: tuple[str, int], protocol: StunProtocol) -> None:
        """A check of the peer has come."""
        super().request_received(message, addr, protocol)
        self.checked.set()

    async def close(self) -> None:
        """Ours to call, and aioice's when the peer consents no more (RFC 7675: half a minute of silence)."""
        await super().close()
        self._owner._ice_closed(self)

    def silence(self) -> None:
        """From now on nothing comes in and nothing goes out, not even a goodbye."""
        for protocol in self._protocols:
            protocol.transport = _Silent(protocol.transport)
            protocol.datagram_received = lambda _data, _address: None

    def transmit(self, data: bytes) -> None:
        pair = self._nominated.get(1)
        if pair is not None:
            pair.protocol.transport.sendto(data, pair.remote_addr)


class _Lower:
    """What aiortc's DTLS sees as its ICE transport: DTLS records only, whichever generation carries them."""

    def __init__(self, owner: PeerTransport) -> None:
        self._owner = owner
        self.records: asyncio.Queue[bytes | None] = asyncio.Queue()

    async def _recv(self) -> bytes:
        record = await self.records.get()
        if record is None:
            raise ConnectionError("the transport was closed")
        return record

    async def _send(self, data: bytes) -> None:
        self._owner._ice.transmit(data)


class PeerTransport:
    """`open` it, tell the peer `local`, `connect` with its own; `restart` begins a new ICE generation."""

    def __init__(self, identity: Identity, listener: Listener, *, controlling: bool) -> None:
        self._identity = identity
        self._listener = listener
        self._controlling = controlling
        self._ice = self._next = _Ice(self, controlling=controlling)
        self._lower = _Lower(self)
        self._dtls = RTCDtlsTransport(self._lower, [identity.certificate])
        self._remote: TransportDescription | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._of_later: dict[str, list[str]] = {}
        self._handshaken = False
        self._closed = False
        self.connected = False

    async def open(self) -> None:
        """Bind a loopback port of our own."""
        await self._next.gather_candidates()

    @property
    def local(self) -> LocalDescription:
        """Of the newest ICE generation."""
        return LocalDescription(
            self._next.local_username,
            self._next.local_password,
            self._identity.fingerprint,
            [f"candidate:{c.to_sdp()}" for c in self._next.local_candidates],
        )

    @property
    def started(self) -> bool:
        return self._remote is not None

    def is_new_generation(self, remote: TransportDescription) -> bool:
        """Whether the peer restarted ICE: its username changed."""
        return self._remote is not None and self._remote.username != remote.username

    def connect(self, remote: TransportDescription) -> None:
        """Begin ICE, then (first time) DTLS, with what the peer told; the same again changes nothing."""
        if self._closed or (self._remote is not None and self._remote.username == remote.username):
            return
        self._remote = remote
        self._next.remote_username, self._next.remote_password = remote.username, remote.password
        self._spawn(self._establish(self._next, remote))

    async def restart(self) -> None:
        """Make a new ICE generation: new credentials and port; the old one carries media until it can."""
        if self._next is not self._ice:
            await self._next.close()
        self._next = _Ice(self, controlling=self._controlling)
        await self._next.gather_candidates()

    async def add_candidate(self, text: str) -> None:
        """Add a trickled candidate (JSON of RTCIceCandidateInit); raises ValueError when it is none.

        After an ICE restart candidates may overtake the description that they belong to: they wait for it.

        A name ending in `.local` hides an address of this machine, where all peers are: every one is tried.
        Chromium would be found by its own checks too, Firefox sends none from there to loopback.
        """
        init = json.loads(text)
        value = str(init.get("candidate", "")).removeprefix("candidate:")
        fragment = init.get("usernameFragment")
        if not value or " udp " not in value.lower():
            return
        if fragment and self._next.remote_username not in (None, fragment):
            self._of_later[fragment] = [*self._of_later.get(fragment, []), text][-CANDIDATES:]
            return
        host = Candidate.from_sdp(value).host
        for address in _own_addresses() if host.endswith(".local") else [host]:
            candidate = Candidate.from_sdp(value.replace(f" {host} ", f" {address} "))
            await self._next.add_remote_candidate(candidate)

    def cut(self) -> None:
        """As if the network had gone: until the next ICE generation nothing comes through."""
        for ice in {self._ice, self._next}:
            ice.silence()

    def send_rtp(self, data: bytes) -> bool:
        """Encrypt and send; False when it could not be sent."""
        return self._send(data, control=False)

    def send_rtcp(self, data: bytes) -> bool:
        """Encrypt and send one compound RTCP packet; False when it could not be sent."""
        return self._send(data, control=True)

    async def close(self) -> None:
        """Say goodbye (DTLS) and free the ports."""
        if self._closed:
            return
        self._closed, self.connected = True, False
        await self._dtls.stop()
        # A handshake waits by `wait_for`, which up to Python 3.11 loses a cancellation that comes in the same
        # turn as a record: it would wait for ever.
        self._lower.records.put_nowait(None)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for ice in {self._ice, self._next}:
            await ice.close()

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _establish(self, ice: _Ice, remote: TransportDescription) -> None:
        for text in self._of_later.pop(remote.username, []):
            await self.add_candidate(text)
        self._of_later.clear()
        if self._handshaken and not self._controlling:
            with suppress(TimeoutError):
                async with asyncio.timeout(PEER_FIRST_SECONDS):
                    await ice.checked.wait()
        try:
            await ice.connect()
        except ConnectionError as error:
            if ice is self._next and not self._closed:
                logger.info("ICE with a peer failed: %s", error)
                self._listener.on_lost()
            return
        if ice is not self._ice:
            old, self._ice = self._ice, ice
            await old.close()
        if not self._handshaken:
            self._handshaken = True
            await self._handshake(remote)
        elif not self.connected and self._dtls.state == "connected":
            self.connected = True
            self._listener.on_connected()

    async def _handshake(self, remote: TransportDescription) -> None:
        # The peer takes the active part whenever the choice is ours: it is ready to speak before we can know.
        self._dtls._set_role("client" if remote.setup == "passive" else "server")
        fingerprints = [RTCDtlsFingerprint(algorithm=a, value=v) for a, v in remote.fingerprints]
        await self._dtls.start(RTCDtlsParameters(fingerprints=fingerprints))
        if self._closed or self._dtls.state != "connected":
            if not self._closed:
                logger.info("DTLS with a peer failed: state %s", self._dtls.state)
                self._listener.on_lost()
            return
        self._dtls.on("statechange", self._dtls_changed)
        self.connected = True
        self._listener.on_connected()

    def _dtls_changed(self) -> None:
        if self._dtls.state in ("closed", "failed"):
            self._lost()

    def _ice_closed(self, ice: _Ice) -> None:
        if ice is self._ice and ice is self._next:
            self._lost()

    def _lost(self) -> None:
        if self.connected and not self._closed:
            self.connected = False
            self._listener.on_lost()

    def _datagram(self, data: bytes) -> None:
        """RFC 7983: DTLS 20..63, RTP and RTCP 128..191; RFC 5761: RTCP has 192..223 as its second byte."""
        if 20 <= data[0] <= 63:
            self._lower.records.put_nowait(data)
        elif self.connected and 128 <= data[0] <= 191 and len(data) >= 8:
            self._media(data, time.monotonic())

    def _media(self, data: bytes, arrival: float) -> None:
        try:
            if 192 <= data[1] <= 223:
                self._listener.on_rtcp(self._dtls._rx_srtp.unprotect_rtcp(data), arrival)
            else:
                self._listener.on_rtp(self._dtls._rx_srtp.unprotect(data), arrival)
        except pylibsrtp.Error as error:
            logger.debug("a packet could not be decrypted: %s", error)
        except Exception:
            # One bad packet must not end the socket's reader.
            logger.exception("a packet could not be handled")

    def _send(self, data: bytes, *, control: bool) -> bool:
        if not self.connected:
            return False
        session = self._dtls._tx_srtp
        try:
            self._ice.transmit(session.protect_rtcp(data) if control else session.protect(data))
        except (pylibsrtp.Error, OSError, ValueError) as error:
            logger.debug("a packet could not be sent: %s", error)
            return False
        return True


def _own_addresses() -> list[str]:
    return [
        LOOPBACK,
        *(each for each in aioice_ice.get_host_addresses(use_ipv4=True, use_ipv6=False) if each != LOOPBACK),
    ]
