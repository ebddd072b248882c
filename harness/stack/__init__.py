"""The reference system on this machine: local Supabase, local Stream, token server and pages."""

from harness.stack.deployment import Deployment
from harness.stack.system import Stack
from harness.stack.up import up

__all__ = ["Deployment", "Stack", "up"]
