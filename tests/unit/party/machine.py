"""What may happen to a party, in any order, and what must be true after each of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from harness.errors import Finding
from harness.target import Party, Person, Session, witnesses
from harness.trace.sightings import Ledger
from tests.unit.party.tab import CAMERA, MICROPHONE, TYPE, System, Tab

DEVICES = {"camera": CAMERA, "microphone": MICROPHONE}
AUDIENCE = (1, 2, 3)


class PartyMachine(RuleBasedStateMachine):
    """One fresh party on a running system. The class's fields say which system, and who comes."""

    system: ClassVar[System]
    new_party: ClassVar[Callable[[], tuple[Party, Session]]]
    audience: ClassVar[list[tuple[Person, Session]]]
    calls: ClassVar[set[str]]  # of all parties so far
    paths: ClassVar[int] = 0
    patience: ClassVar[float] = 30.0  # seconds until what one did is seen elsewhere

    def __init__(self) -> None:
        super().__init__()
        type(self).paths += 1
        self.party, self.session = type(self).new_party()
        type(self).calls.add(f"{TYPE}:{self.party.id}")
        self.story = ["The host comes to a fresh party."]
        self.live = self.was_live = False
        self.tabs: list[Tab] = [self._tab("host", self.party.host, self.session)]
        self.viewers: dict[int, Tab] = {}
        self.away: list[Tab] = []
        self.all: list[Tab] = [*self.tabs]

    # --- the host

    @precondition(lambda self: not self.away)
    @rule(
        tab=st.integers(0, 1),
        wanted=st.sampled_from([("camera", "microphone"), ("microphone",), ("camera",)]),
    )
    def host_goes_live(self, tab: int, wanted: tuple[str, ...]) -> None:
        host = self.tabs[min(tab, len(self.tabs) - 1)]
        if host.joined:
            return
        with self._happens(f"The {host.who} goes live with {' and '.join(wanted)}."):
            self._go_live(host, wanted)

    @precondition(lambda self: not self.away and not self.tabs[0].joined)
    @rule()
    def host_double_clicks(self) -> None:
        host = self.tabs[0]
        with self._happens("The host double-clicks Go live: both clicks ask, at once."):
            host.connects()
            twin = self._tab("host's second click", host.person, host.session)
            with ThreadPoolExecutor(2) as both:
                list(both.map(lambda each: each(), [twin.connects, host.joins]))
            host.publishes(CAMERA, MICROPHONE)
            with ThreadPoolExecutor(2) as both:
                answers = list(both.map(lambda tab: tab.broadcasts("go_live"), [host, twin]))
            assert [answer.is_success for answer in answers] == [True, True], [each.text for each in answers]
            assert (host.saves(is_live=True), twin.saves(is_live=True)) == (1, 1)
            twin.is_closed()
            self._is_live()

    @precondition(lambda self: self._on_air)
    @rule(device=st.sampled_from(sorted(DEVICES)), muted=st.booleans())
    def host_mutes(self, device: str, muted: bool) -> None:
        host = self._on_air[0]
        if DEVICES[device] not in host.published:
            return
        with self._happens(f"The {host.who} turns the {device} {'off' if muted else 'on'}."):
            host.mutes(DEVICES[device], muted=muted)

    @precondition(lambda self: not self.away)
    @rule(tab=st.integers(0, 1))
    def host_reloads(self, tab: int) -> None:
        host = self.tabs[min(tab, len(self.tabs) - 1)]
        with self._happens(f"The {host.who} reloads the page."):
            host.is_closed()

    @precondition(lambda self: len(self.tabs) == 1)
    @rule()
    def host_opens_a_second_tab(self) -> None:
        with self._happens("The host opens the party in a second tab."):
            self.tabs.append(self._tab("host in the second tab", self.party.host, self.session))

    @precondition(lambda self: self._on_air and self.live and not self.away)
    @rule()
    def host_ends_the_party(self) -> None:
        host = self._on_air[0]
        with self._happens(f"The {host.who} ends the party."):
            self._end(host)

    @precondition(lambda self: self._on_air and not self.away)
    @rule()
    def host_leaves(self) -> None:
        host = self._on_air[0]
        with self._happens(f"The {host.who} leaves, and does not end the party."):
            host.leaves()

    # --- the viewers

    @precondition(lambda self: len(self.viewers) < len(AUDIENCE))
    @rule()
    def viewer_arrives(self) -> None:
        number = next(n for n in AUDIENCE if n not in self.viewers)
        with self._happens(f"Viewer {number} comes."):
            viewer = self._tab(f"viewer {number}", *type(self).audience[number - 1])
            self.viewers[number] = viewer
            self._watch(viewer)

    @precondition(lambda self: self.viewers and not self.away)
    @rule(which=st.integers(0, 2))
    def viewer_leaves(self, which: int) -> None:
        number = self._one_of(which)
        with self._happens(f"Viewer {number} leaves."):
            self.viewers.pop(number).leaves()

    @precondition(lambda self: self.viewers and not self.away)
    @rule(which=st.integers(0, 2))
    def viewer_reloads(self, which: int) -> None:
        viewer = self.viewers[self._one_of(which)]
        with self._happens(f"The page of {viewer.who} is reloaded."):
            viewer.is_closed()
            self._watch(viewer)

    @precondition(lambda self: self.viewers)
    @rule(which=st.integers(0, 2))
    def viewer_tries_what_only_the_host_may(self, which: int) -> None:
        viewer = self.viewers[self._one_of(which)]
        if viewer in self.away:
            return
        with self._happens(f"{viewer.who.capitalize()} tries to go live, to end, to publish and to save."):
            for operation in ("go_live", "stop_live"):
                tried = viewer.broadcasts(operation)
                assert tried.status_code == 403, f"expected 403 for {operation}, came {tried.status_code}"
            assert viewer.saves(is_live=not self.live) == 0, "a viewer changed the party's row"
            if viewer.joined:
                refusal = viewer.publishes(CAMERA, MICROPHONE)
                assert refusal.HasField("error"), "the SFU let a viewer publish"

    # --- the network

    @precondition(lambda self: not self.away and self._joined)
    @rule(which=st.integers(0, 4))
    def somebody_loses_the_network(self, which: int) -> None:
        tab = self._joined[which % len(self._joined)]
        with self._happens(f"The network of {tab.who} is gone."):
            tab.loses_network()
            self.away.append(tab)

    @precondition(lambda self: self.away)
    @rule()
    def they_come_back(self) -> None:
        tab = self.away[0]
        with self._happens(f"The network of {tab.who} is back."):
            tab.comes_back()
            self.away.remove(tab)

    # --- what must be true

    @invariant()
    def the_party_is_one(self) -> None:
        last = [""]

        def why_not() -> str | None:
            last[0] = next(self._wrong(), "")
            return last[0] or None

        pause, patience = threading.Event(), int(self.patience / 0.02)
        while why_not() and patience:
            patience -= 1
            pause.wait(0.02)
        if last[0]:
            raise Finding(self._told(last[0]))

    def teardown(self) -> None:
        for tab in self.all:
            tab.is_gone()
        problem = next(self._wrong_ids(), None)
        if problem:
            raise Finding(self._told(problem))

    def _wrong(self) -> Iterator[str]:
        seen, row = self.system.seen(self.party), self.system.supabase.party_row(self.party.id)
        if row["is_live"] is not self.live:
            yield f"expected a row with is_live {self.live}, it is {row['is_live']}"
        if row["stream_app_id"] != (self.party.id if self.was_live else None):
            yield f"expected the row to name the call of the party, it names {row['stream_app_id']}"
        if seen is None:
            if any(tab.sightings for tab in self.all):
                yield "expected a call on Stream, there is none"
            return
        call = seen["call"]
        if call["created_by"]["id"] != self.party.host.id:
            yield f"expected the host to own the call, the owner is {call['created_by']['id']}"
        if call["backstage"] is self.live:
            yield f"expected a call that is {'live' if self.live else 'in backstage'}, Stream says otherwise"
        yield from self._wrong_people(seen)

    def _wrong_people(self, seen: dict[str, list[dict[str, object]]]) -> Iterator[str]:
        host = self.party.host.id
        there = sorted(str(each["user_id"]) for each in seen["participants"])
        expected = sorted(tab.person.id for tab in self._joined)
        if there != expected:
            yield f"expected {self._names(expected)} in the call, the SFU has {self._names(there)}"
        told = (seen["call"].get("session") or {}).get("participants", [])  # type: ignore[attr-defined]
        counted = sum(1 for each in told if each["user"]["id"] != host)
        watching = sum(1 for tab in self._joined if tab.person.id != host)
        if counted != watching:
            yield f"expected a viewer count of {watching}, Stream counts {counted}"
        for each in seen["participants"]:
            if each["published"] and each["user_id"] != host:
                yield f"expected no viewer to publish, {self._names([str(each['user_id'])])} does"

    def _wrong_ids(self) -> Iterator[str]:
        """At the end of the path: the calls that Stream has of these people, and the ledger."""
        stream_api = self.system.stream_api
        others = {call["cid"] for call in stream_api.calls_created_by(self.party.host.id)} - self.calls
        if others:
            yield f"expected one call of the party, Stream has {', '.join(sorted(others))}, too"
        seen = [sighting for tab in self.all for sighting in tab.sightings]
        ledger = Ledger([*seen, *witnesses.in_database(self.system.supabase, self.party)])
        if not ledger.values() <= {self.party.id, f"{TYPE}:{self.party.id}"}:
            yield f"expected one id in the ledger: {ledger.divergence()}"

    # --- how it is done

    def _go_live(self, host: Tab, wanted: tuple[str, ...]) -> None:
        """The six steps and the row, in the page's order."""
        host.connects()
        host.joins()
        refusal = host.publishes(*(DEVICES[device] for device in wanted))
        assert not refusal.HasField("error"), f"expected the host to publish, came {refusal.error.message}"
        answer = host.broadcasts("go_live")
        assert answer.is_success, f"expected the host to go live, came {answer.text}"
        assert host.saves(is_live=True) == 1, "the host could not save the party"
        self._is_live()

    def _is_live(self) -> None:
        """Who waited joins, as the viewer's page does when it is told."""
        self.live = self.was_live = True
        for viewer in self.viewers.values():
            if not viewer.joined and viewer.looks():
                viewer.joins()

    def _end(self, host: Tab) -> None:
        answer = host.broadcasts("stop_live")
        assert answer.is_success, f"expected the party to end, came {answer.text}"
        assert host.saves(is_live=False) == 1, "the host could not save the party"
        host.leaves()
        self.live = False
        for tab in self._on_air:
            tab.leaves()  # the other tab is told that the party has ended
        for viewer in self.viewers.values():
            if viewer.joined:
                viewer.was_sent_away()
                viewer.connects()

    def _watch(self, viewer: Tab) -> None:
        viewer.connects()
        if viewer.looks():
            viewer.joins()

    def _tab(self, who: str, person: Person, session: Session) -> Tab:
        tab = Tab(type(self).system, self.party, who, person, session)
        if hasattr(self, "all"):
            self.all.append(tab)
        return tab

    @property
    def _on_air(self) -> list[Tab]:
        return [tab for tab in self.tabs if tab.joined and tab not in self.away]

    @property
    def _joined(self) -> list[Tab]:
        return [tab for tab in (*self.tabs, *self.viewers.values()) if tab.joined]

    def _one_of(self, which: int) -> int:
        return sorted(self.viewers)[which % len(self.viewers)]

    def _names(self, user_ids: list[str]) -> str:
        names = {self.party.host.id: "host"}
        names |= {person.id: f"viewer {n}" for n, (person, _) in enumerate(type(self).audience, 1)}
        return ", ".join(names.get(each, f"the unknown {each}") for each in user_ids) or "nobody"

    @contextmanager
    def _happens(self, sentence: str) -> Iterator[None]:
        """A sentence of the story; what goes wrong in it ends the story."""
        self.story.append(sentence)
        try:
            yield
        except Exception as error:
            raise Finding(self._told(str(error) or type(error).__name__)) from error

    def _told(self, problem: str) -> str:
        lines = [f"{number}. {sentence}" for number, sentence in enumerate(self.story, 1)]
        return "\n".join([f"Then {problem}. The story:", *lines])
