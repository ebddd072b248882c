"""What the coordinator asks of its SFU, so that neither needs the other's code."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from starlette.routing import BaseRoute

from harness.local_stream.sfu import SfuUser, Source, TrackKey


@dataclass(frozen=True)
class RecordedFile:
    """A finished recording, and where it can be fetched."""

    name: str
    url: str


class Recorder(Protocol):
    """Records calls. `recording_type` is the vendor's: `composite`, `individual` or `raw`."""

    def start(self, cid: str, recording_type: str) -> None:
        """Record `cid` from now on."""

    async def stop(self, cid: str, recording_type: str, base_url: str) -> RecordedFile | None:
        """End it: the complete file, served at `base_url`, or None when there is none."""

    def delete(self, file: RecordedFile) -> None:
        """Forget a file."""

    async def close(self) -> None:
        """End all that is recorded, complete its files and forget them."""


class FaultRules(Protocol):
    """Faults by id, each shown as a JSON object with its `id`, `matches` and `hits`."""

    def add(self, given: Mapping[str, object]) -> dict[str, object]:
        """The new one as it is listed; raises BadRule."""

    def listed(self) -> list[dict[str, object]]:
        """All of them."""

    def remove(self, fault_id: str, /) -> bool:
        """Whether there was such a fault to remove."""

    def clear(self) -> None:
        """Forget all of them."""


class MediaServer(Protocol):
    """An SFU; `faults` disturb its media."""

    @property
    def faults(self) -> FaultRules: ...

    def credentials(self, base_url: str, cid: str, user: SfuUser, capabilities: set[str]) -> dict[str, Any]:
        """Credentials (the vendor's shape) with which `user` may join `cid`."""

    async def end_call(
        self, cid: str, reason: Literal["ended", "live_ended"], keep: Callable[[SfuUser], bool] = ...
    ) -> None:
        """Send everybody away but those whom `keep` names."""

    async def remove(self, cid: str, user_id: str) -> None:
        """Send one user away; credentials from before are good for nothing any more."""

    def mute(self, cid: str, user_ids: Set[str], tracks: Set[str]) -> None:
        """Mute these tracks (audio, video, screenshare, screenshare_audio) of these users."""

    async def permit(self, cid: str, user_id: str, capabilities: Set[str]) -> None:
        """This user has these capabilities from now on, also with credentials from before."""

    def pin(self, cid: str, user_id: str, session_id: str, *, pinned: bool) -> bool:
        """Pin or unpin a session for everybody; False when it is not in the call."""

    async def outage(self, action: str, call_cid: str | None, user_id: str | None) -> list[str] | None:
        """Let an outage happen to who matches: their session ids, or None when there is no such action."""

    def participants(self, cid: str) -> list[dict[str, Any]]:
        """Who is in the call, what they publish and receive."""

    def watch(self, cid: str, watcher: Callable[[dict[TrackKey, Source]], None] | None) -> None:
        """From now on tell `watcher`, and nobody else, what can be recorded of the call when that changes."""

    def routes(self) -> list[BaseRoute]:
        """Its signalling, below `/sfu`."""

    async def close(self) -> None:
        """Stop for good."""

    async def reset(self) -> None:
        """Send everybody away, from every call."""
