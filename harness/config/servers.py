"""The settings of each server: a class of its own, so that it can run alone with its own variables only."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from harness.config.kinds import Filled, HttpUrl, HttpUrls, Origins, Paths, ServerUrl, SigningSecret


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
    schema_files: Paths = Field(
        [],
        alias="HARNESS_SUPABASE_SCHEMA",
        description="SQL that makes the tables; default: a listening party's",
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
