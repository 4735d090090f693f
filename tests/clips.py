"""Clips that tests make for themselves: moving pictures with their number written into them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

BITS = 12
"""A picture's number is a row of this many squares along its top, white for one, lowest bit first."""


def numbered_picture(number: int, size: tuple[int, int] = (320, 240)) -> NDArray[np.uint8]:
    """A BGR picture of `size` (width, height) with a grey bar that moves to the right."""
    width, height = size
    side = width // BITS
    picture = np.full((height, width, 3), 90, np.uint8)
    for bit in range(BITS):
        picture[:side, bit * side : (bit + 1) * side] = 255 * (number >> bit & 1)
    left = number * 5 % (width - 20)
    picture[side + 10 :, left : left + 20] = 200
    return picture


def number_in(picture: NDArray[np.uint8]) -> int:
    """The number that is written into a picture, however it was compressed."""
    side = picture.shape[1] // BITS
    middles = [picture[side // 2, bit * side + side // 2].mean() > 127 for bit in range(BITS)]
    return sum(1 << bit for bit, white in enumerate(middles) if white)


def write_clip(
    path: Path,
    *,
    codec: str = "libx264",
    size: tuple[int, int] = (320, 240),
    frames: int = 50,
    fps: int = 25,
    times_ms: Sequence[int] | None = None,
    last_ms: int | None = None,
    rotation: int = 0,
    between: int = 0,
    container_options: dict[str, str] | None = None,
) -> Path:
    """Writes `frames` numbered pictures with a key picture twice a second, and gives back `path`.

    `times_ms` are their times, for a variable frame rate, and `last_ms` is how long the last one stays;
    `rotation` (degrees counter-clockwise) goes
    into the metadata only, as in phone clips. After each picture that others need come `between` that none does.
    """
    times_ms = times_ms or [number * 1000 // fps for number in range(frames)]
    with av.open(str(path), "w", options=container_options or {}) as container:
        stream = container.add_stream(codec, rate=fps, options=_quiet(codec, fps, between))
        stream.width, stream.height = size
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        stream.codec_context.time_base = stream.time_base = Fraction(1, 1000)
        stream.set_display_rotation(rotation)
        for number, time_ms in enumerate(times_ms):
            frame = av.VideoFrame.from_ndarray(numbered_picture(number, size), format="bgr24")
            frame.pts, frame.time_base = time_ms, Fraction(1, 1000)
            packets = stream.encode(frame)
            if last_ms and number == len(times_ms) - 1:
                packets[-1].duration = last_ms
            container.mux(packets)
        container.mux(stream.encode())
    return path


def _quiet(codec: str, fps: int, between: int) -> dict[str, str]:
    every = {"g": str(fps // 2)}
    if between:
        steady = f"bframes={between}:b-adapt=0:b-pyramid=none:scenecut=0"
        return every | {"preset": "ultrafast", "x264-params": steady}
    if codec == "libx264":
        return every | {"preset": "ultrafast", "tune": "zerolatency"}
    return every | ({"preset": "ultrafast", "x265-params": "log-level=none"} if codec == "libx265" else {})
