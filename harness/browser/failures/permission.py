"""The browser denies, takes away, or leaves open what a page may use: in this person's context alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

from harness.browser.failures.mechanism import Mechanism, Person

if TYPE_CHECKING:
    from harness.browser.devices import Devices

Name = Literal["camera", "microphone"]
# For Chromium `prompt` is a prompt that was closed without an answer.
Setting = Literal["granted", "denied", "prompt"]
BOTH: tuple[Name, ...] = ("camera", "microphone")
STATE = "async (name) => (await navigator.permissions.query({ name })).state"


class Permission(Mechanism):
    """`names` are `setting` until it heals: then they are granted."""

    def __init__(
        self,
        person: Person,
        devices: Devices | None,
        *,
        names: Iterable[Name] = BOTH,
        setting: Setting = "denied",
    ) -> None:
        super().__init__(person, devices)
        self._names = tuple(names)
        self._setting = setting

    def arm(self) -> None:
        set_permissions(self.person, dict.fromkeys(self._names, self._setting))

    def heal(self) -> None:
        set_permissions(self.person, dict.fromkeys(self._names, "granted"))

    def why_not_bitten(self) -> str | None:
        for name in self._names:
            state = self.page.evaluate(STATE, name)
            if state != self._setting:
                return (
                    f"The permission for the {name} was to be {self._setting!r}, the browser says {state!r}."
                )
        return None


def set_permissions(person: Person, settings: dict[Name, Setting]) -> None:
    """In the context of `person`, at once, for every page of it."""
    browser = person.page.context.browser
    if browser is None:
        raise ValueError("a context without a browser has no permissions to set")
    session = person.page.context.new_cdp_session(person.page)
    context = session.send("Target.getTargetInfo")["targetInfo"]["browserContextId"]
    session.detach()
    # Never detached: with the session, what it set would end, and Playwright's own grants with it.
    everywhere = browser.new_browser_cdp_session()
    # Without the id of the context the browser takes the setting, and does nothing.
    for name, setting in settings.items():
        wanted = {"permission": {"name": name}, "setting": setting, "browserContextId": context}
        everywhere.send("Browser.setPermission", wanted)
