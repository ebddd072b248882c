"""The control API: what programs may do to the local Stream beside the vendor's own API."""

from harness.local_stream.control.control import Control

__all__ = ["Control"]
