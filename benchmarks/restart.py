"""How long it takes until a killed program is back.

    python -m benchmarks.restart --kills 10

Runs `serve` on the demo clip, kills the camera program and the web program by turns with kill -9, and
measures until the camera is live on the web program's API again. The table goes into
benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.page import write_section
from streamer.config import demo_values
from tests.system.serving import Serving, serving, wait_for

PATIENCE_S = 30
CALM_S = 12
"""Between kills, so that a program counts as healthy and its pause does not grow."""


def back_after_s(running: Serving, module: str) -> float:
    """Kills the program of that kind; seconds until the camera is live again."""
    (victim,) = running.programs(module)
    victim.kill()
    began_s = time.monotonic()
    if module == "streamer.camera":
        wait_for(lambda: running.status("gate") != "live", PATIENCE_S, every_s=0.005)
    else:
        wait_for(lambda: [one.pid for one in running.programs(module)] not in ([], [victim.pid]), PATIENCE_S)
    wait_for(lambda: running.status("gate") == "live", PATIENCE_S, every_s=0.02)
    return time.monotonic() - began_s


def measure(async_mode: str, kills: int) -> list[str]:
    """Rows of the table for one async mode."""
    settings = {**demo_values(), "server": {"async_mode": async_mode}}
    rows = []
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), settings) as running:
        for module in ("streamer.camera", "streamer.web"):
            times = []
            for _ in range(kills):
                wait_for(lambda: running.status("gate") == "live", PATIENCE_S)
                time.sleep(CALM_S)
                times.append(back_after_s(running, module))
            name = module.removeprefix("streamer.")
            rows.append(f"| {async_mode} | {name} | {statistics.median(times):.1f} | {max(times):.1f} | 3 |")
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=10, help="of each program in each async mode")
    kills = parser.parse_args().kills
    lines = [
        "## A killed program comes back",
        "",
        f"`python -m benchmarks.restart --kills {kills}`, {os.cpu_count()} cores, the demo clip with the classic engine "
        "runs on. Seconds from kill -9 until the camera is live on the API again.",
        "",
        "| async mode | killed | median | most | asked |",
        "|---|---|--:|--:|--:|",
        *(row for mode in ("eventlet", "threading") for row in measure(mode, kills)),
    ]
    print("\n".join(lines))
    write_section("restart", "\n".join(lines))


if __name__ == "__main__":
    main()
