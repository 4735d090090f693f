"""Pictures that are decoded only when they are asked for are the right ones, and few."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import av
import pytest

from streamer.sources import lazy
from streamer.sources.base import DamagedError, Shot, SourceError
from streamer.sources.decode import Decoder, video_stream
from streamer.sources.lazy import lazy_shots
from streamer.sources.video import file_shots
from tests.clips import number_in, write_clip

KEY_EVERY = 12
"""Pictures from key picture to key picture in the clips."""


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(tmp_path_factory.mktemp("lazy") / "clip.mp4", frames=60)


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes of the packets that were decoded."""
    sizes: list[int] = []
    decode = Decoder.decode

    def counted(self: Decoder, packet: av.Packet) -> list[av.VideoFrame]:
        sizes.append(packet.size)
        return decode(self, packet)

    monkeypatch.setattr(Decoder, "decode", counted)
    return sizes


def newest(shots: Iterator[Shot], number: int) -> Shot:
    """Lets `number` shots come and holds only the last of them."""
    return next(islice(shots, number - 1, None))


@pytest.mark.parametrize(
    ("codec", "name", "between"),
    [("libx264", "a.mp4", 0), ("libx264", "a.mp4", 2), ("libx265", "a.mp4", 0), ("mjpeg", "a.mov", 0)],
)
def test_pictures_are_those_of_their_time(tmp_path: Path, codec: str, name: str, between: int) -> None:
    clip = write_clip(tmp_path / name, codec=codec, frames=60, between=between)
    at_once = {round(shot.time_s, 3): number_in(shot.to_bgr()) for shot in file_shots(clip)}
    lazily = {round(shot.time_s, 3): number_in(shot.to_bgr()) for shot in file_shots(clip, lazily=True)}
    assert len(lazily) >= 57  # the last few come out of the decoder only at its end
    assert lazily.items() <= at_once.items()


@pytest.mark.parametrize("between", [0, 2])
def test_who_wakes_it_gets_the_right_picture_whenever_that_is(tmp_path: Path, between: int) -> None:
    """Also just after a key picture, although decoders keep pictures back where others come between."""
    clip = write_clip(tmp_path / "a.mp4", between=between)
    at_once = {round(shot.time_s, 3): number_in(shot.to_bgr()) for shot in file_shots(clip)}
    for number in range(15, 45):
        shot = newest(file_shots(clip, lazily=True), number)
        assert number_in(shot.to_bgr()) == at_once[round(shot.time_s, 3)]


def test_nothing_is_decoded_while_nobody_asks(clip: Path, decoded: list[int]) -> None:
    shots = list(file_shots(clip, lazily=True))
    assert len(shots) == 60
    assert {(shot.width, shot.height) for shot in shots} == {(320, 240)}
    assert len(decoded) == 1, "the first picture alone says how large all are"


def test_who_wakes_it_catches_up_from_the_last_key_picture_and_goes_on_from_there(
    clip: Path, decoded: list[int]
) -> None:
    shots = file_shots(clip, lazily=True)
    shot = newest(shots, 54)
    assert number_in(shot.to_bgr()) == 53
    assert len(decoded) == 1 + 53 - 4 * KEY_EVERY + 1
    shot = newest(shots, 3)
    assert number_in(shot.to_bgr()) == 56
    assert len(decoded) == 1 + 53 - 4 * KEY_EVERY + 1 + 3


def test_a_shot_keeps_its_picture_whatever_is_asked_for_later(clip: Path, decoded: list[int]) -> None:
    shots = file_shots(clip, lazily=True)
    asked, unasked, later = newest(shots, 20), newest(shots, 1), newest(shots, 2)
    assert [number_in(shot.to_bgr()) for shot in (asked, later)] == [19, 22]
    before = len(decoded)
    assert number_in(unasked.to_bgr()) == 20
    deeper = newest(shots, 30)
    assert [number_in(shot.to_bgr()) for shot in (deeper, asked, unasked)] == [52, 19, 20]
    assert len(decoded) - before == 52 - 4 * KEY_EVERY + 1


def test_a_shot_may_be_asked_for_when_the_next_key_picture_has_come(clip: Path) -> None:
    shots = file_shots(clip, lazily=True)
    last_of_its_group = newest(shots, KEY_EVERY)
    next(shots)
    assert number_in(last_of_its_group.to_bgr()) == KEY_EVERY - 1
    assert number_in(next(shots).to_bgr()) == KEY_EVERY + 1


@pytest.mark.parametrize("key", [KEY_EVERY, KEY_EVERY + 1])
@pytest.mark.parametrize("awake", [True, False])
def test_shots_may_be_asked_for_backwards_across_a_key_picture(clip: Path, key: int, awake: bool) -> None:
    """As who traces back what was found in the newest one."""
    shots = file_shots(clip, lazily=True)
    shot = newest(shots, key - 4)
    if awake:
        shot.to_bgr()
    held = [next(shots) for _ in range(5)]
    assert [number_in(one.to_bgr()) for one in reversed(held)] == list(range(key, key - 5, -1))


def test_after_two_key_pictures_a_shot_gets_the_first_picture_that_there_still_is(clip: Path) -> None:
    shots = file_shots(clip, lazily=True)
    old = newest(shots, 5)
    key = newest(shots, 2 * KEY_EVERY - 4)
    assert number_in(old.to_bgr()) in (KEY_EVERY, 2 * KEY_EVERY)
    assert number_in(key.to_bgr()) == 2 * KEY_EVERY


@pytest.mark.parametrize("bound", ["MOST_KEPT_S", "MOST_KEPT_BYTES"])
def test_no_more_is_kept_than_the_bounds_say(
    clip: Path, decoded: list[int], monkeypatch: pytest.MonkeyPatch, bound: str
) -> None:
    """What is too much is decoded unasked, and the picture is still the right one."""
    monkeypatch.setattr(lazy, bound, {"MOST_KEPT_S": 0.15, "MOST_KEPT_BYTES": 2500}[bound])
    kept: list[tuple[int, float]] = []
    keep = lazy.LazyStream.keep

    def watched(self: lazy.LazyStream, packet: av.Packet, time_s: float) -> Shot:
        shot = keep(self, packet, time_s)
        waiting = list(self._waiting)
        kept.append(
            (sum(one.packet.size for one in waiting), waiting[-1].time_s - waiting[0].time_s if waiting else 0)
        )
        return shot

    monkeypatch.setattr(lazy.LazyStream, "keep", watched)
    for number, shot in enumerate(file_shots(clip, lazily=True)):
        if number in (29, 47, 58):
            assert number_in(shot.to_bgr()) == number
    assert (
        max(amount if bound == "MOST_KEPT_BYTES" else time_s for amount, time_s in kept)
        <= {
            "MOST_KEPT_S": 0.16,
            "MOST_KEPT_BYTES": 2500,
        }[bound]
    )
    assert 10 < len(decoded) <= 60


def test_several_threads_may_ask(clip: Path) -> None:
    held: list[Shot] = []
    with ThreadPoolExecutor(4) as pool:
        answers = []
        for shot in file_shots(clip, lazily=True):
            held.append(shot)
            answers += [
                pool.submit(shot.to_bgr),
                pool.submit(shot.to_size, 160, 120),
                pool.submit(shot.to_luma),
            ]
    assert {answer.result().shape for answer in answers} == {(240, 320, 3), (120, 160, 3), (240, 320)}
    for shot in held:
        assert number_in(shot.to_bgr()) == number_in(shot.to_size(160, 120)) == number_in(shot.to_luma())


def test_who_decodes_for_long_keeps_nobody_from_reading_on(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or the camera would be taken for one that has stalled."""
    decoding, go_on = threading.Event(), threading.Event()
    decode = Decoder.decode

    def slow(self: Decoder, packet: av.Packet) -> list[av.VideoFrame]:
        if threading.current_thread() is not threading.main_thread():
            decoding.set()
            assert go_on.wait(10)
        return decode(self, packet)

    monkeypatch.setattr(Decoder, "decode", slow)
    shots = file_shots(clip, lazily=True)
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(newest(shots, 8).to_bgr)
        assert decoding.wait(10)
        last = newest(shots, 40)
        go_on.set()
        number = number_in(answer.result())
        assert number == 7 or number % KEY_EVERY == 0, "neither its own picture nor the first there still is"
    assert number_in(last.to_bgr()) == 47


@pytest.mark.parametrize("rotation", [90, 180])
def test_pictures_are_upright(tmp_path: Path, rotation: int) -> None:
    clip = write_clip(tmp_path / "phone.mp4", rotation=rotation)
    for at_once, lazily in zip(file_shots(clip), file_shots(clip, lazily=True), strict=True):
        assert (lazily.width, lazily.height) == (at_once.width, at_once.height)
        assert (lazily.to_bgr() == at_once.to_bgr()).all()


def test_a_size_that_changes_on_the_way_is_noticed_when_it_is_decoded(tmp_path: Path) -> None:
    raw = tmp_path / "change.h264"
    sizes = (320, 240), (480, 360)
    raw.write_bytes(b"".join(write_clip(tmp_path / "part.h264", size=size).read_bytes() for size in sizes))
    shots = file_shots(raw, lazily=True)
    first = newest(shots, 80)
    assert (first.width, first.to_bgr().shape) == (320, (240, 320, 3))
    then = next(shots)
    assert (then.width, then.to_bgr().shape) == (480, (360, 480, 3))


def test_what_cannot_be_decoded_is_said(clip: Path) -> None:
    """The name is that of the stream, without its password."""
    name = "rtsp://viewer:s3cret@10.0.0.9/live"
    with av.open(str(clip)) as container:
        decoder = Decoder(container, video_stream(container, name))
        shots = lazy_shots(decoder, name, lambda packet: float(packet.pts * packet.time_base))
        newest(shots, 10)
        decoder.decode = lambda packet: []  # as after a loss: no picture comes out until the next key picture
        shot = newest(shots, 5)
        with pytest.raises(SourceError, match=r"rtsp://\*\*\*@10.0.0.9/live cannot be decoded"):
            shot.to_bgr()
        del decoder.decode
        assert number_in(newest(shots, 12).to_bgr()) == 26


def test_a_file_that_is_cut_short_says_so(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "cut.mkv", frames=100)
    clip.write_bytes(clip.read_bytes()[: clip.stat().st_size * 6 // 10])
    with pytest.raises(DamagedError, match="is cut short"):
        list(file_shots(clip, lazily=True))
