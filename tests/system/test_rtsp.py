"""A network camera that is killed, frozen, restarted or changed, played by a real RTSP server."""

import logging
import threading
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from streamer.capture import CaptureOptions, SourceError, open_source
from streamer.types import SourceStatus
from tests.clips import number_in, write_clip
from tests.system.rtsp import RtspServer, why_not
from tests.watching import Watch, frames_of

WITHOUT = why_not()
pytestmark = pytest.mark.skipif(bool(WITHOUT), reason=WITHOUT)

BACK_WITHIN_S = 10
"""How soon after the server is back the picture must be; a machine that is not busy needs half of it."""


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(tmp_path_factory.mktemp("rtsp") / "clip.mp4", frames=100)


@pytest.fixture
def server(clip: Path) -> Iterator[RtspServer]:
    with RtspServer(clip) as server:
        yield server


@pytest.mark.parametrize("transport", ["tcp", "udp"])
def test_frames_come_as_they_were_filmed(server: RtspServer, transport: str) -> None:
    with Watch.on(server.url, CaptureOptions(rtsp_transport=transport)) as watch:
        watch.wait_for_frames(60)
        frames = list(watch.frames)
    assert watch.states[0].status is SourceStatus.CONNECTING
    assert watch.states[1].status is SourceStatus.LIVE
    numbers = [number_in(frame.image) for frame in frames]
    steps = {(other - one) % 100 for one, other in pairwise(numbers)}
    assert max(steps) < 50, f"a picture from before: {numbers}"
    assert frames[-1].media_s == pytest.approx(frames[-1].wall_s - frames[0].wall_s, abs=1)


def test_the_server_plays_round_and_round(tmp_path: Path) -> None:
    with (
        RtspServer(write_clip(tmp_path / "short.mp4", frames=25)) as server,
        Watch.on(server.url) as watch,
    ):
        watch.wait(lambda: len(watch.frames) > 0 and watch.frames[-1].index > 80)
        assert [state.status for state in watch.states] == ["connecting", "live"]
        numbers = [number_in(frame.image) for frame in watch.frames]
        assert sum(other < one for one, other in pairwise(numbers)) >= 2
        assert all(one.media_s <= other.media_s for one, other in pairwise(watch.frames))


def test_killed_and_back(server: RtspServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with Watch.on(server.url) as watch:
        watch.wait_for_frames(5)
        server.kill()
        watch.wait_for_reason("nothing listens")
        tries = len(watch.states)
        watch.wait(lambda: len(watch.states) >= tries + 4)
        seen = len(watch.frames)
        server.start()
        assert watch.wait_for_frames() < BACK_WITHIN_S
        assert watch.frames[seen].media_s - watch.frames[seen - 1].media_s > 1, "time stood still"
    lines = [record.getMessage() for record in caplog.records if record.name == "streamer.capture"]
    assert len(lines) == 5, lines  # live, ended its stream, nothing listens, live, ended


def test_frozen_is_noticed_and_thawed_is_back(server: RtspServer) -> None:
    with Watch.on(server.url) as watch:
        watch.wait_for_frames(5)
        server.freeze()
        assert watch.wait_for(SourceStatus.STALLED) > 2
        watch.wait_for(SourceStatus.CONNECTING)
        seen = len(watch.frames)
        server.thaw()
        assert watch.wait_for_frames() < BACK_WITHIN_S
        assert watch.status is SourceStatus.LIVE
        for late, arrived in ((frame, frame.wall_s) for frame in watch.frames[seen:]):
            assert arrived - watch.frames[seen - 1].wall_s > 2.5, f"{late} is from before the stall"


def test_frozen_for_long_and_then_killed(server: RtspServer) -> None:
    options = CaptureOptions(connect_timeout_s=1, stall_after_s=1)
    with Watch.on(server.url, options) as watch:
        watch.wait_for_frames(5)
        server.freeze()
        watch.wait_for_reason("does not answer")
        assert watch.status in (SourceStatus.RETRYING, SourceStatus.CONNECTING)
        server.restart()
        assert watch.wait_for_frames() < BACK_WITHIN_S
        names = [thread.name for thread in threading.enumerate()]
        assert names.count("reader of gate") <= 3


def test_restarted_with_another_size(server: RtspServer, tmp_path: Path) -> None:
    with Watch.on(server.url) as watch:
        watch.wait_for_frames(5)
        server.clip = write_clip(tmp_path / "large.mp4", size=(640, 480))
        server.restart()
        assert watch.wait(lambda: watch.frames[-1].width == 640) < BACK_WITHIN_S
        assert watch.frames[-1].image.shape == (480, 640, 3)


def test_size_changed_in_mid_stream(tmp_path: Path) -> None:
    raw = tmp_path / "change.h264"
    with raw.open("wb") as joined:
        for size in ((320, 240), (480, 360)):
            part = write_clip(tmp_path / "part.h264", size=size)
            joined.write(part.read_bytes())
    with RtspServer(raw) as server, Watch.on(server.url) as watch:
        watch.wait(lambda: len(watch.frames) > 0 and watch.frames[-1].width == 480)
        assert watch.frames[0].width == 320
        assert watch.frames[-1].image.shape == (360, 480, 3)
        assert [state.status for state in watch.states] == ["connecting", "live"]


def test_password(clip: Path) -> None:
    with RtspServer(clip, "admin", "s3cret") as server:
        with Watch.on(server.url) as watch:
            watch.wait_for_frames(3)
        server.password = "wr0ng"
        with Watch.on(server.url) as watch:
            watch.wait_for(SourceStatus.RETRYING)
            state = watch.last(SourceStatus.RETRYING)
    assert "refuses the name or password" in state.reason
    assert "wr0ng" not in str(watch.states) + watch.source.name
    assert state.retry_s > 20, "so soon again, and the camera locks us out"


def test_wrong_path(server: RtspServer) -> None:
    source = open_source(server.url.replace("/live", "/nothing"), "gate", CaptureOptions(complete=True))
    with pytest.raises(SourceError, match="has nothing at this path"):
        next(frames_of(source))


def test_a_slow_viewer_builds_up_no_delay(server: RtspServer) -> None:
    """Twenty pictures a second too many for the viewer; what it gets was filmed just now all the same."""
    source = open_source(server.url, "gate")
    delays = []
    busy = threading.Event()
    for seen, frame in enumerate(frames_of(source)):
        delays.append(time.time() - frame.wall_s)
        busy.wait(0.2)  # what looking at a frame costs this viewer
        if seen == 15:
            break
    assert max(delays[1:]) < 1, delays  # a queue would make it two seconds and more
    assert frame.index > 60


def test_many_reconnects_leave_nothing_behind(server: RtspServer) -> None:
    with Watch.on(server.url) as watch:
        watch.wait_for_frames(2)
        before = len(list(Path("/proc/self/fd").iterdir()))
        for _ in range(3):
            server.restart()
            watch.wait_for(SourceStatus.RETRYING)
            watch.wait_for(SourceStatus.LIVE)
            watch.wait_for_frames(2)
        assert len(list(Path("/proc/self/fd").iterdir())) <= before + 2
        names = [thread.name for thread in threading.enumerate()]
        assert names.count("reader of gate") == 1
