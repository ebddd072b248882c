"""Operations on the app itself: its settings. Those of other products have no effect here."""

from __future__ import annotations

from harness.local_stream.coordinator.call_types import CallType
from harness.local_stream.coordinator.coordinator import Coordinator
from harness.local_stream.coordinator.operations import Ask, Operation

_PUSH = {
    "offline_only": False,
    "version": "v2",
    "apn": {"development": False, "enabled": False},
    "firebase": {"enabled": False},
    "huawei": {"enabled": False},
    "xiaomi": {"enabled": False},
    "providers": [],
}


async def get_app(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """AppResponseFields."""
    del ask
    types = enumerate(coordinator.call_types, 1)
    app: dict[str, object] = {
        **coordinator.app.shown(),
        "id": 1,
        "name": "Local Stream",
        "placement": "local",
        "call_types": {each.name: _call_type(number, each) for number, each in types},
        "channel_configs": {},
        "policies": {},
        "push_notifications": _PUSH,
    }
    return {"app": app}


async def update_app(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """Change settings. Unknown names are passed over, and the journal says which."""
    passed_over = coordinator.app.update(ask.body)
    if passed_over:
        ask.noted["not_imitated"] = passed_over
    return {}


def _call_type(number: int, call_type: CallType) -> dict[str, object]:
    # No `settings`: this list has them in a form of its own, which no SDK reads.
    return {
        "app": 1,
        "id": number,
        "name": call_type.name,
        "recording_external_storage": call_type.external_storage,
        "created_at": call_type.created_at,
        "updated_at": call_type.updated_at,
    }


OPERATIONS = [
    Operation("GetApp", "GET", "/app", get_app, area="common", access="server"),
    Operation("UpdateApp", "PATCH", "/app", update_app, area="common", access="server"),
]
