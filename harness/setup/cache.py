"""The folder for what set-up makes on this machine, shared by all checkouts of this user."""

from __future__ import annotations

from pathlib import Path

from harness.config import HarnessSettings
from harness.errors import SetUpError


def cache_folder(settings: HarnessSettings, *names: str) -> Path:
    """The folder of these names in the cache, made if it is not there; raises SetUpError."""
    folder = settings.cache.joinpath(*names)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(folder, error) from None
    return folder


def cannot_write(folder: Path, error: OSError) -> SetUpError:
    """The sentence for a folder of the cache that cannot be used."""
    return SetUpError(
        f"{folder} cannot be written ({error.strerror}): make it writable, "
        "or name another folder in HARNESS_CACHE."
    )
