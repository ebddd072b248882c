"""Every setting of the harness, and the only place that reads the environment."""

from harness.config.environment import (
    PACKAGE,
    bundled,
    child_environment,
    own_environment,
    server_environment,
)
from harness.config.harness import HarnessSettings
from harness.config.loading import load
from harness.config.servers import (
    LocalStreamSettings,
    LocalSupabaseSettings,
    PageServerSettings,
    ServerSettings,
    TokenServerSettings,
)
from harness.config.target import TargetSettings, Waiver, load_target

__all__ = [
    "PACKAGE",
    "HarnessSettings",
    "LocalStreamSettings",
    "LocalSupabaseSettings",
    "PageServerSettings",
    "ServerSettings",
    "TargetSettings",
    "TokenServerSettings",
    "Waiver",
    "bundled",
    "child_environment",
    "load",
    "load_target",
    "own_environment",
    "server_environment",
]
