"""What Auth reads of a request: the JSON of its body, and the claims of the token in Authorization."""

from __future__ import annotations

import json
import uuid
from typing import Any

import jwt
from starlette.requests import Request

from harness.local_supabase.auth.errors import AuthError, forbidden
from harness.local_supabase.keys import ProjectKeys


async def body(request: Request) -> dict[str, Any]:
    """The body's object; raises AuthError `bad_json`."""
    try:
        content = json.loads(await request.body())
    except ValueError as error:
        raise AuthError(400, "bad_json", f"Could not parse request body as JSON: {error}") from None
    if not isinstance(content, dict):
        raise AuthError(400, "bad_json", "Could not parse request body as JSON: an object was expected")
    return content


def value(content: dict[str, Any], name: str, default: Any) -> Any:  # noqa: ANN401 - as the default is
    """The field, which must be of the type that its default has; null counts as absent."""
    given = content.get(name)
    if given is None:
        return default
    if not isinstance(given, type(default)):
        expected = {str: "a string", bool: "a boolean", dict: "an object"}[type(default)]
        message = f"Could not parse request body as JSON: {name} must be {expected}"
        raise AuthError(400, "bad_json", message)
    return given


def claims(request: Request, keys: ProjectKeys) -> dict[str, Any]:
    """The claims of the bearer token; raises AuthError 401 without one, 403 for one that is not good."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise AuthError(401, "no_authorization", "This endpoint requires a valid Bearer token")
    try:
        return keys.verify(token)
    except jwt.InvalidTokenError as error:
        reason = f"invalid JWT: unable to parse or verify signature, {error}"
        raise forbidden("bad_jwt", reason) from None


def parsed_uuid(text: object) -> uuid.UUID | None:
    """The UUID, or None for what is none."""
    try:
        return uuid.UUID(str(text))
    except ValueError:
        return None
