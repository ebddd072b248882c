"""Browsers are shell scripts here that say a version, as is all that set-up asks of one."""

from __future__ import annotations

import json
import os
from pathlib import Path

import playwright
import pytest

from harness.config import HarnessSettings
from harness.errors import SetUpError
from harness.setup import browser
from harness.setup.progress import Progress

DRIVER = Path(playwright.__file__).parent / "driver" / "package"


class Machine:
    """A machine with nothing on its path but what a test puts there."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.bin = folder / "bin"
        self.bin.mkdir()
        self.playwright = folder / "ms-playwright"
        monkeypatch.setenv("PATH", f"{self.bin}")
        monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(self.playwright))
        monkeypatch.setattr(browser, "MAC_APPLICATIONS", ())
        self.settings = HarnessSettings(cache_home=folder / "cache")

    def program(self, path: Path, says: str) -> Path:
        """A program that says something, and nothing else."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\n{says}\n")
        path.chmod(0o755)
        return path

    def installed(self, name: str, says: str = "echo Chromium 156.0.8078.79 on Debian") -> Path:
        return self.program(self.bin / name, says)

    def playwrights(self, *, whole: bool = True) -> Path:
        """Playwright's own, of the revision that it was made for; not `whole`: its download was cut off."""
        browsers = json.loads((DRIVER / "browsers.json").read_text())["browsers"]
        revision = next(one["revision"] for one in browsers if one["name"] == "chromium")
        folder = self.playwright / f"chromium-{revision}"
        path = self.program(folder / "chrome-linux64" / "chrome", "echo Chrome for Testing 156.0.8078.4")
        if whole:
            (folder / "INSTALLATION_COMPLETE").touch()
        return path


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(tmp_path, monkeypatch)


def test_none_is_found_where_there_is_none(machine: Machine) -> None:
    assert browser.find(machine.settings) is None


def test_playwrights_own_comes_before_an_installed_one(machine: Machine) -> None:
    installed = machine.installed("chromium")
    assert browser.find(machine.settings) == installed
    machine.playwrights(whole=False)
    assert browser.find(machine.settings) == installed
    own = machine.playwrights()
    assert browser.find(machine.settings) == own


def test_the_named_one_comes_first(machine: Machine, tmp_path: Path) -> None:
    machine.playwrights()
    named = machine.program(tmp_path / "mine", "echo Brave Browser 156.1.2.3")
    settings = machine.settings.model_copy(update={"browser": named})
    assert browser.find(settings) == named


@pytest.mark.parametrize("says", ["echo true 8.32", "exit 1"], ids=["another program", "does not start"])
def test_a_named_one_that_is_none_is_an_error_and_no_other_is_taken(
    machine: Machine, tmp_path: Path, says: str
) -> None:
    machine.installed("chromium")
    settings = machine.settings.model_copy(update={"browser": machine.program(tmp_path / "mine", says)})
    with pytest.raises(SetUpError, match=r"HARNESS_BROWSER names .*mine, which is no browser that starts"):
        browser.find(settings)


def test_one_that_does_not_start_is_passed_over(machine: Machine) -> None:
    machine.installed("google-chrome", "echo libnss3.so: cannot open shared object file >&2; exit 127")
    works = machine.installed("chromium")
    assert browser.find(machine.settings) == works


def test_each_is_asked_once_as_long_as_it_is_the_same(machine: Machine, tmp_path: Path) -> None:
    asked = tmp_path / "asked"
    says = f"echo . >> {asked}; echo Chromium 1.2.3.4"
    machine.installed("chromium", says)
    for _ in range(3):
        assert browser.find(machine.settings)
    assert asked.read_text() == ".\n"
    machine.installed("chromium", f"{says} # another")
    assert browser.find(machine.settings)
    assert asked.read_text() == ".\n.\n"


def test_the_version_is_asked_anew(machine: Machine) -> None:
    path = machine.installed("chromium", "echo warning >&2; echo Chromium 1.2.3.4")
    assert browser.version(path) == "Chromium 1.2.3.4"
    machine.installed("chromium", "exit 1")
    with pytest.raises(SetUpError, match="does not start"):
        browser.version(path)


def test_a_cache_that_cannot_be_written_is_one_sentence(machine: Machine) -> None:
    settings = machine.settings.model_copy(update={"cache_home": Path("/proc/nowhere")})
    with pytest.raises(SetUpError, match=r"^/proc/nowhere cannot be written .* folder in HARNESS_CACHE\.$"):
        browser.ensure(settings)


@pytest.fixture
def unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Playwright's own download tries for real, at an address where nothing listens."""
    monkeypatch.setenv("PLAYWRIGHT_DOWNLOAD_HOST", "http://127.0.0.1:1")


@pytest.mark.usefixtures("unreachable")
def test_where_the_download_is_refused_root_gets_debians(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    machine.installed("dpkg", "exit 0")
    chromium = machine.bin / "chromium"
    make = f"printf '#!/bin/sh\\necho Chromium 1.2.3.4\\n' > {chromium}; /bin/chmod +x {chromium}"
    machine.installed("apt-get", f'case "$*" in *"install -y chromium") {make} ;; esac')
    written: list[str] = []
    assert browser.ensure(machine.settings, Progress(["Browser"], written.append)) == chromium
    assert "".join(written).startswith("[1/1] Browser ... installed with apt-get, ")


@pytest.mark.usefixtures("unreachable")
def test_where_nothing_can_be_installed_every_reason_is_told(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    machine.installed("apt-get", "exit 1")
    with pytest.raises(SetUpError) as failed:
        browser.ensure(machine.settings, Progress((), lambda _: None))
    assert str(failed.value) == (
        "There is no browser, and none could be installed. "
        "Playwright's download of Chromium failed: its server could not be reached: "
        "check the network (or proxy) and start again. "
        "apt-get needs root: `sudo apt-get install chromium`. "
        "Install Chromium or Chrome, or name one in HARNESS_BROWSER."
    )


@pytest.mark.usefixtures("unreachable")
def test_one_that_is_installed_but_does_not_start_is_no_success(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    machine.installed("dpkg", "exit 0")
    machine.installed("apt-get", "exit 0")
    with pytest.raises(SetUpError, match="One was installed with apt-get but does not start"):
        browser.ensure(machine.settings, Progress((), lambda _: None))


def test_one_that_is_there_shows_no_progress(machine: Machine) -> None:
    machine.installed("chromium")
    written: list[str] = []
    browser.ensure(machine.settings, Progress((), written.append))
    assert written == []
