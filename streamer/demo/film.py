"""Pictures -> a clip such as a camera of any size sends it: the same every time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from streamer.demo import demo_clip
from streamer.demo.story import FPS
from streamer.types import Picture

_GRAIN = 2.0
"""How much the sensor's noise is, in levels of 255: standard deviation."""
_SPARE_PX = 64
_MEGABITS_PER_MEGAPIXEL = 2.0
"""The most that a second of it takes: 4 Mbit/s at 1920 x 1080, as cameras are set."""


def demo_pictures(first_s: float, last_s: float) -> Iterator[Picture]:
    """The pictures of the demo clip between these seconds of it, 15 a second, 720 x 1280 x 3."""
    with av.open(str(demo_clip())) as container:
        for frame in container.decode(video=0):
            if (frame.time or 0.0) >= last_s:
                return
            if (frame.time or 0.0) >= first_s:
                yield np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)


def film(pictures: Iterable[Picture], path: Path, size: tuple[int, int], fps: int = FPS) -> None:
    """Writes the pictures in that size (width, height; even) as H.264 in MP4, with noise of its own on each.

    A key picture every two seconds and none that looks ahead, as cameras do. Raises OSError.
    """
    unfinished = path.with_name(f"{path.stem}.part{path.suffix}")
    most = round(_MEGABITS_PER_MEGAPIXEL * size[0] * size[1])
    options = {"preset": "veryfast", "crf": "25", "bf": "0", "maxrate": str(most), "bufsize": str(2 * most)}
    noise = _Noise(size)
    with av.open(str(unfinished), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=fps, options=options | {"g": str(2 * fps)})
        (stream.width, stream.height), stream.pix_fmt = size, "yuv420p"
        for index, picture in enumerate(pictures):
            scaled = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_LINEAR), np.uint8)
            frame = av.VideoFrame.from_ndarray(noise.on(scaled), format="bgr24")
            frame.pts, frame.time_base = index, Fraction(1, fps)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    unfinished.replace(path)


class _Noise:
    """What the sensor adds and takes away, larger than the picture so that it can be moved."""

    def __init__(self, size: tuple[int, int]) -> None:
        self._random = np.random.default_rng(5)
        shape = size[1] + _SPARE_PX, size[0] + _SPARE_PX
        grain = cv2.GaussianBlur(self._random.normal(0, 2 * _GRAIN, shape), (0, 0), 0.6)
        self._more, self._less = (
            cv2.cvtColor(np.clip(np.round(sign * grain), 0, 255).astype(np.uint8), cv2.COLOR_GRAY2BGR)
            for sign in (1, -1)
        )

    def on(self, picture: Picture) -> Picture:
        """The picture with noise."""
        x, y = self._random.integers(0, _SPARE_PX, 2)
        more, less = (
            layer[y : y + picture.shape[0], x : x + picture.shape[1]] for layer in (self._more, self._less)
        )
        return np.asarray(cv2.subtract(cv2.add(picture, more), less), np.uint8)
