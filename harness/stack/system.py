"""The whole reference system: its servers, what each is told, and in which order they come and go."""

from __future__ import annotations

import shlex
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

from harness.config import HarnessSettings
from harness.stack.keys import Keys, make_keys
from harness.stack.servers import MODULES, Servers, database_environment
from harness.stack.webhook_receiver import WebhookReceiver
from harness.target import Target
from harness.trace.sightings import PLACES

TOKEN_PATH = "/.netlify/functions/stream-video-token"  # noqa: S105  where the token function lives, no secret


class Stack:
    """A context: inside it the reference system runs; `target` says where and with which keys.

    `check()` raises ServerError as soon as one of the servers has died.
    """

    def __init__(
        self, run_dir: Path, settings: HarnessSettings, pages_dist: Path, *, pages_port: int = 0
    ) -> None:
        self.recordings = run_dir / "recordings"
        self.keys: Keys = make_keys()
        self._settings = settings
        self._pages_dist = pages_dist
        self._servers = Servers(run_dir, {**dict.fromkeys(MODULES, 0), "pages": pages_port})
        self.logs = self._servers.folder
        self._webhooks = WebhookReceiver(self.logs / "webhooks.jsonl", self.keys.stream_api_secret)
        self.target = self._target()

    def __enter__(self) -> Stack:
        try:
            self._webhooks.start()
            self._servers.start(self._environment)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def died(self) -> threading.Event:
        """Set as soon as one of the servers has died."""
        return self._servers.died

    @property
    def stream_control_url(self) -> str:
        """The local Stream's control API."""
        return str(self._servers.stream_control_url)

    @property
    def server_logs(self) -> dict[str, Path]:
        """What each server writes, by its name in a timeline."""
        return self._servers.logs()

    def check(self) -> None:
        """Raise ServerError, with its last lines, if a server died."""
        self._servers.check()

    def stop(self) -> None:
        """End every server; safe to call twice."""
        self._servers.stop()
        self._webhooks.stop()

    def _target(self) -> Target:
        urls = {name: str(self._servers.url(name)) for name in MODULES}
        return Target(
            pages_url=urls["pages"],
            token_url=urls["token server"] + TOKEN_PATH,
            supabase_url=urls["local Supabase"],
            supabase_anon_key=self.keys.supabase_anon_key,
            supabase_service_role_key=self.keys.supabase_service_role_key,
            supabase_jwt_secret=self.keys.supabase_jwt_secret,
            stream_api_key=self.keys.stream_api_key,
            stream_api_secret=self.keys.stream_api_secret,
            stream_base_url=urls["local Stream"],
            token_server_log=self._servers.log("token server"),
            token_server_command=shlex.join([sys.executable, "-m", MODULES["token server"]]),
            forbidden_origin="https://another-site.example",
            stream_control_url=self.stream_control_url,
            webhook_log=self._webhooks.log,
            database_log=self._servers.log("local Supabase"),
            required_sightings=PLACES,
        )

    def _environment(self, name: str) -> dict[str, str]:
        """What server `name` is told: its own settings and nothing that is another's."""
        keys, target = self.keys, self.target
        supabase = {"SUPABASE_URL": target.needed("supabase_url")}
        stream = {"STREAM_API_KEY": keys.stream_api_key, "STREAM_API_SECRET": keys.stream_api_secret}
        service_role = {"SUPABASE_SERVICE_ROLE_KEY": keys.supabase_service_role_key}
        anon = {"SUPABASE_ANON_KEY": keys.supabase_anon_key}
        stream_base = {"STREAM_BASE_URL": str(target.stream_base_url)}
        jwt_secret = {"SUPABASE_JWT_SECRET": keys.supabase_jwt_secret}
        recordings = {"HARNESS_STREAM_RECORDINGS": str(self.recordings)}
        origins = {"ALLOWED_ORIGINS": target.needed("pages_url")}
        own: dict[str, Iterable[dict[str, str]]] = {
            "local Supabase": [
                supabase,
                service_role,
                anon,
                jwt_secret,
                database_environment(self._settings),
            ],
            "local Stream": [stream, {"HARNESS_STREAM_CONTROL": "1"}, self._webhook_urls(), recordings],
            "token server": [stream, stream_base, supabase, service_role, jwt_secret, origins],
            "pages": [supabase, anon, stream_base, self._pages()],
        }
        return {key: value for part in own[name] for key, value in part.items()}

    def _webhook_urls(self) -> dict[str, str]:
        return {"HARNESS_STREAM_WEBHOOK_URLS": self._webhooks.url}

    def _pages(self) -> dict[str, str]:
        return {"HARNESS_PAGES_DIST": str(self._pages_dist), "TOKEN_URL": self.target.token_url}
