"""The rehearsals of a run, kept from check to check: to bring people in costs more than a failure does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType

from harness.browser.browsers import Browsers
from harness.browser.cast import Cast
from harness.browser.rehearsal import Rehearsal
from harness.target import Party, Person, StreamApi, Supabase, Target
from harness.trace.events import RunLog
from harness.trace.evidence import Account
from harness.trace.failure import Devices


class Rehearsals:
    """One for each device profile of the host. `new_party` and `new_person` make who takes part."""

    def __init__(
        self,
        browsers: Browsers,
        target: Target,
        run_log: RunLog,
        supabase: Supabase,
        stream_api: StreamApi,
        new_party: Callable[[], Party],
        new_person: Callable[[], Person],
    ) -> None:
        self._browsers, self._target, self._run_log = browsers, target, run_log
        self._supabase, self._stream_api = supabase, stream_api
        self._new_party, self._new_person = new_party, new_person
        self._casts: dict[str, Cast] = {}
        self._kept: dict[str, Rehearsal] = {}

    def __enter__(self) -> Rehearsals:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for profile in list(self._casts):
            self.drop(profile)

    def of(self, profile: str, folder: Path) -> Rehearsal:
        """The one whose host has these devices; made when it is first asked for, and after it was dropped.

        `folder` is for the evidence of the check that asks.
        """
        if profile not in self._kept:
            cast = self._casts[profile] = Cast(self._browsers, self._target, self._run_log, folder)
            party = self._new_party()
            host, viewer = cast.host(party, party.host, profile), cast.viewer(party, self._new_person())
            devices = self._browsers.devices_of(host.page)
            if devices is not None:
                devices.page.look()  # the first look takes a browser's services to start
            self._kept[profile] = Rehearsal(party, host, viewer, devices, self._supabase, self._stream_api)
        self._casts[profile].folder = folder
        return self._kept[profile]

    def drop(self, profile: str, *, failed: bool = False) -> tuple[Account, Mapping[str, Devices]] | None:
        """Its people go; returns what is kept of those of a failed check, and what they came with.

        None when nobody came.
        """
        self._kept.pop(profile, None)
        cast = self._casts.pop(profile, None)
        if cast is None:
            return None
        return cast.leave(failed=failed), cast.devices
