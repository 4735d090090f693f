"""What the network engine costs: milliseconds a picture and a plate on one thread, and memory.

    python -m benchmarks.nets [--rounds 60]

On frames of the demo clip, 1280 x 720, one plate each. Decoding a 1080p H.264 frame is timed in the same run, so
that other machines can be compared by ratios. Needs a quiet machine; writes its table into benchmarks/README.md.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from statistics import median, quantiles

import av
import click
import cv2
import numpy as np

from benchmarks.page import write_section
from streamer.capture import open_source
from streamer.demo import DEMO_PASSES, demo_clip
from streamer.network import NetworkEngine
from streamer.neural.finder import OUTPUTS as FINDER_OUTPUTS
from streamer.neural.finder import Finder
from streamer.neural.models import Net
from streamer.neural.reader import OUTPUTS as READER_OUTPUTS
from streamer.neural.reader import Reader
from streamer.neural.second_look import OUTPUTS as SECOND_LOOK_OUTPUTS
from streamer.neural.second_look import SecondLook
from streamer.neural.view import whole
from streamer.places import MODELS
from streamer.types import Picture

ASKED = {"finder": "12 ms or less", "reader": "2.5 ms or less", "memory": "120 MB or less"}

_MEMORY = """
import sys
import cv2, numpy as np
if sys.argv[1] == "engine":
    from streamer.network import NetworkEngine
    engine = NetworkEngine()
    for number in range(30):
        engine.find_and_read(np.random.default_rng(number).integers(0, 256, (720, 1280, 3), np.uint8))
        engine.read_crop(np.zeros((64, 160, 3), np.uint8))
with open("/proc/self/status") as status:
    print(next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmRSS")))
"""


def frames(count: int) -> list[Picture]:
    """Frames of the demo clip with a vehicle in them, BGR, 1280 x 720."""
    source = open_source(str(demo_clip()), "bench").frames()
    with_plate = (
        frame.image
        for frame in source
        if any(one.first_s + 0.3 < frame.media_s < one.last_s - 0.3 for one in DEMO_PASSES)
    )
    return [picture for picture, _ in zip(with_plate, range(count), strict=False)]


def milliseconds(job: Callable[[], object]) -> float:
    start_s = time.perf_counter()
    job()
    return 1000 * (time.perf_counter() - start_s)


def decoding() -> Iterator[float]:
    """Milliseconds of decoding each frame of a rendered 1080p H.264 clip, one thread, no conversion."""
    with tempfile.TemporaryDirectory() as folder:
        clip = Path(folder) / "clip.mp4"
        _write(clip)
        with av.open(str(clip)) as container:
            stream = container.streams.video[0]
            stream.thread_count = 1
            decoder = container.decode(stream)
            for _ in range(60):
                yield milliseconds(lambda: next(decoder))


def _write(clip: Path) -> None:
    """Ninety frames of the demo's scene, enlarged, as a camera would code them."""
    pictures = frames(90)
    with av.open(str(clip), "w") as container:
        stream = container.add_stream("libx264", rate=Fraction(15), options={"preset": "fast", "bf": "0"})
        stream.width, stream.height, stream.pix_fmt, stream.bit_rate = 1920, 1080, "yuv420p", 4_000_000
        for picture in pictures:
            large = np.asarray(cv2.resize(picture, (1920, 1080)), np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(large, format="bgr24")))
        container.mux(stream.encode())


def memory() -> float:
    """MB that the engine adds to a program that has OpenCV and NumPy."""
    bare, engine = (
        float(subprocess.run([sys.executable, "-c", _MEMORY, what], check=True, capture_output=True).stdout)
        for what in ("bare", "engine")
    )
    return engine - bare


def measured(rounds: int) -> list[tuple[str, list[float], str]]:
    """What was timed, its milliseconds, what is asked."""
    cv2.setNumThreads(1)
    finder = Finder(Net(MODELS / "finder.onnx", FINDER_OUTPUTS, 1))
    second_look = SecondLook(Net(MODELS / "second_look.onnx", SECOND_LOOK_OUTPUTS, 1))
    reader = Reader(Net(MODELS / "reader.onnx", READER_OUTPUTS, 1))
    engine = NetworkEngine()
    pictures = frames(rounds)
    crops = [(picture, [[plate.corners]]) for picture in pictures for plate in engine.find_and_read(picture)]
    candidates = [engine.search(picture).first[:1] for picture in pictures]
    return [
        (
            "finder: the whole picture",
            [milliseconds(lambda p=p: finder.see([whole(p).of(p)])) for p in pictures],
            "finder",
        ),
        (
            "second look at one candidate",
            [
                milliseconds(lambda p=p, c=c: second_look.at(p, c))
                for p, c in zip(pictures, candidates, strict=True)
            ],
            "",
        ),
        (
            "reader: a plate, cutting and spelling included",
            [milliseconds(lambda p=p, c=c: reader.read_plates(p, c)) for p, c in crops],
            "reader",
        ),
        ("decoding a 1080p H.264 frame", list(decoding())[5:], ""),
    ]


@click.command(help=__doc__)
@click.option("--rounds", type=click.IntRange(20, 200), default=60, show_default=True)
def main(rounds: int) -> None:
    rows = measured(rounds)
    reference = median(rows[-1][1])
    lines = ["| | ms, median | 95% | decoded frames | asked |", "|---|--:|--:|--:|---|"]
    for name, ms, asked in rows:
        typical = median(ms)
        lines.append(
            f"| {name} | {typical:.1f} | {quantiles(ms, n=20)[-1]:.1f} | {typical / reference:.2f} "
            f"| {ASKED.get(asked, '')} |"
        )
    lines.append(f"\nMemory beside OpenCV and NumPy: {memory():.0f} MB ({ASKED['memory']}).")
    head = f"## What the network engine costs\n\n`python -m benchmarks.nets`, one thread of {os.cpu_count()} cores.\n\n"
    write_section("nets", head + "\n".join(lines))


if __name__ == "__main__":
    main()
