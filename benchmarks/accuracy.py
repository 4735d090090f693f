"""How much an engine finds and reads on real photos, crops and clips that have a known truth.

    python -m benchmarks.accuracy [--engine classic] [--data ../shared/eval] [--only us --only videos]

Goes through the same code as `python -m streamer read`, in two processes with one OpenCV thread
each, lets the data's own `score.py` compare, and writes the tables into benchmarks/README.md. With
`--only` the tables are printed instead, so that a part never replaces the whole.
"""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import click
import cv2

from benchmarks.page import write_section
from streamer import config
from streamer.assembly import engine_from
from streamer.detect import Engine
from streamer.reading import expand, read_source
from streamer.settings import Settings

DATA = Path(__file__).resolve().parents[2] / "shared" / "eval"
PROCESSES = 2

Answer = dict[str, Any]


@dataclass(frozen=True)
class Scored:
    """A set's name, the numbers that score.py printed for it, and the engine's milliseconds a picture."""

    name: str
    numbers: dict[str, str]
    ms: tuple[float, ...] = ()


class Worker:
    """One process's engine, made once."""

    settings: Settings
    engine: Engine

    @classmethod
    def start(cls, engine: str) -> None:
        cv2.setNumThreads(1)
        cls.settings = config.for_source("demo", environment={"STREAMER__ENGINE__NAME": engine})
        cls.engine = engine_from(cls.settings)

    @classmethod
    def read(cls, source: str) -> list[Answer]:
        results = read_source(source, cls.engine, cls.settings, lambda done, whole: None)
        return [result.as_json() for result in results]


def read_all(engine: str, sources: list[str]) -> list[Answer]:
    """What `read --json` prints for these pictures and clips."""
    spawn = get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, spawn, initializer=Worker.start, initargs=(engine,)) as pool:
        return [answer for answers in pool.map(Worker.read, sources) for answer in answers]


def score(
    data: Path, kind: str, answers: list[Answer], labels: str | None = None, only: str = ""
) -> list[Scored]:
    """The lines of score.py (`name: label number  label number ...`) with the times of the answers."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as predictions:
        predictions.writelines(json.dumps(answer) + "\n" for answer in answers)
        predictions.flush()
        command = [sys.executable, str(data / "score.py"), kind]
        command += [str(data / labels)] if labels else []
        command += [predictions.name, *(["--set", only] if only else [])]
        printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    ms = tuple(answer["ms"] for answer in answers if "ms" in answer)
    lines = (line.split(": ", 1) for line in printed.splitlines() if ": " in line)
    return [
        Scored(name, dict(re.findall(r"([a-z@/][a-z@./ \d]*?) ([\d.]+)(?=  | \(|$)", rest)), ms)
        for name, rest in lines
    ]


def sets_of(data: Path, labels: str) -> dict[str, list[str]]:
    """The label table's sets with the paths of their pictures."""
    sets: dict[str, dict[str, None]] = {}
    with (data / labels).open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            folder = data / Path(labels).stem
            sets.setdefault(row["set"], {})[str(folder / row["file"])] = None
    return {name: list(files) for name, files in sets.items()}


def tables(data: Path, engine: str, only: tuple[str, ...]) -> Iterator[str]:
    """The markdown tables of all sets, or of those in `only`."""

    def wanted(name: str) -> bool:
        return not only or name in only

    for kind, columns in (
        ("images", ("plates", "found@.5", "exact", "folded", "cer", "false/image")),
        ("crops", ("crops", "exact", "folded", "cer")),
    ):
        labels = f"{kind}.csv"
        scored = [
            line
            for name, files in sets_of(data, labels).items()
            if wanted(name)
            for line in score(data, kind, read_all(engine, files), labels, name)
        ]
        yield table(
            (kind, *columns, "ms median", "ms 95%"), [[s.name, *cells(s, columns), *times(s)] for s in scored]
        )
    if wanted("negatives"):
        scored = score(data, "negatives", read_all(engine, list(expand([str(data / "negatives")]))))
        columns = ("images", "texts read")
        yield table(
            ("", *columns, "ms median", "ms 95%"), [[s.name, *cells(s, columns), *times(s)] for s in scored]
        )
    if wanted("videos"):
        scored = score(data, "videos", read_all(engine, list(expand([str(data / "videos")]))), "videos.csv")
        columns = ("passes", "read", "doubles or misreads", "false")
        yield table(("videos", *columns), [[s.name, *cells(s, columns)] for s in scored])


def cells(scored: Scored, columns: Iterable[str]) -> list[str]:
    return [scored.numbers.get(column, "") for column in columns]


def times(scored: Scored) -> list[str]:
    ninety_fifth = quantiles(scored.ms, n=20)[-1] if len(scored.ms) > 1 else scored.ms[0]
    return [f"{median(scored.ms):.0f}", f"{ninety_fifth:.0f}"]


def table(head: Iterable[str], rows: list[list[str]]) -> str:
    """A markdown table, or nothing without rows."""
    head = list(head)
    lines = [head, ["---"] + ["--:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n" if rows else ""


@click.command(help=__doc__)
@click.option("--engine", default="classic", show_default=True)
@click.option("--data", type=click.Path(exists=True, path_type=Path), default=DATA)
@click.option("--only", multiple=True, help="Only this set; repeat for more.")
def main(engine: str, data: Path, only: tuple[str, ...]) -> None:
    measured = "\n".join(part for part in tables(data, engine, only) if part)
    if only:
        click.echo(measured)
        return
    title = f"## Accuracy of the {engine} engine\n\n"
    made_by = (
        f"`python -m benchmarks.accuracy --engine {engine}`, {os.cpu_count()} cores, {PROCESSES} processes.\n"
    )
    meaning = (
        "Found: the boxes share half of their union. Folded: O is taken for 0 and I for 1. False: texts\n"
        "on no labelled plate (some are plates that nobody labelled). Crops are read whole, like any\n"
        "picture. Times are the engine's, Tesseract included.\n\n"
    )
    write_section(f"accuracy {engine}", title + made_by + meaning + measured)


if __name__ == "__main__":
    main()
