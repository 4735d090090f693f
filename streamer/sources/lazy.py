"""A stream that is read all the time and decoded only when somebody asks for one of its pictures.

Its packets are kept from the last key picture on: no later picture needs those before. Who asks for a picture
has the decoder catch up to it, from the key picture if it was asleep, else from where it was. A picture that
was once decoded stays with its shot.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from itertools import takewhile
from threading import Lock
from typing import NamedTuple, TypeAlias
from weakref import ref

import av.error
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from streamer.sources.base import Shot, SourceError
from streamer.sources.decode import Decoded, Decoder
from streamer.types import Picture

MOST_KEPT_S = 10.0
"""Cameras send a key picture every 1 to 4 seconds, some every 10 or more while nothing happens. To catch
up with 10 seconds of 1080p takes about one; what is older is decoded although nobody asks."""
MOST_KEPT_BYTES = 32 * 2**20
"""Ten seconds of a camera that sends 25 Mbit/s, as those for 4K do at most."""

TimeOf: TypeAlias = "Callable[[Packet[VideoStream]], float]"
"""The media time of the next packet in seconds."""


def lazy_shots(decoder: Decoder, name: str, time_of: TimeOf) -> Iterator[Shot]:
    """A shot for every packet of the stream called `name`, to be decoded when it is asked for. The first
    picture is decoded at once: it says how large all are and which way up."""
    stream: LazyStream | None = None
    after_key = 0
    for packet in decoder.packets():
        if not packet.size:
            continue
        after_key = 0 if packet.is_keyframe else after_key + 1
        if stream:
            yield stream.keep(packet, time_of(packet))
        elif pictures := decoder.decode(packet):
            first = Decoded(pictures[-1])
            stream = LazyStream(decoder, name, first, after_key)
            yield first.shot(time_of(packet))


class LazyStream:
    """The packets of one stream that are not decoded yet, and the newest picture that is.

    One thread gives it packets and does not wait for those who ask for pictures, however long they decode.
    Packets from before the last key picture stay as long as somebody has the shot of one and may still ask, and
    until the decoder gives pictures without them: `delay` packets later, where it puts them in another order.
    """

    def __init__(self, decoder: Decoder, name: str, first: Decoded, delay: int) -> None:
        self._decoder = decoder
        self._name = name
        self._decoding, self._keeping = Lock(), Lock()  # of both, the first is taken first
        self._waiting: deque[_Kept] = deque()
        self._bytes = 0
        self._delay = delay
        self._newest = self._newest_key = self._key = 0
        self._has_gap = False
        self._picture: Decoded | None = first
        self._size = first.width, first.height

    def keep(self, packet: Packet[VideoStream], time_s: float) -> Shot:
        """The shot of a packet, which follows upon the one before."""
        with self._keeping:
            self._newest += 1
            if packet.is_keyframe:
                self._newest_key = self._newest
            if self._key < self._newest_key <= self._newest - self._delay:
                self._forget_before(self._key)
                self._key = self._newest_key
            moment = _Moment(self, self._newest, *self._size)
            self._waiting.append(_Kept(self._newest, packet, time_s, ref(moment)))
            self._bytes += packet.size
            if self._is_too_much() or not self._is_before_key_wanted():
                self._forget_before(self._key)
            too_much = self._is_too_much()
        if too_much and self._decoding.acquire(blocking=False):  # else somebody is at it already
            try:
                self._catch_up(self._newest)
            finally:
                self._decoding.release()
        return Shot(time_s, moment.width, moment.height, moment.to_bgr, moment.to_luma, moment.to_size)

    def decoded(self, moment: _Moment) -> Decoded:
        """The picture of that moment, or of a later one if its packet was given up meanwhile. Raises
        SourceError where none can be decoded."""
        with self._decoding:
            if moment.picture is None:
                self._catch_up(moment.number)
                moment.picture = moment.picture or self._picture
            if moment.picture is None:
                raise SourceError(
                    f"the pictures of {self._name} cannot be decoded; check the network and the camera"
                )
            return moment.picture

    # The packets

    def _is_too_much(self) -> bool:
        seconds = self._waiting[-1].time_s - self._waiting[0].time_s
        return self._bytes > MOST_KEPT_BYTES or seconds > MOST_KEPT_S

    def _is_before_key_wanted(self) -> bool:
        before = takewhile(lambda kept: kept.number < self._key, self._waiting)
        return any((moment := kept.moment()) and moment.picture is None for kept in before)

    def _forget_before(self, number: int) -> None:
        while self._waiting and self._waiting[0].number < number:
            self._bytes -= self._waiting.popleft().packet.size
            self._has_gap = True

    # The decoder

    def _catch_up(self, number: int) -> None:
        """Decodes up to that packet, and on to the first picture if there is none by then; from the last key
        picture on, unless somebody has a shot from before it: one that is asked for later would get the picture
        of that packet."""
        with self._keeping:
            if number >= self._key and not self._is_before_key_wanted():
                self._forget_before(self._key)
        while kept := self._take(number):
            for picture in self._pictures(kept.packet):
                self._picture = Decoded(picture)
                self._size = self._picture.width, self._picture.height
            if moment := kept.moment():
                moment.picture = self._picture

    def _take(self, number: int) -> _Kept | None:
        """The packet to be decoded next; None if the picture of that number is there."""
        with self._keeping:
            if self._has_gap:
                self._decoder.leave_out()
                self._has_gap, self._picture = False, None
            if not self._waiting or (self._waiting[0].number > number and self._picture is not None):
                return None
            kept = self._waiting.popleft()
            self._bytes -= kept.packet.size
            return kept

    def _pictures(self, packet: Packet[VideoStream]) -> list[VideoFrame]:
        """Who asks is no reader that could open the stream again: a packet that fails has no picture."""
        try:
            return self._decoder.decode(packet)
        except (av.error.FFmpegError, OSError):
            return []


class _Moment:
    """What the shot of one packet is made of. `picture` is there once it is decoded."""

    def __init__(self, stream: LazyStream, number: int, width: int, height: int) -> None:
        self.number = number
        self.width = width
        self.height = height
        self.picture: Decoded | None = None
        self._stream = stream

    def to_bgr(self) -> Picture:
        """As large as was said, also if the camera has changed its size since."""
        picture = self._stream.decoded(self)
        if (picture.width, picture.height) != (self.width, self.height):
            return picture.to_size(self.width, self.height)
        return picture.to_bgr()

    def to_luma(self) -> Picture:
        return self._stream.decoded(self).to_luma()

    def to_size(self, width: int, height: int) -> Picture:
        return self._stream.decoded(self).to_size(width, height)


class _Kept(NamedTuple):
    """A packet that is not decoded yet, and whoever has its shot."""

    number: int
    packet: Packet[VideoStream]
    time_s: float
    moment: ref[_Moment]
