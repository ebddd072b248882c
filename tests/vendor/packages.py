"""The vendor's packages: installed once by their lock file, below the cache."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.config import HarnessSettings, load
from harness.errors import SetUpError
from harness.setup import npm
from harness.setup.cache import cache_folder
from harness.setup.locked import locked

HERE = Path(__file__).parent
DOING = "Installing the vendor's clients and tests"


def vendor_modules() -> Path:
    """Their `node_modules`. Where they cannot be had, the test fails with a sentence."""
    try:
        return _installed() / "node_modules"
    except SetUpError as error:
        pytest.fail(f"The vendor's tests could not run: {error}", pytrace=False)


def _installed() -> Path:
    home = cache_folder(load(HarnessSettings), "vendor-tests")
    packages = home / npm.packages_name(HERE)
    with locked(home):
        if not npm.installed(packages):
            npm.install(HERE, packages, DOING)
    return packages
