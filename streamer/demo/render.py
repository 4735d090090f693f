"""Renders the demo clip, frame by frame; the same pixels every time."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction
from functools import cache
from pathlib import Path

import av
import cv2
import numpy as np

from streamer.demo.backdrop import GATE_M, Backdrop, draw_backdrop
from streamer.demo.paint import paint_headlights, paint_vehicle
from streamer.demo.story import FPS, FRAMES, STORY, dusk, place
from streamer.demo.view import HEIGHT, WIDTH
from streamer.types import Picture

CLOCK_START = datetime(2026, 5, 14, 20, 47, 12)
_NOISE = 1.8
_NOISE_SPARE_PX = 64
_CODEC = {"crf": "27", "preset": "medium", "g": str(2 * FPS)}


def render_frame(index: int) -> Picture:
    """Frame `index` (0 to FRAMES - 1) of the clip, 720 x 1280 x 3."""
    at_s = index / FPS
    scene = _backdrop()
    picture = scene.day.copy()
    there = [(passage, where) for passage in STORY if (where := place(passage, at_s))]
    there.sort(key=lambda pair: -pair[1].z)
    for passage, where in there:
        paint_vehicle(picture, passage.vehicle, where)
        if where.z > GATE_M - 4:
            cv2.copyTo(scene.day, scene.before, picture)
    darkness = dusk(at_s)
    if darkness:
        light = 1 - darkness * (1 - scene.night)
        picture = (picture * light).astype(np.uint8)
    for passage, where in there:
        if passage.headlights:
            paint_headlights(picture, passage.vehicle.body, where)
    _add_noise(picture, index)
    _write_clock(picture, CLOCK_START + timedelta(seconds=at_s))
    return picture


def render_clip(path: Path) -> None:
    """Write the whole clip to `path` as H.264 in MP4. Raises OSError if it cannot be written."""
    unfinished = path.with_name(f"{path.stem}.part{path.suffix}")
    with av.open(str(unfinished), "w", format="mp4", options={"movflags": "faststart"}) as container:
        stream = container.add_stream("libx264", rate=FPS, options=_CODEC)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for index in range(FRAMES):
            frame = av.VideoFrame.from_ndarray(render_frame(index), format="bgr24")
            frame.pts, frame.time_base = index, Fraction(1, FPS)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    unfinished.replace(path)


@cache
def _backdrop() -> Backdrop:
    return draw_backdrop()


@cache
def _noise() -> tuple[Picture, Picture]:
    """What the sensor adds and what it takes away, larger than the picture so that it can be moved."""
    shape = HEIGHT + _NOISE_SPARE_PX, WIDTH + _NOISE_SPARE_PX
    grain = cv2.GaussianBlur(np.random.default_rng(11).normal(0, 2 * _NOISE, shape), (0, 0), 0.6)
    more, less = np.clip(np.round([grain, -grain]), 0, 255).astype(np.uint8)
    return np.dstack([more] * 3), np.dstack([less] * 3)


def _add_noise(picture: Picture, index: int) -> None:
    x, y = np.random.default_rng(index).integers(0, _NOISE_SPARE_PX, 2)
    more, less = (layer[y : y + HEIGHT, x : x + WIDTH] for layer in _noise())
    cv2.add(picture, more, picture)
    cv2.subtract(picture, less, picture)


def _write_clock(picture: Picture, now: datetime) -> None:
    text = f"{now:%Y-%m-%d  %H:%M:%S}"
    for offset, colour in ((1, (40, 36, 32)), (0, (244, 244, 244))):
        cv2.putText(picture, text, (18 + offset, 34 + offset), colour, _clock_face(), 20, 400)


@cache
def _clock_face() -> cv2.FontFace:
    return cv2.FontFace("sans")
