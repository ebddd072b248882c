"""A token of another user, and a call of another owner, are told with both ids."""

from __future__ import annotations

import jwt

from harness.browser.strangers import other_owner, other_users
from harness.target import Party, Person

HOST = Person("host-id", "host@example.com", "password", "Host")
PARTY = Party("party", HOST, "A party")
KEY = "a key that signs tokens, long enough"


def answer(named: str, signed: str) -> dict[str, object]:
    return {"ok": True, "userId": named, "token": jwt.encode({"user_id": signed}, KEY, "HS256")}


def test_ones_own_token_is_no_trouble() -> None:
    refused = {"ok": False, "error": "Invalid auth"}
    assert list(other_users("host", "host-id", [None, refused, answer("host-id", "host-id")])) == []
    assert list(other_users("viewer", "", [answer("anybody", "anybody")])) == []


def test_another_users_token_is_told_with_both_ids() -> None:
    assert list(other_users("viewer", "me", [answer("me", "another")])) == [
        "the token of viewer was signed for the user another, signed in is me"
    ]
    assert list(other_users("viewer", "me", [answer("another", "me")])) == [
        "the token answer of viewer names the user another, signed in is me"
    ]
    (told,) = other_users("viewer", "me", [{"token": "no token", "userId": "me"}])
    assert "of a text that is no token" in told


def test_another_owner_is_told_with_both_ids() -> None:
    assert list(other_owner(PARTY, None)) == []
    assert list(other_owner(PARTY, {"cid": "livestream:party", "created_by": {"id": "host-id"}})) == []
    assert list(other_owner(PARTY, {"cid": "livestream:party", "created_by": {"id": "another"}})) == [
        "the call livestream:party belongs to another, expected its host host-id"
    ]
