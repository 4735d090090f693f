"""Files and pictures become frames, whole and in order; what cannot be read is said in words."""

import os
import struct
import threading
import time
import zlib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from streamer.capture import CaptureOptions, Source, SourceError, open_source
from streamer.sources.clock import MediaClock
from streamer.sources.decode import timed
from streamer.types import SourceState, SourceStatus
from tests.clips import number_in, numbered_picture, write_clip
from tests.watching import Watch

SHARED_ROTATED = Path(__file__).parents[2] / "shared/eval/videos/parking_walk_gh1.mp4"


def numbers_of(source: Source) -> list[int]:
    return [number_in(frame.image) for frame in source.frames()]


def write_jpeg(path: Path, number: int, **options: object) -> Path:
    Image.fromarray(numbered_picture(number)[:, :, ::-1]).save(path, quality=95, **options)
    return path


# Video files


@pytest.mark.parametrize(
    ("codec", "name"),
    [("libx264", "a.mp4"), ("libx265", "a.mp4"), ("mpeg4", "a.avi"), ("libx264", "a.mkv"), ("mjpeg", "a.mov")],
)
def test_a_file_gives_every_frame_in_order(tmp_path: Path, codec: str, name: str) -> None:
    clip = write_clip(tmp_path / name, codec=codec)
    source = open_source(str(clip), "gate")
    assert not source.live
    assert not source.stills
    began_s = time.time()
    frames = list(source.frames())
    assert [number_in(frame.image) for frame in frames] == list(range(50))
    assert [frame.index for frame in frames] == list(range(50))
    assert {frame.camera for frame in frames} == {"gate"}
    assert {(frame.width, frame.height) for frame in frames} == {(320, 240)}
    assert [frame.media_s for frame in frames] == pytest.approx([n / 25 for n in range(50)], abs=0.002)
    assert frames[-1].wall_s - frames[0].wall_s == pytest.approx(1.96, abs=0.002)
    assert frames[0].wall_s == pytest.approx(began_s, abs=0.5)
    assert source.state == SourceState(SourceStatus.ENDED)


def test_a_file_says_how_long_it_is(tmp_path: Path) -> None:
    extent = open_source(str(write_clip(tmp_path / "a.mp4")), "gate").extent
    assert extent is not None
    assert extent.frames == 50
    assert extent.seconds == pytest.approx(2.0, abs=0.05)
    assert open_source(str(tmp_path / "missing.mp4"), "gate").extent is None


def test_variable_frame_rate_keeps_its_times(tmp_path: Path) -> None:
    times_ms = [0, 40, 80, 1000, 1013, 5000, 5100]
    clip = write_clip(tmp_path / "vfr.mp4", times_ms=times_ms)
    frames = list(open_source(str(clip), "gate").frames())
    assert [frame.media_s for frame in frames] == pytest.approx([t / 1000 for t in times_ms], abs=0.002)


@pytest.mark.parametrize("rotation", [0, 90, -90, 180])
@pytest.mark.parametrize("codec", ["libx264", "mjpeg"])
def test_brightness_is_the_decoders_own_upright_and_not_copied(
    tmp_path: Path, codec: str, rotation: int
) -> None:
    clip = write_clip(tmp_path / "phone.mkv", codec=codec, rotation=rotation, frames=3)
    frame = list(open_source(str(clip), "gate").frames())[-1]
    grey = cv2.cvtColor(frame.image, cv2.COLOR_BGR2GRAY)
    assert frame.luma.shape == grey.shape
    assert np.corrcoef(frame.luma.ravel(), grey.ravel())[0, 1] > 0.99
    assert np.shares_memory(frame.luma, frame.luma)


def test_brightness_of_a_picture_is_its_green(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "gate.png"), numbered_picture(5))
    frame = next(open_source(str(tmp_path / "gate.png"), "gate").frames())
    assert np.shares_memory(frame.luma, frame.image)
    assert (frame.luma == numbered_picture(5)[..., 1]).all()


@pytest.mark.parametrize("rotation", [90, -90, 180])
def test_rotation_is_honoured(tmp_path: Path, rotation: int) -> None:
    clip = write_clip(tmp_path / "phone.mp4", rotation=rotation, frames=3)
    frame = list(open_source(str(clip), "gate").frames())[-1]
    assert frame.image.shape[:2] == (frame.height, frame.width)
    assert (frame.width, frame.height) == ((320, 240) if rotation == 180 else (240, 320))
    assert number_in(np.rot90(frame.image, -rotation // 90)) == 2
    small = frame.to_size(frame.width // 2, frame.height // 2)
    assert small.shape == (frame.height // 2, frame.width // 2, 3)
    assert number_in(np.rot90(small, -rotation // 90)) == 2


class OneScaler:
    """A decoder's picture, which breaks when it is converted by two threads at once."""

    rotation, width, height, time = 0, 64, 48, 0.0

    def __init__(self) -> None:
        self.converting, self.most = 0, 0

    def to_ndarray(self, **options: object) -> np.ndarray:
        self.converting += 1
        self.most = max(self.most, self.converting)
        time.sleep(0.02)
        self.converting -= 1
        return np.zeros((48, 64, 3), np.uint8)


def test_a_picture_is_converted_by_one_thread_at_a_time() -> None:
    """The engine wants it whole while viewers want it small; FFmpeg crashes when both happen at once."""
    picture = OneScaler()
    [shot] = timed(iter([picture]), MediaClock(0.04))
    threads = [threading.Thread(target=way) for way in (shot.to_bgr, lambda: shot.to_size(32, 24), shot.to_bgr)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert picture.most == 1


@pytest.mark.skipif(not SHARED_ROTATED.exists(), reason="needs ../shared")
def test_a_real_phone_clip_stands_upright() -> None:
    frame = next(open_source(str(SHARED_ROTATED), "gate").frames())
    assert (frame.width, frame.height) == (352, 640)
    assert frame.image.shape == (640, 352, 3)


def test_a_truncated_file_gives_what_it_has_and_says_so(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mp4", container_options={"movflags": "faststart"})
    clip.write_bytes(clip.read_bytes()[: clip.stat().st_size * 6 // 10])
    source = open_source(str(clip), "gate")
    numbers = numbers_of(source)
    assert numbers == list(range(len(numbers)))
    assert 20 <= len(numbers) < 40
    assert source.state.status is SourceStatus.ENDED
    assert "cut short" in source.state.reason
    assert "of 2.0 s" in source.state.reason


def test_a_damaged_file_goes_on_after_the_damage_and_says_so(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mkv")
    data = bytearray(clip.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 1500] = bytes(1500)
    clip.write_bytes(data)
    source = open_source(str(clip), "gate")
    numbers = numbers_of(source)
    assert numbers[:10] == list(range(10))
    assert numbers[-1] == 49
    assert source.state.reason


def test_a_last_picture_that_is_held_is_no_damage(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "held.mp4", times_ms=[0, 40, 80], last_ms=3000)
    source = open_source(str(clip), "gate")
    assert numbers_of(source) == [0, 1, 2]
    assert source.extent is not None
    assert source.extent.seconds == pytest.approx(3.08, abs=0.1)
    assert source.state.reason == ""


def test_looping_goes_on_in_time(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mp4", frames=10)
    source = open_source(str(clip), "gate", CaptureOptions(loop=True))
    frames = [frame for frame, _ in zip(source.frames(), range(25), strict=False)]
    assert [number_in(frame.image) for frame in frames] == [*range(10), *range(10), *range(5)]
    assert [frame.media_s for frame in frames] == pytest.approx([n / 25 for n in range(25)], abs=0.01)
    assert [frame.index for frame in frames] == list(range(25))


def test_closing_ends_a_file_at_once(tmp_path: Path) -> None:
    source = open_source(str(write_clip(tmp_path / "a.mp4")), "gate")
    seen = 0
    for _ in source.frames():
        seen += 1
        source.close()
    assert seen == 1
    assert source.state.status is SourceStatus.ENDED


# Files played like a camera


def test_a_paced_file_takes_its_time_and_ends(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mp4", frames=26)
    with Watch.on(str(clip), CaptureOptions(realtime=True)) as watch:
        assert watch.source.live
        watch.wait_for(SourceStatus.ENDED)
    first, last = watch.frames[0], watch.frames[-1]
    assert last.index == 25
    assert last.media_s == pytest.approx(1.0, abs=0.01)
    assert 0.9 < last.wall_s - first.wall_s < 5
    assert [state.status for state in watch.states] == ["connecting", "live", "ended"]


def test_a_paced_loop_is_one_live_source(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mp4", frames=10)
    with Watch.on(str(clip), CaptureOptions(realtime=True, loop=True)) as watch:
        watch.wait(lambda: len(watch.frames) > 0 and watch.frames[-1].index >= 25)
        frames = list(watch.frames)
        assert [state.status for state in watch.states] == ["connecting", "live"]
    for one, other in pairwise(frames):
        assert one.index < other.index
        assert one.media_s < other.media_s
    assert frames[-1].media_s == pytest.approx(frames[-1].index / 25, abs=0.02)


def test_a_long_pause_in_a_paced_file_is_no_stall(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "vfr.mp4", times_ms=[0, 40, 1000, 1040])
    with Watch.on(str(clip), CaptureOptions(realtime=True, stall_after_s=0.3)) as watch:
        watch.wait_for(SourceStatus.ENDED)
        assert watch.frames[-1].index == 3
        assert SourceStatus.STALLED not in {state.status for state in watch.states}


def test_a_paced_file_that_is_missing_is_tried_until_it_is_there(tmp_path: Path) -> None:
    path = tmp_path / "disk" / "a.mp4"
    with Watch.on(
        str(path), CaptureOptions(realtime=True, loop=True, retry_first_s=0.05, retry_most_s=0.1)
    ) as watch:
        watch.wait_for(SourceStatus.RETRYING)
        assert "there is no file" in watch.last(SourceStatus.RETRYING).reason
        path.parent.mkdir()
        write_clip(tmp_path / "a.mp4").rename(path)
        watch.wait_for(SourceStatus.LIVE)
        watch.wait_for_frames()


# Pictures


def test_a_picture_is_one_upright_frame(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned a quarter clockwise
    path = write_jpeg(tmp_path / "a.jpg", 5, exif=exif)
    source = open_source(str(path), "gate")
    assert source.stills
    (frame,) = source.frames()
    assert (frame.width, frame.height) == (240, 320)
    assert number_in(np.rot90(frame.image)) == 5


@pytest.mark.parametrize("suffix", [".jpg", ".JPEG", ".png", ".webp", ".bmp"])
def test_picture_formats(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    Image.fromarray(numbered_picture(7)[:, :, ::-1]).save(path)
    assert numbers_of(open_source(str(path), "gate")) == [7]


def test_a_folder_is_its_pictures_sorted(tmp_path: Path) -> None:
    for number in (3, 1, 2):
        write_jpeg(tmp_path / f"{number}.jpg", number)
    (tmp_path / "notes.txt").write_text("not a picture")
    source = open_source(str(tmp_path), "gate")
    assert [path.name for path in source.paths] == ["1.jpg", "2.jpg", "3.jpg"]
    assert source.extent is not None
    assert source.extent.frames == 3
    assert numbers_of(source) == [1, 2, 3]


def test_a_pattern_names_pictures(tmp_path: Path) -> None:
    for name in ("in_1.jpg", "in_2.jpg", "out_3.jpg"):
        write_jpeg(tmp_path / name, int(name[-5]))
    assert numbers_of(open_source(f"{tmp_path}/in_*.jpg", "gate")) == [1, 2]


def test_a_file_whose_name_looks_like_a_pattern_is_a_file(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "gate [1].mp4", frames=2)
    assert numbers_of(open_source(str(clip), "gate")) == [0, 1]


def test_one_bad_picture_does_not_end_a_folder(tmp_path: Path) -> None:
    for number in (1, 2, 3):
        write_jpeg(tmp_path / f"{number}.jpg", number)
    (tmp_path / "2.jpg").write_bytes((tmp_path / "2.jpg").read_bytes()[:300])
    source = open_source(str(tmp_path), "gate")
    frames = list(source.frames())
    assert [source.paths[frame.index].name for frame in frames] == ["1.jpg", "3.jpg"]
    assert "1 of 3 pictures could not be read" in source.state.reason
    assert "2.jpg" in source.state.reason


# Bad input


def png_header(width: int, height: int) -> bytes:
    """A PNG that promises pixels and has none."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", zlib.compress(b""))


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def unknown_codec(folder: Path) -> bytes:
    data = write_clip(folder / "known.mp4").read_bytes()
    return data.replace(b"avc1", b"xyz9").replace(b"avcC", b"xyzC")


def unfinished(folder: Path) -> bytes:
    data = write_clip(folder / "finished.mp4").read_bytes()
    return data[: len(data) // 2]


BAD_FILES = [
    ("zero.mp4", lambda _: b"", "is empty (0 bytes)"),
    ("text.mp4", lambda _: b"hello\n" * 100, "is not a video"),
    ("text.txt", lambda _: b"hello\n" * 100, "has no video in it"),
    ("noise.mp4", lambda _: os.urandom(20000), "is not a video"),
    ("unfinished.mp4", unfinished, "its recording was cut off"),
    ("codec.mp4", unknown_codec, "codec that is unknown here"),
    ("zero.jpg", lambda _: b"", "file is empty"),
    ("text.jpg", lambda _: b"hello", "not a picture"),
    ("huge.png", lambda _: png_header(20000, 10000), "more than 100 megapixels"),
]


@pytest.mark.parametrize(("name", "content", "words"), BAD_FILES, ids=[row[0] for row in BAD_FILES])
def test_a_bad_file_is_refused_in_one_sentence(tmp_path: Path, name: str, content, words: str) -> None:
    path = tmp_path / name
    path.write_bytes(content(tmp_path))
    source = open_source(str(path), "gate")
    with pytest.raises(SourceError) as refusal:
        list(source.frames())
    sentence = str(refusal.value)
    assert words in sentence
    assert str(path) in sentence
    assert ";" in sentence, "no mend is named"
    assert source.state == SourceState(SourceStatus.ENDED, sentence)


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("/nowhere/a.mp4", "there is no file /nowhere/a.mp4"),
        ("/nowhere/a.jpg", "there is no picture /nowhere/a.jpg"),
        ("x" * 300 + ".mp4", "cannot be read"),
        ("x" * 300 + ".jpg", "cannot be read"),
    ],
)
def test_missing_files(spec: str, words: str) -> None:
    with pytest.raises(SourceError, match=words):
        list(open_source(spec, "gate").frames())


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("", "the source is empty"),
        ("  ", "the source is empty"),
        ("ftp://host/a.mp4", "is of no kind known here"),
        ("rtsp://", "is no valid address"),
        ("rtsp://u:secret@:554/x", "is no valid address"),
        ("rtsp://u:secret@host:99999/x", "is no valid address"),
        ("rtsp://u:sec/ret@host/x", "is no valid address"),
        ("http://[::1/x", "is no valid address"),
        ("/nowhere/*.jpg", "there is no picture"),
        ("a\0b.mp4", "no valid path"),
    ],
)
def test_a_spec_that_cannot_be_a_source_is_refused_at_once(spec: str, words: str) -> None:
    with pytest.raises(SourceError) as refusal:
        open_source(spec, "gate")
    assert words in str(refusal.value)
    assert "sec" not in str(refusal.value)


def test_a_folder_without_pictures_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="there is no picture"):
        open_source(str(tmp_path), "gate")


@pytest.fixture
def nobody() -> Iterator[None]:
    """Root may read everything, so a test that is run by root is nobody for a while."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(65534)
    yield
    os.seteuid(before)


@pytest.mark.parametrize("name", ["a.mp4", "a.jpg"])
def test_a_file_that_may_not_be_read(tmp_path: Path, name: str, request: pytest.FixtureRequest) -> None:
    path = tmp_path / name
    path.write_bytes(b"x")
    path.chmod(0)
    request.getfixturevalue("nobody")
    with pytest.raises(SourceError, match="may not be read by this user"):
        list(open_source(str(path), "gate").frames())
