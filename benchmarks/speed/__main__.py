"""What the whole program costs, row by row.

    python -m benchmarks.speed [static gate gate-small busy cameras latency memory hours growth] [--seconds 60] [--rounds 3]

Without a row all of them; growth is the four growth-by-... rows. Each writes its own section of benchmarks/README.md, so one may be measured again alone; run
them on a machine that has nothing else to do. Processor time is that of all programs that `serve` starts, and its own.
Clips are rendered once, into data/speed.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import click

from benchmarks.page import write_section
from benchmarks.speed import cameras, growth, latency, memory, whole
from streamer import machine

GROWTH = "growth"
ROWS: dict[str, tuple[str, Callable[[float, int], str]]] = {
    **{
        name: (f"The whole program against decoding alone: {case.title}", partial(whole.row, name))
        for name, case in whole.CASES.items()
    },
    "cameras": ("How many cameras keep up", cameras.rows),
    "latency": ("From the camera's picture to the viewer's", latency.rows),
    "memory": ("Memory", memory.rows),
    "hours": ("Memory over hours", memory.hours),
    **{
        f"{GROWTH}-{name}": (f"What grows {name.replace('-', ' ')}", lambda s, _r, part=part: part(s))
        for name, part in growth.PARTS.items()
    },
}
GROWING = [name for name in ROWS if name.startswith(GROWTH)]


@click.command(help=__doc__)
@click.argument("rows", nargs=-1, type=click.Choice([*ROWS, GROWTH]))
@click.option("--seconds", default=60.0, show_default=True, help="How long each number is measured.")
@click.option("--rounds", default=3, show_default=True, help="How often, where medians are told.")
@click.option("--note", default="", help="A sentence about the conditions, for the page.")
@click.option("--print", "only_print", is_flag=True, help="Print, write nothing.")
def main(rows: tuple[str, ...], seconds: float, rounds: int, note: str, only_print: bool) -> None:
    for name in [name for row in rows or ROWS for name in (GROWING if row == GROWTH else [row])]:
        title, measured = ROWS[name]
        load = os.getloadavg()[0]
        text = measured(seconds, rounds)
        conditions = f"{machine.in_words()}; {datetime.now(UTC):%Y-%m-%d}; load before it began {load:.1f}."
        command = f"`python -m benchmarks.speed {name} --seconds {seconds:g} --rounds {rounds}`"
        section = f"## Speed: {title}\n\n{command}, {conditions} {note}\n\n{text}"
        click.echo(section)
        if not only_print:
            write_section(f"speed {name}", section)


if __name__ == "__main__":
    main()
