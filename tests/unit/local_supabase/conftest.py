"""One running project for the tests that leave it as they found it; each makes its own people and parties."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.local_supabase.project import Project, User, running


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where servers of these tests keep their empty clusters."""
    return tmp_path_factory.mktemp("templates")


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory, templates: Path) -> Iterator[Project]:
    """A local Supabase."""
    folder = tmp_path_factory.mktemp("project")
    with running(folder, HARNESS_DATABASE_TEMPLATES=str(templates)) as ready:
        yield ready


@pytest.fixture
def host(project: Project) -> User:
    """A fresh user, who hosts."""
    return project.make_user(name="Host")


@pytest.fixture
def viewer(project: Project) -> User:
    """Another fresh user."""
    return project.make_user(name="Viewer")
