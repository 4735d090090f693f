"""Video files and URLs -> shots, with PyAV."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import av
import av.error
import av.logging
from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from streamer.sources.base import CaptureOptions, DamagedError, Extent, Shot, SourceError
from streamer.sources.clock import MediaClock, paced
from streamer.sources.decode import Decoder, interval_s, timed, video_stream
from streamer.sources.faults import file_fault, url_fault, url_silence
from streamer.sources.hardware import OFF, accelerator
from streamer.sources.lazy import lazy_shots

av.logging.set_level(None)  # FFmpeg's own messages name URLs with their passwords

_PLAIN = CaptureOptions()
_FAULTS = (av.error.FFmpegError, OSError)

_MOST_STEP_S = 10.0
"""A camera whose time stamps jump ahead by more than this has set its clock."""
_LIVE_THREADS = 2
"""For pictures of several slices; others cost no more with them. Threads by frame would cost up to
a fifth more CPU, and 40 ms of delay each, at 1080p."""
_MISSING_S = 0.5
_MISSING_SHARE = 0.05
"""A recording that ends before its stated end by more than both, seconds and share, is cut short."""


def file_shots(path: Path, options: CaptureOptions = _PLAIN, *, lazily: bool = False) -> Iterator[Shot]:
    """Every picture of a video file, in order, at full speed; `lazily` those that are asked for are decoded.

    Raises SourceError where nothing can be read, DamagedError after the last shot where something could not.
    """
    try:
        if path.stat().st_size == 0:
            raise SourceError(f"{path} is empty (0 bytes); record or copy it again")
        with _open_file(path, options.hardware) as container:
            yield from _recorded(container, str(path), options.one_thread, lazily)
    except _FAULTS as error:
        raise file_fault(error, path) from error


def file_extent(path: Path) -> Extent | None:
    """What the file says about its length; None where it does not say or cannot be read."""
    try:
        with _open_file(path) as container:
            stream = container.streams.best("video")
            if not isinstance(stream, VideoStream) or (seconds := _stated_s(container, stream)) is None:
                return None
            return Extent(stream.frames or round(seconds / interval_s(stream)), seconds)
    except _FAULTS:
        return None


def url_shots(url: str, options: CaptureOptions, *, lazily: bool = False) -> Iterator[Shot]:
    """The pictures that a URL sends: with `options.complete` all of them, otherwise those that a live
    viewer wants: the newest, and recordings at their own pace. Those that come `lazily` are decoded when they
    are asked for. Raises SourceError."""
    asked_s, patience_s, shots = time.monotonic(), options.connect_timeout_s, 0
    try:
        with av.open(
            url,
            timeout=(options.connect_timeout_s, options.read_timeout_s),
            options=_url_options(url, options),
            hwaccel=accelerator(options.hardware),
        ) as container:
            for shot in _received(container, url, options, lazily):
                yield shot
                asked_s, patience_s, shots = time.monotonic(), options.read_timeout_s, shots + 1
    except _FAULTS as error:
        silent = time.monotonic() - asked_s >= patience_s
        # Not `from error`: its text has the password in it.
        raise (url_silence(url, patience_s) if silent else url_fault(error, url)) from None
    if not shots:
        raise SourceError(f"{url} sends no picture; check the path and the camera's stream settings")


def _open_file(path: Path, hardware: str = OFF) -> InputContainer:
    return av.open(f"file:{path}", options={"protocol_whitelist": "file"}, hwaccel=accelerator(hardware))


def _url_options(url: str, options: CaptureOptions) -> dict[str, str]:
    """FFmpeg's options: no sound, and no long look at the stream before it starts. (Its `nobuffer` would
    throw away the first key picture, and with it everything up to the next.)"""
    if urlsplit(url).scheme in ("rtsp", "rtsps"):
        return {
            "rtsp_transport": options.rtsp_transport,
            "allowed_media_types": "video",
            "analyzeduration": "1000000",
            "fpsprobesize": "0",
        }
    return {"fpsprobesize": "0"}


def _recorded(container: InputContainer, name: str, one_thread: bool, lazily: bool) -> Iterator[Shot]:
    """Every shot of a recording, and DamagedError where these are not all."""
    stream = video_stream(container, name)
    if one_thread:
        stream.codec_context.thread_count = 1
    elif lazily:
        _thread_by_slices(stream)
    else:
        stream.thread_type = "AUTO"
    decoder = Decoder(container, stream)
    clock = MediaClock(interval_s(stream))
    shot, broken = None, False
    try:
        for shot in _lazy(decoder, name, clock) if lazily else timed(decoder.every(), clock):
            yield shot
    except _FAULTS:
        if shot is None:
            raise
        broken = True
    if shot is None:
        raise SourceError(f"{name} has no picture that can be decoded; record or copy it again")
    stated_s, read_s = _stated_s(container, stream) or 0.0, decoder.read_s
    if broken or stated_s - read_s > max(_MISSING_S, stated_s * _MISSING_SHARE):
        of_stated = f" of {stated_s:.1f} s" if stated_s else ""
        raise DamagedError(f"{name} is cut short: {read_s:.1f} s{of_stated} could be read; copy it again")
    if decoder.damaged:
        raise DamagedError(f"{name} is damaged: {decoder.damaged} pieces could not be decoded; copy it again")


def _stated_s(container: InputContainer, stream: VideoStream) -> float | None:
    """The recording's length by its own word, in seconds."""
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    return container.duration / 1e6 if container.duration else None


def _received(container: InputContainer, url: str, options: CaptureOptions, lazily: bool) -> Iterator[Shot]:
    if options.complete:
        return _recorded(container, url, options.one_thread, lazily)
    stream = video_stream(container, url)
    _thread_by_slices(stream)
    decoder = Decoder(container, stream)
    clock = MediaClock(interval_s(stream), _MOST_STEP_S)
    by_arrival = container.format.name == "mpjpeg"
    is_recording = container.duration and container.format.name != "rtsp"
    if lazily:
        shots = _lazy(decoder, url, clock, by_arrival=by_arrival)
    elif is_recording:
        shots = timed(decoder.every(), clock)
    else:
        shots = timed(decoder.newest(), clock, by_arrival=by_arrival)
    return paced(shots) if is_recording else shots


def _thread_by_slices(stream: VideoStream) -> None:
    """Threads by frame keep a picture back each."""
    stream.thread_type = "SLICE"
    stream.codec_context.thread_count = _LIVE_THREADS


def _lazy(decoder: Decoder, name: str, clock: MediaClock, *, by_arrival: bool = False) -> Iterator[Shot]:
    """Shots that are decoded when they are asked for. The time of a packet is when it is to be decoded: what
    comes out of a decoder then is the picture to be shown then."""

    def time_of(packet: Packet[VideoStream]) -> float:
        stamp = packet.pts if packet.dts is None else packet.dts
        stamp_s = None if stamp is None else float(stamp * packet.time_base)
        return clock.at(time.monotonic() if by_arrival else stamp_s)

    return lazy_shots(decoder, name, time_of)
