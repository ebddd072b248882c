"""A session is spoilt where supabase-js keeps it; that it is kept elsewhere is a gap."""

from __future__ import annotations

import json

import pytest

from harness.errors import NotGiven
from tests.e2e.spoilt_session import spoil_session
from tests.unit.browser.sides import Side

KEEPS = "([name, session]) => localStorage.setItem(name, session)"
SESSION = json.dumps({"access_token": "head.claims.sign"}, separators=(",", ":"))


@pytest.mark.parametrize(("name", "told"), [("sb-app-auth-token", None), ("mine", "mine")])
def test_signature_alone_is_spoilt(viewer: Side, name: str, told: str | None) -> None:
    viewer.page.evaluate(KEEPS, [name, SESSION])
    spoil_session(viewer.page, told)
    assert viewer.page.evaluate("(name) => localStorage.getItem(name)", name) == SESSION.replace(
        "sign", "ngis"
    )


@pytest.mark.parametrize("kept", ["none", "base64-eyJh", '{"access_token": "opaque"}'])
def test_session_that_is_kept_otherwise_is_a_gap(viewer: Side, kept: str) -> None:
    viewer.page.evaluate(KEEPS, ["sb-app-auth-token", kept])
    with pytest.raises(NotGiven, match="needs a session that is kept as supabase-js keeps it"):
        spoil_session(viewer.page, None)
    assert viewer.page.evaluate("localStorage.getItem('sb-app-auth-token')") == kept
