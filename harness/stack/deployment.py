"""The system that a target file describes: what is to be local is started, the rest is there already."""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from harness.config import HarnessSettings, TargetSettings
from harness.stack.app_process import AppProcess
from harness.stack.keys import Keys, make_keys
from harness.stack.process import ServerProcess
from harness.stack.system import LANES, MODULES
from harness.target import Target

# What an app that is started for the run is told, by these names in capital letters.
FOR_APP = (
    "stream_api_key",
    "stream_api_secret",
    "stream_base_url",
    "supabase_url",
    "supabase_anon_key",
    "supabase_service_role_key",
    "supabase_jwt_secret",
)


class Deployment:
    """A context: inside it all of the deployment runs that is to be started; `target` describes it."""

    def __init__(self, run_dir: Path, settings: HarnessSettings, told: TargetSettings) -> None:
        self.logs = run_dir / "logs"
        self.logs.mkdir(parents=True, exist_ok=True)
        self._settings = settings
        self._told = told
        self._dead: ServerProcess | None = None
        local = {
            "local Supabase": told.supabase == "local" and told.supabase_url is None,
            "local Stream": told.stream == "local" and told.stream_base_url is None,
        }
        self._servers = {
            name: ServerProcess(name, MODULES[name], self._log(name))
            for name, is_local in local.items()
            if is_local
        }
        self.keys = self._keys()
        self.target = self._target()
        self._app = self._app_process()

    def __enter__(self) -> Deployment:
        try:
            for name, server in self._servers.items():
                server.start(self._environment(name), self._died)
            for server in self._servers.values():
                server.await_ready()
            if self._app is not None:
                self._app.start(self._for_app())
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def check(self) -> None:
        """Raise ServerError, with its last lines, if a server or the app died."""
        if self._dead is not None:
            raise self._dead.death()
        if self._app is not None:
            self._app.check()

    def stop(self) -> None:
        """End what was started; safe to call twice."""
        if self._app is not None:
            self._app.stop()
        for server in self._servers.values():
            server.stop()

    def _died(self, server: ServerProcess) -> None:
        self._dead = self._dead or server

    def _log(self, name: str) -> Path:
        return self.logs / f"{name.lower().replace(' ', '-')}.log"

    @property
    def stream_control_url(self) -> str | None:
        """The control API of the local Stream, if it was started here."""
        stream = self._servers.get("local Stream")
        return f"{stream.url}/_control" if stream is not None else None

    @property
    def server_logs(self) -> dict[str, Path]:
        """What each server writes that can be read here, by its name in a timeline."""
        logs = {LANES[name]: self._log(name) for name in self._servers}
        if self.target.token_server_log is not None:
            logs["token-server"] = self.target.token_server_log
        elif self._app is not None:
            logs["token-server"] = self._log("app")
        return logs

    def _keys(self) -> Keys:
        """Made, but for those of Stream that were told: an app may know them by heart."""
        told = self._told.plain()
        stream = {name: told[name] for name in ("stream_api_key", "stream_api_secret") if told[name]}
        return replace(make_keys(), **stream)

    def _target(self) -> Target:
        made: dict[str, str] = {}
        if (stream := self._servers.get("local Stream")) is not None:
            made = {"stream_base_url": stream.url, **_of(self.keys, "stream")}
        if (supabase := self._servers.get("local Supabase")) is not None:
            made |= {"supabase_url": supabase.url, **_of(self.keys, "supabase")}
        target = Target.of(self._told.model_copy(update=made), str(self._told.token_url))
        return replace(target, stream_control_url=self.stream_control_url)

    def _environment(self, name: str) -> dict[str, str]:
        """What a local server is told."""
        keys = {name.upper(): value for name, value in vars(self.keys).items()}
        if name == "local Stream":
            return {**_only(keys, "STREAM"), "HARNESS_STREAM_CONTROL": "1"}
        schema = os.pathsep.join(str(self._told.folder / file) for file in self._told.supabase_schema)
        given = self._settings.database_url
        return {
            **_only(keys, "SUPABASE"),
            "SUPABASE_URL": self._servers[name].url,
            "HARNESS_DATA_DIR": tempfile.gettempdir(),
            "HARNESS_DATABASE_TEMPLATES": str(self._settings.cache / "postgresql"),
            **({"HARNESS_SUPABASE_SCHEMA": schema} if schema else {}),
            **({"DATABASE_URL": given.get_secret_value()} if given else {}),
        }

    def _app_process(self) -> AppProcess | None:
        command = self._told.app_command
        if command is None:
            return None
        return AppProcess(command, self._told.folder, self.target.token_url, self._log("app"))

    def _for_app(self) -> dict[str, str]:
        """Where its back ends are and with which keys: what was told or made, by the names of the target."""
        values = {name.upper(): getattr(self.target, name) for name in FOR_APP}
        return {"PORT": str(self._told.app_port), **{name: value for name, value in values.items() if value}}


def _of(keys: Keys, part: str) -> dict[str, str]:
    return {name: value for name, value in vars(keys).items() if name.startswith(part)}


def _only(keys: dict[str, str], part: str) -> dict[str, str]:
    return {name: value for name, value in keys.items() if name.startswith(part)}
