"""Where the system under test is, and the keys that prove what it did."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from harness.config import TargetSettings
from harness.errors import NotGiven
from harness.trace.redactor import Redactor


@dataclass(frozen=True, kw_only=True)
class Target:
    """One deployment of a listening-party app; addresses are without a trailing slash.

    What may be None is what a deployment may not have, or not tell: `needed` is how a check asks for it.
    """

    token_url: str
    pages_url: str | None = None
    supabase_url: str | None = None
    supabase_anon_key: str | None = None
    supabase_service_role_key: str | None = field(default=None, repr=False)
    supabase_jwt_secret: str | None = field(default=None, repr=False)
    stream_api_key: str | None = None
    stream_api_secret: str | None = field(default=None, repr=False)
    stream_base_url: str | None = None  # None: the vendor's own
    token_server_log: Path | None = None
    # How to start another token server like it; its settings come to it as environment variables.
    token_server_command: str | None = None
    # One user and one party of theirs, where checks may make none.
    email: str | None = None
    password: str | None = field(default=None, repr=False)
    session_command: str | None = field(default=None, repr=False)
    party_id: str | None = None
    allowed_origin: str | None = None  # None: that of the pages
    forbidden_origin: str | None = None

    @classmethod
    def of(cls, settings: TargetSettings, token_url: str) -> Target:
        """The deployment whose token endpoint is at `token_url`."""
        return cls(**{**settings.plain(), "token_url": token_url})

    def needed(self, name: str) -> str:
        """The field of this name; raises NotGiven, with the variable that sets it, when it is not there."""
        value = getattr(self, name)
        if value is None:
            raise NotGiven(f"needs {TargetSettings.told_by(name)}")
        return str(value)

    @property
    def makes_people(self) -> bool:
        """Whether checks may make users and parties of their own."""
        return self.supabase_service_role_key is not None

    @property
    def secrets(self) -> dict[str, str]:
        """What must never leave the servers, by name."""
        known = {
            "Stream API secret": self.stream_api_secret,
            "Supabase service role key": self.supabase_service_role_key,
            "Supabase JWT secret": self.supabase_jwt_secret,
        }
        return {name: value for name, value in known.items() if value}

    def redactor(self) -> Redactor:
        """Masks this target's secrets and every signed token in what is shown or written."""
        return Redactor([*self.secrets.values(), *filter(None, [self.password])])
