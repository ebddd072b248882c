"""The project's own tests in groups, a process of pytest each, which run beside each other."""

from __future__ import annotations

FOLDERS = ("tests/unit", "tests/contract", "tests/e2e", "tests/demo_app", "tests/vendor")
# A process of pytest each, taken by the lanes in this order: the long ones first, so that all end at about
# the same time, and those with much real media apart, which disturb each other. "others": what is in none.
GROUPS: dict[str, tuple[str, ...]] = {
    "checks": ("tests/e2e",),
    "gate, broken": ("tests/unit/test_mutants.py",),
    "token server": ("tests/unit/token_server",),
    "browser": ("tests/unit/browser",),
    "reproduce": ("tests/unit/reproduce",),
    "gate": ("tests/unit/gate", "tests/unit/test_replay.py"),
    "vendor's media": ("tests/vendor/test_media.py", "tests/unit/outages"),
    "servers": ("tests/unit/local_supabase", "tests/unit/target", "tests/unit/stack", "tests/unit/setup"),
    "another app": ("tests/demo_app", "tests/unit/test_library.py"),
    "others": (),
    "local Stream": ("tests/unit/local_stream",),
    "paths": ("tests/unit/party",),
}


def collected_by(group: str) -> list[str]:
    """What pytest is to collect for it."""
    named = [path for paths in GROUPS.values() for path in paths]
    # A folder that is named is collected, whatever is to be ignored.
    folders = [folder for folder in FOLDERS if folder not in named]
    return list(GROUPS[group]) or [*folders, *(f"--ignore={path}" for path in named)]
