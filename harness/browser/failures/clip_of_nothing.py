"""Devices that work and give nothing: a covered camera, a microphone that is off at its own switch."""

from __future__ import annotations

import wave

from harness.browser.devices import Service
from harness.browser.failures.mechanism import Mechanism

WIDTH, HEIGHT, FPS = 640, 360, 20
BLACK, GREY = 16, 128
DARK = 8.0  # mean brightness, 0..255: a black frame gives 0
QUIET = 0.001  # loudest sample: silence gives 0, the quietest clip 0.4


class BlackPicture(Mechanism):
    """The camera's next start brings frames, all of them black."""

    def arm(self) -> None:
        clip = self.devices.folder / "black.y4m"
        frame = bytes([BLACK]) * (WIDTH * HEIGHT) + bytes([GREY]) * (WIDTH * HEIGHT // 2)
        header = f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{FPS}:1 Ip A1:1 C420jpeg\n".encode()
        clip.write_bytes(header + b"FRAME\n" + frame)
        self.devices.restart(Service.CAMERA)
        self.devices.plug_camera(clip)

    def heal(self) -> None:
        self.devices.restart(Service.CAMERA)
        self.devices.plug_camera()

    def why_not_bitten(self) -> str | None:
        grey = self.devices.page.brightness()
        return None if grey < DARK else f"The picture was to be black, and is of brightness {grey:.0f}."


class SilentMicrophone(Mechanism):
    """The microphone's next start brings digital silence."""

    def arm(self) -> None:
        clip = self.devices.folder / "silence.wav"
        with wave.open(str(clip), "wb") as sound:
            sound.setnchannels(1)
            sound.setsampwidth(2)
            sound.setframerate(48_000)
            sound.writeframes(bytes(2 * 48_000))
        self.devices.play(clip)
        self.devices.restart(Service.SOUND)

    def heal(self) -> None:
        self.devices.play()
        self.devices.restart(Service.SOUND)

    def why_not_bitten(self) -> str | None:
        level = self.devices.page.loudness()
        return (
            None if level < QUIET else f"The microphone was to be silent, and gives a level of {level:.3f}."
        )
