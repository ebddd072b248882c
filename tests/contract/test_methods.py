"""Tokens are asked for by POST; whoever tries something else is told so, and their page can read it."""

from __future__ import annotations

import pytest

from harness.errors import Finding
from harness.target import Session, TokenEndpoint, contract

pytestmark = pytest.mark.check("T13")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_other_method_is_refused_and_told_which_is_right(
    token_endpoint: TokenEndpoint, host_session: Session, page_origin: str, method: str
) -> None:
    """With a good session: it is the method alone that is wrong."""
    answer = token_endpoint.ask(host_session.access_token, None, method=method, origin=page_origin)
    allowed = {name.strip().upper() for name in answer.headers.get("allow", "").split(",")}
    if answer.status != 405 or "POST" not in allowed:
        raise Finding(answer.story("405 with an Allow header that names POST"))
    contract.readable_from(answer, page_origin)


def test_head_is_refused_too(token_endpoint: TokenEndpoint, host_session: Session) -> None:
    """Its answer has no body, and no page can send it across origins without leave: the status will do."""
    answer = token_endpoint.ask(host_session.access_token, None, method="HEAD")
    if answer.status != 405:
        raise Finding(answer.story("405"))
