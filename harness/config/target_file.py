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

PORT, PARTY_ID = "{port}", "{party_id}"
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
    _expect_port(target)
    _expect_places(target)
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


def _expect_port(target: TargetSettings) -> None:
    """An app that is started is on a port that only the run knows, unless it is told."""
    told = [target.token_url, target.pages_url, target.host.url, target.viewer.url]
    if target.app_command is not None and not any(f":{target.app_port}" in (url or "") for url in told):
        raise SettingsError(
            "app_command starts the app on a port that is free, so an address was expected to name it: write "
            "http://127.0.0.1:{port}/... in token_url, host.url and viewer.url, or tell the port as app_port."
        )


def _expect_places(target: TargetSettings) -> None:
    """Where each check makes a party of its own, its pages are where that party's id says."""
    for key, url in (("host.url", target.host.url), ("viewer.url", target.viewer.url)):
        if url is not None and PARTY_ID not in url and target.makes_parties:
            raise SettingsError(
                f"{key} was expected to hold {PARTY_ID}, since each check makes a party of its own: put it "
                'where the id goes (path, query or fragment), or say `how = "given"` in [party] and name '
                "one party by party_id."
            )


def _overridden(told: dict[str, Any]) -> dict[str, Any]:
    """With what the environment says, which wins: also of single keys of tables."""
    try:
        by_environment = EnvSettingsSource(TargetSettings)()
    except UnreadableSetting as error:
        raise SettingsError(f"A setting could not be read: {error}.") from None
    # A whole field keeps the name of its variable, which is what a fault of it is told by.
    in_file = {
        name: value for name, value in told.items() if TargetSettings.told_by(name) not in by_environment
    }
    return _merged(in_file, by_environment)


def _merged(one: dict[str, Any], winner: dict[str, Any]) -> dict[str, Any]:
    both = {
        name: _merged(one[name], value)
        for name, value in winner.items()
        if isinstance(value, dict) and isinstance(one.get(name), dict)
    }
    return {**one, **winner, **both}


def _on_port(told: dict[str, Any]) -> dict[str, Any]:
    """With the app's port in place of `{port}`: one that was free just now, unless it is told."""
    if _told(told, "app_command") is None:
        return told
    port = _told(told, "app_port") or _free_port()

    def placed(value: object) -> object:
        if isinstance(value, str):
            return value.replace(PORT, str(port))
        return {key: placed(one) for key, one in value.items()} if isinstance(value, dict) else value

    return {"app_port": port, **{key: placed(value) for key, value in told.items()}}


def _told(told: dict[str, Any], name: str) -> Any:  # noqa: ANN401  it is not known to be right yet
    """What the environment says of a field, or else the file."""
    return told.get(TargetSettings.told_by(name), told.get(name))


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
