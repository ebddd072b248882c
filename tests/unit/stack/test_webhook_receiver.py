"""Webhooks of the built-in system: kept when Stream signed them, refused when anybody else did."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from harness.stack.webhook_receiver import WebhookReceiver

SECRET = "a secret of Stream's"


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[WebhookReceiver]:
    running = WebhookReceiver(tmp_path / "webhooks.jsonl", SECRET)
    running.start()
    yield running
    running.stop()


def post(receiver: WebhookReceiver, body: bytes, secret: str) -> int:
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    headers = {"x-signature": signature}
    return httpx.post(receiver.url, content=body, headers=headers, trust_env=False).status_code


def test_a_signed_webhook_is_a_line_of_the_log(receiver: WebhookReceiver) -> None:
    body = {"type": "call.live_started", "call_cid": "livestream:party"}
    assert post(receiver, json.dumps(body).encode(), SECRET) == 200
    (line,) = receiver.log.read_text().splitlines()
    kept = json.loads(line)
    assert kept.pop("received_at") > 1_700_000_000
    assert kept == body


def test_what_another_secret_signed_is_refused_and_not_kept(receiver: WebhookReceiver) -> None:
    assert post(receiver, b'{"type": "call.live_started"}', "another secret") == 401
    assert receiver.log.read_text() == ""
