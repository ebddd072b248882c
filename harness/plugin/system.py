"""The system under test, and each of its parts as it is asked from outside."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

import pytest

from harness.config import HarnessSettings, load, load_target
from harness.errors import HarnessError
from harness.plugin.stash import DEPLOYMENT, FAILED, KEEPER, RUN_LOG, STACK
from harness.setup import pages
from harness.stack import Deployment, Stack
from harness.stack.account import While, armed_faults, server_account
from harness.target import (
    StreamApi,
    StreamJournal,
    Supabase,
    Target,
    TokenEndpoint,
)
from harness.trace.events import RunLog


@pytest.fixture(scope="session")
def harness_settings(pytestconfig: pytest.Config) -> HarnessSettings:
    """What the environment says, and the command line of pytest."""
    settings, seed = load(HarnessSettings), pytestconfig.getoption("--harness-seed")
    return settings if seed is None else settings.model_copy(update={"seed": seed})


@pytest.fixture(scope="session")
def run_dir(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder for the evidence of this run."""
    return pytestconfig.getoption("--run-dir") or tmp_path_factory.mktemp("run")


@pytest.fixture(scope="session")
def run_log(pytestconfig: pytest.Config, run_dir: Path) -> RunLog:
    """The events of this run."""
    return pytestconfig.stash.get(RUN_LOG, None) or RunLog(run_dir / "events.jsonl")


@pytest.fixture(scope="session")
def stack(
    pytestconfig: pytest.Config, harness_settings: HarnessSettings, run_dir: Path, run_log: RunLog
) -> Iterator[Stack]:
    """The reference system, started once."""
    began = time.monotonic()
    system = Stack(_of_worker(pytestconfig, run_dir), harness_settings, pages.ensure(harness_settings))
    run_log.secrets.add(*system.keys.secret_values())
    if harness_settings.database_url is not None:
        run_log.secrets.add(harness_settings.database_url.get_secret_value())
    with system:
        run_log.event("harness", "phase", name="servers started", seconds=round(time.monotonic() - began, 3))
        pytestconfig.stash[STACK] = system
        yield system
        del pytestconfig.stash[STACK]


def _of_worker(config: pytest.Config, run_dir: Path) -> Path:
    """Where this process leaves its servers' logs: several may work on one run, each with its own servers."""
    number = str(config.getoption("--worker", "1/1")).partition("/")[0]
    return run_dir if number == "1" else run_dir / f"worker-{number}"


@pytest.fixture(scope="session")
def target(
    request: pytest.FixtureRequest, harness_settings: HarnessSettings, run_dir: Path, run_log: RunLog
) -> Iterator[Target]:
    """Where the system under test is: the deployment that was named, or else the reference system."""
    told = load_target(harness_settings.target_file)
    if told.token_url is None:
        stack: Stack = request.getfixturevalue("stack")
        own = stack.target
        yield replace(own, required_sightings=told.required_sightings or own.required_sightings)
        return
    if harness_settings.database_url is not None:
        run_log.secrets.add(harness_settings.database_url.get_secret_value())
    with ExitStack() as running:
        try:
            deployment = Deployment(
                _of_worker(request.config, run_dir), harness_settings, told, run_log.secrets
            )
            running.enter_context(deployment)
            running.enter_context(closing(TokenEndpoint(deployment.target))).expect_there()
        except HarnessError as gone:
            # Each further test could only say the same.
            request.session.shouldfail = str(gone)
            raise
        request.config.stash[DEPLOYMENT] = deployment
        yield deployment.target
        del request.config.stash[DEPLOYMENT]


@pytest.fixture(autouse=True)
def _servers_told(request: pytest.FixtureRequest) -> Iterator[None]:
    """Of a red test, what the servers have to say: asked last of all, while they run."""
    yield
    keeper, stash = request.config.stash.get(KEEPER, None), request.config.stash
    servers = stash.get(STACK, None) or stash.get(DEPLOYMENT, None)
    if keeper is None or servers is None or not request.node.stash.get(FAILED, False):
        return
    about = While(keeper.began, time.time(), keeper.calls())
    control = servers.stream_control_url or servers.target.stream_control_url
    account = server_account(about, control, servers.server_logs)
    keeper.tell(account, faults=armed_faults(control) if control else ())


@pytest.fixture(autouse=True)
def _servers_live(request: pytest.FixtureRequest) -> Iterator[None]:
    """A server that died says so itself, instead of the check that missed it."""
    yield
    if (stack := request.config.stash.get(STACK, None)) is not None:
        stack.check()
    if (deployment := request.config.stash.get(DEPLOYMENT, None)) is not None:
        deployment.check()


@pytest.fixture(scope="session")
def supabase(target: Target) -> Iterator[Supabase]:
    """The target's Supabase, asked from outside."""
    with closing(Supabase(target)) as client:
        yield client


@pytest.fixture(scope="session")
def stream_api(target: Target) -> Iterator[StreamApi]:
    """The target's Stream, asked from outside."""
    with closing(StreamApi(target)) as client:
        yield client


@pytest.fixture(scope="session")
def stream_journal(target: Target) -> Iterator[StreamJournal | None]:
    """What the local Stream was asked; None where there is no such witness."""
    if target.stream_control_url is None:
        yield None
        return
    with closing(StreamJournal(target)) as journal:
        yield journal


@pytest.fixture(scope="session")
def token_endpoint(target: Target) -> Iterator[TokenEndpoint]:
    """The target's token endpoint."""
    with closing(TokenEndpoint(target)) as client:
        yield client
