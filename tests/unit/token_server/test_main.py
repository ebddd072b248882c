"""The server as a process of its own: with four variables, and with one missing."""

from __future__ import annotations

import subprocess
import sys

import httpx
import pytest

from harness.config import child_environment
from harness.serving import LOOPBACK, bind

FOUR = {
    "STREAM_API_KEY": "key",
    "STREAM_API_SECRET": "a secret of Stream, long enough to sign with",
    "SUPABASE_URL": "http://127.0.0.1:9",
    "SUPABASE_SERVICE_ROLE_KEY": "service role",
}
COMMAND = [sys.executable, "-m", "harness.token_server"]


def test_runs_with_four_variables_until_its_input_ends() -> None:
    with bind() as listener:
        environment = child_environment({**FOUR, "HARNESS_LISTEN_FD": str(listener.fileno())})
        server = subprocess.Popen(
            COMMAND,
            env=environment,
            pass_fds=[listener.fileno()],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        address = f"http://{LOOPBACK}:{listener.getsockname()[1]}"
    answer = httpx.get(f"{address}/healthz", timeout=60, trust_env=False)
    _, errors = server.communicate()
    assert (answer.status_code, answer.json()) == (200, {"ok": True})
    assert (server.returncode, errors) == (0, b"")


@pytest.mark.parametrize("missing", FOUR)
def test_refuses_to_start_without_each_of_them_and_names_it(missing: str) -> None:
    environment = {name: value for name, value in child_environment(FOUR).items() if name != missing}
    refusal = subprocess.run(
        COMMAND, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    assert refusal.returncode == 2
    assert missing in refusal.stderr
    assert len(refusal.stderr.splitlines()) == 1
    assert not [value for value in FOUR.values() if value in refusal.stderr]


@pytest.mark.parametrize("name", ["SUPABASE_URL", "STREAM_BASE_URL"])
@pytest.mark.parametrize(
    "url", ["https://x.example/rest/v1", "https://x.example?a=1", "https://me:hush@x.example"]
)
def test_refuses_to_start_with_an_address_that_is_no_servers(name: str, url: str) -> None:
    refusal = subprocess.run(
        COMMAND,
        env=child_environment({**FOUR, name: url}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert refusal.returncode == 2
    assert f"{name} is wrong (it must not hold " in refusal.stderr
    assert len(refusal.stderr.splitlines()) == 1
    assert "hush" not in refusal.stderr
