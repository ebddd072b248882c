"""Who takes part, and in what: made anew for each test."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Person:
    """A user of the app who can sign in; `id` is the UUID that Supabase and Stream both know."""

    id: str
    email: str
    password: str = field(repr=False)
    name: str


@dataclass(frozen=True)
class Session:
    """A signed-in person, as Supabase issued it."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    user_id: str


@dataclass(frozen=True)
class Party:
    """A listening party: `id` is the callId, its host is the person who owns the call."""

    id: str
    host: Person
    title: str

    @property
    def host_id(self) -> str:
        """The host's id, as the party's row has it."""
        return self.host.id
