"""Proves that a listening-party app may be released."""

__version__ = "0.1.0"
