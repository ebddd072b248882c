"""A call that is recorded: what the file holds is what the host sent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from harness.local_stream.recording import CallRecorder, RecordingFolder
from harness.local_stream.sfu.protocol import models
from tests.unit.local_stream.recording.encoded import Content, content
from tests.unit.local_stream.sfu.client import Client
from tests.unit.local_stream.sfu.conftest import Run
from tests.unit.local_stream.sfu.pictures import Grey, Tone
from tests.unit.local_stream.sfu.served import CID, Served, serving

BASE = "http://127.0.0.1"
# What the clients of these tests send of a grey picture and a tone in about a second.
ENOUGH = 8_000


@dataclass
class Studio:
    """A served SFU with a recorder whose files are kept."""

    served: Served
    recorder: CallRecorder
    folder: Path

    async def host(self, luma: int, hertz: float = 750, user_id: str = "host") -> Client:
        """Somebody who sends this picture and this tone."""
        host = self.served.host(user_id)
        await host.join()
        await host.publish(Grey(luma), Tone(hertz))
        return host

    async def sent_by(self, client: Client) -> None:
        """Wait for about a second's worth of media."""

        def published() -> int:
            shown = self.served.sfu.participants(CID)
            mine = next(each for each in shown if each["session_id"] == client.session_id)
            return sum(track["bytes"] for track in mine["published"])

        before = published()
        await client.until(lambda: published() > before + ENOUGH, "publishing")

    async def stop(self) -> Content:
        file = await self.recorder.stop(CID, "composite", BASE)
        assert file, "there is no file"
        return content(self.folder / file.name)


@asynccontextmanager
async def studio(tmp_path: Path) -> AsyncIterator[Studio]:
    async with serving() as served:
        recorder = CallRecorder(served.sfu, RecordingFolder(tmp_path))
        yield Studio(served, recorder, tmp_path)
        await recorder.close()


def test_the_file_holds_the_pictures_and_the_sound_of_the_host(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with studio(tmp_path) as there:
            host = await there.host(60)
            # By now its first key frame is gone: the recording has to ask for one.
            await there.sent_by(host)
            there.recorder.start(CID, "composite")
            await there.sent_by(host)
            played = await there.stop()
        assert played.codecs == ["vp8", "opus"]
        assert played.lumas == pytest.approx([60] * len(played.lumas), abs=6)
        assert played.hertz == pytest.approx(750, abs=12)
        assert played.seconds > 0.3
        assert len(played.lumas) == pytest.approx(
            30 * (played.pictures[-1][0] - played.pictures[0][0]), abs=6
        )

    run(scenario)


def test_a_recording_that_begins_before_the_host_does_begins_with_the_host(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with studio(tmp_path) as there:
            there.recorder.start(CID, "composite")
            host = await there.host(60)
            await there.sent_by(host)
            played = await there.stop()
        assert played.pictures[0][0] < 0.5
        assert played.lumas[0] == pytest.approx(60, abs=6)

    run(scenario)


def test_the_first_who_has_a_camera_is_recorded_and_no_other(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with studio(tmp_path) as there:
            there.recorder.start(CID, "composite")
            first = await there.host(60)
            await there.sent_by(first)
            second = await there.host(220, 440, user_id="second")
            await there.sent_by(second)
            played = await there.stop()
        assert played.lumas == pytest.approx([60] * len(played.lumas), abs=6)
        assert played.hertz == pytest.approx(750, abs=12)

    run(scenario)


def test_when_the_host_leaves_the_next_is_recorded_and_time_goes_on(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with studio(tmp_path) as there:
            there.recorder.start(CID, "composite")
            first = await there.host(60)
            await there.sent_by(first)
            await first.leave()
            again = await there.host(220)
            await there.sent_by(again)
            played = await there.stop()
        dark = [at for at, luma in played.pictures if luma == pytest.approx(60, abs=6)]
        bright = [at for at, luma in played.pictures if luma == pytest.approx(220, abs=6)]
        assert dark
        assert bright
        assert len(dark) + len(bright) == len(played.pictures)
        assert max(dark) < min(bright)

    run(scenario)


def test_where_nobody_publishes_there_is_no_file(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with studio(tmp_path) as there:
            await there.served.client("viewer").join()
            there.recorder.start(CID, "composite")
            assert await there.recorder.stop(CID, "composite", BASE) is None
        assert list(tmp_path.iterdir()) == []

    run(scenario)


@pytest.mark.parametrize("kind", ["individual", "raw"])
def test_other_types_have_no_file(run: Run, tmp_path: Path, kind: str) -> None:
    async def scenario() -> None:
        async with studio(tmp_path) as there:
            host = await there.host(60)
            there.recorder.start(CID, kind)
            await there.sent_by(host)
            assert await there.recorder.stop(CID, kind, BASE) is None

    run(scenario)


def test_the_end_of_the_process_completes_the_file(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with studio(tmp_path) as there:
            there.recorder.start(CID, "composite")
            await there.sent_by(await there.host(60))
            await there.recorder.close()
        [file] = tmp_path.iterdir()
        assert content(file).lumas[0] == pytest.approx(60, abs=6)

    run(scenario)


def test_a_recorded_call_asks_for_the_best_layer_until_it_is_over(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with studio(tmp_path) as there:
            host = await there.host(60)
            room = there.served.sfu._rooms.room(CID)
            track = room.participants[host.session_id].tracks[models.TRACK_TYPE_VIDEO]
            assert not track.watched_layers()
            there.recorder.start(CID, "composite")
            await host.until(lambda: len(track.watched_layers()) == 1, "watched")
            await there.sent_by(host)
            await there.stop()
            assert not track.watched_layers()

    run(scenario)
