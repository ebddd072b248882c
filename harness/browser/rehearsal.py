"""A host whose devices fail in one way after another, and a viewer of the same party.

Both keep their page from failure to failure: who heals must heal without a reload.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from harness.browser.devices import Devices
from harness.browser.eventually import eventually
from harness.browser.failures import Armed, failure_named
from harness.browser.failures.named_by_permission import DENIED_ERRORS, STATE
from harness.browser.host import Host
from harness.browser.off_air import SETTLES_WITHIN, expect_off_air
from harness.browser.probe import MediaRequest
from harness.browser.viewer import Viewer
from harness.browser.visitor import STEP_WITHIN
from harness.errors import NotGiven
from harness.target import Party, StreamApi, Supabase


@dataclass(frozen=True)
class Rehearsal:
    """`devices` are those of the host's browser."""

    party: Party
    host: Host
    viewer: Viewer
    devices: Devices | None
    supabase: Supabase
    stream_api: StreamApi

    @contextmanager
    def meets(self, name: str, *, simulated: bool | None = None) -> Iterator[Met]:
        """The failure of that name is there for the host; afterwards it must have bitten, and is healed."""
        failure = failure_named(name)
        with failure.arm(self.host, self.devices, simulated=simulated) as armed:
            if failure.signs_out:
                self._signs_in_again()
            asked, sent = len(self.host.media_requests()), self.host.probe.sent_media_bytes().total
            yield Met(self, armed, asked, sent)
            armed.bit()

    def _signs_in_again(self) -> None:
        """On another origin, where a session that was brought along is not known."""
        how = self.host.target.sign_in.how
        if how not in ("form", "none"):
            raise NotGiven(f'needs sign_in.how = "form", to sign in on another origin, it is "{how}"')
        self.host.signs_in()

    def goes_well(self) -> None:
        """With the cause gone the host goes live, the viewer sees and hears it, and the party ends."""
        self.host.goes_live()
        self.viewer.sees_and_hears(self.host)
        self.host.ends_party()


@dataclass(frozen=True)
class Met:
    """A failure that the host meets, after `asked` requests for devices and `sent` bytes of media."""

    rehearsal: Rehearsal
    armed: Armed
    asked: int
    sent: int

    def going_live_is_refused(self, *, says: str) -> None:
        """The host presses Go live and is told `says`; the browser said what the failure is known for."""
        self.rehearsal.host.clicks_go_live()
        self.browser_has_answered()
        self.rehearsal.host.reads_error(says)
        self.browser_said_so()
        self.nothing_is_live()

    def browser_has_answered(self) -> None:
        """Wait for it: until then the page may show the same sentence from the failure before."""
        if "chromium" not in self.armed.failure.errors or self._is_denied_by_state():
            return

        def why_not_yet() -> str | None:
            last = self.requests()[-1:]
            if last and last[0].outcome != "pending":
                return None
            return f"Expected the page to ask for a device and to be refused, came {last or 'no request'}."

        eventually(why_not_yet, within=STEP_WITHIN)

    def _is_denied_by_state(self) -> bool:
        """A page may look at the state of the permission alone, as the vendor's client does."""
        failure = self.armed.failure
        return failure.control == STATE and failure.errors == DENIED_ERRORS

    def browser_said_so(self) -> None:
        """The last of the page's requests failed with exactly the failure's own error."""
        expected, requests = self.armed.failure.errors.get("chromium"), self.requests()
        if expected is None or (self._is_denied_by_state() and not requests):
            return
        assert requests, f"expected the page to ask for a device and to get {expected}, it did not ask"
        last = requests[-1]
        came = (last.error_name, last.error_message, last.constraint)
        # What is simulated comes in another browser's words.
        any_words = expected.message is None or last.simulated
        message = last.error_message if any_words else expected.message
        assert came == (expected.name, message, expected.constraint), f"expected {expected}, came {last}"

    def requests(self) -> list[MediaRequest]:
        """What the page asked the browser for since the failure is there."""
        return self.rehearsal.host.media_requests()[self.asked :]

    def nothing_is_live(self) -> None:
        """Neither page, row nor Stream says live, no media left the host, and no device is on."""
        one = self.rehearsal
        expect_off_air(one.host, one.party, one.supabase, one.stream_api)
        self.nothing_is_published()

    def nothing_is_published(self) -> None:
        """No media has left the host since the failure is there."""
        sent = self.rehearsal.host.probe.sent_media_bytes().total
        assert sent == self.sent, f"expected no track to be published, the host sent {sent - self.sent} bytes"

    def offers(self, *expected: str) -> None:
        """The page offers these ways to go live all the same, and no other; not looked at on other apps."""
        host = self.rehearsal.host
        if host.target.host.url is not None:
            return

        def why_not_yet() -> str | None:
            texts = host.view.get_by_role("button").all_text_contents()
            found = [text for text in texts if text.startswith("Go live ")]
            if found == list(expected):
                return None
            return f"Expected the buttons {list(expected)}, the page has {found}."

        eventually(why_not_yet, within=STEP_WITHIN)

    def no_device_is_on(self) -> None:
        """Every track that the browser gave to the page has been stopped: no light burns."""

        def why_not_yet() -> str | None:
            live = self.rehearsal.host.probe.capturing()
            return (
                f"Expected every device to be off, the page still captures {' and '.join(live)}."
                if live
                else None
            )

        eventually(why_not_yet, within=SETTLES_WITHIN)
