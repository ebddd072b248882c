"""The checks can fail: a broken system turns them red, and the report says where.

Each mutant is one edit of a copy of the product. The gate runs on the copy as it would on a release; but
what is red runs again in one of them alone: a mutant is as red the second time, and waits as long for it.
"""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest

from harness.config import PACKAGE, child_environment

ROOT = PACKAGE.parent
TOKEN = re.compile(rb"eyJ[\w-]{6,}\.eyJ[\w-]+\.[\w-]{20,}|refresh_token\\*\":\s*\\*\"(?!\*)")
AT_ONCE = 2
GATE_WITHIN = 600  # seconds; the machine may be busy


@dataclass(frozen=True)
class Edit:
    """`old` in `file` becomes `new`."""

    file: str
    old: str
    new: str


@dataclass(frozen=True)
class Mutant:
    """With `edit`, and `also` where one guard stands behind another, each of `red` is red.

    The report says what `says` matches.
    """

    name: str
    edit: Edit
    red: str
    says: str
    also: Edit | None = None

    @property
    def edits(self) -> list[Edit]:
        return [self.edit, self.also] if self.also else [self.edit]


ELSEWHERE = "11111111-1111-4111-8111-111111111111"
RUN_AGAIN = "the token answer carries another callId"
# Each row is one product that is broken in one place, or in several that have nothing to do with each other:
# what one of them breaks, no check of another needs. The longest come first: two are judged at a time.
Product = tuple[Mutant, ...]
PRODUCTS: tuple[Product, ...] = (
    (
        Mutant(
            "the row stays live after the end",
            Edit("harness/pages/src/end-party.ts", "await markNotLive(services.supabase, partyId);", ""),
            red="G08",
            says="expected a row that is not live, it is {.*'is_live': True",
        ),
        Mutant(
            "the camera is on air though it was turned off",
            Edit(
                "harness/pages/src/go-live.ts",
                "DEVICES.filter((device) => devices[device])",
                'DEVICES.filter((device) => device === "camera" || devices[device])',
            ),
            red="G09",
            says=r"expected one request for audio alone, the page asked for \[\['video'\], \['audio'\]\]",
        ),
        Mutant(
            "a double click goes live twice",
            Edit("harness/pages/src/hosting.ts", "if (attempt.current) return;", ""),
            red="G12",
            # The second going live may take the place of the first before that was told.
            says="expected each step once, came token 2 times|the page says 'Live, but not from this page'",
            also=Edit(
                "harness/pages/src/HostPage.tsx",
                'className="primary" type="button" disabled={busy} onClick={() => goLive(wanted)}',
                'className="primary" type="button" onClick={() => goLive(wanted)}',
            ),
        ),
        Mutant(
            "the console tells the token",
            Edit("harness/pages/src/stream-token.ts", "{ userId: token.userId }", "{ token: token.token }"),
            red="N07",
            says="no secret in the console of host, a signed token begins there, in the line '.*token",
        ),
        Mutant(
            "viewers see the picture mirrored",
            Edit(
                "harness/pages/src/LivePicture.tsx",
                "<video ref={video} aria",
                '<video ref={video} style={{ transform: "scaleX(-1)" }} aria',
            ),
            red="G03",
            says="On the screen the picture is mirrored: so stands the mark of clip",
        ),
        Mutant(
            "who comes back goes live twice",
            Edit(
                "harness/pages/src/go-live.ts",
                "const { call: answer } = await call.goLive();",
                "if (wasOnAir) await call.goLive();\n    const { call: answer } = await call.goLive();",
            ),
            red="G11",
            says="expected each step once after the reload, came go live 2 times",
        ),
    ),
    (
        Mutant(
            "viewers may come in before the host is live",
            Edit(
                "harness/local_stream/coordinator/call_settings.py",
                '"backstage": {"enabled": True,',
                '"backstage": {"enabled": False,',
            ),
            red="G04",
            says=r"the viewer joined the call [\d.]+ s before the host went live|expected the status 'W",
        ),
        Mutant(
            "all parties are in one room",
            Edit(
                "harness/local_stream/sfu/sfu.py",
                "Grant(cid, user, frozenset(capabilities))",
                f'Grant("livestream:{ELSEWHERE}", user, frozenset(capabilities))',
            ),
            red="C04",
            says=rf"callId parts at (host|viewer) SFU join \(stream\): {ELSEWHERE}; before it, at",
        ),
        Mutant(
            "going live takes the party's title away",
            Edit(
                "harness/pages/src/party.ts",
                "{ is_live: true, stream_app_id: id });",
                '{ is_live: true, stream_app_id: id, title: "Untitled" });',
            ),
            red="G05",
            says="expected {'is_live': True, .*}, the row is {.*'title': 'Untitled'",
        ),
    ),
    (
        Mutant(
            "the host's camera is frozen after the first frame",
            Edit("harness/media/clips.py", "camera_frame(clip_id, frame)", "camera_frame(clip_id, 0)"),
            red="G03",
            says=r"the picture is frozen: \d+ frames were decoded in [\d.]+ s, all the same",
        ),
        Mutant(
            "a party whose row could not be saved stays on air",
            Edit(
                "harness/pages/src/go-live.ts",
                'takeBack("stop the live stream", () => call.stopLive());',
                "",
            ),
            red="N06",
            says="expected a call in backstage, Stream has it live",
        ),
        Mutant(
            "a network error is told in other words",
            Edit("harness/pages/src/errors.ts", "`Authentication failed: ${", "`Something failed: ${"),
            red="N03",
            says=r"was to be told '/\(\?i\)authentication failed/', the page shows 'Something failed: ",
        ),
    ),
    (
        Mutant(
            "the viewer's page is at another call",
            Edit(
                "harness/pages/src/watching.ts",
                "quietCall(client, partyId, undo)",
                f'quietCall(client, "{ELSEWHERE}", undo)',
            ),
            red="C01",
            # Whether the page shows it or Stream is asked first is a matter of moments.
            says=rf"callId parts at (viewer page|call on Stream) \(\w+\): {ELSEWHERE}; before it, at",
        ),
        Mutant(
            "no CORS headers on the 401",
            Edit(
                "harness/token_server/cors.py",
                'if message["type"] == "http.response.start":',
                'if message["type"] == "http.response.start" and message["status"] != 401:',
            ),
            red="N02,T05",
            says="expected the error 'Stream auth failed .* the page shows 'Authentication failed",
        ),
        Mutant(
            "an old error stays while it is tried again",
            Edit(
                "harness/pages/src/hosting.ts",
                "    setError(null);\n    setOffers([]);",
                "    setOffers([]);",
            ),
            red="N04",
            says="Expected an old error to be taken back: while it tried again the page went on showing ",
        ),
        Mutant(
            "the host's page makes the call itself",
            Edit("harness/pages/src/stream-client.ts", "create: false, max", "create: true, max"),
            red="G01",
            says="expected a join that creates no call, came create: true",
        ),
    ),
    (
        Mutant(
            RUN_AGAIN,
            Edit("harness/token_server/app.py", '"callId": party.id,', f'"callId": "{ELSEWHERE}",'),
            red="C01",
            says=rf"callId parts at (host|viewer) token answer \(\w+\): {ELSEWHERE}; before it, at \w+",
        ),
    ),
    (
        Mutant(
            "goLive() is left out",
            Edit(
                "harness/pages/src/go-live.ts",
                "const { call: answer } = await call.goLive();",
                "const answer = { backstage: false, cid: call.cid };",
            ),
            red="G01,G02",
            says="expected a call that is live, Stream has it backstage",
        ),
        Mutant(
            "the server creates the call as the asking user",
            Edit("harness/token_server/app.py", "owner_id=party.host_id", "owner_id=user.id"),
            red="T17",
            says=r"was created by the host [\w-]+; it was created by",
        ),
        Mutant(
            "the database is not updated",
            Edit("harness/pages/src/go-live.ts", "await markLive(services.supabase, party.id);", ""),
            red="G05",
            says="expected {'is_live': True, .*}, the row is {.*'is_live': False",
        ),
    ),
)


@dataclass(frozen=True)
class Judged:
    """What the gate made of a mutant: its exit code, what it printed, its run folder."""

    code: int
    said: str
    run: Path


@pytest.fixture(scope="module")
def judged(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[Product, Future[Judged]]]:
    """What the gate makes of each product that is asked for: two at a time, as gates mostly wait."""
    products = [
        cast(Product, item.callspec.params["product"])
        for item in request.session.items
        if isinstance(item, pytest.Function) and item.path == request.path and "judged" in item.fixturenames
    ]
    pool = ThreadPoolExecutor(AT_ONCE)
    yield {product: pool.submit(judge, product, tmp_path_factory.mktemp("mutant")) for product in products}
    pool.shutdown(cancel_futures=True)


@pytest.mark.timeout(2 * GATE_WITHIN)
@pytest.mark.parametrize(
    "product", PRODUCTS, ids=lambda product: " and ".join(mutant.name for mutant in product)
)
def test_a_broken_system_turns_red_and_the_report_says_where(
    product: Product, judged: dict[Product, Future[Judged]]
) -> None:
    gate = judged[product].result()
    assert gate.code == 1, gate.said
    report = html.unescape((gate.run / "report.html").read_text())
    for mutant in product:
        assert red_checks(gate.run, attempts(product)) >= set(mutant.red.split(",")), gate.said
        assert re.search(mutant.says, report), f"The report does not say {mutant.says!r}.\n{gate.said}"
    if any(not mutant.red.startswith("T") for mutant in product):
        traces = list(gate.run.glob("evidence/*/trace-*.zip"))
        assert traces, "a red check with a browser must leave Playwright traces"
        assert not [trace for trace in traces if tells_tokens(trace)], "a trace holds a token"
    pages = list(gate.run.glob("evidence/*/evidence.html"))
    assert pages, "a red check must leave its evidence"
    assert all(str(page.relative_to(gate.run)) in report for page in pages), "the report leads to it"
    assert not [page for page in pages if TOKEN.search(page.read_bytes())], "evidence holds a token"


@pytest.mark.parametrize(
    "edit",
    [edit for product in PRODUCTS for mutant in product for edit in mutant.edits],
    ids=lambda edit: edit.old[:30],
)
def test_every_edit_finds_its_place(edit: Edit) -> None:
    assert (ROOT / edit.file).read_text().count(edit.old) == 1, f"{edit.old!r} is not once in {edit.file}"


def judge(product: Product, folder: Path) -> Judged:
    """Run the gate on a copy of the product with its mutants, in `folder`."""
    copy, runs = mutated_copy(product, folder / "product"), folder / "runs"
    only = ("--only", ",".join(mutant.red for mutant in product))
    once = ("--no-rerun",) if attempts(product) == 1 else ()
    gate = subprocess.run(
        [sys.executable, "-m", "harness.cli", "gate", *only, *once],
        cwd=copy,
        env=child_environment({"PYTHONPATH": str(copy), "HARNESS_RUNS": str(runs)}),
        capture_output=True,
        text=True,
        timeout=GATE_WITHIN,
        check=False,
    )
    return Judged(gate.returncode, gate.stdout + gate.stderr, next(runs.iterdir()))


def mutated_copy(product: Product, copy: Path) -> Path:
    """The product with each mutant's edit."""
    ignored = shutil.ignore_patterns("node_modules", "__pycache__", "unit")
    for name in ("harness", "tests", "fixtures"):
        shutil.copytree(ROOT / name, copy / name, ignore=ignored)
    for edit in (edit for mutant in product for edit in mutant.edits):
        text = (copy / edit.file).read_text()
        (copy / edit.file).write_text(text.replace(edit.old, edit.new))
    return copy


def tells_tokens(trace: Path) -> bool:
    """Whether a token of a session can be read in the trace."""
    with zipfile.ZipFile(trace) as entries:
        return any(TOKEN.search(entries.read(name)) for name in entries.namelist())


def attempts(product: Product) -> int:
    """How often the gate is to run what is red in it."""
    return 2 if any(mutant.name == RUN_AGAIN for mutant in product) else 1


def red_checks(run: Path, attempt: int) -> set[str]:
    """The ids that were red in this attempt, which is the last."""
    events = [json.loads(line) for line in (run / "events.jsonl").read_text().splitlines()]
    checks = [event for event in events if event["what"] == "check"]
    ran = {event["attempt"] for event in checks}
    assert ran == set(range(1, attempt + 1)), f"expected {attempt} attempts, came {ran}"
    last = (event for event in checks if event["attempt"] == attempt)
    return {event["id"] for event in last if event["outcome"] == "failed"}
