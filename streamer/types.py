"""The plain data that travels between the parts. Knows nobody, is changed by nobody."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from math import ceil
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Picture: TypeAlias = "NDArray[np.uint8]"
"""Height x width x 3, blue-green-red, 0-255; or height x width, grey."""

Corners = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]
"""Top left, top right, bottom right, bottom left as the plate is read; x, y in pixels of the picture."""

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels."""

Part = tuple[int, int, int, int]
"""Left, top, right, bottom in whole pixels; right and bottom are the first beyond."""

Alternative = tuple[str, float]
"""What a plate may say instead, and how probable that is, 0-1."""

Direction = Literal["", "in", "out"]
"""Which way a vehicle went; "" where nothing says so."""


@dataclass(frozen=True)
class Frame:
    """One decoded picture of a source.

    `index` counts the source's frames from 0. `media_s` is seconds since the source's first frame
    by its own time stamps; `wall_s` is Unix time: arrival for live sources, start of the run plus
    `media_s` for files. The conversion to BGR is done when `image` is first asked for, so frames
    that nobody wants cost only their decoding. `to_luma` is there where brightness is to be had without it, and
    `to_size` where a picture of a certain width and height is.
    """

    camera: str
    index: int
    media_s: float
    wall_s: float
    width: int
    height: int
    to_bgr: Callable[[], Picture] = field(repr=False, compare=False)
    to_luma: Callable[[], Picture] | None = field(default=None, repr=False, compare=False)
    to_size: Callable[[int, int], Picture] | None = field(default=None, repr=False, compare=False)
    _converting: Lock = field(default_factory=Lock, repr=False, compare=False)

    @cached_property
    def image(self) -> Picture:
        """Height x width x 3, BGR. Safe to ask for from several threads; not to be drawn on."""
        with self._converting:
            if "image" not in self.__dict__:
                self.__dict__["image"] = self.to_bgr()
            return cast(Picture, self.__dict__["image"])

    @property
    def luma(self) -> Picture:
        """Height x width, how bright it is, without a copy. Green stands in where there is no other."""
        if self.to_luma:
            return self.to_luma()
        return self.image if self.image.ndim == 2 else self.image[..., 1]


@dataclass(frozen=True)
class Character:
    """One character of a plate's text (A-Z, 0-9) and the reader's probability for it, 0-1.

    `others` is what it may be instead, with probabilities, the likeliest first; empty from an engine that
    does not tell.
    """

    text: str
    confidence: float
    others: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class Plate:
    """One licence plate found in one picture.

    `score` (0-1) says how sure the finder is that this is a plate, `confidence` (0-1) how sure the
    reader is of the whole text. A plate that was found and could not be read has text "".

    `in_zone` is False where the camera's zones say that plates do not count. `to_line` says where the camera's
    line is, if it has one: how far inside it the plate's middle is, in pixels, negative if outside, and beside
    which part of it, 0 at its first point to 1 at its second. `kept` is True where the text is that of an
    earlier look at a plate that stands: it was not read again, and so has no vote.

    Of a plate that stands for itself, in a picture, `confidence` is the probability that the text is right
    but for characters that are printed alike, and `alternatives` are what it may say instead, the likeliest
    first.

    What only the network engine knows: how `readable` it is for a person (0-1), the kind of plate that
    its `style` is like, and the reader's `columns`, for texts to be weighed against each other: 2 lines x
    40 columns x 37 probabilities (blank, 0-9, A-Z).
    """

    corners: Corners
    score: float
    text: str
    confidence: float
    characters: tuple[Character, ...] = ()
    readable: float | None = None
    style: str | None = None
    columns: NDArray[np.float32] | None = field(default=None, repr=False, compare=False)
    in_zone: bool = True
    alternatives: tuple[Alternative, ...] = ()
    to_line: tuple[float, float] | None = None
    kept: bool = False

    @cached_property
    def box(self) -> Box:
        """The upright box around the corners."""
        xs, ys = zip(*self.corners, strict=True)
        return min(xs), min(ys), max(xs), max(ys)


@dataclass(frozen=True)
class Read:
    """One pass of one vehicle: a row of the log.

    Times are Unix seconds; `first_media_s` and `last_media_s` are seconds of the source's own time.
    `frames` counts the looks that saw the plate. `image` is the file name of the best picture,
    relative to the log's picture folder, or "". `settled` means that the vehicle has left and the
    row will not change any more. `revision` grows with every change of this read. `direction` says which
    way the vehicle went as far as is known by now.

    `confidence` (0-1) is the probability that the text is right but for characters that are printed alike; of a
    plate with `?`, where nobody can tell the character, that the others are. `characters` says of each by
    itself how sure it is, `alternatives` what the plate may say instead, the likeliest first.
    """

    read_id: str
    camera: str
    plate: str
    confidence: float
    first_seen: float
    last_seen: float
    first_media_s: float
    last_media_s: float
    frames: int
    source: str
    image: str = ""
    settled: bool = False
    revision: int = 1
    direction: Direction = ""
    characters: tuple[float, ...] = ()
    alternatives: tuple[Alternative, ...] = ()

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> Read:
        """From its fields as JSON has them, with lists for tuples."""
        characters, alternatives = (fields.get(name, ()) for name in ("characters", "alternatives"))
        lists = {"characters": tuple(characters), "alternatives": tuple(map(tuple, alternatives))}
        return cls(**{**fields, **lists})


class Reason(StrEnum):
    """Why something that looked like a plate did not become a read of its own, in words for its owner."""

    TOO_SMALL = "too small"
    TOO_DARK = "too dark"
    OVEREXPOSED = "overexposed"
    TOO_BLURRED = "too blurred"
    NO_TEXT = "no text"
    TOO_FEW_LOOKS = "too few looks"
    NOT_CERTAIN = "not certain enough"
    FORMAT = "does not fit the formats"
    OUTSIDE = "outside the zone"
    STATIC_TEXT = "static text"
    REPEAT = "repeat of an earlier read"


@dataclass(frozen=True)
class Rejected:
    """A track that did not become a read of its own, and why.

    `text` is what its looks said together, or "", with that `confidence` (0-1). Times and `frames` are as
    in a read. `read_id` is the read that it is a repeat of, or "". `image` is the file name of its best
    picture, relative to the log's picture folder, or "".
    """

    rejected_id: str
    camera: str
    reason: Reason
    text: str
    confidence: float
    first_seen: float
    last_seen: float
    first_media_s: float
    last_media_s: float
    frames: int
    source: str
    read_id: str = ""
    image: str = ""

    @property
    def is_noise(self) -> bool:
        """A single look without a text: the finder's mistake, most likely."""
        return not self.text and self.frames == 1


class SourceStatus(StrEnum):
    """What a source is doing."""

    CONNECTING = "connecting"
    LIVE = "live"
    STALLED = "stalled"
    RETRYING = "retrying"
    ENDED = "ended"


@dataclass(frozen=True)
class SourceState:
    """A source's status and, in words, why. `retry_s` is the pause before the next try, in seconds."""

    status: SourceStatus
    reason: str = ""
    retry_s: float = 0.0

    def __str__(self) -> str:
        if self.status is SourceStatus.RETRYING:
            return f"retrying in {ceil(self.retry_s)} s: {self.reason}"
        return f"{self.status}: {self.reason}" if self.reason else str(self.status)
