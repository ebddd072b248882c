"""How somebody gets a session in the browser, as the target tells: by its form, or with a storage state."""

from __future__ import annotations

import json
import shlex
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from harness.config import child_environment
from harness.errors import ServerError
from harness.target import Person, Supabase, Target
from harness.target.target import Role

State = dict[str, Any]  # Playwright's storage state: {"cookies": [...], "origins": [...]}
WITHIN = 60.0  # seconds that the command may take


def storage_state(target: Target, role: Role, person: Person | None) -> State | None:
    """What the browser of `person` has stored when it starts; None where they sign in by a form, or not."""
    how = target.sign_in.how
    if person is None or how in ("form", "none") or (role == "viewer" and not target.sign_in.viewer):
        return None
    if how == "session":
        return _session(target, role, person)
    if how == "storage_state":
        return _file(target.folder / target.needed_of("sign_in", f"{role}_state"), f"sign_in.{role}_state")
    return _printed(target, role, person)


def _session(target: Target, role: Role, person: Person) -> State:
    """A session by password, where supabase-js looks for it."""
    url = target.needed("supabase_url")
    key = target.sign_in.storage_key or f"sb-{(urlsplit(url).hostname or '').partition('.')[0]}-auth-token"
    with closing(Supabase(target)) as supabase:
        session = supabase.session_of(person)
    page = urlsplit(target.page_of(role, "party"))
    item = {"name": key, "value": json.dumps(session)}
    return {
        "cookies": [],
        "origins": [{"origin": f"{page.scheme}://{page.netloc}", "localStorage": [item]}],
    }


def _file(path: Path, key: str) -> State:
    try:
        return _state(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        # Not its content: it is a session.
        fault = error.strerror if isinstance(error, OSError) else "it is no storage state"
        raise ServerError(
            f"{key} was expected to name a storage state of Playwright's, but {path} is none ({fault}): "
            "save one with `context.storage_state(path=...)`."
        ) from None


def _printed(target: Target, role: Role, person: Person) -> State:
    command = target.needed_of("sign_in", "command")
    told = {"HARNESS_ROLE": role, "HARNESS_EMAIL": person.email, "HARNESS_PASSWORD": person.password}
    try:
        ran = subprocess.run(
            shlex.split(command),
            capture_output=True,
            text=True,
            timeout=WITHIN,
            check=False,
            cwd=target.folder,
            env=child_environment(told),
        )
        return _state(ran.stdout)
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        fault = (
            "it could not be run, or in time" if not isinstance(error, ValueError) else "what came is none"
        )
        raise ServerError(
            f"sign_in.command was expected to print a storage state of Playwright's as JSON, but {fault}: "
            "run it by hand with HARNESS_ROLE, HARNESS_EMAIL and HARNESS_PASSWORD to see why."
        ) from None


def _state(text: str) -> State:
    """Raises ValueError for what is no storage state."""
    state = json.loads(text)
    if not isinstance(state, dict) or not state.keys() & {"cookies", "origins"}:
        raise ValueError("neither cookies nor origins")
    return {"cookies": state.get("cookies", []), "origins": state.get("origins", [])}
