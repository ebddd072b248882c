"""Proves that a listening-party app may be released."""

__version__ = "0.1.0"

# `pytest -p harness` brings the fixtures.
pytest_plugins = ["harness.plugin"]
