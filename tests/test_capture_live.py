"""Live sources give their newest frame only, say what they do, and come back by themselves."""

import logging
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import count, islice, pairwise
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from streamer.capture import CaptureOptions, open_source
from streamer.sources import decode
from streamer.sources.backoff import Backoff
from streamer.sources.base import Shot, SourceError
from streamer.sources.clock import MediaClock
from streamer.sources.decode import Decoder, video_stream
from streamer.sources.live import LiveSource
from streamer.sources.webcam import webcam_shots
from streamer.types import Frame, SourceState, SourceStatus
from tests.clips import number_in, numbered_picture, write_clip
from tests.mjpeg_camera import MjpegCamera
from tests.watching import Watch, frames_of

QUICK = CaptureOptions(
    connect_timeout_s=2, read_timeout_s=3, stall_after_s=2, retry_first_s=0.05, retry_most_s=0.1
)


def shot(number: int, time_s: float = 0.0) -> Shot:
    return Shot(time_s, 320, 240, lambda: numbered_picture(number))


def endless(interval_s: float = 0.01) -> Iterator[Shot]:
    pace = threading.Event()
    for number in count():
        yield shot(number, number * interval_s)
        pace.wait(interval_s)


def watching(shots: Callable[[], Iterator[Shot]], options: CaptureOptions = QUICK) -> Watch:
    return Watch(lambda note: LiveSource("the fake", "gate", shots, options, note))


# The newest frame


def test_a_slow_viewer_gets_the_newest_frame() -> None:
    given = []

    def shots() -> Iterator[Shot]:
        for each in endless():
            given.append(each)
            yield each

    source = LiveSource("the fake", "gate", shots, QUICK)
    seen: list[Frame] = []
    asked_at = 0
    for frame in frames_of(source):
        seen.append(frame)
        assert frame.index >= asked_at - 2, "the frame is not the newest"  # one may be on its way
        if len(seen) == 5:
            break
        target = len(given) + 10
        while len(given) < target and source.state.status is SourceStatus.LIVE:
            time.sleep(0.005)
        asked_at = len(given)
    assert all(other.index - one.index >= 10 for one, other in pairwise(seen))


def test_a_frame_is_given_once() -> None:
    one_shot = threading.Event()

    def shots() -> Iterator[Shot]:
        yield shot(0)
        one_shot.wait(5)

    with watching(shots, CaptureOptions(stall_after_s=0.5, retry_first_s=5)) as watch:
        watch.wait_for(SourceStatus.STALLED)
        assert len(watch.frames) == 1
        one_shot.set()


def test_a_frame_from_before_a_stall_is_never_given() -> None:
    seen, hang, gone, go_on, over = (threading.Event() for _ in range(5))
    openings = count()

    def shots() -> Iterator[Shot]:
        if next(openings) > 0:
            yield shot(4)
            go_on.wait(5)
            yield shot(5)
            over.wait(5)
            return
        try:
            yield shot(1)
            seen.wait(5)
            yield shot(2)
            hang.wait(5)
            yield shot(3)
        finally:
            gone.set()

    stalled = threading.Event()
    options = CaptureOptions(stall_after_s=1.5, retry_first_s=0.5)
    source = LiveSource(
        "the fake",
        "gate",
        shots,
        options,
        lambda state: stalled.set() if state.status is SourceStatus.STALLED else None,
    )
    frames = frames_of(source)
    assert number_in(next(frames).image) == 1
    seen.set()
    assert stalled.wait(5)
    assert number_in(next(frames).image) == 4, "a stale frame"
    hang.set()
    assert gone.wait(5), "a reader that was given up goes on"
    go_on.set()
    assert number_in(next(frames).image) == 5
    frames.close()
    over.set()


# Faults


def test_states_of_a_source_that_stalls_and_comes_back() -> None:
    hang = threading.Event()
    openings = count()

    def shots() -> Iterator[Shot]:
        if next(openings) == 0:
            yield shot(0)
            hang.wait(5)
        yield from endless()

    with watching(shots) as watch:
        watch.wait_for(SourceStatus.STALLED)
        assert "no new picture" in watch.last(SourceStatus.STALLED).reason
        watch.wait_for(SourceStatus.LIVE)
        watch.wait_for_frames(3)
        hang.set()
        statuses = [state.status for state in watch.states]
        assert statuses == ["connecting", "live", "stalled", "connecting", "live"]
    assert watch.states[-1].status is SourceStatus.ENDED
    for one, other in pairwise(watch.frames):
        assert one.index < other.index
        assert one.media_s < other.media_s
    assert watch.frames[1].media_s > QUICK.stall_after_s, "the time away is missing in the media time"


def test_readers_that_hang_for_ever_stay_few() -> None:
    hang = threading.Event()
    openings = []

    def shots() -> Iterator[Shot]:
        openings.append(None)
        number = len(openings)
        hang.wait(30)
        yield shot(number)

    options = CaptureOptions(connect_timeout_s=0.02, stall_after_s=0.02, retry_first_s=0.01, retry_most_s=0.01)
    with watching(shots, options) as watch:
        watch.wait_for_reason("hangs")
        assert len(openings) == 3
        hang.set()
        watch.wait(lambda: len(openings) > 3)
    given = {number_in(frame.image) for frame in watch.frames}
    assert given.isdisjoint({1, 2, 3}), "a reader that was given up has delivered"


def test_an_unknown_fault_is_a_reason_too(caplog: pytest.LogCaptureFixture) -> None:
    def shots() -> Iterator[Shot]:
        raise RuntimeError("broken")
        yield

    with watching(shots) as watch:
        watch.wait_for(SourceStatus.RETRYING)
        assert "the fake cannot be read (broken)" in watch.last(SourceStatus.RETRYING).reason
    assert "Traceback" in caplog.text


def test_a_listener_that_fails_harms_nobody() -> None:
    def fail(state: SourceState) -> None:
        raise ValueError(str(state))

    source = LiveSource("the fake", "gate", endless, QUICK, fail)
    frames = frames_of(source)
    assert next(frames).index >= 0
    frames.close()


def test_one_line_a_change_not_one_a_try(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    openings = count()

    def shots() -> Iterator[Shot]:
        opening = next(openings)
        if opening == 3:
            yield shot(0)
        if opening < 6:
            raise SourceError("the cable is out; plug it in")
        yield from endless()

    with watching(shots) as watch:
        watch.wait(lambda: watch.status is SourceStatus.LIVE and len(watch.frames) > 1)
    lines = [record.getMessage() for record in caplog.records if record.name == "streamer.capture"]
    fault, live = "gate: retrying in 1 s: the cable is out; plug it in", "gate: live from the fake"
    assert lines == [fault, live, fault, live, "gate: ended"]
    assert [state.status for state in watch.states].count(SourceStatus.RETRYING) == 6


def test_pauses_grow_to_a_limit_and_start_again() -> None:
    backoff = Backoff(CaptureOptions(retry_first_s=1, retry_most_s=4, retry_refused_s=60))
    pauses = [backoff.pause_s() for _ in range(100)]
    for pause_s, whole_s in zip(pauses, [1, 2, 4, 4, 4], strict=False):
        assert whole_s * 0.75 <= pause_s <= whole_s
    assert max(pauses) <= 4
    assert len(set(pauses[2:])) > 1, "no jitter"
    assert 45 <= backoff.pause_s(refused=True) <= 60
    backoff.reset()
    assert backoff.pause_s() <= 1


def test_a_source_that_was_live_for_a_while_is_tried_again_soon() -> None:
    openings = count()

    def shots() -> Iterator[Shot]:
        if next(openings) == 5:
            yield from islice(endless(), 30)
        raise SourceError("the cable is out; plug it in")

    with watching(shots, replace(QUICK, retry_first_s=0.02, retry_most_s=0.16)) as watch:
        watch.wait(lambda: [state.status for state in watch.states].count(SourceStatus.RETRYING) >= 6)
        pauses = [state.retry_s for state in watch.states if state.status is SourceStatus.RETRYING]
    assert pauses[4] > 0.1
    assert pauses[5] <= 0.02


def test_closing_ends_a_source_that_hangs() -> None:
    hang = threading.Event()

    def shots() -> Iterator[Shot]:
        hang.wait(30)
        yield shot(0)

    with watching(shots, CaptureOptions()) as watch:
        watch.wait_for(SourceStatus.CONNECTING)
    assert watch.source.state.status is SourceStatus.ENDED
    hang.set()


def test_closing_before_looking_gives_no_frame() -> None:
    source = LiveSource("the fake", "gate", endless, QUICK)
    source.close()
    assert list(source.frames()) == []


def test_decoding_that_falls_behind_skips_to_key_pictures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = write_clip(tmp_path / "a.mp4", frames=60)

    def numbers() -> list[int]:
        with av.open(str(clip)) as container:
            stream = video_stream(container, "the clip")
            pictures = Decoder(container, stream).newest()
            return [number_in(picture.to_ndarray(format="bgr24")) for picture in pictures]

    monkeypatch.setattr(decode, "_KEY_INTERVAL_S", 0)
    monkeypatch.setattr(decode, "_BEHIND_S", 60)
    assert numbers() == list(range(60))
    monkeypatch.setattr(decode, "_BEHIND_S", 0)
    monkeypatch.setattr(decode, "_WAITED_S", 10)
    assert numbers() == [0, 12, 24, 36, 48]


def test_decoding_that_is_late_first_leaves_out_what_no_other_picture_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = write_clip(tmp_path / "a.mp4", frames=49, between=1)
    monkeypatch.setattr(decode, "_WAITED_S", 10)
    monkeypatch.setattr(decode, "_BEHIND_S", 60)

    def numbers() -> list[int]:
        with av.open(str(clip)) as container:
            pictures = Decoder(container, video_stream(container, "the clip")).newest()
            return [number_in(picture.to_ndarray(format="bgr24")) for picture in pictures]

    assert numbers() == list(range(49))
    monkeypatch.setattr(decode, "_LATE_S", 0)
    needed = numbers()
    assert needed == sorted(needed)
    assert 24 <= len(needed) <= 30


def test_media_clock_never_goes_back() -> None:
    clock = MediaClock(0.04, most_step_s=10)
    stamps = [100.0, 100.04, 100.04, 50.0, 50.1, None, 50.2, 9000.0, 9000.5]
    expected = [0, 0.04, 0.04, 0.08, 0.18, 0.22, 0.26, 0.30, 0.80]
    assert [clock.at(stamp) for stamp in stamps] == pytest.approx(expected)


# Webcams, on OpenCV's own picture sequences and on a stand-in


def test_webcam_pictures(tmp_path: Path) -> None:
    for number in range(5):
        cv2.imwrite(str(tmp_path / f"img_{number:03d}.png"), numbered_picture(number))
    shots = webcam_shots(str(tmp_path / "img_%03d.png"), QUICK)
    pictures = list(islice(shots, 5))
    assert {(each.width, each.height) for each in pictures} == {(320, 240)}
    assert [number_in(each.to_bgr()) for each in pictures] == list(range(5))
    with pytest.raises(SourceError, match="gives no more pictures"):
        next(shots)


def test_a_webcam_that_is_not_there_is_looked_for_again() -> None:
    with Watch.on("/dev/video99", QUICK) as watch:
        watch.wait(lambda: [state.status for state in watch.states].count(SourceStatus.RETRYING) >= 2)
        assert "there is no webcam /dev/video99" in watch.states[1].reason
    assert watch.source.live


def test_a_webcam_that_cannot_be_opened() -> None:
    with pytest.raises(SourceError, match="webcam 98 cannot be opened"):
        next(webcam_shots(98, QUICK))


class RepeatingWebcam:
    """Gives two pictures, then the second for ever, as some drivers do after a cable is pulled."""

    def __init__(self, _target: int) -> None:
        self._reads = 0
        self.released = False
        opened.append(self)

    def isOpened(self) -> bool:  # noqa: N802
        return True

    def set(self, *_: float) -> None:
        """Takes any size."""

    def get(self, _: int) -> float:
        return min(self._reads, 2) * 40.0

    def read(self) -> tuple[bool, np.ndarray]:
        self._reads += 1
        return True, numbered_picture(min(self._reads, 2))

    def release(self) -> None:
        self.released = True


opened: list[RepeatingWebcam] = []


def test_a_picture_that_the_library_repeats_is_a_stall(monkeypatch: pytest.MonkeyPatch) -> None:
    opened.clear()
    monkeypatch.setattr(cv2, "VideoCapture", RepeatingWebcam)
    with Watch.on("0", QUICK) as watch:
        watch.wait_for(SourceStatus.STALLED)
        watch.wait(lambda: len(opened) >= 3)
        assert len(watch.frames) <= 6
        watch.wait(lambda: opened[0].released)


# MJPEG and clips over HTTP


def test_mjpeg_is_live_and_timed_by_arrival() -> None:
    with MjpegCamera(fps=10) as camera, Watch.on(camera.url(), QUICK) as watch:
        watch.wait_for_frames(20)
        frames = list(watch.frames)
    took_s = frames[-1].wall_s - frames[2].wall_s
    assert frames[-1].media_s - frames[2].media_s == pytest.approx(took_s, abs=0.3)
    assert took_s > 1, "10 pictures a second were timed as 25"
    assert number_in(frames[-1].image) - number_in(frames[2].image) == frames[-1].index - frames[2].index


def test_mjpeg_may_change_its_size() -> None:
    with MjpegCamera() as camera, Watch.on(camera.url(), QUICK) as watch:
        watch.wait_for_frames(3)
        camera.size = (480, 360)
        watch.wait(lambda: watch.frames[-1].width == 480)
        assert watch.frames[-1].image.shape == (360, 480, 3)
        assert SourceStatus.RETRYING not in {state.status for state in watch.states}


def test_mjpeg_that_falls_silent_is_a_stall_and_comes_back() -> None:
    with MjpegCamera() as camera, Watch.on(camera.url(), QUICK) as watch:
        watch.wait_for_frames(3)
        camera.silent.set()
        watch.wait_for(SourceStatus.STALLED)
        camera.silent.clear()
        last = camera.sent
        watch.wait_for(SourceStatus.LIVE)
        watch.wait_for_frames(1)
        assert number_in(watch.frames[-1].image) > last, "a stale picture"


@pytest.mark.parametrize(
    ("path", "login", "words"),
    [
        ("/secret", "", "refuses the name or password"),
        ("/secret", "admin:wr0ng@", "refuses the name or password"),
        ("/nothing?password=wr0ng", "", "has nothing at this path"),
        ("/page", "", "sends no video"),
    ],
)
def test_what_http_cameras_refuse_is_said_without_secrets(
    path: str, login: str, words: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with MjpegCamera() as camera, Watch.on(camera.url(path, login), QUICK) as watch:
        watch.wait_for(SourceStatus.RETRYING)
        assert words in watch.last(SourceStatus.RETRYING).reason
        assert (watch.last(SourceStatus.RETRYING).retry_s > 10) is ("refuses" in words)
    written = "".join(capfd.readouterr()) + caplog.text + str(watch.states) + watch.source.name
    assert "wr0ng" not in written


def test_the_right_password_opens() -> None:
    with MjpegCamera() as camera, Watch.on(camera.url("/secret", "admin:s3cret@"), QUICK) as watch:
        watch.wait_for_frames(2)


@pytest.mark.parametrize("complete", [True, False])
def test_a_clip_over_http(tmp_path: Path, complete: bool) -> None:
    """Whole and at full speed, or live at its own pace and, once it has ended, from the start again. A slow
    machine may miss any frame of it but knows which one it has."""
    write_clip(tmp_path / "clip.mp4", frames=26, container_options={"movflags": "faststart"})
    with serving(tmp_path) as address:
        began_s = time.monotonic()
        source = open_source(f"{address}/clip.mp4", "gate", CaptureOptions(complete=complete))
        assert source.live is not complete
        indices = []
        for frame in frames_of(source):
            assert number_in(frame.image) == frame.index % 26
            indices.append(frame.index)
            if frame.index >= 25:
                break
    took_s = time.monotonic() - began_s
    if complete:
        assert indices == list(range(26))
    else:
        assert took_s > 0.9


@pytest.mark.parametrize("name", ["clip.mp4", "clip.mkv", "clip.ts"])
def test_a_clip_over_http_that_breaks_off_says_so(tmp_path: Path, name: str) -> None:
    clip = write_clip(tmp_path / name, container_options={"movflags": "faststart"})
    whole = clip.stat().st_size
    clip.write_bytes(clip.read_bytes()[: whole * 6 // 10])
    with serving(tmp_path, promised=whole) as address:
        source = open_source(f"{address}/{name}", "gate", CaptureOptions(complete=True))
        assert len(list(frames_of(source))) > 20
    assert "cut short" in source.state.reason


@contextmanager
def serving(folder: Path, promised: int = 0) -> Iterator[str]:
    """Serves the files of `folder`; says that they are `promised` bytes long if that is given."""

    class Quiet(SimpleHTTPRequestHandler):
        def send_header(self, keyword: str, value: str) -> None:
            is_length = keyword == "Content-Length" and promised
            super().send_header(keyword, str(promised) if is_length else value)

        def log_message(self, *_: object) -> None:
            """Silent."""

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join(10)


def test_a_refusal_has_no_secret_in_its_traceback() -> None:
    source = open_source("rtsp://admin:s3cret@127.0.0.1:1/x", "gate", CaptureOptions(complete=True))
    with pytest.raises(SourceError) as refusal:
        next(frames_of(source))
    assert "s3cret" not in "".join(traceback.format_exception(refusal.value))


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://127.0.0.1:1/x", "nothing listens at 127.0.0.1:1"),
        ("rtsp://127.0.0.1:1/x", "nothing listens at 127.0.0.1:1"),
        ("rtsp://no-such-host.invalid/x", "the host no-such-host.invalid is not known"),
    ],
)
def test_nobody_there(url: str, words: str) -> None:
    with Watch.on(url, QUICK) as watch:
        watch.wait_for(SourceStatus.RETRYING)
        assert words in watch.last(SourceStatus.RETRYING).reason
