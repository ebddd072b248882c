"""A deployment to test in place of the built-in system: what its owner tells of it."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from harness.config.kinds import ExactHttpUrl, HttpUrl, ServerUrl, exact_http_url
from harness.config.loading import load
from harness.errors import SettingsError


class Waiver(BaseModel):
    """A check that may fail, or go without proof, for a `reason` and until a day (included)."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
    until: date

    @property
    def in_force(self) -> bool:
        """Whether its last day has not passed."""
        return date.today() <= self.until


class TargetSettings(BaseSettings):
    """A deployment to test in place of the built-in system: the environment wins over the target file."""

    model_config = SettingsConfigDict(populate_by_name=True, extra="ignore", env_ignore_empty=True)

    token_url: ExactHttpUrl | None = Field(None, alias="HARNESS_TOKEN_URL")
    pages_url: HttpUrl | None = Field(None, alias="HARNESS_PAGES_URL")
    supabase_url: HttpUrl | None = Field(None, alias="SUPABASE_URL")
    supabase_anon_key: str | None = Field(None, alias="SUPABASE_ANON_KEY")
    supabase_service_role_key: SecretStr | None = Field(None, alias="SUPABASE_SERVICE_ROLE_KEY")
    supabase_jwt_secret: SecretStr | None = Field(None, alias="SUPABASE_JWT_SECRET")
    stream_api_key: str | None = Field(None, alias="STREAM_API_KEY")
    stream_api_secret: SecretStr | None = Field(None, alias="STREAM_API_SECRET")
    stream_base_url: HttpUrl | None = Field(None, alias="STREAM_BASE_URL")
    token_server_log: Path | None = Field(None, alias="HARNESS_TOKEN_SERVER_LOG")
    token_server_command: str | None = Field(None, alias="HARNESS_TOKEN_SERVER_COMMAND")
    email: str | None = Field(None, alias="HARNESS_EMAIL")
    password: SecretStr | None = Field(None, alias="HARNESS_PASSWORD")
    session_command: SecretStr | None = Field(None, alias="HARNESS_SESSION_COMMAND")
    party_id: str | None = Field(None, alias="HARNESS_PARTY_ID")
    allowed_origin: ServerUrl | None = Field(None, alias="HARNESS_ALLOWED_ORIGIN")
    forbidden_origin: ServerUrl | None = Field(None, alias="HARNESS_FORBIDDEN_ORIGIN")
    waivers: dict[str, Waiver] = Field({}, alias="HARNESS_WAIVERS", description="by the id of the check")

    @classmethod
    def settings_customise_sources(cls, *_: Any, **sources: Any) -> tuple[PydanticBaseSettingsSource, ...]:  # noqa: ANN401
        return sources["env_settings"], sources["init_settings"]

    @classmethod
    def told_by(cls, name: str) -> str:
        """The environment variable that sets this field."""
        return str(cls.model_fields[name].alias)

    @classmethod
    def secret_fields(cls) -> set[str]:
        """What may come from the environment alone."""
        return {name for name, field in cls.model_fields.items() if "SecretStr" in str(field.annotation)}

    def secret_values(self) -> list[str]:
        """What may be written nowhere."""
        return [str(value) for name, value in self.plain().items() if value and name in self.secret_fields()]

    def plain(self) -> dict[str, Any]:
        """The fields that describe the target itself, secrets as text."""
        fields = self.model_dump(exclude={"waivers"})
        return {
            name: value.get_secret_value() if isinstance(value, SecretStr) else value
            for name, value in fields.items()
        }


def load_target(file: Path | None, token_url: str | None = None) -> TargetSettings:
    """The deployment that environment and target file describe; raises SettingsError for a faulty file.

    `token_url`, from the command line, wins over both.
    """
    told = _read_target(file) if file is not None else {}
    unknown, secrets = told.keys() - TargetSettings.model_fields.keys(), TargetSettings.secret_fields()
    if unknown:
        raise SettingsError(
            f"{file} has {', '.join(sorted(unknown))}, which no target has: expected some of "
            f"{', '.join(name for name in TargetSettings.model_fields if name not in secrets)}."
        )
    secret = told.keys() & secrets
    if secret:
        variables = ", ".join(TargetSettings.told_by(name) for name in sorted(secret))
        raise SettingsError(f"{file} holds secrets, which only the environment may: set {variables} there.")
    target = load(TargetSettings, **told)
    if token_url is None:
        # Waivers may be of the built-in system; who tells of another one must not get a verdict over that.
        if file is not None and target.token_url is None and told.keys() != {"waivers"}:
            raise SettingsError(
                f"{file} was expected to name a token_url: name it there, by HARNESS_TOKEN_URL or by "
                "--token-url, or leave the file out to test the built-in system."
            )
        return target
    try:
        return target.model_copy(update={"token_url": exact_http_url(token_url)})
    except ValueError:
        raise SettingsError(
            "--token-url must be an http(s) address without a password; what came is none."
        ) from None


def _read_target(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError(f"The target file {file} could not be read: {error}.") from None
