"""Who gets which event: by the settings and by the app's own fields."""

from __future__ import annotations

import pytest

from harness.config import LocalStreamSettings, load
from harness.errors import SettingsError
from harness.local_stream.webhooks.hook import Hook, hooks

URL = "https://app.example/stream"


def test_addresses_of_the_settings_get_every_event() -> None:
    (hook,) = hooks([URL], {})
    assert hook == Hook(URL)
    assert hook.wants("call.created")


def test_the_apps_own_hooks() -> None:
    hook = {"enabled": True, "hook_type": "webhook", "webhook_url": URL, "timeout_ms": 900}
    (all_events,) = hooks([], {"event_hooks": [{**hook, "event_types": []}]})
    assert (all_events.wants("call.ended"), all_events.timeout_ms) == (True, 900)
    (some,) = hooks([], {"event_hooks": [{**hook, "event_types": ["call.ended"]}]})
    assert (some.wants("call.ended"), some.wants("call.created")) == (True, False)


@pytest.mark.parametrize(
    "spoilt", [{"enabled": False}, {"hook_type": "sqs"}, {"product": "chat"}, {"webhook_url": ""}]
)
def test_hooks_that_are_off_or_not_ours_get_nothing(spoilt: dict[str, object]) -> None:
    hook = {"enabled": True, "hook_type": "webhook", "webhook_url": URL, "product": "video"}
    assert len(hooks([], {"event_hooks": [hook]})) == 1
    assert hooks([], {"event_hooks": [hook | spoilt]}) == []


def test_the_old_field_and_its_filter() -> None:
    (hook,) = hooks([], {"webhook_url": URL, "webhook_events": ["call.ended"]})
    assert (hook.wants("call.ended"), hook.wants("call.created")) == (True, False)
    assert hooks([], {"webhook_url": "", "event_hooks": None}) == []


def test_an_address_that_is_told_twice_gets_each_event_once() -> None:
    assert hooks([URL], {"webhook_url": URL, "event_hooks": [{"webhook_url": URL}]}) == [Hook(URL)]


def test_hooks_of_one_address_are_one_for_the_events_of_all() -> None:
    hook = {"hook_type": "webhook", "webhook_url": URL}
    first, second = {**hook, "event_types": ["call.ended"]}, {**hook, "event_types": ["call.created"]}
    (both,) = hooks([], {"event_hooks": [first, second]})
    assert both.events == {"call.ended", "call.created"}
    (everything,) = hooks([], {"event_hooks": [first, hook]})
    assert everything.wants("call.updated")


@pytest.mark.parametrize(
    "told",
    [
        {"event_hooks": [{"webhook_url": URL, "event_types": ["call.ended", "*"]}]},
        {"webhook_url": URL, "webhook_events": ["call.ended", "*"]},
    ],
)
def test_a_star_among_the_events_is_all_events(told: dict[str, object]) -> None:
    (hook,) = hooks([], told)
    assert hook.wants("call.created")


def test_compression_is_the_apps() -> None:
    assert [hook.gzip for hook in hooks([URL], {"enable_hook_payload_compression": True})] == [True]


def test_nothing_secret_of_an_address_is_shown() -> None:
    assert (
        Hook("https://me:word@app.example:8443/stream?token=t#f").shown == "https://app.example:8443/stream"
    )


def test_addresses_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    told = {"api_key": "key", "api_secret": "secret"}
    monkeypatch.setenv("HARNESS_STREAM_WEBHOOK_URLS", f"{URL}, http://127.0.0.1:9/")
    assert load(LocalStreamSettings, **told).webhook_urls == [URL, "http://127.0.0.1:9/"]
    monkeypatch.setenv("HARNESS_STREAM_WEBHOOK_URLS", "ftp://app.example")
    with pytest.raises(SettingsError, match="HARNESS_STREAM_WEBHOOK_URLS"):
        load(LocalStreamSettings, **told)
