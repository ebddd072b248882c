"""Who is signed in on somebody's own page: Playwright's storage state, from a file."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from harness.browser.devices import INSECURE_NAME
from harness.browser.signing_in import State, stored_in
from harness.reproduce.stored_secrets import secrets_in
from harness.trace.redactor import Redactor

INSECURE = {"domain": INSECURE_NAME, "secure": False, "sameSite": "Lax"}
SECURE_ONLY = ("__Secure-", "__Host-")  # no browser takes a cookie with such a name without https


def signed_in(path: Path, url: str, secrets: Redactor) -> State:
    """What is stored in the file, for the page at `url` also under the insecure name; its values are masked
    from now on.

    Raises ServerError for a file that is no storage state, or an old one.
    """
    state = stored_in(path, "--storage-state")
    secrets.add(*secrets_in(state))
    address = urlsplit(url)
    here, there = f"{address.scheme}://{address.netloc}", f"http://{INSECURE_NAME}:{address.port or 80}"
    cookies = [
        {**one, **INSECURE}
        for one in state["cookies"]
        if _is_for(one["domain"], address.hostname) and not one["name"].startswith(SECURE_ONLY)
    ]
    origins = [{**one, "origin": there} for one in state["origins"] if one["origin"] == here]
    return {"cookies": [*state["cookies"], *cookies], "origins": [*state["origins"], *origins]}


def _is_for(domain: str, host: str | None) -> bool:
    return f".{host}".endswith(f".{domain.lstrip('.')}")
