"""Recordings are of what clients of the SFU publish, so they are tested as it is."""

from tests.unit.local_stream.sfu.conftest import _peers_on_loopback, run

__all__ = ["_peers_on_loopback", "run"]
