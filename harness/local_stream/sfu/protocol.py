"""Stream's SFU messages, from the protobuf modules that `getstream` ships.

Importing them the plain way imports all of `getstream` first (its REST models alone take half a second),
and the server needs none of it. So while the three modules load, their parent packages are bare folders;
afterwards the stand-ins are gone, and who imports `getstream` later gets the real one, with these very
modules inside.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any, TypeAlias

from google.protobuf import json_format  # type: ignore[import-untyped]
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]

PARENTS = ("getstream", "getstream.video", "getstream.video.rtc")
MESSAGES = "getstream.video.rtc.pb.stream.video.sfu"

__all__ = ["DecodeError", "Message", "events", "json_format", "models", "signal"]


def _bare(name: str, root: Path) -> ModuleType:
    package = ModuleType(name)
    package.__path__ = [str(root.joinpath(*name.split(".")[1:]))]
    return package


def _load(*names: str) -> list[Any]:
    if "getstream" in sys.modules:
        return [importlib.import_module(f"{MESSAGES}.{name}") for name in names]
    spec = importlib.util.find_spec("getstream")
    if spec is None or not spec.submodule_search_locations:
        raise ImportError("the package `getstream` is not installed: run `python3 -m harness doctor`")
    root = Path(spec.submodule_search_locations[0])
    sys.modules.update({name: _bare(name, root) for name in PARENTS})
    try:
        return [importlib.import_module(f"{MESSAGES}.{name}") for name in names]
    finally:
        for name in PARENTS:
            del sys.modules[name]


# Generated message classes have no useful static types: the name says what the value is.
Message: TypeAlias = Any

_modules: list[Any] = _load("models.models_pb2", "signal_rpc.signal_pb2", "event.events_pb2")
models: Any = _modules[0]
signal: Any = _modules[1]
events: Any = _modules[2]
