"""Who the SFU believes."""

import time

import jwt
import pytest

from harness.local_stream.sfu.errors import SfuError
from harness.local_stream.sfu.protocol import models
from harness.local_stream.sfu.token import LIFETIME_SECONDS, Grant, SfuUser, mint, verify

FAR = 32_503_680_000
SECRET = "the secret of the tests, long enough for HS256"
USER = SfuUser("u", "Name", "http://image", "admin", {"a": [1]})
GRANT = Grant("livestream:x", USER, frozenset({"send-audio"}))


def test_grant_survives_the_token() -> None:
    now = time.time()
    assert verify(SECRET, mint(SECRET, GRANT, now=now)) == Grant(GRANT.cid, USER, GRANT.capabilities, now)


def test_expired_token_asks_for_a_new_join() -> None:
    with pytest.raises(SfuError, match="expired") as refused:
        verify(SECRET, mint(SECRET, GRANT, now=time.time() - LIFETIME_SECONDS - 1))
    assert refused.value.strategy == models.WEBSOCKET_RECONNECT_STRATEGY_REJOIN


@pytest.mark.parametrize(
    "token",
    [
        "",
        "a.b.c",
        mint(SECRET + "x", GRANT),
        jwt.encode({"user_id": "u", "exp": FAR}, SECRET, "HS256"),
        jwt.encode({"server": True}, SECRET, "HS256"),
        jwt.encode(jwt.decode(mint(SECRET, GRANT), options={"verify_signature": False}), "", "none"),
        jwt.encode({"aud": "sfu", "iat": 1, "exp": FAR, "cid": "c", "user": "u"}, SECRET, "HS256"),
    ],
    ids=["empty", "garbage", "other secret", "user token", "server token", "no signature", "other shape"],
)
def test_any_other_token_is_refused(token: str) -> None:
    with pytest.raises(SfuError, match="not valid") as refused:
        verify(SECRET, token)
    assert refused.value.code == models.ERROR_CODE_UNAUTHENTICATED
    assert refused.value.strategy == models.WEBSOCKET_RECONNECT_STRATEGY_DISCONNECT
