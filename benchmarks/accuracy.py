"""How much of real photos, crops and clips is found and read rightly, by our engines and by others.

    python -m benchmarks.accuracy [--engine network] [--set us --set videos] [--failures page.html]

Goes through the same code as `python -m streamer read` and lets the data's own `score.py` compare. All sets:
the tables go into benchmarks/README.md and their numbers into benchmarks/accuracy.json, which
`tests/test_accuracy.py` holds us to. Some sets: the tables are printed. fast-alpr and RapidOCR take part where
they are installed beside this project.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from statistics import median, quantiles

import click

from benchmarks import failures
from benchmarks.page import table, write_section
from benchmarks.readers import PEERS, PROCESSES, names, ours
from benchmarks.scoring import DATA, KINDS, Answer, Scored, Set, score, sets

RECORD = Path(__file__).parent / "accuracy.json"
"""Engine -> set -> number by name, of the last whole run."""

COLUMNS = {
    "images": ("plates", "found@.5", "found@.3", "exact", "folded", "cer", "false/image"),
    "crops": ("crops", "exact", "folded", "cer"),
    "negatives": ("images", "texts read"),
    "videos": ("passes", "read", "doubles or misreads", "false"),
}
_MEANING = """Found: the boxes share half (or 0.3) of their union. Folded: O is taken for 0 and I for 1. False: texts
on no labelled plate (some are plates that nobody labelled). Crops are read as the plates they are
(`read --crops`). Times are the engine's own, opening the file left out; {processes} processes on {cores} cores.
"""


def answered(who: str, asked: Set) -> list[Answer] | None:
    """The answers of an engine or peer to a set; None if it cannot answer that kind."""
    return PEERS[who][1]().answer(asked) if who in PEERS else ours(who, asked)


def tables(results: Iterable[Scored]) -> str:
    """Markdown, a table a kind."""
    results = list(results)
    parts = []
    for kind in KINDS:
        some = [scored for scored in results if scored.asked.kind == kind]
        timed = ("ms median", "ms 95%") if any(scored.ms for scored in some) and kind != "videos" else ()
        rows = [
            [line.name, *(_cell(line.numbers.get(column)) for column in COLUMNS[kind]), *_times(scored, timed)]
            for scored in some
            for line in scored.lines
        ]
        parts += [table([kind, *COLUMNS[kind], *timed], rows)] if rows else []
    return "\n".join(parts)


def _cell(number: float | None) -> str:
    if number is None:
        return ""
    return f"{number:.0f}" if number == int(number) and number > 1 else f"{number:g}"


def _times(scored: Scored, timed: tuple[str, ...]) -> list[str]:
    if not timed or not scored.ms:
        return [""] * len(timed)
    ninety_fifth = quantiles(scored.ms, n=20)[-1] if len(scored.ms) > 1 else scored.ms[0]
    return [f"{median(scored.ms):.0f}", f"{ninety_fifth:.0f}"]


def _record(who: str, results: list[Scored]) -> None:
    """Replaces this engine's numbers in the record."""
    known = json.loads(RECORD.read_text()) if RECORD.exists() else {}
    known[who] = {scored.asked.name: scored.whole for scored in results}
    RECORD.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n")


@click.command(help=__doc__)
@click.option(
    "--engine", "engines", multiple=True, type=click.Choice(names()), help="Repeat for more; else all."
)
@click.option("--data", type=click.Path(exists=True, path_type=Path), default=DATA)
@click.option("--set", "only", multiple=True, help="Only this set; repeat for more.")
@click.option("--failures", "page", type=click.Path(path_type=Path), help="Write what was read wrongly here.")
def main(engines: tuple[str, ...], data: Path, only: tuple[str, ...], page: Path | None) -> None:
    wrong = []
    for who in engines or names():
        asked = [one for one in sets(data) if not only or one.name in only]
        pairs = [(one, answered(who, one)) for one in asked]
        given = [(score(data, one, answers), answers) for one, answers in pairs if answers is not None]
        results = [scored for scored, _ in given]
        wrong += [(who, scored, answers) for scored, answers in given]
        if only:
            click.echo(f"{who}\n\n{tables(results)}")
            continue
        command = f"`python -m benchmarks.accuracy --engine {who}`\n\n"
        meaning = _MEANING.format(processes=PROCESSES if who not in PEERS else 1, cores=os.cpu_count())
        write_section(f"accuracy {who}", f"## Accuracy: {who}\n\n{command}{meaning}\n{tables(results)}")
        _record(who, results)
    if page:
        failures.write(page, data, wrong)


if __name__ == "__main__":
    main()
