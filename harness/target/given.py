"""What a deployment gives where checks may make nothing: one user, and one party that they host."""

from __future__ import annotations

from contextlib import closing
from functools import cached_property
from pathlib import Path
from typing import Any

import jwt
from httpx import codes

from harness.errors import NotGiven, ServerError
from harness.target.command import printed_by
from harness.target.people import Party, Person, Session
from harness.target.supabase import Supabase
from harness.target.target import Target
from harness.target.token_endpoint import TokenEndpoint

COMMAND = "HARNESS_SESSION_COMMAND"
WANTED = "a Supabase access token as its last line"


class Given:
    """The given user is signed in once, when first asked for. Raises NotGiven for what the target lacks."""

    def __init__(self, target: Target) -> None:
        self._target = target

    @cached_property
    def party(self) -> Party:
        """The given party, hosted by the given user; raises ServerError when it cannot be that."""
        if self._target.party_id is None:
            raise NotGiven(
                "needs SUPABASE_SERVICE_ROLE_KEY, to make users and parties, or HARNESS_PARTY_ID, "
                "a party that the given user hosts"
            )
        self._expect_there(self._target.party_id)
        return Party(self._target.party_id, self.person, title="")

    @property
    def person(self) -> Person:
        """The given user, who hosts."""
        return Person(self.session.user_id, self._target.email or "", self._target.password or "", name="")

    @property
    def viewer(self) -> Person:
        """Another user, who watches; known by a storage state alone where there is one."""
        if self._target.sign_in.how == "storage_state":
            return Person("", self._target.viewer_email or "", self._target.viewer_password or "", name="")
        email, password = self._target.needed("viewer_email"), self._target.needed("viewer_password")
        return Person("", email, password, name="")

    def _expect_there(self, party_id: str) -> None:
        """A party that is not there, or somebody else's, would make a right endpoint look wrong."""
        expected = f"HARNESS_PARTY_ID was expected to name a party that the given user hosts, but {party_id}"
        shown = self._shown(party_id)
        hosted_by = shown and shown.get("host_id", self.session.user_id)
        if shown and hosted_by != self.session.user_id:
            raise ServerError(f"{expected} is hosted by {hosted_by}: name one of {self.session.user_id}.")
        if shown and shown.get("id") != party_id:
            raise ServerError(f"{expected} is spelled {shown.get('id')} in Supabase: name it so.")
        # A project may keep its parties elsewhere, or from all eyes: then its endpoint has to know it.
        if not shown and self._endpoint_knows_none(party_id):
            raise ServerError(
                f"{expected} is shown to that user by neither Supabase nor the endpoint (404): name another."
            )

    def _shown(self, party_id: str) -> dict[str, Any] | None:
        if self._target.supabase_url is None or self._target.supabase_anon_key is None:
            return None
        with closing(Supabase(self._target)) as supabase:
            return supabase.party_shown_to(self.session, party_id)

    def _endpoint_knows_none(self, party_id: str) -> bool:
        with closing(TokenEndpoint(self._target)) as endpoint:
            asked = {"callType": "livestream", "callId": party_id}
            return endpoint.ask(self.session.access_token, asked).status == codes.NOT_FOUND

    @cached_property
    def session(self) -> Session:
        """A session of the given user: printed by the command if there is one, else by password."""
        if self._target.session_command is not None:
            command = self._target.session_command
            return _session_of(printed_by(command, COMMAND, WANTED, folder=Path(), told={}))
        email, password = self._target.needed("email"), self._target.needed("password")
        with closing(Supabase(self._target)) as supabase:
            return supabase.sign_in(Person("", email, password, name=""))


def _session_of(printed: str) -> Session:
    """The session whose access token is the last line; raises ServerError."""
    token = printed.strip().rpartition("\n")[2].strip()
    try:
        claims = jwt.decode(token, options={"verify_signature": False, "verify_exp": True})
        return Session(token, "", claims["sub"])
    except jwt.ExpiredSignatureError:
        raise ServerError(
            f"{COMMAND} was expected to print a session that is good, but printed one that has "
            "expired: let it sign in anew."
        ) from None
    except (jwt.PyJWTError, KeyError):
        raise ServerError(
            f"{COMMAND} was expected to print {WANTED}, but "
            f"printed {len(token)} characters that are none: run it by hand to see why."
        ) from None
