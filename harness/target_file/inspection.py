"""Looks at each piece of a target as the checks will use it: green, red, or not tried, one sentence each."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import sync_playwright

from harness.browser.browsers import Browsers
from harness.browser.cast import Cast
from harness.browser.host import Host
from harness.config import HarnessSettings, TargetSettings
from harness.errors import Finding, HarnessError, NotGiven
from harness.setup import browser
from harness.stack import Deployment
from harness.target import Given, Party, Person, StreamApi, Supabase, Target, TokenEndpoint
from harness.trace.events import RunLog

Result = TypeVar("Result")
State = Literal["green", "red", "not tried"]
NO_CALL = "harness-target-check"  # the id of a call that nobody has


@dataclass(frozen=True)
class Piece:
    """What came of one of them."""

    name: str
    state: State
    sentence: str


class Inspection:
    """Each piece is tried in turn; what needs one that failed is not tried."""

    def __init__(self, told: TargetSettings, settings: HarnessSettings, folder: Path) -> None:
        self._told, self._settings, self._folder = told, settings, folder
        self.pieces: list[Piece] = []
        self._leaving = ExitStack()

    def run(self) -> Iterator[Piece]:
        """All of them, as they come; what was made is removed at the end."""
        with self._leaving:
            for piece in self._steps():
                self.pieces.append(piece)
                yield piece

    def _steps(self) -> Iterator[Piece]:
        deployment = Deployment(self._folder, self._settings, self._told)
        target = deployment.target
        started, piece = self._try("servers", "what is to be started runs", lambda: self._enter(deployment))
        yield piece
        if not started:
            return
        _, piece = self._try("token endpoint", f"{target.token_url} answers", lambda: _endpoint(target))
        yield piece
        _, piece = self._try("Stream", "it takes the key and secret", lambda: _stream(target))
        yield piece
        supabase, piece = self._try(
            "Supabase", "it answers, and shows its keys", lambda: self._supabase(target)
        )
        yield piece
        person, piece = self._try("user", "a host can sign in", lambda: self._person(target, supabase))
        yield piece
        party, piece = self._try(
            "party", "there is one, and it is not live", lambda: self._party(target, supabase, person)
        )
        yield piece
        yield from self._pages(target, person, party)

    def _pages(self, target: Target, person: Person | None, party: Party | None) -> Iterator[Piece]:
        cast, piece = self._try("browser", "it starts", lambda: self._cast(target))
        yield piece
        host, piece = self._try(
            "host page",
            "it opens, and the host is signed in",
            lambda: _needed(cast).host(_needed(party), person),
        )
        yield piece
        for name, looks in _on_host_page(target).items():
            _, piece = self._try(name, "it is there", lambda looks=looks: looks(_needed(host)))  # type: ignore[misc]
            yield piece
        _, piece = self._try(
            "viewer page", "it opens, and waits", lambda: _viewer(_needed(cast), _needed(party))
        )
        yield piece

    def _try(self, name: str, good: str, piece: Callable[[], Result]) -> tuple[Result | None, Piece]:
        try:
            return piece(), Piece(name, "green", good)
        except NotGiven as missing:
            return None, Piece(name, "not tried", str(missing))
        except (HarnessError, Finding) as error:
            return None, Piece(name, "red", str(error))
        except PlaywrightError as error:
            return None, Piece(name, "red", error.message.partition("\n")[0])

    def _enter(self, deployment: Deployment) -> bool:
        self._leaving.enter_context(deployment)
        return True

    def _supabase(self, target: Target) -> Supabase:
        supabase = self._leaving.enter_context(closing(Supabase(target)))
        supabase.public_keys()
        return supabase

    def _person(self, target: Target, supabase: Supabase | None) -> Person:
        if not target.makes_people:
            return Given(target).person
        supabase = _needed(supabase)
        person = supabase.create_user("A host of the harness")
        self._leaving.callback(supabase.delete, person)
        supabase.sign_in(person)
        return person

    def _party(self, target: Target, supabase: Supabase | None, person: Person | None) -> Party:
        if not target.makes_parties:
            return Given(target).party
        supabase = _needed(supabase)
        party = supabase.create_party(_needed(person), "A party of the harness")
        self._leaving.callback(supabase.delete, party)
        row = supabase.party_row(party.id)
        if row.get("is_live") is not False:
            raise Finding(
                f"party.is_live was expected to be false of a new party, it is {row.get('is_live')!r}."
            )
        return party

    def _cast(self, target: Target) -> Cast:
        if target.host.url is None:
            raise NotGiven("needs host.url in the target file, the address of the host's page")
        executable = browser.ensure(self._settings)
        playwright = self._leaving.enter_context(sync_playwright())
        browsers = self._leaving.enter_context(
            Browsers(playwright, executable, self._settings.cache / "clips")
        )
        cast = Cast(browsers, target, RunLog(self._folder / "events.jsonl"), self._folder)
        self._leaving.callback(cast.leave, failed=False)
        return cast


def inspect(told: TargetSettings, settings: HarnessSettings, say: Callable[[str], None]) -> int:
    """Say of each piece what came of it; returns 0 all green, 1 one is red, 2 something was not tried."""
    with tempfile.TemporaryDirectory(prefix="harness-target-") as folder:
        inspection = Inspection(told, settings, Path(folder))
        for piece in inspection.run():
            say(f"{piece.state:10}{piece.name:18}{piece.sentence}")
    states = {piece.state for piece in inspection.pieces}
    return 1 if "red" in states else 2 if "not tried" in states else 0


def _needed(thing: Result | None) -> Result:
    if thing is None:
        raise NotGiven("needs what is not green above")
    return thing


def _endpoint(target: Target) -> None:
    with closing(TokenEndpoint(target)) as endpoint:
        endpoint.expect_there()


def _stream(target: Target) -> None:
    with closing(StreamApi(target)) as stream:
        stream.call("livestream", NO_CALL)


def _on_host_page(target: Target) -> dict[str, Callable[[Host], None]]:
    """What can be looked at before anybody is live, by the key that says where it is."""
    where = target.host
    return {
        "host.status": lambda host: _waits(host),
        "host.camera": lambda host: host.expects_at("host.camera", where.camera),
        "host.microphone": lambda host: host.expects_at("host.microphone", where.microphone),
        "host.go_live": lambda host: host.expects_at(
            "host.go_live", where.go_live[-1], after=where.go_live[:-1]
        ),
    }


def _waits(host: Host) -> None:
    host.reads_status("Not live", within=5)


def _viewer(cast: Cast, party: Party) -> None:
    # The host's own account is as good as any for a look at the page.
    cast.viewer(party, party.host).reads_status("Waiting for the host to go live", within=10)
