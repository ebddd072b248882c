"""What a person asks of one reproduction."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Options:
    """`url` is a page of somebody's own, `click` what to press there; `expect` a text that it must show.

    `storage_state` is a file of Playwright's that signs in there. `heal_after` seconds the failure stays, or
    as short as can be; with `keep_open` alone it stays until Ctrl-C, with both only the browser does.
    """

    role: str = "host"
    browser: str = "chromium"
    headed: bool = False
    url: str | None = None
    click: str | None = None
    expect: str | None = None
    storage_state: Path | None = None
    keep_open: bool = False
    heal_after: int | None = None
    simulated: bool | None = None
