"""Looks at each piece of a target as the checks will use it: green, red, or not tried, one sentence each."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

from playwright.sync_api import sync_playwright

from harness.browser.browsers import Browsers
from harness.browser.cast import Cast
from harness.browser.host import Host
from harness.browser.viewer import Viewer
from harness.config import HarnessSettings, TargetSettings, secrets_of
from harness.errors import Finding, NotGiven
from harness.plugin.sighted import Sighted
from harness.setup import browser
from harness.stack import Deployment
from harness.target import Given, Party, Person, StreamApi, StreamJournal, Supabase, Target, TokenEndpoint
from harness.target_file.piece import Piece, look, needed, not_looked_at
from harness.target_file.refusals import Refusals
from harness.target_file.rehearsal import Rehearsal
from harness.trace.events import RunLog
from harness.trace.redactor import Redactor

NO_CALL = "harness-target-check"  # the id of a call that nobody has
STARTED = ("app_command", "app_environment", "app_port", "folder", "stream", "stream_base_url", "supabase")
WIDTH = 28
LAST_LINES = 12


class Inspection:
    """Each piece is tried in turn; what needs one that failed is not tried.

    `live`: whether the host goes live; None: where checks make parties of their own.
    """

    def __init__(
        self, told: TargetSettings, settings: HarnessSettings, folder: Path, *, live: bool | None = None
    ) -> None:
        self._told, self._settings, self._folder = told, settings, folder
        self._live = told.makes_parties if live is None else live
        self._log = RunLog(folder / "events.jsonl", Redactor(secrets_of(told)))
        self.secrets = self._log.secrets
        self.pieces: list[Piece] = []
        self._leaving = ExitStack()

    def run(self) -> Iterator[Piece]:
        """All of them, as they come; what was made is removed at the end."""
        with self._leaving:
            for piece in self._steps():
                self.pieces.append(piece)
                yield piece
        for piece in not_looked_at(self._told, self.pieces):
            self.pieces.append(piece)
            yield piece

    def _steps(self) -> Iterator[Piece]:
        deployment = Deployment(self._folder, self._settings, self._told, self.secrets)
        target = deployment.target
        started, piece = look(
            "servers",
            "what is to be started runs",
            lambda: self._enter(deployment),
            [*STARTED, "supabase_schema"],
        )
        yield piece
        if not started:
            return
        yield look("token endpoint", f"{target.token_url} answers", lambda: _endpoint(target), ["token_url"])[
            1
        ]
        stream, piece = look(
            "Stream", "it takes the key and secret", lambda: self._stream(target), ["stream_api_key"]
        )
        yield piece
        supabase, piece = look(
            "Supabase",
            "it answers, and shows its keys",
            lambda: self._supabase(target),
            ["supabase_url", "supabase_anon_key"],
        )
        yield piece
        person, piece = look(
            "user", "a host can sign in", lambda: self._person(target, supabase), ["email", "people"]
        )
        yield piece
        party, piece = look(
            "party",
            "there is one, and it is not live",
            lambda: self._party(target, supabase, person),
            ["party", "party_id"],
        )
        yield piece
        yield from _logs(target)
        yield from self._pages(target, person, party, supabase, stream)

    def _pages(
        self,
        target: Target,
        person: Person | None,
        party: Party | None,
        supabase: Supabase | None,
        stream: StreamApi | None,
    ) -> Iterator[Piece]:
        cast, piece = look("browser", "it starts", lambda: self._cast(target))
        yield piece
        host, piece = look(
            "host page",
            "it opens, and the host is signed in",
            lambda: needed(cast).host(needed(party), person),
            ["host.url", "host.opens", "sign_in"],
        )
        yield piece
        found: set[str] = set()
        for name, looks in _on_host_page(target).items():
            there, piece = look(name, "it is there", lambda looks=looks: looks(needed(host)), [name])  # type: ignore[misc]
            found |= {name} if there is not None else set()
            yield piece
        viewer, piece = look(
            "viewer page",
            "it opens, and waits",
            lambda: self._viewer(needed(cast), needed(party), supabase),
            ["viewer.url", "viewer.opens", "viewer.status", "viewer.waiting"],
        )
        yield piece
        if cast is None or party is None or host is None or viewer is None or "host.go_live" not in found:
            yield Piece("going live", "not tried", "needs what is not green above")
            return
        if not self._live:
            yield Piece("going live", "unverified", "a given party stays as it is, unless --live is said")
            return
        sighted = self._sighted(target, supabase, stream)
        yield from Rehearsal(target, cast, party, host, viewer, supabase, sighted, found).pieces()
        yield from self._refusals(target, cast, person, supabase)

    def _refusals(
        self, target: Target, cast: Cast, person: Person | None, supabase: Supabase | None
    ) -> Iterator[Piece]:
        """In a party that never was live, where one can be made."""
        if not target.makes_parties:
            yield Piece("errors", "unverified", "the given party has ended: the checks N and P look at them")
            return
        party, piece = look(
            "another party", "there is one", lambda: self._party(target, supabase, person), []
        )
        yield piece
        if party is not None:
            stranger = (lambda: self._person(target, supabase)) if target.makes_people else None
            yield from Refusals(target, cast, party, stranger).pieces()

    def _enter(self, deployment: Deployment) -> bool:
        self._leaving.enter_context(deployment)
        return True

    def _stream(self, target: Target) -> StreamApi:
        stream = self._leaving.enter_context(closing(StreamApi(target)))
        stream.call("livestream", NO_CALL)
        return stream

    def _supabase(self, target: Target) -> Supabase:
        supabase = self._leaving.enter_context(closing(Supabase(target)))
        supabase.public_keys()
        return supabase

    def _sighted(self, target: Target, supabase: Supabase | None, stream: StreamApi | None) -> Sighted | None:
        if supabase is None or stream is None or not target.makes_people:
            return None
        journal = None
        if target.stream_control_url is not None:
            journal = self._leaving.enter_context(closing(StreamJournal(target)))
        return Sighted(target, supabase, stream, journal)

    def _person(self, target: Target, supabase: Supabase | None) -> Person:
        if not target.makes_people:
            return Given(target).person
        supabase = needed(supabase)
        person = supabase.create_user("Somebody of the harness")
        self.secrets.add(person.password)
        self._leaving.callback(supabase.delete, person)
        supabase.sign_in(person)
        supabase.rename(person, "A host of the harness")
        return person

    def _party(self, target: Target, supabase: Supabase | None, person: Person | None) -> Party:
        if not target.makes_parties:
            return Given(target).party
        supabase = needed(supabase)
        party = supabase.create_party(needed(person), "A party of the harness")
        self._leaving.callback(supabase.delete, party)
        row = supabase.party_row(party.id)
        if row["is_live"] is not False:
            raise Finding(f"party.is_live was expected to be false of a new party, it is {row['is_live']!r}.")
        return party

    def _viewer(self, cast: Cast, party: Party, supabase: Supabase | None) -> Viewer:
        # Of a given party, the host's own account is as good as any for a look at the page.
        target = needed(supabase).target if supabase is not None else None
        watches = self._person(target, supabase) if target and target.makes_people else party.host
        viewer = cast.viewer(party, watches)
        viewer.reads_status("Waiting for the host to go live", within=10)
        return viewer

    def _cast(self, target: Target) -> Cast:
        if target.host.url is None:
            raise NotGiven("needs host.url in the target file, the address of the host's page")
        connect = self._settings.connect
        executable = self._settings.browser if connect else browser.ensure(self._settings)
        playwright = self._leaving.enter_context(sync_playwright())
        browsers = self._leaving.enter_context(
            Browsers(playwright, executable, self._settings.cache / "clips", connect=connect)
        )
        cast = Cast(browsers, target, self._log, self._folder)
        self._leaving.callback(cast.leave, failed=False)
        return cast


def inspect(
    told: TargetSettings,
    settings: HarnessSettings,
    say: Callable[[str], None],
    *,
    live: bool | None = None,
) -> int:
    """Say of each piece what came of it; returns 0 all green, 1 one is red, 2 something was not tried."""
    with tempfile.TemporaryDirectory(prefix="harness-target-") as folder:
        inspection = Inspection(told, settings, Path(folder), live=live)
        for piece in inspection.run():
            sentence = inspection.secrets.redact(piece.sentence)
            say(f"{piece.state:12}{piece.name:{WIDTH}}{sentence}")
        states = {piece.state for piece in inspection.pieces}
        printed = _last_of(Path(folder) / "logs" / "app.log")
        if "red" in states and printed:
            say(f"What the app printed last:{printed}")
    return 1 if "red" in states else 2 if "not tried" in states else 0


def _last_of(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines()[-LAST_LINES:] if log.exists() else []
    return "".join(f"\n    {line}" for line in lines)


def _endpoint(target: Target) -> None:
    with closing(TokenEndpoint(target)) as endpoint:
        endpoint.expect_there()


def _logs(target: Target) -> Iterator[Piece]:
    """Of files that are named: whether they are there."""
    for key, path in (("token_server_log", target.token_server_log), ("webhook_log", target.webhook_log)):
        if path is not None:
            yield look(key, "the file is there", lambda key=key, path=path: _file(key, path), [key])[1]  # type: ignore[misc]


def _file(key: str, path: Path) -> None:
    if not path.is_file():
        raise Finding(f"{key} was expected to name a file, but {path} is none.")


def _on_host_page(target: Target) -> dict[str, Callable[[Host], object]]:
    """What can be looked at before anybody is live, by the key that says where it is."""
    where = target.host
    return {
        "host.not_live": lambda host: host.reads_status("Not live", within=5),
        "host.camera": lambda host: host.expects_at("host.camera", where.camera) or True,
        "host.microphone": lambda host: host.expects_at("host.microphone", where.microphone) or True,
        "host.go_live": lambda host: (
            host.expects_at("host.go_live", where.go_live[-1], after=where.go_live[:-1]) or True
        ),
    }
