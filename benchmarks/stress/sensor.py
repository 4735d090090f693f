"""What the camera makes of the light: haze and rain before it, shaking, noise, and a codec."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import av
import cv2
import numpy as np

from benchmarks.stress.scenes import FPS, Scene
from benchmarks.stress.view import HEIGHT, WIDTH, Points
from streamer.types import Picture

BIT_RATE = 3_000_000
"""Of the H.264 stream at 15 frames a second; x264's fastest preset, as simple as the encoders in cameras are."""
_SPARE = 64
"""Pixels by which the noise is larger than the picture, so that it can be moved."""


class Sensor:
    """One camera while one scene lasts. The frames are to be given in order."""

    def __init__(self, rng: Random, scene: Scene) -> None:
        self._rng, self._scene = rng, scene
        self._swing = [(rng.uniform(0.4, 1), rng.uniform(2, 7), rng.uniform(0, 6.3)) for _ in range(4)]
        grain = np.random.default_rng(rng.randrange(1 << 30)).normal(0, scene.light.noise * 1.4, _noise_size())
        grain = np.asarray(cv2.GaussianBlur(grain, (0, 0), 0.55))
        self._more, self._less = (np.clip(np.round(sign * grain), 0, 255).astype(np.uint8) for sign in (1, -1))
        self._codec = Codec()

    def taken(self, picture: Picture, at_s: float) -> tuple[Picture, Points]:
        """The frame as it comes out of the camera, and how far everything in it was shaken, pixels right and down."""
        shift = self._shaken(at_s)
        if shift.any():
            matrix = np.array([[1, 0, shift[0]], [0, 1, shift[1]]], np.float64)
            picture = np.asarray(
                cv2.warpAffine(picture, matrix, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REFLECT), np.uint8
            )
        if self._scene.light.haze:
            veil = np.full_like(picture, 190)
            picture = np.asarray(
                cv2.addWeighted(picture, 1 - self._scene.light.haze, veil, self._scene.light.haze, 0), np.uint8
            )
        if self._scene.light.rain:
            self._rain(picture)
        if self._scene.light.grey:
            picture = np.asarray(
                cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR), np.uint8
            )
        return self._codec.through(self._noisy(picture)), shift

    def _shaken(self, at_s: float) -> Points:
        """Swings of 2 to 7 Hz, as a pole in the wind or by a road makes them."""
        parts = [size * np.sin(6.283 * rate * at_s + phase) for size, rate, phase in self._swing]
        return self._scene.shake * np.array([parts[0] + parts[1], parts[2] + parts[3]]) / 2

    def _noisy(self, picture: Picture) -> Picture:
        x, y = self._rng.randrange(_SPARE), self._rng.randrange(_SPARE)
        more, less = (part[y : y + HEIGHT, x : x + WIDTH] for part in (self._more, self._less))
        return np.asarray(cv2.subtract(cv2.add(picture, more), less), np.uint8)

    def _rain(self, picture: Picture) -> None:
        """Pale streaks, some near and long."""
        veil = np.zeros((HEIGHT, WIDTH), np.uint8)
        lean = self._swing[0][0] * 0.2
        for _ in range(90):
            x, y, length = self._rng.randrange(WIDTH), self._rng.randrange(HEIGHT), self._rng.uniform(12, 90)
            bright = self._rng.uniform(20, 70)
            cv2.line(
                veil,
                (x, y),
                (round(x + lean * length), round(y + length)),
                (bright,),
                1 + (length > 70),
                cv2.LINE_AA,
            )
        cv2.add(picture, cv2.cvtColor(veil, cv2.COLOR_GRAY2BGR), picture)


class Codec:
    """H.264 there and back, a frame at a time, the same on one thread every time."""

    def __init__(self) -> None:
        self._encoder = av.CodecContext.create("libx264", "w")
        self._encoder.width, self._encoder.height, self._encoder.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        self._encoder.time_base, self._encoder.framerate = Fraction(1, FPS), Fraction(FPS)
        self._encoder.bit_rate, self._encoder.gop_size, self._encoder.thread_count = BIT_RATE, 2 * FPS, 1
        self._encoder.options = {"preset": "ultrafast", "tune": "zerolatency"}
        self._decoder = av.CodecContext.create("h264", "r")
        self._decoder.thread_count = 1
        self._frames = 0

    def through(self, picture: Picture) -> Picture:
        """The frame as it is decoded from the stream."""
        frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
        frame.pts = self._frames
        self._frames += 1
        decoded = [out for packet in self._encoder.encode(frame) for out in self._decoder.decode(packet)]
        return np.asarray(decoded[-1].to_ndarray(format="bgr24"), np.uint8)


def _noise_size() -> tuple[int, int, int]:
    return HEIGHT + _SPARE, WIDTH + _SPARE, 3
