"""One local Stream for all tests of this folder: each makes users and calls of its own."""

from collections.abc import Iterator

import httpx
import pytest
from getstream import Stream

from tests.unit.local_stream.server import API_KEY, API_SECRET, PATIENCE, LocalStream, running


@pytest.fixture(scope="session")
def local_stream() -> Iterator[LocalStream]:
    with running() as base_url, httpx.Client(base_url=base_url, timeout=PATIENCE) as http:
        yield LocalStream(base_url, Stream(API_KEY, API_SECRET, base_url=base_url), http)


@pytest.fixture
def host(local_stream: LocalStream) -> str:
    return local_stream.new_user()


@pytest.fixture
def viewer(local_stream: LocalStream) -> str:
    return local_stream.new_user()


@pytest.fixture
def call_id(local_stream: LocalStream, host: str) -> str:
    return local_stream.new_call(host)
