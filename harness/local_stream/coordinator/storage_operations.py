"""Operations on external storages."""

from __future__ import annotations

from harness.local_stream.coordinator.coordinator import Coordinator
from harness.local_stream.coordinator.external_storages import read_storage
from harness.local_stream.coordinator.operations import Ask, Operation
from harness.local_stream.coordinator.values import text


async def list_external_storage(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """Every storage by its name."""
    del ask
    return {"external_storages": {one.name: one.response() for one in coordinator.storages.all()}}


async def create_external_storage(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """A new storage."""
    coordinator.storages.add(read_storage(ask.body, text(ask.body, "name")))
    return {}


async def update_external_storage(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """Another bucket, path or type for a storage."""
    storage = read_storage(ask.body, ask.path["name"])
    coordinator.storages.change(storage)
    return storage.response()


async def delete_external_storage(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """Forget a storage."""
    coordinator.storages.remove(ask.path["name"])
    return {}


_ONE = "/external_storage/{name}"
OPERATIONS = [
    Operation(
        "ListExternalStorage",
        "GET",
        "/external_storage",
        list_external_storage,
        area="common",
        access="server",
    ),
    Operation(
        "CreateExternalStorage",
        "POST",
        "/external_storage",
        create_external_storage,
        area="common",
        access="server",
    ),
    Operation("UpdateExternalStorage", "PUT", _ONE, update_external_storage, area="common", access="server"),
    Operation(
        "DeleteExternalStorage", "DELETE", _ONE, delete_external_storage, area="common", access="server"
    ),
]
