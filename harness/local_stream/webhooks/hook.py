"""Where events go: addresses from the settings, and those that the app was told with UpdateApp."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit, urlunsplit

VIDEO = (None, "", "all", "video")


@dataclass(frozen=True)
class Hook:
    """One receiver. No `events` are all events; `timeout_ms` None is the standard one."""

    url: str
    events: frozenset[str] = frozenset()
    timeout_ms: int | None = None
    gzip: bool = False

    def wants(self, event: str) -> bool:
        """Whether it gets events of this type."""
        return not self.events or event in self.events

    def and_also(self, other: Hook) -> Hook:
        """This one, which wants the events of `other` too."""
        everything = not self.events or not other.events
        return replace(self, events=frozenset() if everything else self.events | other.events)

    @property
    def shown(self) -> str:
        """The address without what may be secret in it."""
        parts = urlsplit(self.url)
        host = parts.netloc.rpartition("@")[2]
        return urlunsplit((parts.scheme, host, parts.path, "", ""))


def hooks(urls: Iterable[str], app: Mapping[str, Any]) -> list[Hook]:
    """All receivers, each address once, for all that it is told for. `app` holds the vendor's fields."""
    gzip = app.get("enable_hook_payload_compression") is True
    found = [Hook(url, gzip=gzip) for url in urls]
    found += [_hook(each, gzip=gzip) for each in app.get("event_hooks") or () if _is_ours(each)]
    if url := app.get("webhook_url"):
        found.append(Hook(url, _names(app.get("webhook_events")), gzip=gzip))
    receivers: dict[str, Hook] = {}
    for hook in found:
        known = receivers.setdefault(hook.url, hook)
        receivers[hook.url] = known.and_also(hook)
    return list(receivers.values())


def _is_ours(given: Mapping[str, Any]) -> bool:
    kind = given.get("hook_type") in (None, "webhook") and given.get("product") in VIDEO
    return kind and given.get("enabled") is not False and bool(given.get("webhook_url"))


def _hook(given: Mapping[str, Any], *, gzip: bool) -> Hook:
    events = _names(given.get("event_types"))
    return Hook(given["webhook_url"], events, given.get("timeout_ms") or None, gzip)


def _names(given: Iterable[object] | None) -> frozenset[str]:
    """The types of events that are named; none, for all, when `*` is among them."""
    names = frozenset(name for name in given or () if isinstance(name, str))
    return frozenset() if "*" in names else names
