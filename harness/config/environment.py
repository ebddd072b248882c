"""The environment of the processes that the harness starts, and where its own files are."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from pydantic_settings import BaseSettings

from harness.config.servers import ServerSettings
from harness.config.target import TargetSettings

PACKAGE = Path(__file__).resolve().parents[1]


def child_environment(overrides: dict[str, str]) -> dict[str, str]:
    """This process's environment with `overrides`: for the tools and the pytest that the harness starts."""
    # -m must find this package from whatever folder the person is in.
    search = [str(PACKAGE.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    own = {"PYTHONPATH": os.pathsep.join(search), "PYTHONUNBUFFERED": "1"}
    return {**os.environ, **own, **overrides}


def server_environment(own: dict[str, str]) -> dict[str, str]:
    """The environment of a server: its `own` settings, and nothing of another's, secrets least of all."""
    kinds: list[type[BaseSettings]] = [*ServerSettings.__subclasses__(), TargetSettings]
    settings = {field.alias for kind in kinds for field in kind.model_fields.values()}
    inherited = {name: value for name, value in child_environment({}).items() if name not in settings}
    # The servers ask each other on loopback, where no proxy can help.
    direct = {
        name: ",".join(filter(None, [os.environ.get(name), "127.0.0.1", "localhost"]))
        for name in ("NO_PROXY", "no_proxy")
    }
    return inherited | direct | own


# What programs need to run at all, on a machine as it is set up: no setting of an app is among them.
OF_THE_MACHINE = re.compile(
    r"PATH|HOME|USER|LOGNAME|SHELL|TERM|LANG|LANGUAGE|LC_\w+|TZ|TMPDIR|TEMP|TMP|CI|NO_COLOR|XDG_\w+|LD_LIBRARY_PATH"
    r"|VIRTUAL_ENV|JAVA_HOME|GOROOT|GOPATH|NVM_\w+|VOLTA_HOME|SSL_CERT_(FILE|DIR)|NODE_EXTRA_CA_CERTS"
    r"|(HTTPS?|ALL|NO)_PROXY|(https?|all|no)_proxy"
)


def app_environment(own: dict[str, str], more: Iterable[str] = ()) -> dict[str, str]:
    """The environment of an app under test: its `own` settings, the machine's, and the variables `more`."""
    named = {*filter(OF_THE_MACHINE.fullmatch, os.environ), *more}
    return {name: os.environ[name] for name in named if name in os.environ} | own


def own_environment(kind: type[ServerSettings]) -> dict[str, str]:
    """The variables of `kind` that are set: for a server that runs alone, on the person's own settings."""
    names = [field.alias for field in kind.model_fields.values() if field.alias]
    return {name: os.environ[name] for name in names if name in os.environ}


def variable(name: str) -> str | None:
    """What a variable is that somebody names, as a target file does; None when it is not set."""
    return os.environ.get(name) or None


def secrets_of(told: TargetSettings) -> list[str]:
    """What may be written nowhere: the target's secrets, and what its file names as `${NAME}`."""
    return [*told.secret_values(), *filter(None, map(variable, told.named_variables()))]


@cache
def bundled(name: str) -> Path:
    """Folder `name` (`fixtures`, `tests/e2e` ...) of the checkout, or of the installed wheel."""
    checkout = PACKAGE.parent / name
    return checkout if checkout.is_dir() else PACKAGE / "bundled" / name
