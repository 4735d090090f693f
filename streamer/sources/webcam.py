"""Local webcams -> shots, with OpenCV."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from streamer.sources.base import CaptureOptions, Shot, SourceError
from streamer.types import Picture

cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)  # it complains at every try

_DEVICES = Path("/dev")
_REPEAT_PAUSE_S = 0.01


def webcam_target(spec: str) -> int:
    """What to give to OpenCV for "0" or "/dev/video0", or for a link to one such as
    /dev/v4l/by-id/…, which stays the same when webcams are plugged in another order. Raises SourceError."""
    if spec.isdecimal():
        return int(spec)
    path = Path(spec)
    if not path.exists():
        raise SourceError(f"there is no webcam {spec}; {_what_there_is()}")
    number = re.fullmatch(r"/dev/video(\d+)", str(path.resolve()))
    if number is None:
        raise SourceError(f"{spec} is no webcam; {_what_there_is()}")
    return int(number[1])


def webcam_shots(target: int | str, options: CaptureOptions) -> Iterator[Shot]:
    """The pictures of what `cv2.VideoCapture` opens for `target`. Raises SourceError, also when the
    library goes on giving the same picture."""
    capture = cv2.VideoCapture(target)
    try:
        if not capture.isOpened():
            raise SourceError(f"webcam {target} cannot be opened or is in use; {_what_there_is()}")
        _ask_for_size(capture, options.webcam_size)
        start_s = time.monotonic()
        for picture in _changing_pictures(capture, target, options.stall_after_s):
            height, width = picture.shape[:2]
            yield Shot(time.monotonic() - start_s, width, height, partial(np.asarray, picture))
    finally:
        capture.release()


def _changing_pictures(capture: cv2.VideoCapture, target: int | str, most_s: float) -> Iterator[Picture]:
    """What the webcam gives, without repeats. Whoever watches has noticed the stall after `most_s`
    seconds of them; this ends soon after, so that no thread stays behind."""
    last: tuple[float, Picture] | None = None
    changed_s = time.monotonic()
    while time.monotonic() - changed_s < most_s * 1.5:
        delivered, image = capture.read()
        if not delivered:
            raise SourceError(f"webcam {target} gives no more pictures; check its plug and cable")
        now = (float(capture.get(cv2.CAP_PROP_POS_MSEC)), np.asarray(image, np.uint8))
        if last is not None and _is_same(last, now):
            time.sleep(_REPEAT_PAUSE_S)
            continue
        last, changed_s = now, time.monotonic()
        yield now[1]
    raise SourceError(f"webcam {target} gives the same picture again and again; plug it in again")


def _is_same(one: tuple[float, Picture], other: tuple[float, Picture]) -> bool:
    """Whether the library has repeated a picture: no new time stamp, no pixel changed."""
    return one[0] == other[0] and np.array_equal(one[1], other[1])


def _ask_for_size(capture: cv2.VideoCapture, size: tuple[int, int]) -> None:
    """Asks for compressed pictures too: uncompressed ones of this size come at 5 a second over USB 2."""
    capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
    capture.set(cv2.CAP_PROP_FRAME_WIDTH, size[0])
    capture.set(cv2.CAP_PROP_FRAME_HEIGHT, size[1])


def _what_there_is() -> str:
    found = sorted(str(path) for path in _DEVICES.glob("video[0-9]*"))
    return f"found here: {', '.join(found)}" if found else "none is connected here; plug one in"
