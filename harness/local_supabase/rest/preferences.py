"""What a request prefers besides its query: `Prefer`, `Accept`, and the schema profiles."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request

from harness.local_supabase.not_offered import NotOfferedError
from harness.local_supabase.rest.errors import RestError
from harness.local_supabase.rest.tables import SCHEMA

JSON = "application/json"
OBJECT = "application/vnd.pgrst.object+json"
ACCEPTED = frozenset({"*/*", "application/*", JSON, "application/vnd.pgrst.array+json"})
OFFERED = frozenset({"return=minimal", "return=representation", "count=exact"})


@dataclass(frozen=True)
class Preferences:
    """`representation`: answer changed rows; `count`: count all rows; `single`: one row, as an object."""

    representation: bool
    count: bool
    single: bool

    @property
    def applied(self) -> dict[str, str]:
        """The header that repeats what was done."""
        words = [
            *(["return=representation"] if self.representation else []),
            *(["count=exact"] if self.count else []),
        ]
        return {"Preference-Applied": ", ".join(words)} if words else {}


def read(request: Request) -> Preferences:
    """Read the headers; raises RestError or, for what is not here, NotOfferedError."""
    _require_schema(request)
    wanted = {
        word.strip()
        for value in request.headers.getlist("Prefer")
        for word in value.split(",")
        if word.strip()
    }
    for word in sorted(wanted - OFFERED):
        raise NotOfferedError(f"the preference {word}")
    if "Range" in request.headers:
        raise NotOfferedError("the header Range (limit and offset are there)")
    return Preferences("return=representation" in wanted, "count=exact" in wanted, _is_single(request))


def _is_single(request: Request) -> bool:
    accepted = [part.split(";")[0].strip() for part in request.headers.get("Accept", "*/*").split(",")]
    for media_type in accepted:
        if media_type == OBJECT:
            return True
        if media_type in ACCEPTED:
            return False
    message = f"None of these media types are available: {', '.join(accepted)}"
    raise RestError(406, "PGRST107", message)


def _require_schema(request: Request) -> None:
    header = "Accept-Profile" if request.method in ("GET", "HEAD") else "Content-Profile"
    profile = request.headers.get(header, SCHEMA)
    if profile != SCHEMA:
        hint = f"Only the following schemas are exposed: {SCHEMA}"
        raise RestError(406, "PGRST106", f"Invalid schema: {profile}", hint=hint)
