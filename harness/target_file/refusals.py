"""What the app says when it refuses, as the file words it: tried with devices and people that are wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from harness.browser.cast import CAMERA_AND_MICROPHONE, Cast
from harness.browser.host import Host
from harness.config import Errors
from harness.target import Party, Person, Target
from harness.target_file.piece import Piece, Unverified, look

OF_SIGN_IN = {"invalid_auth", "no_token", "not_saved"}  # what the checks N look at


@dataclass
class Refusals:
    """Nobody is live in `party`; `stranger` is somebody who does not host it, where one can be made."""

    target: Target
    cast: Cast
    party: Party
    stranger: Callable[[], Person] | None

    def pieces(self) -> Iterator[Piece]:
        """Of each sentence that was told, and of those that every app is expected to say."""
        host, tried = self.party.host, self._tried
        yield tried("permission_denied", lambda: self._comes(host, permissions=()), "host.error")
        yield tried("not_found", lambda: self._comes(host, "no_devices"))
        if self.target.sign_in.how != "none":
            yield tried("not_signed_in", lambda: self._comes(None))
        told = self.target.errors.model_fields_set
        stranger = self.stranger
        if stranger is not None and "not_host" in told:
            yield tried("not_host", lambda: self._comes(stranger()))
        for name in sorted(told - {"permission_denied", "not_found", "not_signed_in", "not_host"}):
            yield look(f"errors.{name}", "", lambda name=name: _left(name), [f"errors.{name}"])[1]  # type: ignore[misc]

    def _tried(self, name: str, comes: Callable[[], Host], *more: str) -> Piece:
        sentence, key = str(Errors.model_fields[name].default), f"errors.{name}"

        def refused() -> None:
            host = comes()
            host.clicks_go_live().reads_error(sentence)
            host.leaves()

        return look(key, "it is said", refused, [key, *more])[1]

    def _comes(
        self,
        account: Person | None,
        profile: str = "host_a",
        permissions: tuple[str, ...] = CAMERA_AND_MICROPHONE,
    ) -> Host:
        return self.cast.host(self.party, account, profile, permissions)


def _left(name: str) -> None:
    area = "N" if name in OF_SIGN_IN else "P"
    raise Unverified(f"not looked at here: the checks {area} of the gate do")
