"""The system that a target file describes: what is to be local is started, the rest is there already."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from harness.config import HarnessSettings, TargetSettings, secrets_of
from harness.stack.app_process import AppProcess
from harness.stack.keys import Keys, make_keys
from harness.stack.servers import Servers, database_environment
from harness.target import Target
from harness.trace.redactor import Redactor

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

    def __init__(
        self,
        run_dir: Path,
        settings: HarnessSettings,
        told: TargetSettings,
        secrets: Redactor | None = None,
    ) -> None:
        """`secrets` learns those of the deployment; what its app prints is masked by it."""
        self._settings = settings
        self._told = told
        local = {
            "local Supabase": told.supabase == "local" and told.supabase_url is None,
            "local Stream": told.stream == "local" and told.stream_base_url is None,
        }
        self._servers = Servers(run_dir, {name: 0 for name, is_local in local.items() if is_local})
        self.logs = self._servers.folder
        self.keys = self._keys()
        self.target = self._target()
        self._secrets = secrets or Redactor()
        self._secrets.add(*self.keys.secret_values(), *self.target.secrets.values(), *secrets_of(told))
        self._app = self._app_process()

    def __enter__(self) -> Deployment:
        try:
            self._servers.start(self._environment)
            if self._app is not None:
                self._app.start(self._for_app(), self._told.app_environment)
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
        self._servers.check()
        if self._app is not None:
            self._app.check()

    def stop(self) -> None:
        """End what was started; safe to call twice."""
        if self._app is not None:
            self._app.stop()
        self._servers.stop()

    @property
    def stream_control_url(self) -> str | None:
        """The control API of the local Stream, if it was started here."""
        return self._servers.stream_control_url

    @property
    def server_logs(self) -> dict[str, Path]:
        """What each server writes that can be read here, by its name in a timeline."""
        logs = self._servers.logs()
        if self._told.token_server_log is not None:
            logs["token-server"] = self._told.token_server_log
        elif self._app is not None:
            logs["token-server"] = self._servers.log("app")
        return logs

    def _keys(self) -> Keys:
        """Made, but for those of Stream that were told: an app may know them by heart."""
        told = self._told.plain()
        stream = {name: told[name] for name in ("stream_api_key", "stream_api_secret") if told[name]}
        return replace(make_keys(), **stream)

    def _target(self) -> Target:
        made: dict[str, str] = {}
        if stream := self._servers.url("local Stream"):
            made = {"stream_base_url": stream, **_of(self.keys, "stream")}
        if supabase := self._servers.url("local Supabase"):
            made |= {"supabase_url": supabase, **_of(self.keys, "supabase")}
        target = Target.of(self._told.model_copy(update=made), str(self._told.token_url))
        return replace(target, stream_control_url=self.stream_control_url)

    def _environment(self, name: str) -> dict[str, str]:
        """What a local server is told."""
        keys = {name.upper(): value for name, value in vars(self.keys).items()}
        if name == "local Stream":
            return {**_only(keys, "STREAM"), "HARNESS_STREAM_CONTROL": "1"}
        schema = os.pathsep.join(str(self._told.folder / file) for file in self._told.supabase_schema)
        return {
            **_only(keys, "SUPABASE"),
            "SUPABASE_URL": str(self._servers.url(name)),
            **database_environment(self._settings),
            **({"HARNESS_SUPABASE_SCHEMA": schema} if schema else {}),
        }

    def _app_process(self) -> AppProcess | None:
        command = self._told.app_command
        if command is None:
            return None
        app = AppProcess(
            command, self._told.folder, self._told.app_address, self._servers.log("app"), self._secrets
        )
        self.target = replace(
            self.target,
            token_server_log=self.target.token_server_log or app.printed,
            token_server_command=self.target.token_server_command or command,
        )
        return app

    def _for_app(self) -> dict[str, str]:
        """Where its back ends are and with which keys: what was told or made, by the names of the target."""
        values = {name.upper(): getattr(self.target, name) for name in FOR_APP}
        return {"PORT": str(self._told.app_port), **{name: value for name, value in values.items() if value}}


def _of(keys: Keys, part: str) -> dict[str, str]:
    return {name: value for name, value in vars(keys).items() if name.startswith(part)}


def _only(keys: dict[str, str], part: str) -> dict[str, str]:
    return {name: value for name, value in keys.items() if name.startswith(part)}
