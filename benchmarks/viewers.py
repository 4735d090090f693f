"""What viewers cost the camera program: CPU and bytes with none, one, and ten of the same or of different sizes.

    python -m benchmarks.viewers --source 1080p.mp4 --seconds 20

Starts `serve` on a clip, played like a camera, with a look every five seconds only, so that what remains is
decoding and the live picture. The viewers are raw MJPEG connections of this process. A frame's delay is from the
camera program's sending to the viewer's receipt. The table goes into benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.mjpeg import received
from benchmarks.page import table, write_section
from tests.system.serving import serving, wait_for

SETTLE_S = 6.0
PHONE, DESK = "?width=640&quality=60&fps=5", ""
MIXED = (DESK, *(f"?width={width}" for width in (960, 640, 320)), PHONE)
SCENES = {
    "nobody watches": (),
    "1 at full size": (DESK,),
    "1 phone (640, quality 60, 5 a second)": (PHONE,),
    "10 at full size": (DESK,) * 10,
    "10 of five sizes": MIXED * 2,
    "4 small tiles (320)": ("?width=320",) * 4,
}


@dataclass
class Watched:
    """What came in a time: pictures, bytes and delays in seconds."""

    pictures: int = 0
    size: int = 0
    delays: tuple[float, ...] = ()

    def watch(self, port: int, query: str, from_s: float, until_s: float) -> None:
        delays = []
        for length, delay_s in received(port, f"/cameras/gate/stream.mjpg{query}", until_s, 30):
            if time.time() >= from_s:
                self.pictures, self.size = self.pictures + 1, self.size + length
                delays.append(delay_s)
        self.delays = tuple(delays)


def cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def measured(
    port: int, programs: Sequence[psutil.Process], queries: Sequence[str], seconds: float
) -> list[str]:
    """The row of one scene, from its second column on."""
    from_s = time.time() + SETTLE_S
    watched = [Watched() for _ in queries]
    threads = [
        threading.Thread(target=each.watch, args=(port, query, from_s, from_s + seconds))
        for each, query in zip(watched, queries, strict=True)
    ]
    for thread in threads:
        thread.start()
    time.sleep(max(0.0, from_s - time.time()))
    before = [cpu_s(process) for process in programs]
    time.sleep(seconds)
    busy = [100 * (cpu_s(process) - was) / seconds for process, was in zip(programs, before, strict=True)]
    for thread in threads:
        thread.join()
    delays = sorted(delay for each in watched for delay in each.delays)
    return [
        *(f"{share:.1f} %" for share in busy),
        " ".join(sorted({f"{each.pictures / seconds:.1f}" for each in watched})) or "-",
        f"{sum(each.size for each in watched) / seconds / 1e6:.2f}",
        f"{1000 * statistics.median(delays):.0f} / {1000 * delays[int(0.95 * len(delays))]:.0f}"
        if delays
        else "-",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--source", default="demo", help="a clip; the demo has 1280 x 720")
    parser.add_argument("--seconds", type=float, default=20, help="how long each scene is watched")
    parser.add_argument("--print", action="store_true", help="print the table only")
    arguments = parser.parse_args()
    camera = {"name": "gate", "source": arguments.source, "realtime": True, "loop": True, "sample_fps": 0.2}
    with tempfile.TemporaryDirectory() as name, serving(Path(name), {"cameras": [camera]}) as running:
        wait_for(lambda: running.status("gate") == "live", 60)
        time.sleep(SETTLE_S)
        programs = [running.programs(f"streamer.{program}")[0] for program in ("camera", "web")]
        rows = []
        for scene, queries in SCENES.items():
            rows.append([scene, *measured(running.port, programs, queries, arguments.seconds)])
            print(" | ".join(rows[-1]), flush=True)
        size = " x ".join(str(running.cameras()["gate"][side]) for side in ("width", "height"))
    head = ["viewers", "camera program", "web program", "pictures/s", "MB/s in all", "delay ms: median / 95%"]
    lines = [
        "## What viewers cost",
        "",
        f"`python -m benchmarks.viewers --seconds {arguments.seconds:g}`, a clip of {size}, {os.cpu_count()} cores, "
        "on which the viewers run, too. A look every five seconds; shares are of one core.",
        "",
        table(head, rows),
    ]
    if not arguments.print:
        write_section("viewers", "\n".join(lines))


if __name__ == "__main__":
    main()
