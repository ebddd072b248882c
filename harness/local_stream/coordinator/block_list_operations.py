"""Operations on block lists."""

from __future__ import annotations

from harness.local_stream.coordinator.coordinator import Coordinator
from harness.local_stream.coordinator.operations import Ask, Operation


async def list_block_lists(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """Every list, or every one of the team that the query names."""
    return {"blocklists": [one.response() for one in coordinator.block_lists.all(ask.query.get("team"))]}


async def create_block_list(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """A new list."""
    return {"blocklist": coordinator.block_lists.add(ask.body).response()}


async def get_block_list(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """One list."""
    return {"blocklist": coordinator.block_lists.get(ask.path["name"]).response()}


async def update_block_list(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """Other words for a list."""
    return {"blocklist": coordinator.block_lists.change(ask.path["name"], ask.body).response()}


async def delete_block_list(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """Forget a list."""
    coordinator.block_lists.remove(ask.path["name"])
    return {}


_ALL, _ONE = "/blocklists", "/blocklists/{name}"
OPERATIONS = [
    Operation("ListBlockLists", "GET", _ALL, list_block_lists, area="common", access="server"),
    Operation("CreateBlockList", "POST", _ALL, create_block_list, area="common", access="server"),
    Operation("GetBlockList", "GET", _ONE, get_block_list, area="common", access="server"),
    Operation("UpdateBlockList", "PUT", _ONE, update_block_list, area="common", access="server"),
    Operation("DeleteBlockList", "DELETE", _ONE, delete_block_list, area="common", access="server"),
]
