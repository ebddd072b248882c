"""The devices of one running browser, as what they are to it: a camera that is a file, and two processes.

Chromium opens the file of its camera anew at each request and each enumeration, and runs cameras and sound in
processes of their own, which a script of ours starts (`--utility-cmd-prefix`). So a camera is unplugged by
deleting its file, and a microphone by having the process for sound start without one.

The camera is opened once for the whole browser and shared: while any page captures it, no other opens it.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from harness.browser.eventually import eventually
from harness.browser.own_page import OwnPage
from harness.errors import Finding, HarnessError

if TYPE_CHECKING:
    from playwright.sync_api import Browser

INSECURE_NAME = "insecure.test"  # leads to this machine, and is no secure origin as `localhost` is
WRAPPER = Path(__file__).with_name("start_service.sh")
FEED = Path(__file__).with_name("microphone_feed.py")
# The clips are mono. What the browser plays goes nowhere.
ALSA = """pcm.pipe { type file slave.pcm { type null } file "/dev/null" infile "PIPE" format "raw" }
pcm.!default {
  type asym
  capture.pcm { type plug slave { pcm "pipe" channels 1 rate 48000 format S16_LE } }
  playback.pcm { type null }
}
"""
WITHIN = 20.0


class Service(StrEnum):
    """A process of the browser, by the name that is in its command line."""

    CAMERA = "video_capture.mojom.VideoCaptureService"
    SOUND = "audio.mojom.AudioService"


class Devices:
    """In `folder` are the camera's file, the microphone's, and how each service is to start.

    `camera` and `microphone` are the clips that they play; None: there is no such device. A microphone that
    is `piped` can be unplugged, which Chromium's own fake one cannot; but two who capture it at once share
    what it brings between them, and neither hears it whole.
    """

    def __init__(
        self, folder: Path, camera: Path | None, microphone: Path | None, *, piped: bool = False
    ) -> None:
        self.folder = folder
        self.camera = folder / "camera.y4m"
        self.microphone = folder / "microphone.wav"
        self._camera_clip, self._microphone_clip = camera, microphone
        self._page: OwnPage | None = None
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(WRAPPER, folder)
        (folder / WRAPPER.name).chmod(0o755)
        self.plug_camera(look=False)
        self.play()
        self._piped = piped
        self._feed: subprocess.Popen[bytes] | None = None
        self._usual = (
            {
                Service.CAMERA: "with our file",
                Service.SOUND: "with our pipe" if microphone else "without devices",
            }
            if piped
            else dict.fromkeys(Service, "as it is")
        )
        for service in Service:
            self.mode(service)

    def flags(self) -> list[str]:
        """What to launch Chromium with, besides what every profile gives."""
        sound = f"--use-file-for-fake-audio-capture={self.microphone}"
        return [
            *([] if self._piped else ["--use-fake-device-for-media-stream", sound]),
            f"--use-file-for-fake-video-capture={self.camera}",
            f"--utility-cmd-prefix={self.folder / WRAPPER.name}",
            f"--host-resolver-rules=MAP {INSECURE_NAME} 127.0.0.1",
        ]

    def belong_to(self, browser: Browser) -> None:
        """The browser that was started with them; from now on the pipe brings sound."""
        if self._piped and self._microphone_clip is not None:
            self._start_feed()
        self._page = OwnPage(browser)

    @property
    def page(self) -> OwnPage:
        """The harness's own page in their browser."""
        if self._page is None:
            raise HarnessError("These devices belong to no browser that runs: a defect of the harness.")
        return self._page

    def plug_camera(self, clip: Path | None = None, *, look: bool = True) -> None:
        """The camera is there and plays `clip`, or its own; a copy, so that it can be held and cut."""
        if (clip := clip or self._camera_clip) is not None:
            fresh = self.camera.with_suffix(".new")
            shutil.copyfile(clip, fresh)
            fresh.replace(self.camera)
        if look:
            self.page.look()

    def unplug_camera(self) -> None:
        """Whoever captures it loses it, and nobody finds it."""
        self.camera.unlink(missing_ok=True)
        self.page.look()

    def play(self, clip: Path | None = None) -> None:
        """What the microphone hears from its next start on: `clip`, or its own."""
        if (clip := clip or self._microphone_clip) is not None:
            fresh = self.microphone.with_suffix(".new")
            shutil.copyfile(clip, fresh)
            fresh.replace(self.microphone)

    def mode(self, service: Service, mode: str | None = None) -> None:
        """How the service starts from its next start on: see `start_service.sh`; None is as usual."""
        (self.folder / f"{service}.mode").write_text(f"{mode or self._usual[service]}\n")

    def starts(self, service: Service) -> list[str]:
        """The mode of each start of the service so far."""
        log = self.folder / f"{service}.log"
        return log.read_text().splitlines() if log.exists() else []

    def restart(self, service: Service, mode: str | None = None) -> None:
        """End the service; its next start, which is at its next use, is in this mode, or as usual."""
        self.mode(service, mode)
        self.kill(service)

    def end(self) -> None:
        """What runs for them ends."""
        if self._feed is not None and self._feed.stdin is not None:
            self._feed.stdin.close()
            self._feed.wait()

    def _start_feed(self) -> None:
        pipe = self.folder / "microphone.pipe"
        if not pipe.exists():
            os.mkfifo(pipe)
        (self.folder / "asound.conf").write_text(ALSA.replace("PIPE", str(pipe)))
        command = [sys.executable, "-I", str(FEED), str(pipe), str(self.microphone)]
        # A Ctrl-C at the terminal is for who waits at the failure: it must not take the sound away.
        self._feed = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)

    def kill(self, service: Service) -> list[int]:
        """Kill it, wait until it is gone, and return its ids: none when it was not running."""
        ids = self._signal(service, signal.SIGKILL)

        def why_not_yet() -> str | None:
            left = set(ids) & set(self.processes(service))
            return f"The process {left} of the browser was killed, and is still there." if left else None

        try:
            eventually(why_not_yet, within=WITHIN)
        except Finding as late:  # of the browser, not of the product
            raise HarnessError(str(late)) from None
        return ids

    def freeze(self, *services: Service) -> list[Service]:
        """Stop them as a driver hangs; returns those that could be stopped.

        What does not run is started before anything is stopped: a request waits for each of them.
        """
        if not all(map(self.processes, services)):
            self.page.capture()
        return [service for service in services if self._signal(service, signal.SIGSTOP)]

    def thaw(self, service: Service) -> None:
        """Let it run on."""
        self._signal(service, signal.SIGCONT)

    def is_frozen(self, service: Service) -> bool:
        """Whether it is stopped, as the system says."""
        states = self._listed(service).values()
        return bool(states) and all(state.startswith("T") for state in states)

    def processes(self, service: Service) -> list[int]:
        """The ids of this browser's processes that run the service."""
        return list(self._listed(service))

    def _listed(self, service: Service) -> dict[int, str]:
        """The state of each such process, by its id."""
        listed = subprocess.run(
            ["ps", "-wweo", "pid=,stat=,args="], capture_output=True, text=True, check=True
        )
        rows = (line.split(None, 2) for line in listed.stdout.splitlines())
        return {
            int(row[0]): row[1]
            for row in rows
            if len(row) == 3
            and f"--utility-sub-type={service}" in row[2]
            and str(self.camera) in row[2]
            and not row[1].startswith("Z")
        }

    def _signal(self, service: Service, what: signal.Signals) -> list[int]:
        ids = self.processes(service)
        for process in ids:
            with suppress(ProcessLookupError):  # it has ended since it was listed
                os.kill(process, what)
        return ids
