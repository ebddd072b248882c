"""Files that hold what was put in, in each codec, and play."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.local_stream.recording.media_file import HELD_SECONDS, MediaFile
from tests.unit.local_stream.recording.encoded import content, pictures, sounds

LUMAS = [40, 80, 120, 160, 200, 240] * 5


@pytest.mark.parametrize(("codec", "ending"), [("vp8", "webm"), ("vp9", "webm"), ("h264", "mp4")])
def test_pictures_and_sound_are_as_they_were(tmp_path: Path, codec: str, ending: str) -> None:
    file = MediaFile(tmp_path, "a")
    for index, picture in enumerate(pictures(codec, LUMAS)):
        file.add_picture(codec, picture, 100 + index / 30)
    for index, sound in enumerate(sounds(750, 50)):
        file.add_sound(sound, 100 + index / 50)
    assert file.close()
    assert file.path == tmp_path / f"a.{ending}"
    played = content(file.path)
    assert played.codecs == [codec, "opus"]
    assert played.seconds == pytest.approx(1, abs=0.06)
    assert played.lumas == pytest.approx(LUMAS, abs=6)
    assert [at for at, _ in played.pictures] == pytest.approx([index / 30 for index in range(30)], abs=0.002)
    assert played.hertz == pytest.approx(750, abs=5)


def test_sound_that_came_before_the_first_picture_is_in_it(tmp_path: Path) -> None:
    file = MediaFile(tmp_path, "a")
    for index, sound in enumerate(sounds(750, 50)):
        file.add_sound(sound, index / 50)
    for index, picture in enumerate(pictures("vp8", LUMAS)):
        file.add_picture("vp8", picture, 0.5 + index / 30)
    assert file.close()
    assert file.path
    played = content(file.path)
    assert played.sound_began == pytest.approx(0, abs=0.01)
    assert played.pictures[0][0] == pytest.approx(0.5, abs=0.002)


def test_it_begins_with_a_picture_that_can_be_decoded(tmp_path: Path) -> None:
    file = MediaFile(tmp_path, "a")
    first, *others = pictures("vp8", LUMAS)
    for picture in (*others[:10], first, *others):
        file.add_picture("vp8", picture, 1)
    assert file.close()
    assert file.path
    assert content(file.path).lumas == pytest.approx(LUMAS, abs=6)
    assert file.left_out == 10


def test_sound_alone_is_a_file_too(tmp_path: Path) -> None:
    file = MediaFile(tmp_path, "a")
    for index, sound in enumerate(sounds(440, 50)):
        file.add_sound(sound, index / 50)
    assert file.close()
    assert file.path
    played = content(file.path)
    assert (played.codecs, played.pictures) == (["opus"], [])
    assert played.hertz == pytest.approx(440, abs=5)


def test_who_sends_no_picture_for_long_is_recorded_in_sound_alone(tmp_path: Path) -> None:
    file = MediaFile(tmp_path, "a")
    for index, sound in enumerate(sounds(440, 3)):
        file.add_sound(sound, index * HELD_SECONDS)
    file.add_picture("vp8", pictures("vp8", [60])[0], 3 * HELD_SECONDS)
    assert file.close()
    assert file.path
    assert content(file.path).codecs == ["opus"]
    assert file.left_out == 1


def test_another_codec_is_left_out_and_counted(tmp_path: Path) -> None:
    file = MediaFile(tmp_path, "a")
    for picture in pictures("vp8", LUMAS[:3]):
        file.add_picture("vp8", picture, 1)
    for picture in pictures("h264", LUMAS):
        file.add_picture("h264", picture, 2)
    assert file.close()
    assert file.path
    assert len(content(file.path).pictures) == 3
    assert file.left_out == len(LUMAS)


def test_nothing_is_no_file(tmp_path: Path) -> None:
    file = MediaFile(tmp_path, "a")
    assert not file.close()
    assert list(tmp_path.iterdir()) == []


def test_no_other_user_of_the_machine_may_read_it(tmp_path: Path) -> None:
    file = MediaFile(tmp_path, "a")
    file.add_picture("vp8", pictures("vp8", [60])[0], 0)
    assert file.close()
    assert file.path
    assert file.path.stat().st_mode & 0o777 == 0o600
