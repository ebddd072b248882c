"""What the harness itself may be told."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from harness.config.kinds import WebSocketUrls


class HarnessSettings(BaseSettings):
    """What the harness itself may be told by its environment."""

    model_config = SettingsConfigDict(populate_by_name=True, extra="ignore", env_ignore_empty=True)

    cache_home: Path | None = Field(None, alias="HARNESS_CACHE", description="default: ~/.cache/harness")
    runs: Path = Field(Path("runs"), alias="HARNESS_RUNS", description="where each run leaves its folder")
    browser: Path | None = Field(None, alias="HARNESS_BROWSER", description="a Chromium or Chrome to use")
    database_url: SecretStr | None = Field(None, alias="DATABASE_URL")
    connect: WebSocketUrls = Field(
        [], alias="HARNESS_CONNECT", description="Playwright servers that start the browsers; comma-separated"
    )
    target_file: Path | None = Field(None, alias="HARNESS_TARGET", description="describes a deployment")
    patience: float = Field(
        1.0, ge=0.1, alias="HARNESS_PATIENCE", description="limits of time are so many times as long"
    )
    seed: int = Field(1, alias="HARNESS_SEED", description="people's and parties' names are made from it")

    @property
    def cache(self) -> Path:
        """Folder for what set-up makes: pages, clips, a database cluster's template."""
        return self.cache_home or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "harness"
