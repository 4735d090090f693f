"""The `check` command: is everything in place, a line each, with what to do where it is not."""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections import Counter, deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from streamer import calibration
from streamer.assembly import engine_from, source_from
from streamer.capture import Source, SourceError, open_source
from streamer.demo import DEMO_PASSES, demo_clip
from streamer.detect import EngineUnavailable, read_picture
from streamer.listening import PortTakenError, listen
from streamer.places import CLIENT_LIBRARY
from streamer.recording.diskfault import in_words
from streamer.settings import Camera, Settings
from streamer.types import Frame, Picture

LEAST_FREE_BYTES = 200 * 1024 * 1024
TEST_PLATE = DEMO_PASSES[0].plate
TEST_PICTURE_S = (DEMO_PASSES[0].first_s + DEMO_PASSES[0].last_s) / 2
PATIENCE_S = 5.0
"""What a source gets beyond its own time-outs to deliver a first picture."""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: whether it is in place, and what was seen or is to be done."""

    subject: str
    good: bool
    words: str


def check_all(settings: Settings) -> Iterator[Finding]:
    """Every finding, as soon as it is known."""
    yield Finding("settings", True, f"{len(settings.cameras)} camera(s)")
    yield check_engine(settings)
    yield check_client_library()
    yield check_disk(settings)
    yield check_port(settings)
    yield from check_groups(settings)
    with ThreadPoolExecutor() as pool:
        yield from pool.map(lambda camera: check_camera(settings, camera), settings.cameras)


def check_engine(settings: Settings) -> Finding:
    subject = f"engine {settings.engine.name}"
    try:
        engine = engine_from(settings)
        texts = [plate.text for plate in read_picture(engine, _test_picture())]
    except EngineUnavailable as error:
        return Finding(subject, False, str(error))
    except Exception as error:
        return Finding(subject, False, f"it fails on the test picture: {error}")
    if TEST_PLATE not in texts:
        return Finding(
            subject, False, f"it read {texts} and not {TEST_PLATE} in the test picture; install it again"
        )
    if settings.engine.name == "network" and (fault := calibration.fault()):
        return Finding(subject, False, fault)
    return Finding(subject, True, f"reads {TEST_PLATE} in the test picture")


def _test_picture() -> Picture:
    """A frame of the demo clip with one vehicle in it."""
    frames = open_source(str(demo_clip()), "check").frames()
    return next(frame.image for frame in frames if frame.media_s >= TEST_PICTURE_S)


def check_client_library() -> Finding:
    if not CLIENT_LIBRARY.exists():
        return Finding("pages", False, "the Socket.IO client is not installed; run script/setup")
    return Finding("pages", True, "ready")


def check_disk(settings: Settings) -> Finding:
    folder = settings.log.folder
    subject = f"log folder {folder}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"x" * 4096)
        free = shutil.disk_usage(folder).free
    except (NotADirectoryError, FileExistsError) as error:
        return Finding(subject, False, f"cannot be made: {in_words(error)}")
    except OSError as error:
        return Finding(subject, False, f"cannot be written: {error.strerror}; set log.folder to another place")
    words = f"{free / 1024**3:.1f} GB free"
    if free < LEAST_FREE_BYTES:
        return Finding(subject, False, f"only {words}; make room or set log.folder to another disk")
    return Finding(subject, True, words)


def check_port(settings: Settings) -> Finding:
    server = settings.server
    subject = f"port {server.port} on {server.host}"
    try:
        listen(server).close()
    except PortTakenError as error:
        return Finding(subject, False, str(error))
    return Finding(subject, True, "free")


def check_groups(settings: Settings) -> list[Finding]:
    """A finding for every camera that is alone in its group: a name that was not written like the other."""
    groups = Counter(camera.group for camera in settings.cameras if camera.group)
    return [
        Finding(
            f"group {camera.group}",
            False,
            f"camera {camera.name} is alone in it; give the others the same group, or leave it out",
        )
        for camera in settings.cameras
        if camera.group and groups[camera.group] == 1
    ]


def check_camera(settings: Settings, camera: Camera) -> Finding:
    """Opens the camera's source and waits for its first picture; goes through a file as far as time allows."""
    subject = f"camera {camera.name}"
    reasons: list[str] = []
    try:
        source = source_from(settings, camera, lambda state: reasons.append(state.reason))
        with _closed_in_time(source, settings):
            frames = source.frames()
            frame = next(frames, None)
            if not source.live:
                deque(frames, maxlen=0)
            reason = source.state.reason
    except SourceError as error:
        return Finding(subject, False, str(error))
    if frame is None:
        why = next(filter(None, reversed(reasons)), "it delivered no picture in time")
        return Finding(subject, False, why if source.name in why else f"{source.name}: {why}")
    if reason:
        return Finding(subject, False, reason)
    return _size_finding(subject, source.name, frame, bool(camera.detect_source))


def _size_finding(subject: str, name: str, frame: Frame, has_small_stream: bool) -> Finding:
    words = f"{name} delivers {frame.width} x {frame.height}"
    if not has_small_stream:
        return Finding(subject, True, words)
    height, width = frame.luma.shape
    words += f", its small stream {width} x {height}"
    if width >= frame.width:
        return Finding(subject, False, f"{words}; make the small one smaller, or exchange the two")
    return Finding(subject, True, words)


@contextmanager
def _closed_in_time(source: Source, settings: Settings) -> Iterator[None]:
    """Closes the source at the end, and before that when its time is up."""
    capture = settings.capture
    patience_s = capture.connect_timeout_s + capture.read_timeout_s + PATIENCE_S
    giving_up = threading.Timer(patience_s, source.close)
    giving_up.start()
    try:
        yield
    finally:
        giving_up.cancel()
        source.close()
