"""Runs the release checks, judges them and reports. `gate` is the whole of it."""

from harness.gate.release import Speed, gate

__all__ = ["Speed", "gate"]
