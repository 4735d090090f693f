"""An open container -> shots."""

from __future__ import annotations

import time
from collections.abc import Iterator
from threading import Lock

import av.error
import cv2
import numpy as np
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from streamer.sources.base import Shot, SourceError
from streamer.sources.clock import MediaClock
from streamer.types import Picture

_TURNS = {1: cv2.ROTATE_90_COUNTERCLOCKWISE, 2: cv2.ROTATE_180, 3: cv2.ROTATE_90_CLOCKWISE}
_FALLBACK_FPS = 25.0

_LATE_S, _BEHIND_S = 0.5, 1.0
"""When no read had to wait for this long, pictures come faster than they are decoded: from the first on those
that no other picture needs are left out, from the second on all but some key pictures."""
_WAITED_S = 0.002
"""A read that takes longer than this had to wait: nothing is queued."""
_KEY_INTERVAL_S = 0.2
"""How often a key picture is decoded while behind."""


def video_stream(container: InputContainer, name: str) -> VideoStream:
    """The container's main video stream. Raises SourceError where there is none to look at."""
    stream = container.streams.best("video")
    if not isinstance(stream, VideoStream) or container.format.name == "tty":
        raise SourceError(f"{name} has no video in it; choose another file or path")
    if stream.codec_context is None:
        raise SourceError(f"{name} uses a video codec that is unknown here; convert it or set it to H.264")
    return stream


def interval_s(stream: VideoStream) -> float:
    """Seconds from picture to picture by the stream's own word, where that is likely."""
    fps = float(stream.average_rate or stream.guessed_rate or _FALLBACK_FPS)
    return 1 / (fps if 0.1 <= fps <= 240 else _FALLBACK_FPS)


class Decoder:
    """Decodes one stream of a container, and counts the `damaged` pieces that it steps over."""

    def __init__(self, container: InputContainer, stream: VideoStream) -> None:
        self._container = container
        self._stream = stream
        self._end = 0
        self.damaged = 0

    @property
    def read_s(self) -> float:
        """Seconds from the start of the stream to the end of the last picture that was read."""
        return float((self._end - (self._stream.start_time or 0)) * (self._stream.time_base or 0))

    def every(self) -> Iterator[VideoFrame]:
        """Every picture in order."""
        for packet in self.packets():
            yield from self.decode(packet)

    def packets(self) -> Iterator[Packet[VideoStream]]:
        """Every packet in order; the last is empty, and brings out what the decoder has kept back."""
        for packet in self._container.demux(self._stream):
            if packet.pts is not None:
                self._end = max(self._end, packet.pts + (packet.duration or 0))
            yield packet

    def newest(self) -> Iterator[VideoFrame]:
        """Every picture while decoding keeps up with what comes. While it does not, first only those that
        others need, and if that is too much some of the key pictures, which need no others. So the delay
        stays below `_BEHIND_S` and a group of pictures."""
        backlog = _Backlog()
        skipping = False
        for packet in backlog.watch(self._container.demux(self._stream)):
            skipping = backlog.behind if packet.is_keyframe else skipping or backlog.behind
            self._stream.codec_context.skip_frame = "NONREF" if backlog.late else "DEFAULT"
            if not skipping or (packet.is_keyframe and backlog.is_due()):
                yield from self.decode(packet)

    def decode(self, packet: Packet[VideoStream]) -> list[VideoFrame]:
        """The pictures that come out with this packet; also after the container was closed."""
        try:
            return self._stream.codec_context.decode(packet)
        except av.error.InvalidDataError:
            self.damaged += 1
            return []

    def leave_out(self) -> None:
        """The next packet does not follow upon the last, and is a key picture's."""
        self._stream.codec_context.flush_buffers()


class _Backlog:
    """Whether packets queue up, told by reads that never have to wait."""

    def __init__(self) -> None:
        self._waited_at_s = self._looked_at_s = time.monotonic()

    @property
    def late(self) -> bool:
        return self._unwaited_s() > _LATE_S

    @property
    def behind(self) -> bool:
        return self._unwaited_s() > _BEHIND_S

    def _unwaited_s(self) -> float:
        return time.monotonic() - self._waited_at_s

    def watch(self, packets: Iterator[Packet[VideoStream]]) -> Iterator[Packet[VideoStream]]:
        asked_s = time.monotonic()
        for packet in packets:
            now_s = time.monotonic()
            if now_s - asked_s > _WAITED_S:
                self._waited_at_s = now_s
            yield packet
            asked_s = time.monotonic()

    def is_due(self) -> bool:
        """Whether the last time this said yes is long enough ago."""
        now_s = time.monotonic()
        if now_s - self._looked_at_s < _KEY_INTERVAL_S:
            return False
        self._looked_at_s = now_s
        return True


def timed(pictures: Iterator[VideoFrame], clock: MediaClock, *, by_arrival: bool = False) -> Iterator[Shot]:
    """The pictures as shots; `by_arrival` for streams whose time stamps are made up."""
    for picture in pictures:
        yield Decoded(picture).shot(clock.at(time.monotonic() if by_arrival else picture.time))


class Decoded:
    """A picture as it came out of the decoder, to be asked for upright and from any thread. It has one scaler,
    which each conversion sets up anew: in two threads at once the program would crash."""

    def __init__(self, picture: VideoFrame) -> None:
        self._picture = picture
        self._turns = round(picture.rotation / 90) % 4
        self._alone = Lock()
        size = (picture.width, picture.height)
        self.width, self.height = size if self._turns % 2 == 0 else size[::-1]

    def shot(self, time_s: float) -> Shot:
        return Shot(time_s, self.width, self.height, self.to_bgr, self.to_luma, self.to_size)

    def to_bgr(self) -> Picture:
        with self._alone:
            return _to_bgr(self._picture, self._turns)

    def to_luma(self) -> Picture:
        with self._alone:
            return _to_luma(self._picture, self._turns)

    def to_size(self, width: int, height: int) -> Picture:
        with self._alone:
            return _to_size(self._picture, self._turns, width, height)


def _to_bgr(picture: VideoFrame, turns: int) -> Picture:
    """The picture turned upright by `turns` quarters counter-clockwise. One thread converts 1080p in
    1.2 ms; as many as FFmpeg likes take 3-17 ms and five times the CPU, on two cores."""
    return _turned(np.asarray(picture.to_ndarray(format="bgr24", threads=1), np.uint8), turns)


def _to_size(picture: VideoFrame, turns: int, width: int, height: int) -> Picture:
    """The same in another size, scaled on the way to BGR: from 1080p to 640 in 1.7 ms instead of 2.4, and
    smoother; to 1280 in 3.7 instead of 4.3."""
    width, height = (width, height) if turns % 2 == 0 else (height, width)
    small = picture.to_ndarray(format="bgr24", width=width, height=height, interpolation="AREA", threads=1)
    return _turned(np.asarray(small, np.uint8), turns)


def _turned(image: Picture, turns: int) -> Picture:
    return np.asarray(cv2.rotate(image, _TURNS[turns]), np.uint8) if turns else image


def _to_luma(picture: VideoFrame, turns: int) -> Picture:
    """The decoder's own plane of brightness, turned upright; a view of it where it has one of 8 bits."""
    luma = picture.format.components[0]
    if picture.format.is_planar and luma.is_luma and luma.bits == 8:
        plane = picture.planes[0]
        rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)  # type: ignore[call-overload]
        return np.rot90(rows[: picture.height, : picture.width], turns)
    return np.rot90(np.asarray(picture.to_ndarray(format="gray", threads=1), np.uint8), turns)
