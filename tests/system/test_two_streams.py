"""A network camera with two streams, each of which may be killed or frozen, and the whole program with one."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from fractions import Fraction
from itertools import islice
from pathlib import Path
from statistics import median_low

import av
import pytest

from streamer.capture import CaptureOptions, open_source
from streamer.demo import DEMO_PASSES, demo_clip
from streamer.places import ROOT
from streamer.sources.decode import Decoder
from streamer.types import Frame, SourceStatus
from tests.clips import number_in, write_clip
from tests.system.rtsp import RtspServer, why_not
from tests.system.serving import LIVE_WITHIN_S, READ_WITHIN_S, serving, wait_for
from tests.watching import Watch, frames_of

WITHOUT = why_not()
pytestmark = pytest.mark.skipif(bool(WITHOUT), reason=WITHOUT)

FRAMES, KEY_EVERY = 100, 12
"""Of the clips that the servers play round and round."""
SECRET = "s3cret-of-the-gate"
QUICK = CaptureOptions(connect_timeout_s=5, stall_after_s=2, retry_first_s=0.2, retry_most_s=0.5)


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[tuple[RtspServer, RtspServer]]:
    """The main stream and the small one."""
    main = write_clip(tmp_path / "main.mp4", size=(640, 480), frames=FRAMES)
    small = write_clip(tmp_path / "small.mp4", size=(320, 180), frames=FRAMES)
    with RtspServer(main, "viewer", SECRET) as first, RtspServer(small, "viewer", SECRET) as second:
        yield first, second


def watching(servers: tuple[RtspServer, RtspServer]) -> Watch:
    main, small = servers
    return Watch(lambda note: open_source(main.url, "gate", QUICK, note, small.url))


def ahead(frame: Frame) -> int:
    """By how many pictures the main stream is ahead of the small one; the servers began at different times."""
    return number_in(frame.image) - number_in(frame.luma)


def test_main_pictures_are_of_the_time_of_the_small_ones_also_after_a_long_sleep(
    servers: tuple[RtspServer, RtspServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    widths: list[int] = []
    decode = Decoder.decode

    def counted(self: Decoder, packet: av.Packet) -> list[av.VideoFrame]:
        pictures = decode(self, packet)
        widths.extend(picture.width for picture in pictures)
        return pictures

    monkeypatch.setattr(Decoder, "decode", counted)
    main, small = servers
    frames = frames_of(open_source(main.url, "gate", QUICK, detect=small.url))
    next(islice(frames, 25, None))  # at first servers send faster than they play
    awake = [ahead(frame) for frame in islice(frames, 30)]
    usual = median_low(awake)
    for sleep in (3 * KEY_EVERY, 5 * KEY_EVERY + 7, 8):
        widths.clear()
        last = next(islice(frames, sleep, None))
        assert 640 not in widths, "the main stream is decoded although nobody asks"
        awake.append(ahead(last))
        assert widths.count(640) <= KEY_EVERY + 1
        assert number_in(last.image) - number_in(last.luma) == awake[-1], "another picture when asked again"
    frames.close()
    late = [(one - usual + FRAMES // 2) % FRAMES - FRAMES // 2 for one in awake]
    assert max(map(abs, late)) < KEY_EVERY // 2, f"pictures from another time: {late}"


def test_a_small_stream_that_dies_or_freezes_is_stood_in_for_and_comes_back(
    servers: tuple[RtspServer, RtspServer], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    _, small = servers
    with watching(servers) as watch:
        watch.wait_for_frames(5)
        for stop, mend, words in (
            (small.kill, small.start, "nothing listens"),
            (small.freeze, small.thaw, "no new picture"),
        ):
            stop()
            watch.wait_for_reason(words)
            watch.wait(lambda: watch.frames[-1].luma.shape == (480, 640))
            assert watch.status is SourceStatus.LIVE
            assert "the main stream is watched" in watch.source.state.reason
            watch.wait_for_frames(10)
            mend()
            watch.wait(
                lambda: watch.source.state.reason == "" and watch.frames[-1].luma.shape == (180, 320), 20
            )
        assert {state.status for state in watch.states} == {SourceStatus.CONNECTING, SourceStatus.LIVE}
    assert SECRET not in caplog.text + str(watch.states) + watch.source.name


def test_a_main_stream_that_dies_or_freezes_is_a_camera_that_is_down_and_comes_back(
    servers: tuple[RtspServer, RtspServer],
) -> None:
    main, _ = servers
    with watching(servers) as watch:
        watch.wait_for_frames(5)
        for stop, mend, words in (
            (main.kill, main.start, "nothing listens"),
            (main.freeze, main.thaw, "no new picture"),
        ):
            stop()
            watch.wait_for_reason(words)
            seen = len(watch.frames)
            assert watch.status is not SourceStatus.LIVE
            mend()
            watch.wait(lambda: watch.status is SourceStatus.LIVE, 20)
            watch.wait(lambda seen=seen: len(watch.frames) > seen)
            assert watch.frames[-1].image.shape == (480, 640, 3)
            assert watch.frames[-1].luma.shape == (180, 320)


@pytest.fixture(scope="module")
def small_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo clip as a camera's small stream shows it."""
    path = tmp_path_factory.mktemp("small") / "demo.mp4"
    with av.open(str(demo_clip())) as whole, av.open(str(path), "w") as small:
        source = whole.streams.video[0]
        stream = small.add_stream(
            "libx264", rate=source.average_rate, options={"preset": "ultrafast", "bf": "0"}
        )
        stream.width, stream.height, stream.pix_fmt = 640, 360, "yuv420p"
        stream.time_base = stream.codec_context.time_base = Fraction(1, 1000)
        for picture in whole.decode(source):
            shrunk = picture.reformat(640, 360, "yuv420p")
            shrunk.pts, shrunk.time_base = round(picture.time * 1000), Fraction(1, 1000)
            small.mux(stream.encode(shrunk))
        small.mux(stream.encode())
    return path


def test_a_pass_is_read_with_a_small_stream_as_without(tmp_path: Path, small_demo: Path) -> None:
    alone = {"name": "alone", "source": str(demo_clip()), "repeat_after_s": 6}
    with RtspServer(demo_clip(), "viewer", SECRET) as main, RtspServer(small_demo, "viewer", SECRET) as small:
        cameras = [
            alone,
            {**alone, "name": "both", "detect_source": str(small_demo)},
            {"name": "network", "source": main.url, "detect_source": small.url, "repeat_after_s": 6},
        ]
        with serving(tmp_path, {"cameras": cameras}) as running:
            wait_for(lambda: running.status("network") == "live", LIVE_WITHIN_S)
            files = ("alone", "both")
            wait_for(lambda: all(running.status(name) == "ended" for name in files), READ_WITHIN_S)

            def read_by(camera: str) -> list[object]:
                return sorted(read["plate"] for read in running.reads() if read["camera"] == camera)

            assert read_by("both") == read_by("alone") == sorted(one.plate for one in DEMO_PASSES)
            wait_for(lambda: set(read_by("network")) & set(read_by("alone")), READ_WITHIN_S)
            assert running.cameras()["network"]["problems"] == []
            small.kill()
            wait_for(lambda: running.cameras()["network"]["problems"], 20)
            (problem,) = running.cameras()["network"]["problems"]
            assert "the main stream is watched" in problem
            assert running.status("network") == "live"
            shown = running.log + str(running.cameras()) + str(running.reads())
    assert SECRET not in shown


def test_check_opens_both_streams(servers: tuple[RtspServer, RtspServer], tmp_path: Path) -> None:
    main, small = servers
    config = tmp_path / "config.yaml"
    config.write_text(
        f"log: {{folder: {tmp_path / 'data'}}}\nserver: {{port: 59327}}\ncameras:\n"
        f"  - {{name: good, source: '{main.url}', detect_source: '{small.url}'}}\n"
        f"  - {{name: wrong, source: '{main.url}', detect_source: '{small.url.replace('/live', '/nothing')}'}}\n"
        f"  - {{name: swapped, source: '{small.url}', detect_source: '{main.url}'}}\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "streamer", "check", "--config", str(config)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "COLUMNS": "400"},
    )
    lines = {line[6:].split(":")[0]: line for line in done.stdout.splitlines()}
    assert lines["camera good"].startswith("ok")
    assert "delivers 640 x 480, its small stream 320 x 180" in lines["camera good"]
    assert lines["camera wrong"].startswith("FAIL")
    assert "has nothing at this path" in lines["camera wrong"]
    assert lines["camera swapped"].startswith("FAIL")
    assert "exchange the two" in lines["camera swapped"]
    assert SECRET not in done.stdout + done.stderr
