"""GetTask: what came of a task."""

from __future__ import annotations

from harness.local_stream.coordinator.coordinator import Coordinator
from harness.local_stream.coordinator.operations import Ask, Operation


async def get_task(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """GetTaskResponse. Tasks are done at once, so each has succeeded."""
    task = coordinator.tasks.get(ask.path["task_id"])
    return {
        "task_id": task.id,
        "status": "completed",
        "created_at": task.created_at,
        "updated_at": task.created_at,
        "result": task.result,
    }


OPERATIONS = [Operation("GetTask", "GET", "/tasks/{task_id}", get_task, area="common", access="server")]
