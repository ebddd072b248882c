"""What a deployment gives where checks may make nothing: one user, and one party that they host."""

from __future__ import annotations

import shlex
import subprocess
from functools import cached_property

import jwt

from harness.errors import NotGiven, ServerError
from harness.target.people import Party, Person, Session
from harness.target.supabase import Supabase
from harness.target.target import Target

WITHIN = 60.0  # seconds that the command which prints a session may take


class Given:
    """The given user is signed in once, when first asked for. Raises NotGiven for what the target lacks."""

    def __init__(self, target: Target) -> None:
        self._target = target

    @property
    def party(self) -> Party:
        """The given party, hosted by the given user."""
        if self._target.party_id is None:
            raise NotGiven(
                "needs SUPABASE_SERVICE_ROLE_KEY, to make users and parties, or HARNESS_PARTY_ID, "
                "a party that the given user hosts"
            )
        host = Person(self.session.user_id, self._target.email or "", self._target.password or "", name="")
        return Party(self._target.party_id, host, title="")

    @cached_property
    def session(self) -> Session:
        """A session of the given user: printed by the command if there is one, else by password."""
        if self._target.session_command is not None:
            return _printed_by(self._target.session_command)
        email, password = self._target.needed("email"), self._target.needed("password")
        supabase = Supabase(self._target)
        try:
            return supabase.sign_in(Person("", email, password, name=""))
        finally:
            supabase.close()


def _printed_by(command: str) -> Session:
    """The session whose access token `command` prints as its last line; raises ServerError."""
    try:
        ran = subprocess.run(
            shlex.split(command), capture_output=True, text=True, timeout=WITHIN, check=False
        )
    except (OSError, ValueError, IndexError, subprocess.TimeoutExpired) as error:
        # Not its words, which quote the command: it may hold a password.
        fault = (
            f"it took longer than {WITHIN:g} s" if isinstance(error, subprocess.TimeoutExpired) else "mend it"
        )
        raise ServerError(f"HARNESS_SESSION_COMMAND could not be run: {fault}.") from None
    token = ran.stdout.strip().rpartition("\n")[2].strip()
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
        return Session(token, "", claims["sub"])
    except (jwt.PyJWTError, KeyError):
        said = ran.stderr.strip().rpartition("\n")[2]
        raise ServerError(
            "HARNESS_SESSION_COMMAND was expected to print a Supabase access token as its last line, but "
            f"printed {len(token)} characters that are none (exit code {ran.returncode}: {said})."
        ) from None
