"""Tasks: what the vendor does later, with a `task_id` to ask by. Here each is done at once, and kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from harness.local_stream.coordinator.errors import ApiError, Code
from harness.local_stream.coordinator.source import Source

# The latest; who asks for an older one is told that there is none.
MOST_KEPT = 1_000


@dataclass(frozen=True)
class Task:
    """One finished task; `result` says what came of each thing that it was about."""

    id: str
    created_at: datetime
    result: dict[str, object]


class Tasks:
    """All tasks by id."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._tasks: dict[str, Task] = {}

    def done(self, result: Mapping[str, object]) -> Task:
        """A new task that is complete: `{"default:1": {"status": "ok"}}` for a call, say."""
        task = Task(self._source.new_id(), self._source.now(), dict(result))
        self._tasks[task.id] = task
        if len(self._tasks) > MOST_KEPT:
            del self._tasks[next(iter(self._tasks))]
        return task

    def get(self, task_id: str) -> Task:
        """The task; raises the vendor's 404."""
        found = self._tasks.get(task_id)
        if found is None:
            raise ApiError(404, Code.NOT_FOUND, f"Can't find task with id {task_id}")
        return found

    def clear(self) -> None:
        """Forget all tasks."""
        self._tasks.clear()
