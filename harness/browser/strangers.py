"""Whose token came, and whose call it is: another user's, or another owner's, is told with both ids."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import jwt

from harness.target import Party


def other_users(who: str, user_id: str, answers: Iterable[Any]) -> Iterator[str]:
    """What is wrong with the token endpoint's `answers` to `who`, who is signed in as `user_id`."""
    for answer in answers:
        if not user_id or not isinstance(answer, dict) or not answer.get("token"):
            continue
        named, signed = answer.get("userId"), _signed_for(answer["token"])
        if named != user_id:
            yield f"the token answer of {who} names the user {named}, signed in is {user_id}"
        if signed != user_id:
            yield f"the token of {who} was signed for the user {signed}, signed in is {user_id}"


def other_owner(party: Party, call: dict[str, Any] | None) -> Iterator[str]:
    """What is wrong with who owns the party's call, as Stream shows it."""
    owner = ((call or {}).get("created_by") or {}).get("id")
    if owner is not None and party.host_id and owner != party.host_id:
        yield f"the call {call and call.get('cid')} belongs to {owner}, expected its host {party.host_id}"


def _signed_for(token: object) -> object:
    """The user of a Stream token; who signed it is Stream's to judge."""
    try:
        return jwt.decode(str(token), options={"verify_signature": False}).get("user_id")
    except jwt.PyJWTError:
        return "of a text that is no token"
