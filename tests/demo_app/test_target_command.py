"""`harness target`: a file is written without a terminal, and looked at piece by piece."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.demo_app.demo import built, harness

TOLD = ("--token-url", "https://app.example/token", "--host-url", "https://app.example/studio/{party_id}")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The app, built."""
    return built(tmp_path_factory.mktemp("demo"))


def test_file_is_written_of_options_alone(tmp_path: Path) -> None:
    file = tmp_path / "app" / "mine.toml"
    file.parent.mkdir()
    told = (*TOLD, "--stream-base-url", "http://127.0.0.1:1", "--host-live", "ON AIR", "--output", str(file))
    came = harness(file.parent, "target", "init", *told)
    assert came.code == 0, came.text
    assert tomllib.loads(file.read_text()) == {
        "token_url": "https://app.example/token",
        "stream_base_url": "http://127.0.0.1:1",
        "host": {"url": "https://app.example/studio/{party_id}", "live": "ON AIR"},
    }
    again = harness(file.parent, "target", "init", *TOLD, "--output", str(file))
    assert again.code == 2
    assert "is there already" in again.text
    wrong = harness(
        file.parent, "target", "init", *TOLD, "--stream", "reel", "--output", str(file), "--force"
    )
    assert wrong.code == 2
    assert "stream is wrong (input should be 'local' or 'real')" in wrong.text
    assert "reel" not in file.read_text()


def pieces(text: str, state: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith(f"{state} ")]


@pytest.mark.timeout(240)
def test_wrong_keys_are_told_before_and_while_somebody_is_live(app: Path) -> None:
    # One of each kind, as each that pages are waited for takes the whole wait: a place, words, a column.
    wrong = {
        "HARNESS_HOST__CAMERA": "#no-such-thing",
        "HARNESS_VIEWER__VIDEO": "#no-such-thing",
        "HARNESS_ERRORS__NOT_FOUND": "other words",
        "HARNESS_PARTY__STREAM_APP_ID": "no_such_column",
    }
    came = harness(app, "target", "check", "--target", str(app / "harness.toml"), **wrong)
    assert came.code == 1, came.text
    red = {line.split()[1]: line for line in pieces(came.text, "red")}
    expected = {"host.camera", "viewer.video", "party", "sightings", "errors.not_found"}
    assert set(red) == expected, came.text
    assert "Nothing shows at host.camera (#no-such-thing): change it." in red["host.camera"]
    assert "party.stream_app_id was expected to name a column" in red["party"]
    green = {line.split()[1] for line in pieces(came.text, "green")}
    assert {"host.live", "viewer.live", "host.ended", "viewer.ended", "errors.permission_denied"} <= green, (
        came.text
    )
