"""CreateGuest: anybody with the API key gets a user of role `guest` and a token for it."""

from __future__ import annotations

from harness.local_stream.coordinator.coordinator import Coordinator
from harness.local_stream.coordinator.errors import ApiError, Code, required
from harness.local_stream.coordinator.operations import Ask, Operation
from harness.local_stream.coordinator.users import read_user, user_response
from harness.local_stream.coordinator.values import mapping

ROLE = "guest"


async def create_guest(coordinator: Coordinator, ask: Ask) -> dict[str, object]:
    """A new user, whose id ends as the one asked for: a guest never becomes somebody who is there already."""
    given = mapping(ask.body, "user")
    if given is None:
        raise required("user")
    if coordinator.app.settings["guest_user_creation_disabled"]:
        raise ApiError(403, Code.NOT_ALLOWED, "guest user creation is disabled for this application")
    asked = read_user(given)
    request = read_user({**given, "id": f"guest-{coordinator.source.new_id()}-{asked.id}", "role": ROLE})
    user = coordinator.users.upsert(request)
    ask.noted["guest_id"] = user.id
    return {"user": user_response(user), "access_token": coordinator.tokens.issue(user.id)}


OPERATIONS = [Operation("CreateGuest", "POST", "/guest", create_guest, area="common", access="public")]
