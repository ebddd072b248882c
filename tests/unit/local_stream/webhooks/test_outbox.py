"""Webhooks of a real local Stream, at a real receiver, read by the vendor's own SDK."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from anyio.from_thread import start_blocking_portal
from getstream import Stream, models, webhook

from harness.local_stream.coordinator.source import Source
from harness.local_stream.faults import Faults
from harness.local_stream.journal import Journal
from harness.local_stream.webhooks import Outbox
from harness.local_stream.webhooks.delivery import Attempt, Delivery
from harness.local_stream.webhooks.hook import Hook
from harness.local_stream.webhooks.sender import Sender
from harness.serving import bind
from tests.unit.local_stream.receiver import Answer, Received, Receiver, receiving
from tests.unit.local_stream.server import API_KEY, API_SECRET, PATIENCE, LocalStream, eventually, running
from tests.unit.local_stream.shapes import faults

LIVE = ["call.created", "call.live_started", "call.updated", "call.ended"]


@contextmanager
def local_stream_with(**told: str) -> Iterator[LocalStream]:
    """A local Stream that does not wait long before it tries again."""
    told = {"HARNESS_STREAM_WEBHOOK_BACKOFF": "0.01", "HARNESS_STREAM_WEBHOOK_TIMEOUT": "60", **told}
    with running(told=told) as base_url, httpx.Client(base_url=base_url, timeout=PATIENCE) as http:
        yield LocalStream(base_url, Stream(API_KEY, API_SECRET, base_url=base_url), http)


@pytest.fixture(scope="module")
def patient() -> Iterator[LocalStream]:
    """One for all tests here."""
    with local_stream_with() as local_stream:
        yield local_stream


@pytest.fixture
def local_stream(patient: LocalStream) -> LocalStream:
    """The same, as just started: no call and no receiver."""
    patient.http.post("/_control/reset").raise_for_status()
    return patient


def send_to(local_stream: LocalStream, *urls: str) -> None:
    """Where the app's webhooks go from now on."""
    hooks = [models.EventHook(hook_type="webhook", enabled=True, webhook_url=url) for url in urls]
    local_stream.server.update_app(event_hooks=hooks)


@contextmanager
def receiving_of(local_stream: LocalStream, answer: Answer = lambda _: 200) -> Iterator[Receiver]:
    """The only receiver."""
    with receiving(answer) as receiver:
        send_to(local_stream, receiver.url)
        yield receiver


def outbox(local_stream: LocalStream, **filters: str) -> list[dict[str, Any]]:
    """What the control API lists."""
    return list(local_stream.http.get("/_control/webhooks", params=filters).json()["webhooks"])


def settled(local_stream: LocalStream, **filters: str) -> list[dict[str, Any]]:
    """The same, once something was sent and nothing waits."""

    def listed() -> list[dict[str, Any]]:
        found = outbox(local_stream, **filters)
        return [] if any(each["state"] == "waiting" for each in found) else found

    return eventually(listed, within=20)


def live_through(local_stream: LocalStream, call_id: str = "party") -> None:
    """Create, go live, stop, end."""
    path = f"/api/v2/video/call/livestream/{call_id}"
    local_stream.as_server("POST", path, {"data": {"created_by_id": "host"}})
    for step in ("go_live", "stop_live", "mark_ended"):
        assert local_stream.as_server("POST", f"{path}/{step}", {}).is_success


def event_of(request: Received) -> str:
    return str(json.loads(request.body)["type"])


def test_every_event_of_a_call_is_accepted_by_the_vendors_verifier_in_order(
    local_stream: LocalStream,
) -> None:
    with receiving_of(local_stream) as receiver:
        live_through(local_stream)
        listed = settled(local_stream)
    assert [event_of(each) for each in receiver.received] == LIVE
    kinds = (
        models.CallCreatedEvent,
        models.CallLiveStartedEvent,
        models.CallUpdatedEvent,
        models.CallEndedEvent,
    )
    for request, kind, entry in zip(receiver.received, kinds, listed, strict=True):
        headers = request.headers
        event = webhook.verify_and_parse_webhook(request.body, headers["x-signature"], API_SECRET)
        assert isinstance(event, kind)
        assert event.call_cid == "livestream:party"
        assert faults(json.loads(request.body), kind, "nanoseconds") == []
        assert (headers["x-api-key"], headers["x-webhook-attempt"]) == (API_KEY, "1")
        assert headers["x-webhook-id"] == entry["id"]
        assert headers["content-type"] == "application/json"
        assert (entry["state"], entry["url"]) == ("delivered", receiver.url)
        assert [attempt["status"] for attempt in entry["attempts"]] == [200]
    with pytest.raises(webhook.InvalidWebhookError):
        webhook.verify_and_parse_webhook(request.body, headers["x-signature"], "another secret")


def test_a_receiver_that_fails_is_asked_again_with_the_same_id(local_stream: LocalStream) -> None:
    with receiving_of(local_stream, lambda nth: 500 if nth < 3 else 200) as receiver:
        live_through(local_stream)
        listed = settled(local_stream)
    first = receiver.received[:3]
    assert [event_of(each) for each in receiver.received] == [LIVE[0]] * 2 + LIVE
    assert {each.headers["x-webhook-id"] for each in first} == {listed[0]["id"]}
    assert [each.headers["x-webhook-attempt"] for each in first] == ["1", "2", "3"]
    assert [attempt["status"] for attempt in listed[0]["attempts"]] == [500, 500, 200]
    assert [each["state"] for each in listed] == ["delivered"] * 4


def test_after_the_third_failure_it_goes_on_with_the_next_event(local_stream: LocalStream) -> None:
    with receiving_of(local_stream, lambda nth: 503 if nth <= 3 else 200) as receiver:
        live_through(local_stream)
        listed = settled(local_stream)
    assert [each["state"] for each in listed] == ["failed", "delivered", "delivered", "delivered"]
    assert [event_of(each) for each in receiver.received] == [LIVE[0]] * 3 + LIVE[1:]


def test_a_refusal_is_final(local_stream: LocalStream) -> None:
    with receiving_of(local_stream, lambda _: 404) as receiver:
        live_through(local_stream)
        assert [each["state"] for each in settled(local_stream)] == ["failed"] * 4
    assert len(receiver.received) == 4


def test_nobody_there_is_tried_twice(local_stream: LocalStream) -> None:
    listener = bind()
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/stream"
    listener.close()
    send_to(local_stream, url)
    live_through(local_stream)
    for entry in settled(local_stream):
        assert entry["state"] == "failed"
        assert [each["error"] for each in entry["attempts"]] == ["network error"] * 2


def test_a_receiver_that_hangs_blocks_neither_the_api_nor_others(local_stream: LocalStream) -> None:
    with receiving(lambda _: None) as hanging, receiving() as quick:
        send_to(local_stream, hanging.url, quick.url)
        live_through(local_stream)
        eventually(lambda: len(quick.received) == 4)
        states = [each["state"] for each in outbox(local_stream) if each["url"] == hanging.url]
        assert states == ["waiting"] * 4
        eventually(lambda: len(hanging.received) >= 1)
        # What hangs may be asked again, and nothing after it is sent meanwhile.
        assert {event_of(each) for each in hanging.received} == {LIVE[0]}


def test_a_receiver_that_is_too_slow_is_given_up() -> None:
    with (
        receiving(lambda _: None) as hanging,
        local_stream_with(
            HARNESS_STREAM_WEBHOOK_URLS=hanging.url, HARNESS_STREAM_WEBHOOK_TIMEOUT="0.1"
        ) as local_stream,
    ):
        path = "/api/v2/video/call/livestream/slow"
        local_stream.as_server("POST", path, {"data": {"created_by_id": "host"}})
        (entry,) = settled(local_stream)
    assert entry["state"] == "failed"
    assert {each["error"] for each in entry["attempts"]} == {"timeout"}
    assert 1 <= len(entry["attempts"]) <= 3


def test_it_can_be_sent_once_more(local_stream: LocalStream) -> None:
    with receiving_of(local_stream, lambda nth: 400 if nth == 1 else 200) as receiver:
        live_through(local_stream)
        created = settled(local_stream)[0]
        assert created["state"] == "failed"
        answer = local_stream.http.post(f"/_control/webhooks/{created['id']}/redeliver")
        assert answer.status_code == 201
        eventually(lambda: outbox(local_stream, id=created["id"])[0]["state"] == "delivered")
        assert local_stream.http.post("/_control/webhooks/nothing/redeliver").status_code == 404
    again = receiver.received[-1]
    assert again.body == receiver.received[0].body
    assert again.headers["x-webhook-id"] == created["id"]
    assert again.headers["x-webhook-attempt"] == "2"


def test_the_outbox_can_be_filtered_and_each_attempt_is_journalled(local_stream: LocalStream) -> None:
    with receiving_of(local_stream):
        live_through(local_stream, "one")
        live_through(local_stream, "two")
        settled(local_stream)
        (entry,) = outbox(local_stream, call_cid="livestream:two", event="call.ended")
        journal = local_stream.journal(operation="call.ended", call_cid="livestream:two")
        details = [each["detail"] for each in journal if each["door"] == "webhook"]
        assert details == [{"webhook_id": entry["id"], "attempt": 1}]
        local_stream.http.post("/_control/reset").raise_for_status()
        assert outbox(local_stream) == []


def test_servers_say_with_the_sdk_where_which_events_go(local_stream: LocalStream) -> None:
    with receiving() as receiver:
        hook = models.EventHook(
            hook_type="webhook", enabled=True, webhook_url=receiver.url, event_types=["call.live_started"]
        )
        local_stream.server.update_app(event_hooks=[hook], enable_hook_payload_compression=True)
        live_through(local_stream)
        assert [each["event"] for each in settled(local_stream)] == ["call.live_started"]
        local_stream.server.update_app(event_hooks=[])
        live_through(local_stream, "another")
        assert len(outbox(local_stream)) == 1
    (request,) = receiver.received
    event = webhook.verify_and_parse_webhook(request.body, request.headers["x-signature"], API_SECRET)
    assert isinstance(event, models.CallLiveStartedEvent)
    assert request.headers["content-encoding"] == "gzip"


def test_no_receiver_no_outbox(local_stream: LocalStream) -> None:
    live_through(local_stream)
    assert outbox(local_stream) == []


@pytest.mark.parametrize(
    ("effect", "statuses", "came"),
    [
        ("drop", [None, 200], 1),
        ("duplicate", [200], 2),
        ("garbage", [200], 1),
        ("bad_signature", [200], 1),
    ],
)
def test_faults_of_webhooks(
    local_stream: LocalStream, effect: str, statuses: list[int | None], came: int
) -> None:
    with receiving_of(local_stream) as receiver:
        rule = {"door": "webhooks", "operation": "call.created", effect: True, "times": 1}
        local_stream.http.post("/_control/faults", json=rule).raise_for_status()
        path = "/api/v2/video/call/livestream/party"
        local_stream.as_server("POST", path, {"data": {"created_by_id": "host"}})
        (entry,) = settled(local_stream)
        assert local_stream.http.get("/_control/faults").json()["faults"][0]["hits"] == 1
    assert [each["status"] for each in entry["attempts"]] == statuses
    assert len(receiver.received) == came
    request = receiver.received[-1]
    accepted = webhook.verify_webhook_signature(request.body, request.headers["x-signature"], API_SECRET)
    assert accepted == (effect != "bad_signature")
    assert request.body.startswith(b"<") == (effect == "garbage")


def test_a_late_webhook_keeps_its_place(local_stream: LocalStream) -> None:
    with receiving_of(local_stream) as receiver:
        rule = {"door": "webhooks", "operation": "call.created", "delay_ms": 300}
        local_stream.http.post("/_control/faults", json=rule).raise_for_status()
        began = time.monotonic()
        live_through(local_stream)
        settled(local_stream)
        assert time.monotonic() - began >= 0.3
    assert [event_of(each) for each in receiver.received] == LIVE


def outbox_of(kind: type[Sender]) -> Outbox:
    """An outbox without a local Stream around it, with such a sender."""
    journal, source = Journal(), Source()
    sender = kind("key", "secret", 10, source, journal, Faults(journal))
    return Outbox(lambda: [Hook("http://127.0.0.1:9/")], sender, source, timeout=10, backoff=0)


async def none_waits(outbox: Outbox) -> None:
    """Returns when everything was delivered or failed."""
    async with asyncio.timeout(10):
        while any(each["state"] == "waiting" for each in outbox.listed()):
            await asyncio.sleep(0)


def test_a_delivery_that_fails_by_a_defect_is_not_in_the_way_of_the_next() -> None:
    class Defective(Sender):
        async def attempt(self, delivery: Delivery, number: int, *, within: float) -> Attempt:
            del number, within
            if delivery.event == "call.created":
                raise KeyError("a defect")
            return Attempt(0, 200)

    async def states() -> list[object]:
        outbox = outbox_of(Defective)
        outbox.put("call.created", "livestream:x", {})
        outbox.put("call.ended", "livestream:x", {})
        await none_waits(outbox)
        outbox.put("call.deleted", "livestream:x", {})
        await none_waits(outbox)
        found = [each["state"] for each in outbox.listed()]
        await outbox.close()
        return found

    with start_blocking_portal() as portal:
        assert portal.call(states) == ["failed", "delivered", "delivered"]


def test_what_is_put_while_a_reset_waits_is_delivered() -> None:
    class Slow(Sender):
        async def attempt(self, delivery: Delivery, number: int, *, within: float) -> Attempt:
            del number, within
            if delivery.event == "call.created":
                sending.set()
                try:
                    await asyncio.Event().wait()
                finally:
                    await over.wait()
            return Attempt(0, 200)

    async def states() -> list[tuple[object, object]]:
        outbox = outbox_of(Slow)
        outbox.put("call.created", "livestream:x", {})
        await sending.wait()
        resetting = asyncio.create_task(outbox.reset())
        await asyncio.sleep(0)
        outbox.put("call.ended", "livestream:x", {})
        over.set()
        await resetting
        await none_waits(outbox)
        found = [(each["event"], each["state"]) for each in outbox.listed()]
        await outbox.close()
        return found

    sending, over = asyncio.Event(), asyncio.Event()
    with start_blocking_portal() as portal:
        assert portal.call(states) == [("call.ended", "delivered")]
