"""Proves that a live-streaming listening-party app may be released."""
