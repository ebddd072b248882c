"""Looks for secrets in whatever a system shows or leaves behind, in the spellings in which they slip out."""

from __future__ import annotations

import gzip
import io
import re
import zipfile
import zlib
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import unquote_to_bytes

from harness.errors import Finding
from harness.target import Target
from harness.trace.redactor import JWT

SHORTEST_HALF = 16  # characters; less of a secret is no use to anybody, and may be found by chance
SIGNED_TOKEN = re.compile(JWT.encode())
GZIP = b"\x1f\x8b"


class SecretSearch:
    """Knows `secrets` by name and value; a half of one counts, unless it is part of a `public` text.

    Each is found as it is, percent-encoded, and in base64 (both alphabets) at any place of what was encoded.
    """

    def __init__(self, secrets: Mapping[str, str], public: Iterable[str] = ()) -> None:
        known = list(public)
        self._patterns = {
            name: re.compile(b"|".join(map(re.escape, _spellings(secret, known))))
            for name, secret in secrets.items()
        }
        self._public = {text.encode() for text in known}

    @classmethod
    def of(cls, target: Target, tokens: Mapping[str, str] | None = None) -> SecretSearch:
        """For what the target's servers must keep to themselves, and these tokens of its users by name."""
        # Supabase's two keys begin alike, and one of them is for everybody.
        kept = {
            "Stream API secret": target.needed("stream_api_secret"),
            "Supabase service role key": target.needed("supabase_service_role_key"),
        }
        public = filter(None, [target.supabase_anon_key, target.stream_api_key])
        return cls({**target.secrets, **kept, **(tokens or {})}, public)

    def expect_none(self, where: str, content: bytes | str) -> None:
        """Raise Finding, without quoting it, when a secret can be read in `content`, which is of `where`."""
        text = content.encode() if isinstance(content, str) else content
        for name, pattern in self._patterns.items():
            if any(pattern.search(reading) for reading in _readings(text)):
                raise _finding(where, f"the {name}")

    def expect_no_token(self, where: str, content: bytes) -> None:
        """Raise Finding for anything that has the form of a signed token, whosever it is, but public keys."""
        if any(set(SIGNED_TOKEN.findall(reading)) - self._public for reading in _readings(content)):
            raise _finding(where, "a signed token")


def contents(path: Path) -> Iterator[tuple[str, bytes]]:
    """What can be read in a file, by name: the file itself, and what it holds when it is a zip or gzip."""
    yield from _unpacked(path.name, path.read_bytes())


def _unpacked(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    yield name, content
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.namelist():
                yield from _unpacked(f"{name}/{member}", archive.read(member))
    elif content.startswith(GZIP):
        try:
            yield from _unpacked(f"{name}/unpacked", gzip.decompress(content))
        except (OSError, EOFError, zlib.error):  # it only begins like one, or is not finished
            return


def _readings(content: bytes) -> Iterator[bytes]:
    yield content
    if b"%" in content:
        yield unquote_to_bytes(content)


def _spellings(secret: str, public: list[str]) -> Iterator[bytes]:
    middle = len(secret) // 2
    halves = [secret[:middle], secret[middle:]] if middle >= SHORTEST_HALF else []
    for piece in [secret, *(half for half in halves if not any(half in text for text in public))]:
        yield piece.encode()
        for encode in (b64encode, urlsafe_b64encode):
            yield from (_base64_within(piece.encode(), before, encode) for before in range(3))


def _base64_within(piece: bytes, before: int, encode: Callable[[bytes], bytes]) -> bytes:
    """The characters that depend on `piece` alone when `before` bytes (modulo 3) and others surround it."""
    encoded = encode(bytes(before) + piece)
    bits = 8 * before, 8 * (before + len(piece))
    return encoded[-(-bits[0] // 6) : bits[1] // 6]


def _finding(where: str, what: str) -> Finding:
    return Finding(f"expected: no secret in {where}\ncame:     {what} can be read there")
