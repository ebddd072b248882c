"""A deployment to test in place of the built-in system: what its owner tells of it."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from harness.config.app_errors import Errors
from harness.config.app_pages import HostPage, ViewerPage
from harness.config.app_people import PartyMaking, People, SignIn
from harness.config.kinds import ExactHttpUrl, HttpUrl, Names, Paths, ServerUrl


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
    """A deployment to test in place of the built-in system: the environment wins over the target file.

    A key of a table is overridden by the table's variable, two underscores and the key: HARNESS_HOST__URL.
    """

    model_config = SettingsConfigDict(
        populate_by_name=True, extra="ignore", env_ignore_empty=True, env_nested_delimiter="__"
    )

    token_url: ExactHttpUrl | None = Field(
        None,
        alias="HARNESS_TOKEN_URL",
        description="the token endpoint; without it the built-in system is tested",
    )
    pages_url: HttpUrl | None = Field(
        None,
        alias="HARNESS_PAGES_URL",
        description="the pages, whose scripts are searched for secrets (T11); default: `host.url`'s origin",
    )
    app_command: str | None = Field(
        None,
        alias="HARNESS_APP_COMMAND",
        description="starts the app, on `PORT`, which `{port}` in addresses stands for; it is told where the "
        "local Stream and Supabase are",
    )
    app_port: int | None = Field(
        None, alias="HARNESS_APP_PORT", ge=1, le=65535, description="that port; default: one that is free"
    )
    app_environment: Names = Field(
        (),
        alias="HARNESS_APP_ENVIRONMENT",
        description="variables that the app is started with, by their names: of the harness's environment it "
        "gets these, and what programs need on the machine (`PATH`, `HOME`, `LANG`, proxies ...)",
    )
    folder: Path = Field(
        Path(),
        alias="HARNESS_TARGET_FOLDER",
        description="where `app_command` runs and the file's paths begin; default: the target file's folder",
    )
    stream: Literal["local", "real"] = Field(
        "real",
        alias="HARNESS_STREAM",
        description="`local`: what browsers ask of Stream goes to the local one, at `stream_base_url` or "
        "started for the run; `real`: nothing is redirected",
    )
    stream_base_url: HttpUrl | None = Field(
        None, alias="STREAM_BASE_URL", description="another Stream than the vendor's, that runs already"
    )
    stream_api_key: str | None = Field(
        None, alias="STREAM_API_KEY", description="verifies tokens, asks Stream"
    )
    stream_api_secret: SecretStr | None = Field(None, alias="STREAM_API_SECRET", description="likewise")
    supabase: Literal["local", "real"] = Field(
        "real", alias="HARNESS_SUPABASE", description="`local`: one is started for the run, for `app_command`"
    )
    supabase_schema: Paths = Field(
        [],
        alias="HARNESS_SUPABASE_SCHEMA",
        description="SQL files that make the tables of a local Supabase; default: `fixtures/schema.sql`",
    )
    supabase_url: HttpUrl | None = Field(
        None, alias="SUPABASE_URL", description="signing in, and the public keys of sessions"
    )
    supabase_anon_key: str | None = Field(None, alias="SUPABASE_ANON_KEY", description="likewise")
    supabase_service_role_key: SecretStr | None = Field(
        None,
        alias="SUPABASE_SERVICE_ROLE_KEY",
        description="makes users and parties for each test, and removes them",
    )
    supabase_jwt_secret: SecretStr | None = Field(
        None,
        alias="SUPABASE_JWT_SECRET",
        description="forges sessions that are wrong in their claims alone (T03), where HS256 is taken",
    )
    database_url: SecretStr | None = Field(
        None, alias="HARNESS_TARGET_DATABASE_URL", description='the database of `party.how = "sql"`'
    )
    token_server_log: Path | None = Field(
        None,
        alias="HARNESS_TOKEN_SERVER_LOG",
        description="the file that the endpoint logs to (T11, T16); default: what `app_command` prints",
    )
    token_server_command: str | None = Field(
        None,
        alias="HARNESS_TOKEN_SERVER_COMMAND",
        description="starts another endpoint like it, on `PORT`, for T14, T15 and T18; default: "
        "`app_command`",
    )
    party_id: str | None = Field(
        None,
        alias="HARNESS_PARTY_ID",
        description="a party that is there already, hosted by the user below, where none can be made",
    )
    email: str | None = Field(None, alias="HARNESS_EMAIL", description="that user")
    password: SecretStr | None = Field(None, alias="HARNESS_PASSWORD", description="their password")
    viewer_email: str | None = Field(
        None, alias="HARNESS_VIEWER_EMAIL", description="another user, who watches"
    )
    viewer_password: SecretStr | None = Field(
        None, alias="HARNESS_VIEWER_PASSWORD", description="their password"
    )
    session_command: SecretStr | None = Field(
        None,
        alias="HARNESS_SESSION_COMMAND",
        description="in place of a password: a command whose last line is that user's access token",
    )
    allowed_origin: ServerUrl | None = Field(
        None,
        alias="HARNESS_ALLOWED_ORIGIN",
        description="an origin that may ask the endpoint; default: that of `pages_url`",
    )
    forbidden_origin: ServerUrl | None = Field(
        None, alias="HARNESS_FORBIDDEN_ORIGIN", description="an origin that is not on the allow-list (T06)"
    )
    required_sightings: Names = Field(
        (),
        alias="HARNESS_REQUIRED_SIGHTINGS",
        description="places that must see the callId (C02); default: all that there are",
    )
    webhook_log: Path | None = Field(
        None,
        alias="HARNESS_WEBHOOK_LOG",
        description="the file where the app keeps Stream's webhooks (C02): one JSON object a line, as Stream "
        "sent it, with `received_at` in unix seconds",
    )
    stream_control_url: HttpUrl | None = Field(
        None,
        alias="HARNESS_STREAM_CONTROL_URL",
        description="the control API of a local Stream that runs already (`.../_control`): a witness more",
    )
    host: HostPage = Field(HostPage(), alias="HARNESS_HOST", description="the host's page")
    viewer: ViewerPage = Field(ViewerPage(), alias="HARNESS_VIEWER", description="the viewer's page")
    errors: Errors = Field(Errors(), alias="HARNESS_ERRORS", description="how errors are worded")
    sign_in: SignIn = Field(SignIn(), alias="HARNESS_SIGN_IN", description="how people sign in")
    people: People = Field(People(), alias="HARNESS_PEOPLE", description="how users are made")
    party: PartyMaking = Field(PartyMaking(), alias="HARNESS_PARTY", description="how parties are made")
    waivers: dict[str, Waiver] = Field({}, alias="HARNESS_WAIVERS", description="by the id of the check")

    @classmethod
    def settings_customise_sources(cls, *_: Any, **sources: Any) -> tuple[PydanticBaseSettingsSource, ...]:  # noqa: ANN401
        # What is told at once knows of the environment: see `load_target`.
        return sources["init_settings"], sources["env_settings"]

    @classmethod
    def told_by(cls, name: str) -> str:
        """The environment variable that sets this field."""
        return str(cls.model_fields[name].alias)

    @classmethod
    def secret_fields(cls) -> set[str]:
        """What may come from the environment alone."""
        return {name for name, field in cls.model_fields.items() if "SecretStr" in str(field.annotation)}

    def secret_variables(self) -> list[str]:
        """The variables of those secrets that were told."""
        return [self.told_by(name) for name in sorted(self.secret_fields()) if getattr(self, name)]

    def without_secrets(self) -> dict[str, Any]:
        """What was told of the target, as JSON may hold it, but for secrets and waivers."""
        hidden = {"waivers", *self.secret_fields()}
        return self.model_dump(mode="json", exclude=hidden, exclude_defaults=True)

    def secret_values(self) -> list[str]:
        """What may be written nowhere."""
        return [str(value) for name, value in self.plain().items() if value and name in self.secret_fields()]

    def named_variables(self) -> list[str]:
        """Variables that requests name as `${NAME}`: what they hold may not be in a file."""
        return re.findall(r"\$\{(\w+)\}", self.party.model_dump_json())

    @property
    def app_address(self) -> str:
        """That of the app which is started: an address of the target at its port."""
        told = [self.token_url, self.host.url, self.viewer.url, self.pages_url]
        at_port = (url for url in told if url and urlsplit(url).port == self.app_port)
        return next(at_port, f"http://127.0.0.1:{self.app_port}/")

    @property
    def makes_parties(self) -> bool:
        """Whether each check may have a party of its own."""
        makes_people = self.supabase_service_role_key is not None or self.supabase == "local"
        return self.party.how in ("sql", "rest") or (self.party.how != "given" and makes_people)

    def plain(self) -> dict[str, Any]:
        """The fields that describe the target itself, secrets as text; its tables as they are."""
        fields = {name: getattr(self, name) for name in type(self).model_fields if name != "waivers"}
        return {
            name: value.get_secret_value() if isinstance(value, SecretStr) else value
            for name, value in fields.items()
        }
