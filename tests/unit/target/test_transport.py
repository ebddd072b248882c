"""What cannot be asked at all is a sentence, too, and shows no key."""

from __future__ import annotations

from contextlib import closing

import pytest

from harness.errors import ServerError
from harness.target import transport


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("http://127.0.0.1:9/", "hüsh-hush"),
        ("http://127.0.0.1:9/\x00", "hush-hush"),
        ("http://[::", "hush-hush"),
    ],
)
def test_what_http_does_not_allow_is_one_sentence(url: str, key: str) -> None:
    with (
        closing(transport.client("http://127.0.0.1:9")) as asking,
        pytest.raises(
            ServerError, match=r"The app could not be asked GET .* that HTTP does not allow"
        ) as told,
    ):
        transport.ask(asking, "The app", "GET", url, headers={"apikey": key})
    assert "hush" not in str(told.value)
