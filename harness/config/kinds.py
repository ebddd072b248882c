"""Kinds of values that settings have: addresses, secrets, lists; each refuses what it is not, in words."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated

from pydantic import AnyHttpUrl, BeforeValidator, SecretStr, TypeAdapter
from pydantic_core import PydanticCustomError
from pydantic_settings import NoDecode


def _http_url(value: str) -> str:
    """An http(s) address without its trailing slash, as text: paths are appended to it."""
    return _plain_url(value, "a query or a fragment").rstrip("/")


def _server_url(value: str) -> str:
    """An http(s) address that is a server's, and nothing below it: `https://name:port`."""
    return _plain_url(value, "a path, a query or a fragment").rstrip("/")


def _plain_url(value: str, without: str) -> str:
    """Raises for what it must be `without`, and for a user name or a password, which would be logged."""
    url = TypeAdapter(AnyHttpUrl).validate_python(value)
    if url.username is not None or url.password is not None:
        raise PydanticCustomError("user", "it must not hold a user name or a password")
    path = (url.path or "/").strip("/") if "path" in without else ""
    if path or url.query is not None or url.fragment is not None:
        raise PydanticCustomError("more", "it must not hold {without}", {"without": without})
    return str(url)


def _comma_separated(value: str | list[str]) -> list[str]:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _filled(value: object) -> object:
    """Text without the blanks around it, which come along when it is copied; raises when nothing is left."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    if not text:
        raise PydanticCustomError("empty", "it is empty")
    if not text.isascii() or not text.isprintable():
        raise PydanticCustomError("characters", "it has characters that no key has")
    return text


def _signing_secret(value: object) -> object:
    """None when it is left empty, which says the same as leaving it out."""
    if isinstance(value, str) and not value.strip():
        return None
    text = _filled(value)
    if isinstance(text, str) and len(text) < SHORTEST_SECRET:
        # Such a secret can be found by trying, on any session that it signed.
        raise PydanticCustomError("short", f"expected {SHORTEST_SECRET} characters or more, came {len(text)}")
    return text


def _origins(value: str | list[str]) -> list[str]:
    origins = _comma_separated(value)
    for origin in origins:
        if origin != "*" and not ORIGIN.fullmatch(origin):
            raise PydanticCustomError(
                "origin", "expected origins like https://app.example or *, came {origin}", {"origin": origin}
            )
    if not origins:
        raise PydanticCustomError("origin", "it names no origin")
    return origins


SHORTEST_SECRET = 32  # characters, as HS256 wants
ORIGIN = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://[^/?#\s]+/?")
Origins = Annotated[list[str], NoDecode, BeforeValidator(_origins)]
Filled = BeforeValidator(_filled)
SigningSecret = Annotated[SecretStr | None, BeforeValidator(_signing_secret)]


def exact_http_url(value: str) -> str:
    """An http(s) address as it was told: a slash at its end may be part of it. Without anybody's password."""
    if not isinstance(value, str):
        raise PydanticCustomError("text", "it must be a text")
    url = TypeAdapter(AnyHttpUrl).validate_python(value.strip())
    if url.username is not None or url.password is not None:
        raise PydanticCustomError("user", "it must not hold a user name or a password")
    return value.strip()


def _paths(value: object) -> object:
    """Files: a list, or as PATH has them."""
    return [Path(one) for one in value.split(os.pathsep) if one] if isinstance(value, str) else value


def _names(value: object) -> object:
    """Names: a list, or with commas between them."""
    return tuple(_comma_separated(value)) if isinstance(value, str) else value


def _web_sockets(value: str | list[str]) -> list[str]:
    urls = _comma_separated(value)
    for url in urls:
        if not WEB_SOCKET.fullmatch(url):
            raise PydanticCustomError("ws", "expected addresses like ws://name:3000/, without a password")
    return urls


Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_names)]
Paths = Annotated[list[Path], NoDecode, BeforeValidator(_paths)]
WEB_SOCKET = re.compile(r"wss?://[^\s@]+")
HttpUrl = Annotated[str, BeforeValidator(_http_url)]
ServerUrl = Annotated[str, BeforeValidator(_server_url)]
ExactHttpUrl = Annotated[str, BeforeValidator(exact_http_url)]
WebSocketUrls = Annotated[list[str], NoDecode, BeforeValidator(_web_sockets)]
HttpUrls = Annotated[list[ExactHttpUrl], NoDecode, BeforeValidator(_comma_separated)]
