"""How people sign in to an app, and how its parties are made and removed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl, urlsplit

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from harness.config.kinds import exact_http_url
from harness.config.section import Clicks, PageUrl, Section, Selector

# What is called so is a secret: a header, a field of a body, a part of a query.
SECRET_NAME = re.compile(
    r"(?i)auth(?!or)|cookie|secret|passw|credential|session|token|(api|access|private|service).?key|^key$"
)
FROM_ELSEWHERE = re.compile(r"\$\{\w+\}|\{session\}")


class SignIn(Section):
    """`[sign_in]`: how a person gets a session in the browser."""

    how: Literal["form", "session", "storage_state", "script", "none"] = Field(
        "form",
        description="`form`: the app's own form; `session`: by password at Supabase, kept in the page as "
        "supabase-js does; `storage_state`: Playwright's files; `script`: a command that prints one; `none`",
    )
    viewer: bool = Field(True, description="false when viewers watch without a session")
    url: PageUrl | None = Field(None, description="the page with the form; default: the person's own page")
    opens: Clicks = Field((), description="clicked in this order before the form shows")
    email: Selector = Field("input[type=email]", description="the form's field")
    password: Selector = Field("input[type=password]", description="likewise")
    submit: Clicks = Field(('role=button[name="Sign in"s]',), description="sends the form")
    done: Selector = Field('role=button[name="Sign out"s]', description="found once somebody is signed in")
    storage_key: str | None = Field(
        None, description="of `session`, in localStorage; default: `sb-<project>-auth-token`"
    )
    host_state: Path | None = Field(None, description="of `storage_state`: the file of the host")
    viewer_state: Path | None = Field(None, description="of `storage_state`: the file of a viewer")
    command: str | None = Field(
        None,
        description="of `script`: told HARNESS_ROLE, HARNESS_EMAIL, HARNESS_PASSWORD, HARNESS_ORIGIN (of "
        "that person's page), SUPABASE_URL and SUPABASE_ANON_KEY, prints a storage state as JSON",
    )

    @model_validator(mode="after")
    def _whole(self) -> SignIn:
        missing = {"storage_state": ("host_state", self.host_state), "script": ("command", self.command)}
        name, value = missing.get(self.how, ("", ""))
        if value is None:
            raise PydanticCustomError(
                "whole", 'how = "{how}" needs sign_in.{name}', {"how": self.how, "name": name}
            )
        return self


class People(Section):
    """`[people]`: users that the checks make at Supabase Auth, and their profiles."""

    name: str = Field("name", description="the key of a user's metadata that holds the display name")
    profiles: str = Field("profiles", description="the table of profiles")
    id: str = Field("id", description="its column with the user's id")
    display_name: str = Field("display_name", description="its column with the display name")
    make_profile: bool = Field(False, description="true when no trigger makes a profile of each new user")
    values: dict[str, Any] = Field({}, description="other columns of a new profile, with their values")


def _public(value: object) -> object:
    """No secret is written in the file: `${VARIABLE}` is taken from the environment, `{session}` made."""
    if isinstance(value, dict):
        for name, inside in value.items():
            if isinstance(inside, str):
                _expect_public(str(name), inside)
            _public(inside)
    for one in value if isinstance(value, list) else ():
        _public(one)
    return value


def _expect_public(name: str, text: str) -> None:
    if text and SECRET_NAME.search(name) and not FROM_ELSEWHERE.search(text):
        raise PydanticCustomError(
            "secret",
            "{name} would be a secret in a file: write {instead} there",
            {"name": name, "instead": "{session} or ${VARIABLE}"},
        )


def _request_url(value: object) -> object:
    if isinstance(value, str):
        exact_http_url(re.sub(r"\$?\{\w+\}", "x", value))
        for name, text in parse_qsl(urlsplit(value).query):
            _expect_public(name, text)
    return value


class Request(Section):
    """One request of an app's own API. In all texts: `{party_id}`, `{host_id}`, `{title}`, `{session}`
    (the host's access token) and `${VARIABLE}` of the environment."""

    url: Annotated[str, BeforeValidator(_request_url)] = Field(description="where to")
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = Field("POST", description="of HTTP")
    headers: Annotated[dict[str, str], BeforeValidator(_public)] = Field({}, description="besides JSON's")
    body: Annotated[dict[str, Any] | None, BeforeValidator(_public)] = Field(None, description="sent as JSON")


class PartyMaking(Section):
    """`[party]`: how a party is made, read and removed."""

    how: Literal["supabase", "sql", "rest", "given"] | None = Field(
        None,
        description="`supabase`: a row, by its REST API; `sql`: statements at HARNESS_TARGET_DATABASE_URL; "
        "`rest`: the app's own API; `given`: `party_id`. Default: `supabase` with the service-role key, "
        "else `given`",
    )
    table: str = Field("parties", description="of `supabase`: the table")
    id: str = Field("id", description="its column with the party's id, which is the callId")
    host: str = Field("host_id", description="its column with the host's user id")
    title: str = Field("title", description="its column with the title")
    is_live: str = Field("is_live", description="its column that is true while the party is live")
    stream_app_id: str = Field("stream_app_id", description="its column with the id of the call on Stream")
    created_at: str = Field("created_at", description="its column with the time it was made")
    updated_at: str = Field("updated_at", description="its column with the time of its last change")
    values: dict[str, Any] = Field({}, description="other columns of a new party, with their values")
    make_sql: str | None = Field(
        None, description="of `sql`: makes a party of %(host_id)s and %(title)s, returns its id"
    )
    read_sql: str | None = Field(
        None, description="returns id, is_live and stream_app_id of %(party_id)s, by these names"
    )
    remove_sql: str | None = Field(None, description="removes %(party_id)s")
    make: Request | None = Field(None, description="of `rest`: makes a party")
    made_id: str = Field("id", description="where its answer has the id: `party.id`, `0.id`")
    read: Request | None = Field(None, description="answers with the party, at the places below")
    read_is_live: str = Field("is_live", description="where it says whether the party is live")
    read_stream_app_id: str = Field("stream_app_id", description="where it has the id of the call")
    remove: Request | None = Field(None, description="removes a party")
    row_by: Literal["page", "server"] = Field(
        "page", description="who writes the row at go-live: the page by Supabase's REST, or the app's server"
    )

    @model_validator(mode="after")
    def _whole(self) -> PartyMaking:
        needed = {"sql": ("make_sql", self.make_sql), "rest": ("make", self.make)}
        name, value = needed.get(self.how or "", ("", ""))
        if value is None:
            raise PydanticCustomError(
                "whole", 'how = "{how}" needs party.{name}', {"how": self.how, "name": name}
            )
        return self
