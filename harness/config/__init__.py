"""Every setting of the harness, and the only place that reads the environment."""

from harness.config.app_errors import Errors
from harness.config.app_pages import HostPage, ViewerPage
from harness.config.app_people import PartyMaking, People, Request, SignIn
from harness.config.ci import CiSettings
from harness.config.environment import (
    PACKAGE,
    app_environment,
    bundled,
    child_environment,
    own_environment,
    secrets_of,
    server_environment,
    variable,
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
from harness.config.target import TargetSettings, Waiver
from harness.config.target_file import load_target

__all__ = [
    "PACKAGE",
    "CiSettings",
    "Errors",
    "HarnessSettings",
    "HostPage",
    "LocalStreamSettings",
    "LocalSupabaseSettings",
    "PageServerSettings",
    "PartyMaking",
    "People",
    "Request",
    "ServerSettings",
    "SignIn",
    "TargetSettings",
    "TokenServerSettings",
    "ViewerPage",
    "Waiver",
    "app_environment",
    "bundled",
    "child_environment",
    "load",
    "load_target",
    "own_environment",
    "secrets_of",
    "server_environment",
    "variable",
]
