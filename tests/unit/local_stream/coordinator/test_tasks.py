"""Tasks: done at once, asked for by id."""

import pytest

from harness.local_stream.coordinator.errors import ApiError
from harness.local_stream.coordinator.source import Source
from harness.local_stream.coordinator.tasks import Tasks


def test_a_task_is_kept_with_its_result() -> None:
    tasks = Tasks(Source())
    first, second = tasks.done({"default:1": {"status": "ok"}}), tasks.done({})
    assert first.id != second.id
    assert tasks.get(first.id).result == {"default:1": {"status": "ok"}}
    assert tasks.get(second.id).result == {}


def test_no_task_is_the_vendors_404() -> None:
    tasks = Tasks(Source())
    task = tasks.done({})
    tasks.clear()
    with pytest.raises(ApiError) as refused:
        tasks.get(task.id)
    assert (refused.value.status, refused.value.code) == (404, 16)
