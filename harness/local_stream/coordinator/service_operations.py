"""What may be asked of the service itself: its rate limits and its edges."""

from __future__ import annotations

from harness.local_stream.coordinator.coordinator import Coordinator
from harness.local_stream.coordinator.limits import PLATFORMS
from harness.local_stream.coordinator.operations import Ask, Operation

HERE = {
    "id": "local",
    "continent_code": "",
    "country_iso_code": "",
    "subdivision_iso_code": "",
    "latitude": 0.0,
    "longitude": 0.0,
    # Latencies in milliseconds up to which an edge is shown in these colours.
    "green": 50,
    "yellow": 150,
    "red": 300,
}


async def get_rate_limits(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """What is left of `endpoints` (operations, with commas between; without: all that were asked)."""
    named = [name for name in ask.query.get("endpoints", "").split(",") if name]
    asked = [platform for platform in PLATFORMS if ask.query.get(platform, "").lower() == "true"]
    return {platform: coordinator.limits.left(named, platform) for platform in asked or PLATFORMS}


async def get_edges(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """The one edge there is."""
    del coordinator
    return {"edges": [{**HERE, "latency_test_url": f"{ask.base_url}/healthz"}]}


OPERATIONS = [
    Operation("GetRateLimits", "GET", "/rate_limits", get_rate_limits, area="common", access="server"),
    Operation("GetEdges", "GET", "/edges", get_edges),
]
