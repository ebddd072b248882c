"""`GET /_control/health`: how much the local Stream holds now, so that a leak can be seen from outside."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from harness.local_stream.control.access import not_for_pages
from harness.local_stream.coordinator.coordinator import Coordinator

PROCESS = Path("/proc/self")


def health_route(coordinator: Coordinator) -> Route:
    """Counts; the connections are those of the coordinator's WebSocket."""

    async def answer(_request: Request) -> Response:
        return JSONResponse(
            {
                "tasks": len(asyncio.all_tasks()),
                "connections": len(coordinator.publisher.connections),
                "calls": sum(1 for _ in coordinator.calls),
                "users": sum(1 for _ in coordinator.users),
                "journal": len(coordinator.journal),
                "files": sum(1 for _ in (PROCESS / "fd").iterdir()),
                "rss_bytes": _resident(),
                "cpu_seconds": time.process_time(),
            }
        )

    return Route("/health", not_for_pages(answer), methods=["GET"])


def _resident() -> int:
    pages = int((PROCESS / "statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
