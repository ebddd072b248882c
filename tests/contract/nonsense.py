"""Requests that no page would send: what T12 asks. Each is odd in one thing, and made about a real party."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import NamedTuple
from uuid import uuid4

MEBIBYTE = 1 << 20
JSON = "application/json"


class Nonsense(NamedTuple):
    """A body, and what the request says of its type."""

    body: bytes
    content_type: str = JSON


def call(call_id: object, call_type: object = "livestream", **more: object) -> Nonsense:
    """A well-formed request with these two, whatever they are."""
    return Nonsense(json.dumps({"callType": call_type, "callId": call_id, **more}).encode())


# Of the id of a party. Another spelling of the same UUID would be another call on Stream.
CALL_IDS: dict[str, Callable[[str], str]] = {
    "slash": lambda party: f"{party}/go_live",
    "only a slash": lambda _: "/",
    "question mark": lambda party: f"{party}?select=*",
    "hash": lambda party: f"{party}#top",
    "ampersand": lambda party: f"{party}&id=neq.{uuid4()}",
    "percent": lambda party: f"{party}%",
    "percent-encoded NUL": lambda party: f"{party}%00",
    "percent-encoded slash": lambda party: f"{party}%2f..%2f{uuid4()}",
    "two dots": lambda _: "..",
    "way up": lambda party: f"../../users/{party}",
    "way up and down": lambda party: f"{uuid4()}/../{party}",
    "NUL": lambda party: f"{party}\0",
    "line break behind": lambda party: f"{party}\n",
    "header": lambda party: f"{party}\r\nx-injected: yes",
    "escape": lambda party: f"\x1b[2J{party}",
    "space around": lambda party: f" {party} ",
    "capitals": lambda party: party.upper(),
    "no hyphens": lambda party: party.replace("-", ""),
    "braces": lambda party: f"{{{party}}}",
    "urn": lambda party: f"urn:uuid:{party}",
    "type and id": lambda party: f"livestream:{party}",
    "full-width digits": lambda party: "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in party),
    "right to left": lambda party: f"\u202e{party}",
    "zero width": lambda party: f"{party}\u200b",
    "lone surrogate": lambda party: f"{party}\ud800",
    "emoji": lambda _: "\N{PARTY POPPER}",
    "wildcard": lambda _: "*",
    "operator of PostgREST": lambda _: "not.is.null",
    "list": lambda party: f"{party},{uuid4()}",
    "quote": lambda _: "' or '1'='1",
    "8 KiB": lambda party: party + "x" * 8192,
}
BODIES: dict[str, Callable[[str], Nonsense]] = {
    "number as callId": lambda _: call(1),
    "fraction as callId": lambda _: call(0.5),
    "true as callId": lambda _: call(True),
    "list as callId": lambda party: call([party]),
    "object as callId": lambda party: call({"id": party}),
    "number as callType": lambda party: call(party, 1),
    "true as callType": lambda party: call(party, True),
    "list as callType": lambda party: call(party, ["livestream"]),
    "object as callType": lambda party: call(party, {"type": "livestream"}),
    "another callType": lambda party: call(party, "default"),
    "callType in capitals": lambda party: call(party, "LIVESTREAM"),
    "callType with a slash": lambda party: call(party, "livestream/.."),
    "unknown fields": lambda party: call(party, role="admin", userId=str(uuid4()), created_by_id="me"),
    "fields of JavaScript": lambda party: call(party, __proto__={"role": "admin"}, constructor=None),
    "other spelling of the fields": lambda party: Nonsense(json.dumps({"callid": party}).encode()),
    "object cut short": lambda party: Nonsense(f'{{"callId": "{party}"'.encode()),
    "comma too many": lambda party: Nonsense(f'{{"callId": "{party}",}}'.encode()),
    "single quotes": lambda party: Nonsense(f"{{'callId': '{party}'}}".encode()),
    "two objects": lambda party: Nonsense(call(party).body * 2),
    "JSON within JSON": lambda party: Nonsense(json.dumps(call(party).body.decode()).encode()),
    "empty array": lambda _: Nonsense(b"[]"),
    "array": lambda party: Nonsense(b"[" + call(party).body + b"]"),
    "null": lambda _: Nonsense(b"null"),
    "true": lambda _: Nonsense(b"true"),
    "number": lambda _: Nonsense(b"1"),
    "text": lambda party: Nonsense(json.dumps(party).encode()),
    "not a number": lambda _: Nonsense(b'{"callId": NaN}'),
    "number beyond all bounds": lambda _: Nonsense(b'{"callId": 1e999}'),
    "number of 5000 digits": lambda _: Nonsense(b'{"callId": ' + b"9" * 5000 + b"}"),
    "10000 arrays deep": lambda _: Nonsense(b"[" * 10_000),
    "2000 objects deep": lambda _: Nonsense(b'{"callId":' * 2_000 + b"1" + b"}" * 2_000),
    "UTF-16": lambda party: Nonsense(call(party).body.decode().encode("utf-16")),
    "not UTF-8": lambda _: Nonsense(b'{"callId": "\xff\xfe\xc0\x80"}'),
    "NULs": lambda _: Nonsense(bytes(64)),
    "1 MiB in a field": lambda party: call(party, padding="x" * MEBIBYTE),
    "1 MiB of callId": lambda party: call(party + "x" * MEBIBYTE),
    "1 MiB of spaces": lambda _: Nonsense(b" " * MEBIBYTE),
    "1 MiB of array": lambda _: Nonsense(b"[" + b"1," * (MEBIBYTE // 2) + b"1]"),
    "plain text": lambda party: Nonsense(call(party).body, "text/plain"),
    "no content type": lambda party: Nonsense(call(party).body, ""),
    "no such content type": lambda party: Nonsense(call(party).body, "nonsense"),
    "another charset": lambda party: Nonsense(call(party).body, f"{JSON}; charset=utf-16"),
    "form": lambda party: Nonsense(f"callId={party}".encode(), "application/x-www-form-urlencoded"),
    "form called JSON": lambda party: Nonsense(f"callId={party}".encode()),
    "XML": lambda party: Nonsense(f"<callId>{party}</callId>".encode(), "application/xml"),
    "octets": lambda _: Nonsense(bytes(range(256)), "application/octet-stream"),
}
