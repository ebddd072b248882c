"""What a person asks of one reproduction."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Options:
    """`url` is a page of somebody's own, `click` what to press there; `expect` a text that it must show.

    `heal_after` seconds the failure stays; with `keep_open` the browser stays until Ctrl-C.
    """

    role: str = "host"
    browser: str = "chromium"
    headed: bool = False
    url: str | None = None
    click: str | None = None
    expect: str | None = None
    keep_open: bool = False
    heal_after: float = 0.0
    simulated: bool | None = None
