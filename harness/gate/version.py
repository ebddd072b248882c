"""Which version of the harness this is."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version


def own_version() -> str:
    """Of the installed package; a checkout has none of its own."""
    try:
        return version("harness")
    except PackageNotFoundError:
        return "from a checkout"
