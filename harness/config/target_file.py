"""Reads a target file: one sentence for each fault, which names the key, what was expected and what came."""

from __future__ import annotations

import socket
import tomllib
from pathlib import Path
from typing import Any

from pydantic_settings import EnvSettingsSource
from pydantic_settings import SettingsError as UnreadableSetting

from harness.config.faults import nearest
from harness.config.kinds import exact_http_url
from harness.config.loading import load
from harness.config.target import TargetSettings
from harness.errors import SettingsError

PORT = "{port}"
# What a file may say of the built-in system, too.
OF_ANY_SYSTEM = {"waivers", "required_sightings"}


def load_target(file: Path | None, token_url: str | None = None) -> TargetSettings:
    """The deployment that environment and target file describe; raises SettingsError for a faulty file.

    `token_url`, from the command line, wins over both.
    """
    told = _read(file) if file is not None else {}
    _expect_known(told, file)
    folder = {"folder": file.absolute().parent} if file is not None else {}
    target = load(TargetSettings, **_on_port(_overridden({**folder, **told})))
    if token_url is not None:
        target = target.model_copy(update={"token_url": _address(token_url)})
    # Waivers may be of the built-in system; who tells of another one must not get a verdict over that.
    elif target.token_url is None and file is not None and not (told and told.keys() <= OF_ANY_SYSTEM):
        raise SettingsError(
            f"{file} was expected to name a token_url: name it there, by HARNESS_TOKEN_URL or by "
            "--token-url, or leave the file out to test the built-in system."
        )
    _expect_whole(target)
    return target


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError(f"The target file {file} could not be read: {error}.") from None


def _expect_known(told: dict[str, Any], file: Path | None) -> None:
    secrets = TargetSettings.secret_fields()
    public = [name for name in TargetSettings.model_fields if name not in secrets]
    unknown = sorted(told.keys() - TargetSettings.model_fields.keys())
    if unknown:
        raise SettingsError(
            f"{file} has {', '.join(unknown)}, which no target has: expected some of {', '.join(public)}."
            f"{nearest(unknown[0], public)}"
        )
    secret = told.keys() & secrets
    if secret:
        variables = ", ".join(TargetSettings.told_by(name) for name in sorted(secret))
        raise SettingsError(f"{file} holds secrets, which only the environment may: set {variables} there.")


def _expect_whole(target: TargetSettings) -> None:
    """Raises SettingsError for what makes no sense together."""
    starts = target.app_command is not None
    if target.token_url is None:
        return
    if target.supabase == "local" and not starts:
        raise SettingsError(
            'supabase = "local" starts one for the run, so the app must be started for the run, too: set '
            "app_command, or name one that runs with supabase_url."
        )
    if target.stream == "local" and not starts and target.stream_base_url is None:
        raise SettingsError(
            'stream = "local" was expected to come with stream_base_url, where `harness up --only stream` '
            "runs, or with app_command, for which one is started: set one of them."
        )


def _overridden(told: dict[str, Any]) -> dict[str, Any]:
    """With what the environment says of single keys of tables: of whole fields it wins by itself."""
    try:
        by_environment = EnvSettingsSource(TargetSettings)()
    except UnreadableSetting as error:
        raise SettingsError(f"A setting could not be read: {error}.") from None
    tables = {name: keys for name, keys in by_environment.items() if isinstance(keys, dict) and name in told}
    return {**told, **{name: {**told[name], **keys} for name, keys in tables.items()}}


def _on_port(told: dict[str, Any]) -> dict[str, Any]:
    """With the app's port in place of `{port}`: one that was free just now, unless it is told."""
    if "app_command" not in told:
        return told
    port = told.get("app_port") or _free_port()

    def placed(value: object) -> object:
        if isinstance(value, str):
            return value.replace(PORT, str(port))
        return {key: placed(one) for key, one in value.items()} if isinstance(value, dict) else value

    return {**{key: placed(value) for key, value in told.items()}, "app_port": port}


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _address(token_url: str) -> str:
    try:
        return exact_http_url(token_url)
    except ValueError:
        raise SettingsError(
            "--token-url must be an http(s) address without a password; what came is none."
        ) from None
