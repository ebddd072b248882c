"""Who is signed in on somebody's own page: Playwright's storage state, from a file."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote, urlsplit

from harness.browser.devices import INSECURE_NAME
from harness.browser.signing_in import State, stored_in
from harness.trace.redactor import Redactor

INSECURE = {"domain": INSECURE_NAME, "secure": False, "sameSite": "Lax"}
LONG = 16  # characters; a shorter value is a setting, and masking it would hide half of the evidence


def signed_in(path: Path, url: str, secrets: Redactor) -> State:
    """What is stored in the file, for the page at `url` also under the insecure name; its values are masked
    from now on.

    Raises ServerError for a file that is no storage state, or an old one.
    """
    state = stored_in(path, "--storage-state")
    stored = [*state["cookies"], *(item for one in state["origins"] for item in one.get("localStorage", []))]
    values = [text for one in stored for text in (one["value"], *_within(one["value"]))]
    secrets.add(*(text for text in values if len(text) >= LONG))
    address = urlsplit(url)
    here, there = f"{address.scheme}://{address.netloc}", f"http://{INSECURE_NAME}:{address.port or 80}"
    cookies = [{**one, **INSECURE} for one in state["cookies"] if _is_for(one["domain"], address.hostname)]
    origins = [{**one, "origin": there} for one in state["origins"] if one["origin"] == here]
    return {"cookies": [*state["cookies"], *cookies], "origins": [*state["origins"], *origins]}


def _within(value: str) -> Iterator[str]:
    """The texts in a value that is JSON, as it is or as addresses and base64 carry it."""
    for spelling in (value, unquote(value), _from_base64(value)):
        with suppress(ValueError):
            yield from _texts(json.loads(spelling))
            return


def _from_base64(value: str) -> str:
    text = value.removeprefix("base64-")  # Supabase's own mark
    with suppress(ValueError):
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
    return ""


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for one in inner:
        yield from _texts(one)


def _is_for(domain: str, host: str | None) -> bool:
    return f".{host}".endswith(f".{domain.lstrip('.')}")
