"""Where the system under test is, and the keys that prove what it did."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from harness.trace.redactor import Redactor


@dataclass(frozen=True)
class Target:
    """One deployment of a listening-party app; addresses are without a trailing slash.

    What may be None is what a deployment may not have: each check that needs it says so.
    """

    pages_url: str
    token_url: str
    supabase_url: str
    supabase_anon_key: str
    supabase_service_role_key: str = field(repr=False)
    stream_api_key: str
    stream_api_secret: str = field(repr=False)
    supabase_jwt_secret: str | None = field(default=None, repr=False)
    stream_base_url: str | None = None  # None: the vendor's own
    token_server_log: Path | None = None
    forbidden_origin: str | None = None

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
        return Redactor(self.secrets.values())
