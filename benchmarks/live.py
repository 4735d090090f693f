"""Live viewing under load: frame rates and delays of viewers, delay of events, memory over time.

    python -m benchmarks.live --seconds 600

Starts `serve` on the demo clip (1280x720, paced like a camera) with more looks a second than the engine
can take, so that the camera program keeps a core busy and viewers give way down to two pictures a second; then watches with raw MJPEG connections and a
Socket.IO client from this process. A frame's delay is from the camera program's sending to the
viewer's receipt; an event's from the CSV's change on disk to the client's receipt. The table goes into
benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import socketio

from benchmarks.mjpeg import received
from benchmarks.page import write_section
from tests.system.serving import Serving, serving, wait_for

CAMERA = {"name": "gate", "source": "demo", "realtime": True, "loop": True, "repeat_after_s": 3}
SETTLE_S = 10.0
"""Left out at the start: programs load, the first looks are slow."""


@dataclass
class Viewer:
    """One MJPEG connection and when its frames came, with their delays in seconds."""

    port: int
    delays: list[float] = field(default_factory=list)
    began_s: float = 0.0

    def watch(self, until_s: float) -> None:
        self.began_s = time.time()
        for _, delay_s in received(self.port, "/cameras/gate/stream.mjpg", until_s, 10):
            self.delays.append(delay_s)

    def frames_per_second(self) -> float:
        return len(self.delays) / (time.time() - self.began_s)


@dataclass
class Memory:
    """Resident memory of one program over time, MB."""

    process: psutil.Process
    samples: list[float] = field(default_factory=list)

    def sample(self) -> None:
        self.samples.append(self.process.memory_info().rss / 2**20)

    def in_words(self) -> str:
        """Medians of the first, middle and last tenth, and the most."""
        tenth = max(1, len(self.samples) // 10)
        middle = len(self.samples) // 2
        parts = self.samples[:tenth], self.samples[middle : middle + tenth], self.samples[-tenth:]
        begin, half, end = (statistics.median(part) for part in parts)
        return f"{begin:.0f} / {half:.0f} / {end:.0f} (most {max(self.samples):.0f})"


def listen_to_events(running: Serving, folder: Path) -> tuple[socketio.Client, list[float]]:
    """A connected client and the delays, in seconds, of the settled reads it hears of."""
    delays: list[float] = []
    client = socketio.Client()

    @client.on("read_updated")
    def updated(read: dict[str, object]) -> None:
        if read["settled"]:
            file = max((folder / "data").glob("reads-*.csv"), key=lambda path: path.stat().st_mtime)
            delays.append(time.time() - file.stat().st_mtime)

    client.connect(running.url, transports=["websocket"])
    return client, delays


def percentile(values: list[float], part: float) -> float:
    return sorted(values)[min(len(values) - 1, int(part * len(values)))]


def in_ms(delays: list[float]) -> str:
    if not delays:
        return "none came"
    return " / ".join(f"{1000 * percentile(delays, part):.1f}" for part in (0.5, 0.95, 1.0))


def measure(async_mode: str, viewers: int, seconds: float) -> list[str]:
    """Rows of the table for one async mode."""
    settings = {
        "cameras": [CAMERA],
        "server": {"async_mode": async_mode},
        "tracking": {"sample_fps": 15},
    }
    with tempfile.TemporaryDirectory() as name, serving(Path(name), settings) as running:
        wait_for(lambda: running.status("gate") == "live", 30)
        client, event_delays = listen_to_events(running, Path(name))
        time.sleep(SETTLE_S)
        until_s = time.time() + seconds
        watching = [Viewer(running.port) for _ in range(viewers)]
        threads = [threading.Thread(target=viewer.watch, args=(until_s,)) for viewer in watching]
        for thread in threads:
            thread.start()
        (web,), (camera,) = running.programs("streamer.web"), running.programs("streamer.camera")
        memories = {"web": Memory(web), "camera": Memory(camera)}
        busy_before = camera.cpu_times(), web.cpu_times()
        while time.time() < until_s:
            time.sleep(1)
            for memory in memories.values():
                memory.sample()
        rates = [viewer.frames_per_second() for viewer in watching]
        busy = [
            (
                after.user
                + after.system
                + after.children_user
                - before.user
                - before.system
                - before.children_user
            )
            / seconds
            for before, after in zip(busy_before, (camera.cpu_times(), web.cpu_times()), strict=True)
        ]
        for thread in threads:
            thread.join()
        client.disconnect()
    frame_delays = [delay for viewer in watching for delay in viewer.delays]
    return [
        f"| frames a second of each viewer | {' / '.join(f'{rate:.1f}' for rate in rates)} | 2 or more |",
        f"| frame delay in the web program, ms: median / 95% / most | {in_ms(frame_delays)} | 95%: 15 |",
        f"| event delay, ms: median / 95% / most ({len(event_delays)} reads) | {in_ms(event_delays)} | under 250 |",
        f"| memory of the web program, MB: begin / half / end | {memories['web'].in_words()} | under 150, flat |",
        f"| memory of the camera program, MB | {memories['camera'].in_words()} | under 500, flat |",
        f"| cores busy: camera program (with Tesseract) / web program | {busy[0]:.2f} / {busy[1]:.2f} | |",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60, help="how long each async mode is watched")
    parser.add_argument("--viewers", type=int, default=3)
    arguments = parser.parse_args()
    lines = [
        "## Live viewing while an engine keeps a core busy",
        "",
        f"`python -m benchmarks.live --seconds {arguments.seconds:g} --viewers {arguments.viewers}`, "
        f"{os.cpu_count()} cores, the viewers run on them, too.",
    ]
    for mode in ("eventlet", "threading"):
        rows = measure(mode, arguments.viewers, arguments.seconds)
        lines += ["", f"| {mode} | measured | asked |", "|---|---|---|", *rows]
        print("\n".join(lines), flush=True)
    write_section("live", "\n".join(lines))


if __name__ == "__main__":
    main()
