from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from harness.config import HarnessSettings, load
from harness.errors import SetUpError
from harness.setup import npm, pages
from harness.setup.progress import Progress

# Stands in for Vite where a test is about what set-up does with its result.
BUILDS = """
const fs = require("fs");
fs.mkdirSync("dist");
fs.writeFileSync("dist/index.html", fs.readFileSync("index.html"));
"""
FAILS = 'console.error("[vite] error: no such thing"); process.exit(1);'


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> HarnessSettings:
    """An empty cache, and small sources of our own with the real lock file."""
    sources = tmp_path / "sources"
    (sources / "src").mkdir(parents=True)
    for name in npm.LOCK_FILES:
        shutil.copy(pages.SOURCES / name, sources)
    (sources / "index.html").write_text("<p>first</p>")
    (sources / "src" / "main.ts").write_text("export {};")
    monkeypatch.setattr(pages, "SOURCES", sources)
    return HarnessSettings(cache_home=tmp_path / "cache")


def with_vite(settings: HarnessSettings, program: str) -> None:
    vite = pages.node_modules(settings) / "vite" / "bin" / "vite.js"
    vite.parent.mkdir(parents=True, exist_ok=True)
    (pages.node_modules(settings) / ".package-lock.json").touch()
    vite.write_text(program)


def left_over(settings: HarnessSettings) -> list[Path]:
    return list((settings.cache / "pages").rglob(".partial-*"))


def test_the_real_pages_are_built_once_with_the_real_tools() -> None:
    settings = load(HarnessSettings)
    dist = pages.ensure(settings)
    assert "/assets/" in (dist / "index.html").read_text()
    assert (pages.node_modules(settings) / "vite" / "package.json").is_file()
    written: list[str] = []
    assert pages.ensure(settings, Progress((), written.append)) == dist
    assert written == []
    assert pages.built(settings) == dist


def test_a_type_that_does_not_fit_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(HarnessSettings)
    pages.ensure(settings)
    wrong = shutil.copytree(
        pages.SOURCES, tmp_path / "wrong", ignore=shutil.ignore_patterns(*pages.NOT_SOURCES)
    )
    (wrong / "src" / "wrong.ts").write_text('export const callId: number = "a party";\n')
    monkeypatch.setattr(pages, "SOURCES", wrong)
    assert "src/wrong.ts(1,14): error TS2322" in pages.type_errors(settings)


def test_changed_sources_are_built_anew_and_unchanged_ones_are_not(settings: HarnessSettings) -> None:
    with_vite(settings, BUILDS)
    first = pages.ensure(settings)
    with_vite(settings, FAILS)
    assert pages.ensure(settings) == first
    index = pages.SOURCES / "index.html"
    index.write_text("<p>second</p>")
    assert pages.built(settings) is None
    with_vite(settings, BUILDS)
    second = pages.ensure(settings)
    assert [(dist / "index.html").read_text() for dist in (first, second)] == [
        "<p>first</p>",
        "<p>second</p>",
    ]


def test_a_build_that_somebody_damaged_is_made_anew(settings: HarnessSettings) -> None:
    with_vite(settings, BUILDS)
    (pages.ensure(settings) / "index.html").unlink()
    assert pages.built(settings) is None
    assert (pages.ensure(settings) / "index.html").is_file()


@pytest.mark.parametrize("name", ["src/other.ts", "public/icon.svg"])
def test_a_new_or_renamed_file_counts(settings: HarnessSettings, name: str) -> None:
    with_vite(settings, BUILDS)
    pages.ensure(settings)
    path = pages.SOURCES / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("")
    assert pages.built(settings) is None


def test_what_a_developer_has_beside_the_sources_does_not_count(settings: HarnessSettings) -> None:
    with_vite(settings, BUILDS)
    dist = pages.ensure(settings)
    for name in ("node_modules", "dist"):
        (pages.SOURCES / name).mkdir()
        (pages.SOURCES / name / "theirs").touch()
    assert pages.built(settings) == dist


def test_a_failed_build_is_told_and_leaves_nothing(settings: HarnessSettings) -> None:
    with_vite(settings, FAILS)
    with pytest.raises(SetUpError, match=r"^Building the pages failed: it said .*no such thing"):
        pages.ensure(settings)
    assert pages.built(settings) is None
    assert left_over(settings) == []


def test_what_a_killed_build_left_is_swept_away(settings: HarnessSettings) -> None:
    with_vite(settings, BUILDS)
    left = pages.node_modules(settings).parent / ".partial-killed" / "pages" / "dist"
    left.mkdir(parents=True)
    pages.ensure(settings)
    assert left_over(settings) == []


def test_without_network_npm_is_told_in_one_sentence(
    settings: HarnessSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:1/")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "npm"))
    with pytest.raises(SetUpError) as failed:
        pages.ensure(settings)
    assert str(failed.value) == (
        "Installing the pages' packages (`npm ci`) failed: its server could not be reached: "
        "check the network (or proxy) and start again."
    )
    assert not pages.node_modules(settings).exists()
    assert left_over(settings) == []


def test_a_cache_that_cannot_be_written_is_one_sentence(settings: HarnessSettings) -> None:
    nowhere = settings.model_copy(update={"cache_home": Path("/proc/nowhere")})
    with pytest.raises(
        SetUpError, match=r"/proc/nowhere/.* cannot be written .* another folder in HARNESS_CACHE"
    ):
        pages.ensure(nowhere)
