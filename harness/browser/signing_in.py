"""How somebody gets a session in the browser, as the target tells: by its form, or with a storage state."""

from __future__ import annotations

import json
import time
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel

from harness.errors import NotGiven, ServerError
from harness.target import Person, Supabase, Target
from harness.target.command import printed_by
from harness.target.target import Role

State = dict[str, Any]  # Playwright's storage state: {"cookies": [...], "origins": [...]}
WANTED = "a storage state of Playwright's as JSON"


class _Cookie(BaseModel):
    name: str
    value: str
    domain: str
    path: str
    expires: float = -1  # unix seconds; -1: when the browser ends


class _Item(BaseModel):
    name: str
    value: str


class _Origin(BaseModel):
    origin: str
    localStorage: list[_Item] = []  # Playwright's name


class _Stored(BaseModel):
    """A storage state, as far as a browser must have it."""

    cookies: list[_Cookie] = []
    origins: list[_Origin] = []


def storage_state(target: Target, role: Role, person: Person | None) -> State | None:
    """What the browser of `person` has stored when it starts; None where they sign in by a form, or not."""
    how = target.sign_in.how
    if person is None or how in ("form", "none") or (role == "viewer" and not target.sign_in.viewer):
        return None
    if how == "session":
        return _session(target, role, person)
    if how == "script":
        return _printed(target, role, person)
    if role == "host" and target.makes_people and target.makes_parties:
        # Each of the parties that checks make has a host of its own.
        raise NotGiven('needs party.how = "given": a storage state is the session of one host, of one party')
    name = f"{role}_state"
    return stored_in(target.folder / target.needed_of("sign_in", name), f"sign_in.{name}")


def _session(target: Target, role: Role, person: Person) -> State:
    """A session by password, where supabase-js looks for it."""
    url = target.needed("supabase_url")
    key = target.sign_in.storage_key or f"sb-{(urlsplit(url).hostname or '').partition('.')[0]}-auth-token"
    with closing(Supabase(target)) as supabase:
        session = supabase.session_of(person)
    item = {"name": key, "value": json.dumps(session)}
    return {"cookies": [], "origins": [{"origin": _origin(target, role), "localStorage": [item]}]}


def stored_in(path: Path, key: str) -> State:
    """What is stored in the file that `key` names. Raises ServerError when it is no storage state, or old."""
    expected = f"{key} was expected to name a storage state of Playwright's, but {path}"
    try:
        state = _state(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        # Not its content: it is a session.
        fault = error.strerror if isinstance(error, OSError) else "it is no storage state"
        raise ServerError(
            f"{expected} is none ({fault}): save one with `context.storage_state(path=...)`."
        ) from None
    if _has_expired(state):
        raise ServerError(f"{expected} has expired: sign in, and save it anew.")
    return state


def _printed(target: Target, role: Role, person: Person) -> State:
    told = {
        "HARNESS_ROLE": role,
        "HARNESS_EMAIL": person.email,
        "HARNESS_PASSWORD": person.password,
        "HARNESS_ORIGIN": _origin(target, role),
        "SUPABASE_URL": target.supabase_url or "",
        "SUPABASE_ANON_KEY": target.supabase_anon_key or "",
    }
    command = target.needed_of("sign_in", "command")
    text = printed_by(command, "sign_in.command", WANTED, folder=target.folder, told=told)
    try:
        state = _state(text)
    except ValueError:
        raise ServerError(
            f"sign_in.command was expected to print {WANTED}, but what came is none: run it by hand "
            f"with {', '.join(told)} to see why."
        ) from None
    if _has_expired(state):
        raise ServerError(
            f"sign_in.command was expected to print {WANTED}, but what came has expired: let it sign in anew."
        )
    return state


def _origin(target: Target, role: Role) -> str:
    page = urlsplit(target.page_of(role, "party"))
    return f"{page.scheme}://{page.netloc}"


def _state(text: str) -> State:
    """Raises ValueError for what is no storage state."""
    state = json.loads(text)
    told = _Stored.model_validate(state)
    if not told.model_fields_set:
        raise ValueError("neither cookies nor origins")
    return {"cookies": state.get("cookies", []), "origins": state.get("origins", [])}


def _has_expired(state: State) -> bool:
    """Whether nothing in it can be good: all cookies are old, or a session that cannot be renewed."""
    now = time.time()
    stored = _Stored.model_validate(state)
    kept = [item.value for origin in stored.origins for item in origin.localStorage]
    if any(_is_old_session(value, now) for value in kept):
        return True
    ends = [cookie.expires for cookie in stored.cookies]
    return bool(ends) and not kept and all(0 <= end < now for end in ends)


def _is_old_session(value: str, now: float) -> bool:
    """Of Supabase's, as supabase-js keeps it, and without the token that gets a new one."""
    try:
        session = json.loads(value)
    except ValueError:
        return False
    if not isinstance(session, dict) or "access_token" not in session or session.get("refresh_token"):
        return False
    ends = session.get("expires_at")
    return isinstance(ends, int | float) and ends < now
