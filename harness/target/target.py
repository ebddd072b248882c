"""Where the system under test is, and the keys that prove what it did."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote, urlsplit

from harness.config import Errors, HostPage, PartyMaking, People, SignIn, TargetSettings, ViewerPage
from harness.config.faults import nearest
from harness.errors import NotGiven, SettingsError
from harness.trace.redactor import Redactor
from harness.trace.sightings import PLACES, Place

Role = Literal["host", "viewer"]
REFERENCE_PAGES: dict[Role, str] = {"host": "/party/{party_id}/host", "viewer": "/party/{party_id}"}


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
    database_url: str | None = field(default=None, repr=False)
    viewer_email: str | None = None
    viewer_password: str | None = field(default=None, repr=False)
    # What browsers ask of Stream's own addresses goes to `stream_base_url` when this is `local`.
    stream: Literal["local", "real"] = "real"
    required_sightings: tuple[str, ...] = ()  # places that must see the callId; none: all that it can have
    # Where the local Stream tells what it was asked, and can be disturbed; the vendor's has no such door.
    stream_control_url: str | None = None
    # Stream's webhooks as they came in, one JSON object a line.
    webhook_log: Path | None = None
    # Where the local Supabase tells which rows it was asked to change.
    database_log: Path | None = None
    folder: Path = Path()  # where its files' paths begin
    # Where things are on its pages, and what they say: without addresses, the reference pages'.
    host: HostPage = field(default_factory=HostPage)
    viewer: ViewerPage = field(default_factory=ViewerPage)
    errors: Errors = field(default_factory=Errors)
    sign_in: SignIn = field(default_factory=SignIn)
    people: People = field(default_factory=People)
    party: PartyMaking = field(default_factory=PartyMaking)

    @classmethod
    def of(cls, settings: TargetSettings, token_url: str) -> Target:
        """The deployment whose token endpoint is at `token_url`."""
        _expect_places(settings.required_sightings)
        told = {name: value for name, value in settings.plain().items() if name in cls.__dataclass_fields__}
        url = settings.pages_url or _origin(settings.host.url)
        return cls(**{**told, "token_url": token_url, "pages_url": url})

    def page_of(self, role: Role, party_id: str) -> str:
        """The address of a party's page, as it is for the host or for a viewer."""
        url = (self.host if role == "host" else self.viewer).url
        if url is not None:
            return url.replace("{party_id}", quote(party_id, safe=""))
        if self.host.url is not None or self.viewer.url is not None:
            raise NotGiven(f"needs {role}.url in the target file, the address of the {role}'s page")
        return f"{self.needed('pages_url')}{REFERENCE_PAGES[role]}".replace("{party_id}", party_id)

    def pages_of(self, party_id: str) -> list[str]:
        """The addresses of a party's pages and of the form to sign in, as far as they are told."""
        if self.host.url is None and self.viewer.url is None:
            return [self.page_of(role, party_id) for role in REFERENCE_PAGES]
        form = self.sign_in.url if self.sign_in.how == "form" else None
        told = (self.host.url, self.viewer.url, form)
        return [url.replace("{party_id}", quote(party_id, safe="")) for url in told if url is not None]

    def party_in_address(self, role: Role) -> re.Pattern[str]:
        """Finds the `id` of the party in an address of this role's page."""
        url = (self.host if role == "host" else self.viewer).url or "/party/{party_id}"
        before, _, after = url.partition("{party_id}")
        return re.compile(f"{re.escape(before)}(?P<id>[^/?#&]+)(?:{re.escape(after)})?")

    def needed(self, name: str) -> str:
        """The field of this name; raises NotGiven, with the variable that sets it, when it is not there."""
        value = getattr(self, name)
        if value is None:
            raise NotGiven(f"needs {TargetSettings.told_by(name)}")
        return str(value)

    def needed_of(self, section: Literal["sign_in", "party"], name: str) -> Any:  # noqa: ANN401  as it is there
        """The key `name` of a table of the file; raises NotGiven when it is not there."""
        value = getattr(getattr(self, section), name)
        if value is None:
            raise NotGiven(f"needs {section}.{name} in the target file")
        return value

    @property
    def makes_parties(self) -> bool:
        """Whether checks may make parties of their own."""
        return self.party.how in ("sql", "rest") or (self.party.how != "given" and self.makes_people)

    def sightings(self) -> list[Place]:
        """The places where the callId must be seen; raises SettingsError for one that does not exist."""
        if not self.required_sightings:
            missing = {"webhook": self.webhook_log, "server log": self.token_server_log}
            absent = {place for place, source in missing.items() if source is None}
            # A recording costs money and has to be allowed by the call type: it must be asked for.
            return [place for place in PLACES if place not in {"recording", *absent}]
        _expect_places(self.required_sightings)
        return [place for place in PLACES if place in self.required_sightings]

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
        passwords = filter(None, [self.password, self.viewer_password])
        return Redactor([*self.secrets.values(), *passwords])


def _expect_places(required: Iterable[str]) -> None:
    """Raises SettingsError for what is no place where a callId can be seen."""
    for place in required:
        if place not in PLACES:
            expected = f"expected some of {', '.join(PLACES)}.{nearest(place, PLACES)}"
            raise SettingsError(f"required_sightings has {place!r}, which is no place: {expected}")


def _origin(url: str | None) -> str | None:
    parts = urlsplit(url or "")
    return f"{parts.scheme}://{parts.netloc}" if url else None
