"""What clients report of themselves: taken, counted in the journal, and not kept."""

from __future__ import annotations

from harness.local_stream.coordinator.coordinator import Coordinator
from harness.local_stream.coordinator.operations import Ask, Operation
from harness.local_stream.coordinator.values import mappings, text


async def report_client_events(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """Stages of connecting and joining, as the JS client goes through them."""
    del coordinator
    events = mappings(ask.body, "events") or []
    ask.noted["events"] = [f"{text(event, 'stage')} {text(event, 'event_type')}" for event in events]
    return {}


async def take(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """Take any report about a call."""
    del coordinator, ask
    return {}


OPERATIONS = [
    Operation("ReportClientCallEvent", "POST", "/call_client_event", report_client_events, access="public"),
    Operation("SendCallStats", "POST", "/call_stats/{type}/{id}/{session}", take),
    Operation("SendCallStats", "POST", "/call/{type}/{id}/stats/{session}", take),
]
