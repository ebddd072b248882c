"""The commands there are, what each does, and what each needs to be made ready first."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

PACKAGES, BROWSER, PAGES, POSTGRES = "Python packages", "Browser", "Pages", "PostgreSQL"
EVERYTHING = (PACKAGES, BROWSER, PAGES, POSTGRES)

CHECKOUT = Path(__file__).resolve().parents[2]
LOCK = CHECKOUT / "requirements.lock"
CHECKS = Path(__file__).resolve().parents[1] / "gate" / "checks.toml"


@dataclass(frozen=True)
class Command:
    """What a command does, in a line, and what it needs, in the order in which that is made ready."""

    does: str
    needs: tuple[str, ...]


COMMANDS = {
    "gate": Command("Decide whether this release may go out: exit 0 yes, 1 no.", EVERYTHING),
    "report": Command("Merge shards into one verdict; plot a trend over runs.", (PACKAGES,)),
    "replay": Command("Run a red check of an earlier run again: exit 0 gone, 1 still there.", EVERYTHING),
    "target": Command("Write a target file for an app of yours; look at what it says.", (PACKAGES,)),
    "up": Command("Start the reference system for a person, until Ctrl-C.", (PACKAGES, PAGES, POSTGRES)),
    "reproduce": Command("Make one media failure, and see how a page handles it.", EVERYTHING),
    "test": Command("Run the harness's own checks and tests.", EVERYTHING),
    "doctor": Command("Show what was found, and what mends the rest.", EVERYTHING),
}
SERVERS = ("token-server", "stream", "supabase")
ALONE = {"supabase": (PACKAGES, POSTGRES)}


def needs(arguments: Sequence[str]) -> tuple[str, ...]:
    """What this command line needs: a server that runs alone needs less than the whole system."""
    for server in SERVERS:
        if arguments[:1] == ["up"] and any(argument.endswith(server) for argument in arguments[1:]):
            return ALONE.get(server, (PACKAGES,))
    return COMMANDS[arguments[0]].needs if arguments and arguments[0] in COMMANDS else (PACKAGES,)


def wrong_server(arguments: Sequence[str]) -> str | None:
    """Why `up --only NAME` cannot be, said before anything is installed for it; None when it can."""
    if arguments[:1] != ["up"]:
        return None
    words = [word for argument in arguments[1:] for word in argument.split("=", 1)]
    named = [name for option, name in pairwise(words) if option == "--only"]
    return next((unknown(name, SERVERS, "server") for name in named if name not in SERVERS), None)


def wrong_check(arguments: Sequence[str]) -> str | None:
    """Why `gate --only NAMES` cannot be, said before anything is installed for it; None when it can."""
    if arguments[:1] != ["gate"]:
        return None
    words = [word for argument in arguments[1:] for word in argument.split("=", 1)]
    named = [value for option, value in pairwise(words) if option == "--only"]
    checks = tomllib.loads(CHECKS.read_text(encoding="utf-8"))
    known = {*checks, *(check[0] for check in checks)}
    names = [name.strip().upper() for value in named for name in value.split(",") if name.strip()]
    wrong = next((name for name in names if name not in known), None)
    if wrong is None:
        return None
    near = difflib.get_close_matches(wrong, checks, n=1)
    return (
        f"There is no check {wrong!r}.{f' Did you mean {near[0]}?' if near else ''} Expected ids such as "
        f"{next(iter(checks))} or areas ({', '.join(sorted(known - checks.keys()))}), separated by commas."
    )


def in_checkout() -> bool:
    """Whether this is a checkout, with a `.venv` of its own, and not an installed package."""
    return LOCK.is_file()


def program() -> str:
    """What a person types to start the harness, as they got it."""
    return "python3 -m harness" if in_checkout() else "harness"


def usage() -> str:
    """The text of `--help`."""
    lines = [f"  {name:10}{command.does}" for name, command in COMMANDS.items()]
    return "\n".join(
        [
            f"Usage: {program()} COMMAND [OPTIONS]",
            "",
            *lines,
            "",
            f"Options of a command: {program()} COMMAND --help",
        ]
    )


def unknown(name: str, known: Iterable[str] = tuple(COMMANDS), what: str = "command") -> str:
    """The sentence for a name that does not exist, with the nearest one that does."""
    known = sorted(known)
    nearest = difflib.get_close_matches(name, known, 1, 0.5)
    hint = f"did you mean `{nearest[0]}`?" if nearest else f"there are {', '.join(known)}."
    return f"There is no {what} `{name}`: {hint}"
