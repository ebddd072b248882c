"""Exports of users. There is no chat here, so a user has neither messages nor reactions."""

from __future__ import annotations

from harness.local_stream.coordinator.coordinator import Coordinator
from harness.local_stream.coordinator.operations import Ask, Operation
from harness.local_stream.coordinator.user_lifecycle import named_users, task_about
from harness.local_stream.coordinator.users import user_response


async def export_user(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """All of one user."""
    return {"user": user_response(coordinator.user(ask.path["user_id"])), "messages": [], "reactions": []}


async def export_users(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """A task, whose file nobody writes."""
    return task_about(coordinator, named_users(coordinator, ask.body))


OPERATIONS = [
    Operation("ExportUser", "GET", "/users/{user_id}/export", export_user, area="common", access="server"),
    Operation("ExportUsers", "POST", "/export/users", export_users, area="common", access="server"),
]
