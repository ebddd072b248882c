"""What a CI service tells a job that it runs."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class CiSettings(BaseSettings):
    """GitHub's; GitLab reads junit.xml, and needs to tell nothing."""

    model_config = SettingsConfigDict(populate_by_name=True, extra="ignore", env_ignore_empty=True)

    github: bool = Field(False, alias="GITHUB_ACTIONS", description="annotations are understood")
    summary: Path | None = Field(None, alias="GITHUB_STEP_SUMMARY", description="file for a page of Markdown")
    output: Path | None = Field(None, alias="GITHUB_OUTPUT", description="file for what later steps may read")
