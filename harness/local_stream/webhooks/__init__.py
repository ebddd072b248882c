"""Webhooks: events as signed requests to the servers of an app."""

from harness.local_stream.webhooks.outbox import Outbox

__all__ = ["Outbox"]
