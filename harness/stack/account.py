"""What the servers have to say of a while: the local Stream's journal and faults, and lines of their logs."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from harness.trace.evidence import Account, Row

ANSWERS_WITHIN = 5.0  # seconds
TAIL = 400_000  # bytes of a log that are looked at, from its end
SLACK = 0.5  # seconds afterwards: what is asked last is answered a little later
OF_CALL = re.compile(r'"callId": "(?P<id>[^"]+)"')
MOST_UNDATED = 100  # lines of a log that tells no times
STAMP = re.compile(r"^\[?(\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?)\]?\s")
STREAM = "stream"


@dataclass(frozen=True)
class While:
    """From `began` to `ended` (unix seconds), about `calls` (`type:id`); without any, about all of them."""

    began: float
    ended: float
    calls: Collection[str] = ()

    def has(self, t: float) -> bool:
        """Whether this moment belongs to it."""
        return self.began <= t <= self.ended + SLACK

    def is_about(self, line: str) -> bool:
        """Whether a line of a log may belong to it: it names one of the calls, or none."""
        found = OF_CALL.search(line)
        ids = [cid.rpartition(":")[2] for cid in self.calls]
        return not ids or found is None or found["id"] in ids


def server_account(about: While, control_url: str | None, logs: Mapping[str, Path]) -> Account:
    """What was journalled and logged; `logs` are files by the name of their server."""
    account = Account()
    if control_url is None:
        account += Account(missing=("Stream's journal: this Stream keeps none that could be read.",))
    else:
        try:
            account += Account(tuple(_journal(about, control_url)))
        except (httpx.HTTPError, ValueError) as error:
            account += Account(missing=(f"Stream's journal: {error}",))
    for who, log in logs.items():
        account += _logged(about, who, log)
    return account


def armed_faults(control_url: str) -> list[dict[str, Any]]:
    """The rules that are in force at the local Stream now; [] when it does not answer."""
    armed: list[dict[str, Any]] = []
    for name in ("faults", "media_faults"):
        try:
            armed += _get(control_url, name)[name]
        except (httpx.HTTPError, ValueError, KeyError):
            continue
    return armed


def _journal(about: While, control_url: str) -> Iterator[Row]:
    # The local Stream's clock may have been moved by a test; evidence has one clock.
    offset = float(_get(control_url, "clock")["offset_seconds"])
    for entry in _get(control_url, "journal")["entries"]:
        t, cid = entry["time"] - offset, entry["call_cid"]
        if about.has(t) and (cid is None or not about.calls or cid in about.calls):
            yield _row(t, entry)


def _row(t: float, entry: dict[str, Any]) -> Row:
    status = entry["status"]
    said = [entry["door"], entry["operation"], entry["method"], entry["path"]]
    result = f" -> {status}" if status is not None else ""
    whose = f" by {entry['user_id']}" if entry["user_id"] else ""
    bad = entry["door"] == "fault" or (status or 0) >= 400
    more = json.dumps(entry["detail"], indent=1) if entry["detail"] else ""
    return Row(t, STREAM, "server", " ".join(filter(None, said)) + result + whose, bad, more)


def _logged(about: While, who: str, log: Path) -> Account:
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - TAIL))
            lines = file.read().decode("utf-8", "replace").splitlines()
    except OSError as error:
        return Account(missing=(f"The log of the {who}: {error.strerror}.",))
    if not any(STAMP.match(line) for line in lines):
        # Of an app that logs no times: as of now.
        return Account(tuple(Row(about.ended, who, "server", line) for line in lines[-MOST_UNDATED:]))
    told = ((t, line) for t, line in _dated(lines) if about.has(t) and about.is_about(line))
    return Account(tuple(Row(t, who, "server", line) for t, line in told))


def _dated(lines: list[str]) -> Iterator[tuple[float, str]]:
    """Each line with its time; one without a time (of a traceback) has that of the line before it."""
    t = 0.0
    for line in lines:
        if found := STAMP.match(line):
            t = datetime.fromisoformat(found[1]).timestamp()
        yield t, line[len(found[0]) if found else 0 :]


def _get(control_url: str, what: str) -> dict[str, Any]:
    answer = httpx.get(f"{control_url}/{what}", timeout=ANSWERS_WITHIN, trust_env=False)
    answer.raise_for_status()
    return dict(answer.json())
