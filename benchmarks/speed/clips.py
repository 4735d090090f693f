"""What is watched: the demo's gate, rendered for a camera of any size, kept in data/speed."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import av
import cv2

from streamer.demo.backdrop import GATE_M, Backdrop, draw_backdrop
from streamer.demo.film import film
from streamer.demo.paint import paint_vehicle
from streamer.demo.story import STORY, Passage, place
from streamer.places import ROOT
from streamer.types import Picture

FOLDER = ROOT / "data" / "speed"
FULL_HD, SMALL = (1920, 1080), (640, 360)
FPS, BUSY_FPS = 15, 30
PART_S = 10
"""Length of the parts that clips are put together from, seconds."""
BUSY_S, GAP_S = 12, 2.4
"""Length of the busy road, and the time from one vehicle to the next."""
PLATES = ("KT 472 MH", "HN-K 4736", "LK67 EHN", "WA 3479F", "GR-PE 937", "NV 846 XP", "B-XR 5128", "CD 913 LT")


def static(size: tuple[int, int] = FULL_HD) -> Path:
    """Nothing happens, but for the sensor's noise; 10 s, 15 frames a second."""
    return _kept(f"static-{size[1]}", lambda path: film(_pictures((), PART_S, FPS), path, size, FPS))


def gate_hour() -> Path:
    """90 s, 15 frames a second, one vehicle: an hour of it would have 40."""
    return _spliced("gate", 9, 4)


def gate_hour_small() -> Path:
    """The same as a camera's small stream shows it, 640 x 360 at 0.5 Mbit/s."""
    return _kept("gate-small", lambda path: _shrink(gate_hour(), path))


def minute(turn: int) -> Path:
    """60 s, 15 frames a second, one vehicle, at one of six times."""
    return _spliced(f"minute-{turn % 6}", 6, turn % 6)


def hours(count: int) -> Path:
    """So many hours, 15 frames a second, 40 vehicles an hour."""
    order = [_one_pass() if number % 9 == 4 else static() for number in range(360 * count)]
    return _kept(f"hours-{count}", lambda path: _splice(order, path))


def busy() -> Path:
    """12 s, 30 frames a second, a vehicle every 2.4 s, so that there is a plate in every frame."""
    return _kept("busy", lambda path: film(busy_pictures(), path, FULL_HD, BUSY_FPS))


def busy_pictures() -> Iterator[Picture]:
    """The busy road as it is drawn, 720 x 1280 x 3, 30 a second."""
    queue = [
        replace(STORY[0], vehicle=replace(STORY[number % 3].vehicle, plate=plate), hump_s=number * GAP_S)
        for number, plate in enumerate(PLATES[: math.ceil(BUSY_S / GAP_S) + 2], start=-1)
    ]
    return _pictures(queue, BUSY_S, BUSY_FPS)


def _one_pass() -> Path:
    """A vehicle drives in."""
    passage = replace(STORY[0], hump_s=PART_S / 2)
    return _kept("pass", lambda path: film(_pictures([passage], PART_S, FPS), path, FULL_HD, FPS))


def _pictures(passages: Sequence[Passage], seconds: float, fps: int) -> Iterator[Picture]:
    scene = _backdrop()
    for index in range(round(seconds * fps)):
        picture = scene.day.copy()
        there = [(one, where) for one in passages if (where := place(one, index / fps))]
        for one, where in sorted(there, key=lambda pair: -pair[1].z):
            paint_vehicle(picture, one.vehicle, where)
            if where.z > GATE_M - 4:
                cv2.copyTo(scene.day, scene.before, picture)
        yield picture


@cache
def _backdrop() -> Backdrop:
    return draw_backdrop()


def _spliced(name: str, parts: int, busy_part: int) -> Path:
    """So many parts of nothing, and one pass in place of one of them."""
    order = [_one_pass() if number == busy_part else static() for number in range(parts)]
    return _kept(name, lambda path: _splice(order, path))


def _splice(parts: Sequence[Path], path: Path) -> None:
    """The clips one behind the other; they begin with key pictures and none looks ahead."""
    with av.open(str(path), "w", format="mp4") as out, av.open(str(parts[0])) as first:
        stream = out.add_stream_from_template(first.streams.video[0])
        start = 0
        for part in parts:
            with av.open(str(part)) as clip:
                source = clip.streams.video[0]
                for packet in clip.demux(source):
                    if packet.size:
                        packet.stream = stream
                        packet.pts, packet.dts = start + packet.pts, start + packet.dts
                        packet.time_base = source.time_base
                        out.mux(packet)
                start += source.duration


def _shrink(clip: Path, path: Path) -> None:
    """The clip in a small stream's size, at its own pace."""
    with av.open(str(clip)) as source, av.open(str(path), "w", format="mp4") as out:
        stream = out.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt, stream.bit_rate = *SMALL, "yuv420p", 500_000
        stream.options = {"preset": "veryfast", "g": str(2 * FPS), "bf": "0"}
        for frame in source.decode(video=0):
            out.mux(stream.encode(frame.reformat(*SMALL)))
        out.mux(stream.encode())


def _kept(name: str, write: Callable[[Path], None]) -> Path:
    """The clip of that name, written the first time that it is asked for."""
    path = FOLDER / f"{name}.mp4"
    if not path.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        print(f"rendering {path.name}", flush=True)
        write(path)
    return path


def seconds_of(clip: Path) -> float:
    with av.open(str(clip)) as container:
        return container.duration / 1e6
