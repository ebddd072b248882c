"""What the token endpoint promises, as judgements of an answer: each raises Finding when it is not kept.

The message holds the request, what was expected and what came; secrets and tokens are masked in it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Mapping
from typing import Any

import jwt

from harness.errors import Finding
from harness.target.answer import Answer
from harness.target.people import Party, Person
from harness.target.target import Target

CALL_TYPE = "livestream"
LIFETIME, TOLERANCE = 24 * 3600, 60  # seconds of a token's life
CLOCK_SKEW = 5  # seconds that the server's clock may be ahead of ours
# Claims that say whose token it is and when it is good; anything else could widen what its bearer may do.
# (The vendor's SDK for Node leaves `validity_in_seconds` there, which grants nothing.)
PLAIN_CLAIMS = {"user_id", "iat", "exp", "nbf", "iss", "sub", "jti", "validity_in_seconds"}
NEEDED_HEADERS = {"authorization", "content-type"}


def granted(answer: Answer, target: Target, party: Party, user: Person) -> None:
    """200 with exactly the seven fields; callType and callId are those of the party that was asked for."""
    expected = {
        "ok": True,
        "userId": user.id,
        "apiKey": target.needed("stream_api_key"),
        "callType": CALL_TYPE,
        "callId": party.id,
    }
    texts = ["token", "userName"]
    wanted = f"200 {expected} and, as texts that are not empty, {' and '.join(texts)}"
    if answer.status != 200 or not isinstance(answer.json, dict):
        raise Finding(answer.story(wanted))
    rest = {name: value for name, value in answer.json.items() if name not in texts}
    if not _same(rest, expected) or not all(_is_text(answer.json.get(name)) for name in texts):
        raise Finding(answer.story(wanted))


def refused(answer: Answer, status: int, error: str, case: str = "") -> None:
    """`status` with exactly `{"ok": false, "error": error}`; `case` says what is wrong with the request."""
    expected = {"ok": False, "error": error}
    if answer.status != status or not _same(answer.json, expected):
        raise Finding(answer.story(f"{status} {expected}{f', since this is: {case}' if case else ''}"))


def unavailable(answer: Answer, statuses: Collection[int], within: float, case: str) -> None:
    """One of `statuses` in the one shape of an error, within so many seconds; `case` is what failed."""
    body = answer.json if isinstance(answer.json, dict) else {}
    shaped = body.keys() == {"ok", "error"} and body["ok"] is False and _is_text(body["error"])
    if answer.status not in statuses or not shaped:
        expected = " or ".join(map(str, sorted(statuses)))
        raise Finding(answer.story(f"{expected} with {{'ok': False, 'error': a text}}, since {case}"))
    if answer.elapsed > within:
        raise Finding(
            answer.story(f"an answer within {within:g} s although {case}; it took {answer.elapsed:.1f} s")
        )


def readable_from(answer: Answer, origin: str) -> None:
    """A page of `origin` may read the answer."""
    if answer.headers.get("access-control-allow-origin") not in ("*", origin):
        raise Finding(answer.story(f"access-control-allow-origin: * or {origin}"))


def preflight_allows(answer: Answer, origin: str) -> None:
    """What a browser needs before it sends a session and JSON by POST (a method that needs no mention)."""
    readable_from(answer, origin)
    listed = answer.headers.get("access-control-allow-headers", "")
    # `*` does not stand for authorization: Fetch wants that one by name.
    missing = NEEDED_HEADERS - {name.strip().lower() for name in listed.split(",")}
    if missing or not 200 <= answer.status < 300:
        raise Finding(answer.story(f"2xx, access-control-allow-headers with {sorted(NEEDED_HEADERS)}"))


def token_of(answer: Answer, target: Target, user: Person) -> dict[str, Any]:
    """The claims of the granted token: signed with Stream's secret, this user's, for a day, and no more."""
    secret = target.needed("stream_api_secret")
    try:
        # When it was issued is judged below, with a little patience for clocks that differ.
        claims = jwt.decode(answer.token, secret, algorithms=["HS256"], options={"verify_iat": False})
    except jwt.PyJWTError as error:
        raise Finding(
            answer.story(f"a token that verifies with Stream's secret by HS256 ({error})")
        ) from None
    if claims.get("user_id") != user.id:
        raise Finding(answer.story(f"a token with user_id {user.id}; its claims are {claims}"))
    issued, expires = claims.get("iat"), claims.get("exp")
    if not isinstance(issued, int) or not isinstance(expires, int) or issued > time.time() + CLOCK_SKEW:
        raise Finding(answer.story(f"a token with iat not in the future and exp; its claims are {claims}"))
    if abs(expires - issued - LIFETIME) > TOLERANCE:
        raise Finding(answer.story(f"exp - iat = {LIFETIME} s (+-{TOLERANCE}); its claims are {claims}"))
    if set(claims) - PLAIN_CLAIMS:
        raise Finding(answer.story(f"no claim beyond {sorted(PLAIN_CLAIMS)}; its claims are {claims}"))
    return dict(claims)


def on_stream(answer: Answer, call: Mapping[str, Any] | None, party: Party) -> None:
    """After `answer`, Stream has the party's call, of this very type and id, and the host owns it."""
    cid = f"{CALL_TYPE}:{party.id}"
    if call is None:
        raise Finding(answer.story(f"the call {cid} exists on Stream; Stream knows no such call"))
    if call["cid"] != cid:
        raise Finding(answer.story(f"the call {cid} on Stream; Stream has {call['cid']}"))
    owner = call["created_by"]["id"]
    if owner != party.host_id:
        raise Finding(
            answer.story(f"the call {cid} was created by the host {party.host_id}; it was created by {owner}")
        )


def known_as(answer: Answer, user: Mapping[str, Any] | None, expected: Mapping[str, str]) -> None:
    """After `answer`, Stream knows the user with these fields, and the answer tells the same name."""
    if answer.status != 200 or not isinstance(answer.json, dict):
        raise Finding(answer.story(f"200 with userName {expected['name']!r}"))
    found = {name: user.get(name) for name in expected} if user else None
    if found != expected:
        raise Finding(answer.story(f"the user {dict(expected)} on Stream; Stream has {found}"))
    if answer.json.get("userName") != expected["name"]:
        raise Finding(answer.story(f"userName {expected['name']!r}"))


def _same(one: object, other: object) -> bool:
    """Equal as JSON: to Python, 1 is True."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value != ""
