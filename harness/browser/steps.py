"""The steps of going live as seen from outside: from network, devices and Stream, not from the page's log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from harness.browser.exchange import is_coordinator_socket
from harness.browser.probe import MediaRequest
from harness.browser.recorder import Recorder
from harness.target import Target
from harness.target.row_updates import RowUpdate
from harness.target.stream_journal import Deed

IN_ORDER = ("token", "client", "join", "camera", "microphone", "go live", "party row")
# The same as they come to Stream and its SFU.
ON_STREAM = ("client", "join", "SFU join", "camera", "microphone", "go live")
ASKED = {"JoinCall": "join", "JoinRequest": "SFU join", "GoLive": "go live"}
DEVICES = ("camera", "microphone")
TRACKS = {"TRACK_TYPE_VIDEO": "camera", "TRACK_TYPE_AUDIO": "microphone"}


@dataclass(frozen=True)
class Step:
    """`name` is one of IN_ORDER; `detail` is what a check may want to know of it."""

    t: float
    name: str
    detail: str


def expected_steps(target: Target) -> list[str]:
    """The steps that a page takes; where the app's server writes the party's row, the page does not."""
    return [name for name in IN_ORDER if name != "party row" or target.party.row_by == "page"]


def in_expected_order(steps: Sequence[Step]) -> list[str]:
    """The names of `steps`, where a device that is asked for again counts once.

    The vendor's client asks more than once by itself, and for the microphone as soon as it has joined: where
    camera and microphone follow each other, it is as good as the other way round.
    """
    names: list[str] = []
    for step in steps:
        if step.name not in DEVICES or step.name not in names:
            names.append(step.name)
    for at in range(len(names) - 1):
        if (names[at], names[at + 1]) == ("microphone", "camera"):
            names[at : at + 2] = DEVICES
            break
    return names


def misstep(steps: Sequence[Step], expected: Sequence[str]) -> str | None:
    """What is not once each, with how often it came, or not in order; None when all is."""
    names = in_expected_order(steps)
    if names == list(expected):
        return None
    often = {name: names.count(name) for name in [*expected, *names] if names.count(name) != 1}
    counted = ", ".join(f"{name} {times} times" for name, times in often.items())
    return counted or f"each once, but in the order {', '.join(names)}"


def rows_in_database(updates: Iterable[RowUpdate]) -> list[Step]:
    """The updates of the party's row that reached the database."""
    return [Step(update.t, "party row", str(update)) for update in updates]


def steps_of(recorder: Recorder, media: list[MediaRequest], target: Target) -> list[Step]:
    """What was done towards going live, in the order of time; a step that was done twice is there twice."""
    return sorted((*_network(recorder, target), *_devices(media)), key=lambda step: step.t)


def _network(recorder: Recorder, target: Target) -> Iterator[Step]:
    for t, url in recorder.sockets:
        if is_coordinator_socket(url):
            yield Step(t, "client", "WebSocket to Stream")
    for exchange in recorder.exchanges:
        operation = exchange.call_operation
        if exchange.method == "POST" and exchange.address == target.token_url:
            yield Step(exchange.t, "token", str(exchange))
        elif operation is not None and operation.operation == "join":
            create = exchange.body.get("create") if isinstance(exchange.body, dict) else None
            yield Step(exchange.t, "join", f"create: {str(create).lower()}")
        elif operation is not None and operation.operation == "go_live":
            yield Step(exchange.t, "go live", str(exchange))
        elif exchange.method == "PATCH" and exchange.path.endswith(f"/{target.party.table}"):
            yield Step(exchange.t, "party row", str(exchange))


def _devices(media: list[MediaRequest]) -> Iterator[Step]:
    for request in media:
        wanted = request.constraints if isinstance(request.constraints, dict) else {}
        for kind, name in (("video", "camera"), ("audio", "microphone")):
            if wanted.get(kind):
                yield Step(request.t, name, str(request))


def steps_on_stream(deeds: Iterable[Deed]) -> list[Step]:
    """What reached Stream of them, in its order; what came twice is there twice."""
    published: set[str] = set()
    steps: list[Step] = []
    for deed in deeds:
        if deed.operation == "SetPublisher":
            names = {TRACKS.get(track, track) for track in deed.detail.get("tracks", ())}
            # Each publishing names all tracks so far; one that brings no new one was sent again.
            new = sorted(names - published) or ["published again"]
            steps += [Step(deed.t, name, str(deed)) for name in new]
            published |= names
        elif deed.operation in ASKED:
            steps.append(Step(deed.t, ASKED[deed.operation], str(deed)))
        elif deed.operation == "Connect" and "closed" not in deed.detail:
            steps.append(Step(deed.t, "client", str(deed)))
    return steps
