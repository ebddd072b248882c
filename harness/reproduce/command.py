"""One failure, reproduced: in the reference system, or on any page."""

from __future__ import annotations

import math
import signal
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, closing, contextmanager, suppress
from functools import partial
from pathlib import Path

import click
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Playwright, sync_playwright

from harness.browser.browsers import Browsers
from harness.browser.cast import Cast, Contexts
from harness.browser.failures import Engine, Failure, NotProduced
from harness.browser.firefox import FirefoxContexts, firefox
from harness.browser.moment import gather
from harness.config import HarnessSettings
from harness.errors import Finding, HarnessError, UsageError
from harness.gate.run_folder import new_run_folder
from harness.reproduce.account import account
from harness.reproduce.options import Options
from harness.reproduce.possible import NO, expect_possible, installed
from harness.reproduce.sign_in import signed_in
from harness.reproduce.subject import ForeignPage, OwnHostPage, OwnViewerPage, Subject
from harness.reproduce.trial import Seen, Trial
from harness.reproduce.verdict import faults
from harness.setup import browser as browser_setup
from harness.setup import pages
from harness.stack import Stack
from harness.target import Supabase
from harness.trace.events import RunLog, read
from harness.trace.evidence import Heading, told_by_events, write

EVENTS = "events.jsonl"
BOTH = ("camera", "microphone")
LOOKS_EVERY = 200.0  # milliseconds


def reproduce(settings: HarnessSettings, failure: Failure, options: Options) -> int:
    """0: it showed, and the page handled it; 1: the page did not; raises HarnessError when it did not
    show."""
    expect_possible(settings, failure, options)
    folder = new_run_folder(settings.runs)
    with closing(RunLog(folder / EVENTS)) as run_log:
        secrets = run_log.secrets
        secrets.add(*([settings.database_url.get_secret_value()] if settings.database_url else []))
        try:
            return _reproduce(settings, failure, options, run_log, folder)
        except UsageError as error:
            raise UsageError(secrets.redact(str(error))) from None
        except (NotProduced, Finding, PlaywrightError) as error:
            said = secrets.redact(str(error).strip().splitlines()[0])
            raise HarnessError(f"{NO} {said}") from None


def _reproduce(
    settings: HarnessSettings, failure: Failure, options: Options, run_log: RunLog, folder: Path
) -> int:
    with ExitStack() as open_things:
        # It starts while the browser does.
        system = None if options.url else open_things.enter_context(_system(settings, folder))
        playwright = open_things.enter_context(sync_playwright())
        engine: Engine = "firefox" if options.browser == "firefox" else "chromium"
        if engine == "firefox":
            in_firefox = _in_firefox(playwright, failure, options, system, run_log, folder)
            subject: Subject = open_things.enter_context(in_firefox)
            devices = None
        else:
            browsers = open_things.enter_context(_browsers(playwright, settings, options))
            browsers.of(failure.profile)
            subject = open_things.enter_context(_subject(failure, options, browsers, system, run_log, folder))
            devices = browsers.devices_of(subject.page)
        evidence = _Evidence(subject, run_log, folder)
        seen = Trial(
            subject,
            failure,
            engine,
            devices,
            simulated=options.simulated,
            at_worst=evidence.gather,
            hold=partial(_hold, subject, options),
        ).run()
        exactly = options.expect or (failure.message if options.url is None else None)
        found = faults(seen, exactly)
        version = str(subject.page.context.browser and subject.page.context.browser.version)
        page = evidence.write(failure, found)
        told = account(seen, found, exactly, f"{options.browser} {version}", page)
        click.echo(run_log.secrets.redact(told))
        if options.keep_open and options.heal_after is not None:
            _wait_for_person(subject, "The browser stays open: close it, or press Ctrl-C.")
            click.echo("Stopping ...")
    return 1 if found else 0


@contextmanager
def _browsers(playwright: Playwright, settings: HarnessSettings, options: Options) -> Iterator[Browsers]:
    executable = (
        browser_setup.ensure(settings) if options.browser == "chromium" else installed(options.browser)
    )
    with Browsers(playwright, executable, settings.cache / "clips", headless=not options.headed) as running:
        yield running


@contextmanager
def _in_firefox(
    playwright: Playwright,
    failure: Failure,
    options: Options,
    system: Future[Stack] | None,
    run_log: RunLog,
    folder: Path,
) -> Iterator[Subject]:
    prefs = {} if options.simulated else failure.prefs or {}
    with (
        firefox(playwright, prefs, headless=not options.headed) as browser,
        _subject(failure, options, FirefoxContexts(browser), system, run_log, folder) as subject,
    ):
        yield subject


@contextmanager
def _system(settings: HarnessSettings, folder: Path) -> Iterator[Future[Stack]]:
    """The reference system, as soon as it has started; it ends with the context."""
    stack = Stack(folder, settings, pages.ensure(settings))
    with ThreadPoolExecutor(1) as beside:
        starting = beside.submit(stack.__enter__)
        try:
            yield starting
        finally:
            wait([starting])
            stack.stop()


@contextmanager
def _subject(
    failure: Failure,
    options: Options,
    contexts: Contexts,
    system: Future[Stack] | None,
    run_log: RunLog,
    folder: Path,
) -> Iterator[Subject]:
    if system is None:
        url, file = options.url or "", options.storage_state
        state = None if file is None else signed_in(file, url, run_log.secrets)
        context = contexts.new_context(failure.profile, BOTH, storage_state=state)
        page = ForeignPage(context, url, options.click, run_log)
        page.learn()
        yield page
        return
    stack = system.result()
    with closing(Supabase(stack.target)) as supabase:
        run_log.secrets.add(*stack.keys.secret_values())
        cast = Cast(contexts, stack.target, run_log, folder)
        party = supabase.create_party(supabase.create_user("Host"), "A party")
        run_log.secrets.add(party.host.password)
        if failure.role == "viewer":
            watcher = supabase.create_user("Viewer")
            run_log.secrets.add(watcher.password)
            yield OwnViewerPage(cast.viewer(party, watcher))
        else:
            yield OwnHostPage(cast.host(party, party.host, failure.profile, BOTH))
        stack.check()


class _Evidence:
    """Gathered while the failure is there, written when it is known what came of it."""

    def __init__(self, subject: Subject, run_log: RunLog, folder: Path) -> None:
        self._subject, self._run_log, self._folder = subject, run_log, folder

    def gather(self, seen: Seen) -> None:
        self._moment = seen.requests[0].t if seen.requests else seen.began
        self._account = gather([self._subject.recorder])

    def write(self, failure: Failure, found: list[str]) -> Path:
        """The page of it, with the trace beside it."""
        with suppress(PlaywrightError):  # a page that crashed has none
            self._subject.keep_trace(self._folder, self._run_log.secrets)
        events = list(read(self._run_log.path))
        who = self._subject.recorder.who
        told = self._account + told_by_events(events, known=[who])
        sentence = " ".join(found) or "The page handled it."
        heading = Heading(failure.name, sentence, self._moment, {"Made by": failure.made_by})
        return write(self._folder, heading, told, self._run_log.secrets)


def _hold(subject: Subject, options: Options) -> None:
    """As long as the failure shall stay."""
    if options.heal_after:
        prompt = f"It fails now, and for {options.heal_after} s: look at it. Ctrl-C heals it at once."
        _wait_for_person(subject, prompt, seconds=options.heal_after)
    elif options.keep_open and options.heal_after is None:
        _wait_for_person(
            subject, "It fails now, and stays so: look at it. Ctrl-C heals it and judges the page."
        )


def _wait_for_person(subject: Subject, prompt: str, *, seconds: float = math.inf) -> None:
    """So long, or until the page is closed, or Ctrl-C: as an exception it would hit whatever Playwright calls
    then."""
    until = time.monotonic() + seconds
    wishes: list[int] = []
    before = signal.signal(signal.SIGINT, lambda wish, _: wishes.append(wish))
    click.echo(prompt)
    try:
        with suppress(PlaywrightError):  # closed while we looked
            while not wishes and not subject.page.is_closed() and time.monotonic() < until:
                subject.page.wait_for_timeout(LOOKS_EVERY)
    finally:
        signal.signal(signal.SIGINT, before)
