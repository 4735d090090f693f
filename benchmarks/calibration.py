"""Whether confidences are true: of the texts that say 0.9, nine in ten should be right.

    python -m benchmarks.calibration

The network engine on the evaluation photos, crops and clips, through the same code as `read`. The diagram is written
to benchmarks/calibration.svg, the table into benchmarks/README.md. What is measured here is never fitted to; the numbers
of streamer/models/calibration.json come from `python -m benchmarks.fit_calibration`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import click

from benchmarks.page import table, write_section
from benchmarks.readers import ours
from benchmarks.reliability import BINS, Told, bins, calibration_error, diagram
from benchmarks.scoring import DATA, Answer, Set, sets
from streamer.boxes import shared_part
from training.labels import folded

DIAGRAM = Path(__file__).parent / "calibration.svg"
KINDS = {"images": "photos", "crops": "crops", "videos": "clips"}
ASKED = 0.05
SAME = 0.4
"""A text is of the labelled plate if the boxes share this part of the smaller one."""
SLACK_S = 1.0
"""A read may begin and end so much before and after its pass, as score.py has it."""
_HEAD = """## Are confidences true?

`python -m benchmarks.calibration`, the network engine. Right: but for O and 0, I and 1. Error: the expected calibration
error, over {bins} bins of equal width the difference between the mean confidence and the part that is right, weighted by
the bin's texts; {asked} or less is asked for. Texts on plates that nobody labelled are left out. A bin's numbers are
the texts in it and the part of them that is right.

![reliability](calibration.svg)

"""

Row = dict[str, str]


def told(data: Path, asked: Set, answers: list[Answer]) -> list[Told]:
    """What was told of a set's labelled plates."""
    rows = _rows(data, asked.kind)
    judge = {"images": _photo, "crops": _crop, "videos": _clip}[asked.kind]
    return [one for answer in answers for one in judge(answer, rows.get(Path(answer["source"]).name, []))]


def _rows(data: Path, kind: str) -> dict[str, list[Row]]:
    """The label table's rows by the name of their file."""
    by_file: dict[str, list[Row]] = {}
    with (data / f"{kind}.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            by_file.setdefault(Path(row.get("file") or row["video"]).name, []).append(row)
    return by_file


def _photo(answer: Answer, rows: list[Row]) -> Iterator[Told]:
    for row in rows:
        if row["text"] and row["w"]:
            left, top, width, height = (float(row[key]) for key in ("x", "y", "w", "h"))
            box = left, top, left + width, top + height
            near = [(shared_part(_box(plate), box), plate) for plate in answer["plates"] if plate["text"]]
            part, plate = max(near, key=lambda one: one[0], default=(0.0, {}))
            if part >= SAME:
                yield _told(plate, {row["text"]})


def _box(plate: Answer) -> tuple[float, float, float, float]:
    xs, ys = zip(*plate["corners"], strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _crop(answer: Answer, rows: list[Row]) -> Iterator[Told]:
    for plate in answer["plates"]:
        if plate["text"]:
            yield _told(plate, {row["text"] for row in rows})


def _clip(answer: Answer, rows: list[Row]) -> Iterator[Told]:
    """Reads while a plate is seen of which nobody is certain are left out, unless they are right."""
    for read in answer["reads"]:
        here = [row for row in rows if row["plate_text"] and _meanwhile(read, row)]
        one = _told(read, {row["plate_text"] for row in here})
        if one.right or not any("uncertain" in row["note"] for row in here):
            yield one


def _meanwhile(read: Answer, row: Row) -> bool:
    first_s, last_s = float(row["first_visible_s"]), float(row["last_visible_s"])
    return bool(read["first_s"] <= last_s + SLACK_S and read["last_s"] >= first_s - SLACK_S)


def _told(answer: Answer, true: set[str]) -> Told:
    return Told(float(answer["confidence"]), folded(answer["text"]) in {folded(text) for text in true})


def _cells(name: str, some: list[Told]) -> list[str]:
    by_bin = {min(int(one.confidence * BINS), BINS - 1): f"{one.count}: {one.right:.2f}" for one in bins(some)}
    right = sum(one.right for one in some) / max(1, len(some))
    mean = sum(one.confidence for one in some) / max(1, len(some))
    numbers = [f"{mean:.3f}", f"{right:.3f}", f"{calibration_error(some):.3f}"]
    return [name, str(len(some)), *numbers, *(by_bin.get(index, "") for index in range(BINS))]


@click.command(help=__doc__)
@click.option("--data", type=click.Path(path_type=Path, exists=True), default=DATA, show_default=True)
def main(data: Path) -> None:
    asked = [one for one in sets(data) if one.kind in KINDS]
    by_set = {one.name: (one.kind, told(data, one, ours("network", one))) for one in asked}
    by_kind = {
        name: [one for of, some in by_set.values() if of == kind for one in some]
        for kind, name in KINDS.items()
    }
    together = [one for some in by_kind.values() for one in some]
    lines = {name: some for name, (kind, some) in by_set.items() if kind != "videos"}
    lines |= {f"**{name}**": some for name, some in [*by_kind.items(), ("together", together)]}
    head = ["set", "texts", "told", "right", "error", *(f"{index / BINS:g}-" for index in range(BINS))]
    rows = [_cells(name, some) for name, some in lines.items()]
    DIAGRAM.write_text(diagram({**by_kind, "together": together}), encoding="utf-8")
    write_section("calibration", _HEAD.format(bins=BINS, asked=ASKED) + table(head, rows))


if __name__ == "__main__":
    main()
