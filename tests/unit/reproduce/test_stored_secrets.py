"""What is stored is masked, in whatever spelling a page keeps it."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import quote

import pytest

from harness.reproduce.stored_secrets import secrets_in
from harness.trace.redactor import Redactor

TOKEN, SESSION = "a-token-of-a-member", "4411-a-session-of-hers"
JSON = json.dumps({"access_token": TOKEN, "deeper": [{"sid": SESSION}]})
BASE64 = base64.urlsafe_b64encode(JSON.encode()).decode().rstrip("=")


def cookies(**values: str) -> dict[str, Any]:
    return {"cookies": [{"name": name, "value": value} for name, value in values.items()], "origins": []}


def stored(**kept: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"cookies": [], "origins": [{"origin": "http://127.0.0.1", **kept}]}


@pytest.mark.parametrize(
    "state",
    [
        cookies(json=JSON),
        cookies(address=quote(JSON)),
        cookies(base64=f"base64-{BASE64}"),
        cookies(both=quote(f"base64-{BASE64}")),
        cookies(within=json.dumps({"state": json.dumps({"session": JSON})})),
        cookies(words=quote(f"{TOKEN} {SESSION}")),
        cookies(**{"a.1": BASE64[40:], "a.0": f"base64-{BASE64[:40]}"}),
        stored(localStorage=[{"name": "session", "value": JSON}]),
        stored(indexedDB=[{"name": "auth", "stores": [{"records": [{"value": {"user": JSON}}]}]}]),
    ],
)
def test_it_is_found(state: dict[str, Any]) -> None:
    masked = Redactor(secrets_in(state)).redact(f"token {TOKEN} and {SESSION}")
    assert masked == "token *** and ***"


def test_a_setting_is_none() -> None:
    assert secrets_in(cookies(theme="dark", language=quote("en, de"))) == set()
