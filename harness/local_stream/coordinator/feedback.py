"""What users say of a call: taken, kept, told, and asked for by filter."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from harness.local_stream.coordinator import filters
from harness.local_stream.coordinator.calls import Call, Feedback
from harness.local_stream.coordinator.coordinator import Coordinator
from harness.local_stream.coordinator.errors import input_error, required
from harness.local_stream.coordinator.operations import Ask, Operation
from harness.local_stream.coordinator.users import user_response
from harness.local_stream.coordinator.values import Json, mapping, text, whole

BEST_RATING = 5


async def collect_user_feedback(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """Keep one rating of the session that runs, or else of the last one."""
    call = coordinator.call(ask.cid)
    coordinator.require(ask.caller, call, "read-call")
    sessions = call.started_sessions()
    given = _read(ask.body, ask.caller.user_id or "", sessions[-1].id if sessions else "")
    call.feedback.append(given)
    if ask.caller.user_id is not None:
        _tell(coordinator, call, given)
    return {}


async def query_user_feedback(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """All feedback, by filter."""
    everything = [(call, given) for call in coordinator.calls for given in call.feedback]
    page = filters.query(everything, ask.body, _FIELDS)
    shown = [_fields(each) | {"platform": {"browser": {}, "device": {}, "os": {}}} for each in page.items]
    return {"user_feedback": shown, "next": page.next, "prev": page.prev}


def _read(given: Json, user_id: str, session_id: str) -> Feedback:
    rating, sdk, version = whole(given, "rating"), text(given, "sdk"), text(given, "sdk_version")
    if rating is None or sdk is None or version is None:
        raise required("rating" if rating is None else "sdk" if sdk is None else "sdk_version")
    if not 1 <= rating <= BEST_RATING:
        sentence = f"rating must be between 1 and {BEST_RATING}, got {rating}"
        raise input_error(sentence, rating=sentence)
    reason, custom = text(given, "reason") or "", mapping(given, "custom") or {}
    return Feedback(user_id, session_id, rating, reason, sdk, version, custom)


def _tell(coordinator: Coordinator, call: Call, given: Feedback) -> None:
    detail = {
        "user": user_response(coordinator.user(given.user_id)),
        "session_id": given.session_id,
        "rating": given.rating,
        "reason": given.reason,
        "sdk": given.sdk,
        "sdk_version": given.sdk_version,
        "custom": given.custom,
    }
    coordinator.publisher.publish(call, "call.user_feedback_submitted", detail, given.user_id)


def _fields(each: tuple[Call, Feedback]) -> dict[str, object]:
    call, given = each
    return {"cid": call.cid, **vars(given)}


def _reader(name: str) -> Callable[[tuple[Call, Feedback]], object]:
    return lambda each: _fields(each)[name]


_FIELDS = {name: _reader(name) for name in ("cid", *(field.name for field in dataclasses.fields(Feedback)))}
OPERATIONS = [
    Operation("CollectUserFeedback", "POST", "/call/{type}/{id}/feedback", collect_user_feedback),
    Operation("QueryUserFeedback", "POST", "/call/feedback", query_user_feedback, access="server"),
]
