"""The vendor's packages where there is no network."""

from pathlib import Path

import pytest

from tests.vendor.packages import vendor_modules


def test_without_network_it_says_in_one_sentence_that_it_could_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HARNESS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:1/")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "npm"))
    with pytest.raises(pytest.fail.Exception) as failed:
        vendor_modules()
    assert str(failed.value) == (
        "The vendor's tests could not run: Installing the vendor's clients and tests (`npm ci`) failed: "
        "its server could not be reached: check the network (or proxy) and start again."
    )
