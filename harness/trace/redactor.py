"""Secrets are masked before a text becomes a file of the run.

A secret is known by its value (given by who made it) or by its form: whatever looks like a signed JWT is one,
and whatever JSON calls a password, a token of a session or a key, a query a token or a key, a HAR an
authorization, and an SDP an ICE password.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from html import escape
from pathlib import Path
from urllib.parse import quote

MASK = "***"
# ASCII only, and no word boundary before it: in a binary message any byte may come before a token.
JWT = r"eyJ[A-Za-z0-9_-]{6,}\.eyJ[A-Za-z0-9_-]{2,}\.[A-Za-z0-9_-]*"
# `"password": "..."` as JSON or Python write it, and within other JSON, where each backslash and quote has
# (more) backslashes before it: `slashes` are those that a quote has, one more makes a backslash.
NAMED = (
    r"""(?P<name>(?P<slashes>\\*)(?P<quote>["'])(?:password|refresh_token|access_token|apikey)(?P=slashes)(?P=quote)"""
    r"""\s*:\s*(?P=slashes)(?P=quote))(?!\*\*\*(?P=slashes)(?P=quote))"""
    r"""(?:(?!(?P=quote))[^"\\\n]"""
    r"""|(?P=slashes)\\(?:(?P=slashes)\\|(?P=slashes)(?P=quote)|[^"\\\n]))+"""
)
QUERY = (
    r"""(?P<query>[?&#](?:access_token|refresh_token|token|apikey|password)=)"""
    r"""(?!\*\*\*(?:[&\s"'<>\\#]|$))[^&\s"'<>\\#]+"""
)
HEADER = (
    r"""(?P<header>"name"\s*:\s*"(?i:authorization|apikey|cookie|set-cookie)"\s*,\s*"value"\s*:\s*")"""
    r"""(?!\*\*\*")(?:[^"\\]|\\.)+"""
)
# As browsers' consoles show an object: `{refresh_token: ...}`, in JSON or in HTML, too.
SHOWN = (
    r"""(?P<shown>[{,] ?(?:access_token|refresh_token|apikey|password): )"""
    r"""(?!\*\*\*[,}])[^,}"'\\<>]+"""
)
ICE = r"(?P<ice>a=ice-pwd:)[A-Za-z0-9+/]+"
BEARER = r"(?P<bearer>\b[Bb]earer )(?!\*\*\*)[A-Za-z0-9._~+/=-]{16,}"
USER_INFO = r"(?P<user_info>[a-z]://[^\s:/@\"'<>]+:)(?!\*\*\*@)[^\s/@\"'<>]+(?=@)"
FORMS = (JWT, NAMED, QUERY, HEADER, SHOWN, ICE, BEARER, USER_INFO)
# What tells that a secret follows, and stays.
BEFORE = ("name", "query", "header", "shown", "ice", "bearer", "user_info")
SHORTEST = 6  # A shorter "secret" is found inside ordinary words; masking it would only garble the evidence.


class Redactor:
    """Masks `secrets`, in the spellings that JSON, URLs and HTML give them, and all with a secret's form."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._spellings: set[str] = set()
        self.add(*secrets)

    def add(self, *secrets: str) -> None:
        """Mask these values too, from now on."""
        for secret in secrets:
            if len(secret) >= SHORTEST:
                self._spellings |= {secret, json.dumps(secret)[1:-1], quote(secret, safe=""), escape(secret)}
        # The longest first: a secret that contains another must not leave its own ends behind.
        longest_first = sorted(self._spellings, key=len, reverse=True)
        self._pattern = re.compile("|".join([*map(re.escape, longest_first), *FORMS]))

    def redact(self, text: str) -> str:
        """`text` with every secret replaced by a mask."""
        return self._pattern.sub(_mask, text)

    def exposed_in(self, text: str) -> bool:
        """Whether a secret, known by value or by form, can be read in `text`."""
        return self._pattern.search(text) is not None

    def write(self, path: Path, text: str) -> None:
        """Write `text` to `path` as UTF-8, masked; raises ValueError rather than let a secret through."""
        masked = self.redact(text)
        if self.exposed_in(masked):
            raise ValueError(f"{path.name} was not written: a secret was still readable in it after masking.")
        try:
            path.write_text(masked, encoding="utf-8", errors="replace")
        except OSError:
            path.unlink(missing_ok=True)  # half of it would be read as if it were whole
            raise


def _mask(found: re.Match[str]) -> str:
    return "".join(found[name] or "" for name in BEFORE) + MASK
