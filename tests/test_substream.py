"""A camera's small stream is watched, its main stream gives the picture of the same time, and either may fail."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice, pairwise
from pathlib import Path
from queue import Queue

import pytest

from streamer.capture import CaptureOptions, SourceError, open_source
from streamer.sources.base import Shot
from streamer.sources.decode import Decoder
from streamer.sources.substream import SubstreamSource
from streamer.sources.video import file_shots
from streamer.types import Frame, SourceStatus
from tests.clips import number_in, write_clip
from tests.mjpeg_camera import MjpegCamera
from tests.watching import Watch

QUICK = CaptureOptions(
    connect_timeout_s=2, read_timeout_s=3, stall_after_s=2, retry_first_s=0.05, retry_most_s=0.1
)
PATIENT = replace(QUICK, stall_after_s=20)
MAIN, SMALL = "rtsp://viewer:s3cret@10.0.0.9/main", "rtsp://viewer:s3cret@10.0.0.9/small"
FOR_THE_WEB = {"movflags": "faststart"}
MAIN_SIZE, SMALL_SIZE = (640, 480), (320, 180)


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The same numbers in a large and in a small recording, which is of another shape, as is usual."""
    folder = tmp_path_factory.mktemp("substream")
    return (
        write_clip(folder / "main.mp4", size=MAIN_SIZE, frames=100, container_options=FOR_THE_WEB),
        write_clip(folder / "small.mp4", size=SMALL_SIZE, frames=100, container_options=FOR_THE_WEB),
    )


class Stream:
    """A stream of a camera in a test's hand: it gives the shots of a clip one by one when it is told to, as often
    as it is opened."""

    def __init__(self, clip: Path, *, lazily: bool) -> None:
        self._clip = clip
        self._lazily = lazily
        self._orders: Queue[SourceError | None] = Queue()
        self._opened = threading.Condition()
        self.fault: SourceError | None = None

    def __call__(self) -> Iterator[Shot]:
        if self.fault:
            raise self.fault
        for shot in file_shots(self._clip, lazily=self._lazily):
            order = self._orders.get()
            if order:
                raise order
            yield shot

    def send(self, shots: int = 1) -> None:
        for _ in range(shots):
            self._orders.put(None)

    def fail(self, words: str) -> None:
        """From now on it is down, until it is mended."""
        self.fault = SourceError(words)
        self._orders.put(self.fault)

    def mend(self) -> None:
        self.fault = None


class Pair:
    """A source of two streams in a test's hand, and what it does."""

    def __init__(self, clips: tuple[Path, Path], options: CaptureOptions = PATIENT) -> None:
        self.main, self.small = Stream(clips[0], lazily=True), Stream(clips[1], lazily=False)
        self.watch = Watch(
            lambda note: SubstreamSource((MAIN, SMALL), "gate", (self.main, self.small), options, note)
        )

    def __enter__(self) -> Pair:
        self.watch.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.main.send(1000)
        self.small.send(1000)
        self.watch.__exit__(None, None, None)

    def begin(self) -> None:
        """Both streams are live and have given a frame."""
        self.main.send()
        self.small.send()
        self.watch.wait(lambda: self.watch.status is SourceStatus.LIVE)
        self.settle(0)

    def settle(self, number: int) -> None:
        """Until frames come with the main picture of this number; each one that comes before has an earlier one.

        The frame after that was made when that picture was the newest.
        """
        for _ in range(50):
            shown = number_in(self.next_frame().image)
            assert shown <= number
            if shown == number:
                return
        raise AssertionError(f"the main picture {number} does not come")

    def next_frame(self) -> Frame:
        """The frame of one more small picture; a small one that comes before the first main one gives none."""
        seen = len(self.watch.frames)
        for _ in range(20):
            self.small.send()
            if self.watch.comes(lambda: len(self.watch.frames) > seen, 0.5):
                return self.watch.frames[-1]
        raise AssertionError("no frame comes")


@pytest.fixture
def pair(clips: tuple[Path, Path]) -> Iterator[Pair]:
    with Pair(clips) as pair:
        yield pair


def states_of(watch: Watch) -> list[str]:
    return [str(state.status) for state in watch.states]


# The frames


def test_a_frame_has_the_brightness_of_the_small_picture_and_is_the_main_picture(pair: Pair) -> None:
    pair.begin()
    frame = pair.watch.frames[-1]
    assert (frame.width, frame.height) == MAIN_SIZE
    assert frame.image.shape == (480, 640, 3)
    assert frame.luma.shape == (180, 320)
    assert states_of(pair.watch) == ["connecting", "live"]
    assert pair.watch.source.live


def test_a_frame_is_the_main_picture_that_was_the_newest_when_the_small_one_came(pair: Pair) -> None:
    pair.begin()
    pair.main.send(30)
    pair.settle(30)
    unasked = pair.next_frame()
    pair.main.send(5)
    pair.settle(35)
    asked = pair.watch.frames[-1]
    pair.main.send(40)
    pair.settle(75)
    assert number_in(unasked.image) == 30
    assert number_in(asked.image) == 35
    assert number_in(unasked.luma) == number_in(unasked.to_size(320, 240))


def test_viewers_of_small_pictures_do_not_wake_the_main_stream(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair.begin()
    sizes = []
    decode = Decoder.decode

    def counted(self: Decoder, packet: object) -> object:
        pictures = decode(self, packet)
        sizes.extend(picture.width for picture in pictures)
        return pictures

    monkeypatch.setattr(Decoder, "decode", counted)
    pair.main.send(20)
    for _ in range(20):
        frame = pair.next_frame()
        assert frame.luma.shape == (180, 320)
        assert frame.to_size(320, 240).shape == (240, 320, 3)
        assert number_in(frame.to_size(160, 120)) == number_in(frame.luma)
    assert sizes == [] or set(sizes) == {SMALL_SIZE[0]}
    assert frame.to_size(480, 360).shape == (360, 480, 3)
    assert MAIN_SIZE[0] in sizes


def test_frames_are_counted_and_their_times_go_on(pair: Pair) -> None:
    pair.begin()
    pair.main.send(10)
    pair.settle(10)
    frames = pair.watch.frames
    for one, other in pairwise(frames):
        assert one.index < other.index
        assert one.media_s <= other.media_s
    assert {frame.camera for frame in frames} == {"gate"}


# Faults


def test_while_the_small_stream_is_down_the_main_one_is_watched_and_that_is_said(
    pair: Pair, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    pair.begin()
    pair.small.fail(f"nothing listens at {SMALL}; check the port")
    pair.watch.wait_for_reason("the main stream is watched")
    state = pair.watch.source.state
    assert state.status is SourceStatus.LIVE
    assert "nothing listens at rtsp://***@10.0.0.9/small" in state.reason
    for number in range(1, 15):
        pair.main.send()
        pair.watch.wait(lambda number=number: number_in(pair.watch.frames[-1].image) == number)
        assert pair.watch.frames[-1].luma.shape == (480, 640)
    told = len(pair.watch.states)
    pair.small.mend()
    pair.small.send()
    pair.watch.wait(lambda: pair.watch.source.state.reason == "")
    pair.settle(14)
    assert pair.watch.frames[-1].luma.shape == (180, 320)
    assert states_of(pair.watch) == ["connecting", "live", "live", "live"]
    assert len(pair.watch.states) == told + 1
    written = caplog.text + str(pair.watch.states) + pair.watch.source.name
    assert "gate (small stream)" in written
    assert "s3cret" not in written


def test_a_small_stream_that_never_comes_is_said_and_the_main_one_watched(clips: tuple[Path, Path]) -> None:
    pair = Pair(clips)
    pair.small.fault = SourceError("there is nothing at this path")
    with pair:
        pair.main.send(3)
        pair.watch.wait_for_reason("the small one is down: there is nothing at this path")
        pair.main.send()
        pair.watch.wait(lambda: len(pair.watch.frames) > 0)
        assert states_of(pair.watch) == ["connecting", "live"]


def test_while_the_main_stream_is_down_its_state_is_the_cameras(pair: Pair) -> None:
    pair.begin()
    pair.main.fail("the cable is out; plug it in")
    pair.watch.wait_for(SourceStatus.RETRYING)
    assert "the cable is out" in pair.watch.last(SourceStatus.RETRYING).reason
    seen = len(pair.watch.frames)
    pair.small.send(5)
    pair.main.mend()
    pair.main.send(3)
    pair.watch.wait(lambda: pair.watch.status is SourceStatus.LIVE)
    pair.settle(2)
    for frame in pair.watch.frames[seen:]:
        assert number_in(frame.image) <= 2, "a picture from before the fault"


def test_when_both_are_down_the_main_streams_state_is_told(pair: Pair) -> None:
    pair.begin()
    pair.small.fail("the small one is off")
    pair.watch.wait_for_reason("the small one is off")
    pair.main.fail("the cable is out; plug it in")
    pair.watch.wait_for(SourceStatus.RETRYING)
    assert pair.watch.last(SourceStatus.RETRYING).reason == "the cable is out; plug it in"
    pair.small.mend()
    pair.main.mend()
    pair.main.send(2)
    pair.small.send()
    pair.watch.wait(lambda: pair.watch.status is SourceStatus.LIVE and not pair.watch.source.state.reason)
    pair.settle(1)


def test_a_stream_that_falls_silent_is_a_stall(clips: tuple[Path, Path]) -> None:
    with Pair(clips, replace(QUICK, stall_after_s=0.3, connect_timeout_s=20)) as pair:
        pair.main.send()
        pair.small.send()
        pair.watch.wait_for(SourceStatus.STALLED)
        assert MAIN.replace("viewer:s3cret", "***") in pair.watch.last(SourceStatus.STALLED).reason


def test_what_cannot_be_decoded_is_said_and_the_small_picture_stands_in(
    clips: tuple[Path, Path], caplog: pytest.LogCaptureFixture
) -> None:
    def broken(shots: Callable[[], Iterator[Shot]]) -> Iterator[Shot]:
        for number, shot in enumerate(shots()):
            yield replace(shot, to_bgr=fail, to_size=fail) if number < 3 else shot

    def fail(*_: int) -> None:
        raise SourceError(f"no picture of {MAIN} can be decoded; check the network")

    pair = Pair(clips)
    pair.watch = Watch(
        lambda note: SubstreamSource(
            (MAIN, SMALL), "gate", (partial(broken, pair.main), pair.small), PATIENT, note
        )
    )
    with pair:
        pair.main.send()
        frame = pair.next_frame()
        assert frame.image.shape == (480, 640, 3)
        assert number_in(frame.image) == number_in(frame.luma)
        pair.watch.wait_for_reason("can be decoded")
        assert pair.watch.status is SourceStatus.LIVE
        pair.main.send(4)
        pair.settle(4)
        assert pair.watch.source.state.reason == ""
    assert "s3cret" not in caplog.text + str(pair.watch.states)


def test_closing_ends_it_and_says_so_once(pair: Pair) -> None:
    pair.begin()
    pair.watch.source.close()
    pair.watch.wait(lambda: states_of(pair.watch)[-1] == "ended")
    assert states_of(pair.watch) == ["connecting", "live", "ended"]


def test_closing_before_looking_gives_no_frame(clips: tuple[Path, Path]) -> None:
    streams = Stream(clips[0], lazily=True), Stream(clips[1], lazily=False)
    source = SubstreamSource((MAIN, SMALL), "gate", streams, QUICK)
    source.close()
    assert list(source.frames()) == []


# Recordings


def test_two_files_are_read_as_one(clips: tuple[Path, Path]) -> None:
    main, small = clips
    source = open_source(str(main), "gate", detect=str(small))
    assert not source.live
    frames = list(source.frames())
    assert [number_in(frame.image) for frame in islice(frames, 90, None)] == list(range(90, 100))
    assert [number_in(frame.luma) for frame in frames] == list(range(100))
    assert source.state.reason == ""
    assert source.extent.frames == 100


def test_a_small_recording_may_have_fewer_pictures_a_second(clips: tuple[Path, Path], tmp_path: Path) -> None:
    small = write_clip(tmp_path / "slow.mp4", size=SMALL_SIZE, fps=5, frames=20)
    frames = open_source(str(clips[0]), "gate", detect=str(small)).frames()
    assert [(number_in(frame.luma), number_in(frame.image)) for frame in frames] == [
        (number, 5 * number) for number in range(20)
    ]


def test_a_file_that_is_played_like_a_camera(clips: tuple[Path, Path]) -> None:
    options = CaptureOptions(realtime=True)
    with Watch(lambda note: open_source(str(clips[0]), "gate", options, note, str(clips[1]))) as watch:
        watch.wait(lambda: watch.status is SourceStatus.ENDED)
        pairs = {(number_in(frame.luma), number_in(frame.image)) for frame in watch.frames[-5:]}
    assert all(small == main for small, main in pairs)
    assert watch.source.live


def test_two_clips_on_a_web_server(clips: tuple[Path, Path]) -> None:
    """Whole, or at their own pace and then from the start again."""
    main, small = clips
    handler = partial(SimpleHTTPRequestHandler, directory=str(main.parent))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        urls = f"{address}/{main.name}", f"{address}/{small.name}"
        whole = open_source(urls[0], "gate", CaptureOptions(complete=True), detect=urls[1])
        assert [number_in(frame.luma) for frame in whole.frames()] == list(range(100))
        with Watch(lambda note: open_source(urls[0], "gate", QUICK, note, urls[1])) as watch:
            watch.wait_for_frames(20)
            frame = watch.frames[-1]
            assert (frame.image.shape, frame.luma.shape) == ((480, 640, 3), (180, 320))
        server.shutdown()


def test_cameras_that_send_single_pictures() -> None:
    with MjpegCamera() as main, MjpegCamera() as small:
        main.size, small.size = MAIN_SIZE, SMALL_SIZE
        with Watch(lambda note: open_source(main.url(), "gate", QUICK, note, small.url())) as watch:
            watch.wait_for_frames(10)
            frame = watch.frames[-1]
            assert (frame.image.shape, frame.luma.shape) == ((480, 640, 3), (180, 320))
            assert 0 < number_in(frame.image) <= main.sent
            assert states_of(watch) == ["connecting", "live"]


@pytest.mark.parametrize("shorter", ["main", "small"])
def test_recordings_of_different_length_are_not_of_the_same_time(
    clips: tuple[Path, Path], tmp_path: Path, shorter: str
) -> None:
    short = write_clip(tmp_path / "short.mp4", frames=40)
    main, small = (short, clips[1]) if shorter == "main" else (clips[0], short)
    source = open_source(str(main), "gate", detect=str(small))
    assert 40 <= len(list(source.frames())) <= 70
    assert "record both at the same time" in source.state.reason


@pytest.mark.parametrize(
    ("main", "small", "words"),
    [
        ("0", "rtsp://h/small", "an address and a file"),
        ("rtsp://h/main", "small.mp4", "an address and a file"),
        ("0", "1", "0 is neither; take it out"),
        ("gate.jpg", "small.mp4", "gate.jpg is neither"),
        ("pictures/*.jpg", "small.mp4", "is neither"),
        ("main.mp4", "/dev/video0", "/dev/video0 is neither"),
        ("rtsp://h/main", "rtsp:///small", "no valid address"),
    ],
)
def test_what_cannot_have_a_small_stream(main: str, small: str, words: str) -> None:
    with pytest.raises(SourceError, match=words):
        open_source(main, "gate", detect=small)
