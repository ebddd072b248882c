"""Every setting of the harness, and the only place that reads the environment.

Each server has a settings class of its own, so that it can run alone with nothing but its own variables.
"""

from __future__ import annotations

import os
import re
import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AnyHttpUrl,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    TypeAdapter,
    ValidationError,
)
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings import SettingsError as UnreadableSetting

from harness.errors import SettingsError

PACKAGE = Path(__file__).resolve().parent
SettingsT = TypeVar("SettingsT", bound=BaseSettings)


def _http_url(value: str) -> str:
    """An http(s) address without its trailing slash, as text: paths are appended to it."""
    return _plain_url(value, "a query or a fragment").rstrip("/")


def _server_url(value: str) -> str:
    """An http(s) address that is a server's, and nothing below it: `https://name:port`."""
    return _plain_url(value, "a path, a query or a fragment").rstrip("/")


def _plain_url(value: str, without: str) -> str:
    """Raises for what it must be `without`, and for a user name or a password, which would be logged."""
    url = TypeAdapter(AnyHttpUrl).validate_python(value)
    if url.username is not None or url.password is not None:
        raise PydanticCustomError("user", "it must not hold a user name or a password")
    path = (url.path or "/").strip("/") if "path" in without else ""
    if path or url.query is not None or url.fragment is not None:
        raise PydanticCustomError("more", "it must not hold {without}", {"without": without})
    return str(url)


def _comma_separated(value: str | list[str]) -> list[str]:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _filled(value: object) -> object:
    """Text without the blanks around it, which come along when it is copied; raises when nothing is left."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    if not text:
        raise PydanticCustomError("empty", "it is empty")
    if not text.isascii() or not text.isprintable():
        raise PydanticCustomError("characters", "it has characters that no key has")
    return text


def _signing_secret(value: object) -> object:
    """None when it is left empty, which says the same as leaving it out."""
    if isinstance(value, str) and not value.strip():
        return None
    text = _filled(value)
    if isinstance(text, str) and len(text) < SHORTEST_SECRET:
        # Such a secret can be found by trying, on any session that it signed.
        raise PydanticCustomError("short", f"expected {SHORTEST_SECRET} characters or more, came {len(text)}")
    return text


def _origins(value: str | list[str]) -> list[str]:
    origins = _comma_separated(value)
    for origin in origins:
        if origin != "*" and not ORIGIN.fullmatch(origin):
            raise PydanticCustomError(
                "origin", "expected origins like https://app.example or *, came {origin}", {"origin": origin}
            )
    if not origins:
        raise PydanticCustomError("origin", "it names no origin")
    return origins


SHORTEST_SECRET = 32  # characters, as HS256 wants
ORIGIN = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://[^/?#\s]+/?")
Origins = Annotated[list[str], NoDecode, BeforeValidator(_origins)]
Filled = BeforeValidator(_filled)
SigningSecret = Annotated[SecretStr | None, BeforeValidator(_signing_secret)]


def _exact_http_url(value: str) -> str:
    """An http(s) address as it was told: a slash at its end may be part of it. Without anybody's password."""
    if not isinstance(value, str):
        raise PydanticCustomError("text", "it must be a text")
    url = TypeAdapter(AnyHttpUrl).validate_python(value.strip())
    if url.username is not None or url.password is not None:
        raise PydanticCustomError("user", "it must not hold a user name or a password")
    return value.strip()


HttpUrl = Annotated[str, BeforeValidator(_http_url)]
ServerUrl = Annotated[str, BeforeValidator(_server_url)]
ExactHttpUrl = Annotated[str, BeforeValidator(_exact_http_url)]
HttpUrls = Annotated[list[ExactHttpUrl], NoDecode, BeforeValidator(_comma_separated)]


class ServerSettings(BaseSettings):
    """Where a server listens: an inherited socket (when the stack starts it) or a port of its own."""

    model_config = SettingsConfigDict(populate_by_name=True, extra="ignore")

    listen_fd: int | None = Field(None, alias="HARNESS_LISTEN_FD", description="inherited listening socket")
    port: int = Field(0, alias="PORT", ge=0, le=65535, description="port on loopback; 0 takes a free one")


class TokenServerSettings(ServerSettings):
    """The reference token server."""

    stream_api_key: Annotated[str, Filled] = Field(alias="STREAM_API_KEY")
    stream_api_secret: Annotated[SecretStr, Filled] = Field(alias="STREAM_API_SECRET")
    supabase_url: Annotated[ServerUrl, Filled] = Field(alias="SUPABASE_URL")
    supabase_service_role_key: Annotated[SecretStr, Filled] = Field(alias="SUPABASE_SERVICE_ROLE_KEY")
    supabase_jwt_secret: SigningSecret = Field(
        None, alias="SUPABASE_JWT_SECRET", description="for projects that still sign sessions with HS256"
    )
    stream_base_url: ServerUrl | None = Field(
        None, alias="STREAM_BASE_URL", description="default: the vendor's"
    )
    allowed_origins: Origins = Field(["*"], alias="ALLOWED_ORIGINS", description="comma-separated")
    rate_limit: int = Field(
        120, alias="RATE_LIMIT", ge=0, description="requests of one user in a minute; 0 is no limit"
    )


class LocalStreamSettings(ServerSettings):
    """The local Stream Video: one app, with this key and secret."""

    api_key: str = Field(alias="STREAM_API_KEY", min_length=1)
    api_secret: SecretStr = Field(alias="STREAM_API_SECRET", min_length=1)
    control: bool = Field(False, alias="HARNESS_STREAM_CONTROL", description="serve /_control/...")
    seed: int | None = Field(None, alias="HARNESS_STREAM_SEED", description="ids that repeat; default: never")
    video_codec: Literal["vp8", "h264", "vp9"] = Field(
        "vp8", alias="HARNESS_STREAM_VIDEO_CODEC", description="what cameras are asked to send"
    )
    video_layers: int = Field(
        1, alias="HARNESS_STREAM_VIDEO_LAYERS", ge=1, le=3, description="simulcast layers asked of cameras"
    )
    recordings: Path | None = Field(
        None, alias="HARNESS_STREAM_RECORDINGS", description="folder to keep recordings in; default: none"
    )
    rate_limit: int | None = Field(
        None,
        alias="HARNESS_STREAM_RATE_LIMIT",
        ge=1,
        description="requests in a minute for each operation and platform; default: no limit",
    )
    webhook_urls: HttpUrls = Field([], alias="HARNESS_STREAM_WEBHOOK_URLS", description="comma-separated")
    webhook_timeout: float = Field(
        6.0, alias="HARNESS_STREAM_WEBHOOK_TIMEOUT", gt=0, description="seconds for one request"
    )
    webhook_backoff: float = Field(
        0.5, alias="HARNESS_STREAM_WEBHOOK_BACKOFF", ge=0, description="seconds to the second attempt"
    )


class LocalSupabaseSettings(ServerSettings):
    """The local Supabase: Auth and REST over a PostgreSQL."""

    url: HttpUrl = Field(alias="SUPABASE_URL", description="its own address: the issuer of its sessions")
    anon_key: str = Field(alias="SUPABASE_ANON_KEY", min_length=1)
    service_role_key: SecretStr = Field(alias="SUPABASE_SERVICE_ROLE_KEY", min_length=1)
    jwt_secret: SecretStr = Field(alias="SUPABASE_JWT_SECRET", min_length=32)
    database_url: SecretStr | None = Field(
        None, alias="DATABASE_URL", description="a PostgreSQL that runs already; default: start one"
    )
    data_dir: Path = Field(alias="HARNESS_DATA_DIR", description="folder for a PostgreSQL of our own")
    templates: Path | None = Field(
        None,
        alias="HARNESS_DATABASE_TEMPLATES",
        description="folder to keep an empty PostgreSQL in, to start sooner",
    )


class PageServerSettings(ServerSettings):
    """The built pages, and what they are told about where their back ends are."""

    dist: Path = Field(alias="HARNESS_PAGES_DIST", description="folder of the built pages")
    supabase_url: HttpUrl = Field(alias="SUPABASE_URL")
    supabase_anon_key: str = Field(alias="SUPABASE_ANON_KEY", min_length=1)
    token_url: HttpUrl = Field(alias="TOKEN_URL")
    stream_base_url: HttpUrl | None = Field(
        None, alias="STREAM_BASE_URL", description="default: the vendor's"
    )


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


class HarnessSettings(BaseSettings):
    """What the harness itself may be told by its environment."""

    model_config = SettingsConfigDict(populate_by_name=True, extra="ignore")

    cache_home: Path | None = Field(None, alias="HARNESS_CACHE", description="default: ~/.cache/harness")
    runs: Path = Field(Path("runs"), alias="HARNESS_RUNS", description="where each run leaves its folder")
    browser: Path | None = Field(None, alias="HARNESS_BROWSER", description="a Chromium or Chrome to use")
    database_url: SecretStr | None = Field(None, alias="DATABASE_URL")
    target_file: Path | None = Field(None, alias="HARNESS_TARGET", description="describes a deployment")

    @property
    def cache(self) -> Path:
        """Folder for what set-up makes: pages, clips, a database cluster's template."""
        return self.cache_home or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "harness"


def load(settings: type[SettingsT], **told: Any) -> SettingsT:  # noqa: ANN401
    """Read `settings` from the environment; raises SettingsError that names each variable at fault.

    `told` is what is known from elsewhere, by the names of fields.
    """
    try:
        return settings(**told)
    except UnreadableSetting as error:
        raise SettingsError(f"A setting could not be read: {error}.") from None
    except ValidationError as error:
        faults = (
            f"{_place(fault['loc'])} is not set"
            if fault["type"] == "missing"
            else f"{_place(fault['loc'])} is wrong ({fault['msg'].lower()})"
            for fault in error.errors(include_input=False)
        )
        raise SettingsError(f"Settings are missing or wrong: {'; '.join(faults)}.") from None


def _place(location: tuple[int | str, ...]) -> str:
    return ".".join(map(str, location))


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
        return target.model_copy(update={"token_url": _exact_http_url(token_url)})
    except ValueError:
        raise SettingsError(
            "--token-url must be an http(s) address without a password; what came is none."
        ) from None


def _read_target(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError(f"The target file {file} could not be read: {error}.") from None


def child_environment(overrides: dict[str, str]) -> dict[str, str]:
    """This process's environment with `overrides`: for the tools and the pytest that the harness starts."""
    # -m must find this package from whatever folder the person is in.
    search = [str(PACKAGE.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    own = {"PYTHONPATH": os.pathsep.join(search), "PYTHONUNBUFFERED": "1"}
    return {**os.environ, **own, **overrides}


def server_environment(own: dict[str, str]) -> dict[str, str]:
    """The environment of a server: its `own` settings, and nothing of another's, secrets least of all."""
    kinds: list[type[BaseSettings]] = [*ServerSettings.__subclasses__(), TargetSettings]
    settings = {field.alias for kind in kinds for field in kind.model_fields.values()}
    inherited = {name: value for name, value in child_environment({}).items() if name not in settings}
    # The servers ask each other on loopback, where no proxy can help.
    direct = {
        name: ",".join(filter(None, [os.environ.get(name), "127.0.0.1", "localhost"]))
        for name in ("NO_PROXY", "no_proxy")
    }
    return inherited | direct | own


def own_environment(kind: type[ServerSettings]) -> dict[str, str]:
    """The variables of `kind` that are set: for a server that runs alone, on the person's own settings."""
    names = [field.alias for field in kind.model_fields.values() if field.alias]
    return {name: os.environ[name] for name in names if name in os.environ}


@cache
def bundled(name: str) -> Path:
    """Folder `name` (`fixtures`, `tests/e2e` ...) of the checkout, or of the installed wheel."""
    checkout = PACKAGE.parent / name
    return checkout if checkout.is_dir() else PACKAGE / "bundled" / name
