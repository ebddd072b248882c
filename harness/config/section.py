"""What the tables of a target file are made of: selectors, words and addresses of pages."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict
from pydantic_core import PydanticCustomError

from harness.config.kinds import exact_http_url


class Section(BaseModel):
    """A table of the file: no key but its own, and nothing that changes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _selector(value: object) -> object:
    if isinstance(value, str) and not value.strip():
        raise PydanticCustomError("selector", "expected a Playwright selector, it is empty")
    return value


def _clicks(value: object) -> object:
    """One selector or several, clicked one after the other."""
    return tuple(_selector(one) for one in (value if isinstance(value, list | tuple) else [value]))


def _words(value: object) -> object:
    if not isinstance(value, str) or not value.strip():
        raise PydanticCustomError("words", 'expected a text, "/a pattern/" or "selector: ..."')
    if value.startswith("/"):
        try:
            re.compile(value.removeprefix("/").removesuffix("/"))
        except re.error as error:
            raise PydanticCustomError("words", "it is no pattern ({error})", {"error": str(error)}) from None
    return value.strip()


def _page_url(value: object) -> object:
    """An http(s) address that may hold `{party_id}`, also in its query or fragment."""
    if not isinstance(value, str):
        raise PydanticCustomError("text", "it must be a text")
    exact_http_url(value.replace("{party_id}", "party"))
    unknown = [name for name in re.findall(r"\{(\w*)\}", value) if name != "party_id"]
    if unknown:
        raise PydanticCustomError(
            "place",
            "expected no other place than {known}, came {unknown}",
            {"known": "{party_id}", "unknown": f"{{{unknown[0]}}}"},
        )
    return value.strip()


Selector = Annotated[str, BeforeValidator(_selector)]
Clicks = Annotated[tuple[str, ...], BeforeValidator(_clicks)]
Words = Annotated[str, BeforeValidator(_words)]
PageUrl = Annotated[str, BeforeValidator(_page_url)]
