"""The local Stream as one ASGI application: a list of routes over the coordinator's state and the SFU."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute

from harness.config import LocalStreamSettings
from harness.local_stream.control import Control
from harness.local_stream.coordinator import (
    app_operations,
    block_list_operations,
    blocks,
    call_operations,
    call_permissions,
    call_type_operations,
    custom_events,
    deletion,
    device_operations,
    door,
    feedback,
    guests,
    join,
    live_operations,
    location_hint,
    members,
    moderation,
    mutes,
    participants,
    pins,
    recording_operations,
    ring_operations,
    role_operations,
    service_operations,
    statistics,
    storage_operations,
    task_operations,
    telemetry,
    transcriptions,
    user_blocks,
    user_events,
    user_exports,
    user_lifecycle,
    user_operations,
)
from harness.local_stream.coordinator.coordinator import Coordinator
from harness.local_stream.coordinator.socket import CoordinatorSocket
from harness.local_stream.coordinator.source import Source
from harness.local_stream.coordinator.unknown import METHODS, Unknown
from harness.local_stream.journal import Journal
from harness.local_stream.recording import CallRecorder, RecordingFolder
from harness.local_stream.sfu import CameraOptions, Sfu
from harness.local_stream.webhooks import Outbox
from harness.local_stream.webhooks.hook import Hook, hooks
from harness.local_stream.webhooks.sender import Sender

OPERATIONS = [
    *user_operations.OPERATIONS,
    *user_events.OPERATIONS,
    *user_lifecycle.OPERATIONS,
    *user_exports.OPERATIONS,
    *user_blocks.OPERATIONS,
    *role_operations.OPERATIONS,
    *moderation.OPERATIONS,
    *guests.OPERATIONS,
    *device_operations.OPERATIONS,
    *app_operations.OPERATIONS,
    *task_operations.OPERATIONS,
    *storage_operations.OPERATIONS,
    *block_list_operations.OPERATIONS,
    *service_operations.OPERATIONS,
    *telemetry.OPERATIONS,
    *call_type_operations.OPERATIONS,
    *call_operations.OPERATIONS,
    *live_operations.OPERATIONS,
    *ring_operations.OPERATIONS,
    *members.OPERATIONS,
    *blocks.OPERATIONS,
    *mutes.OPERATIONS,
    *call_permissions.OPERATIONS,
    *custom_events.OPERATIONS,
    *pins.OPERATIONS,
    *participants.OPERATIONS,
    *recording_operations.OPERATIONS,
    *transcriptions.OPERATIONS,
    *deletion.OPERATIONS,
    *feedback.OPERATIONS,
    *statistics.OPERATIONS,
    *join.OPERATIONS,
]
EXPOSED_HEADERS = [
    "retry-after",
    "x-amz-cf-pop",
    "x-ratelimit-limit",
    "x-ratelimit-remaining",
    "x-ratelimit-reset",
]


def create_app(settings: LocalStreamSettings, source: Source | None = None) -> Starlette:
    """The application. `source` gives ids and times: pass a seeded one to repeat a run."""
    source = source or Source(settings.seed)
    journal = Journal(source.seconds)
    secret = settings.api_secret.get_secret_value()
    # A key of its own: a participant's token names no user_id, and would pass for a server's here.
    sfu_secret = hashlib.sha256(f"sfu {secret}".encode()).hexdigest()
    camera = CameraOptions(settings.video_codec, settings.video_layers)
    coordinator = Coordinator(
        settings.api_key,
        secret,
        source,
        journal,
        lambda observer: Sfu(sfu_secret, journal, observer, camera=camera),
        lambda coordinator: _outbox(settings, coordinator),
        settings.rate_limit,
    )
    folder = RecordingFolder(settings.recordings)
    coordinator.recordings.recorder = CallRecorder(coordinator.media, folder)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        await coordinator.close()

    return Starlette(routes=_routes(coordinator, folder, control=settings.control), lifespan=lifespan)


def _outbox(settings: LocalStreamSettings, coordinator: Coordinator) -> Outbox:
    key, secret, timeout = settings.api_key, settings.api_secret.get_secret_value(), settings.webhook_timeout
    source, faults = coordinator.source, coordinator.faults
    sender = Sender(key, secret, timeout, source, coordinator.journal, faults)

    def receivers() -> list[Hook]:
        return hooks(settings.webhook_urls, coordinator.app.settings)

    return Outbox(receivers, sender, source, timeout, settings.webhook_backoff)


def _routes(coordinator: Coordinator, folder: RecordingFolder, *, control: bool) -> list[BaseRoute]:
    unknown = Unknown(coordinator.journal, coordinator.limits)
    own = [Mount("/_control", routes=Control(coordinator, OPERATIONS).routes())] if control else []
    doors: list[BaseRoute] = [
        WebSocketRoute("/video/connect", CoordinatorSocket(coordinator).serve),
        *door.routes("client", coordinator, OPERATIONS),
        *door.routes("server", coordinator, OPERATIONS),
        location_hint.route(coordinator),
        folder.route(),
        Mount("/sfu", routes=[*coordinator.media.routes(), *unknown.routes()]),
        *unknown.routes(),
    ]
    # Browsers are on other origins and must be able to read errors too. The control API stays closed to them.
    cors = Middleware(
        CORSMiddleware,
        allow_origins=["*"],
        allow_methods=METHODS,
        allow_headers=["*"],
        expose_headers=EXPOSED_HEADERS,
        max_age=600,
        allow_private_network=True,
    )
    return [Route("/healthz", _healthz), *own, Mount("/", routes=doors, middleware=[cors])]


async def _healthz(_request: Request) -> Response:
    return JSONResponse({"ok": True})
