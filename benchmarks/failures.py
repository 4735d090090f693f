"""A page of what was read wrongly, with pictures: to look at, not to be published."""

from __future__ import annotations

import csv
import html
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks.page import image
from benchmarks.scoring import Answer, Scored
from streamer.types import Box, Picture

WIDTH = 320
"""Pixels of a picture on the page."""

_PAGE = """<!doctype html><meta charset="utf-8"><title>Read wrongly</title>
<style>body{{font:14px sans-serif;margin:16px}}figure{{display:inline-block;width:330px;margin:4px;
vertical-align:top}}img{{width:320px}}figcaption{{overflow-wrap:anywhere}}</style>
<p>Yellow: where the plate is. Red: what was found there.</p>{body}"""


def write(page: Path, data: Path, results: Sequence[tuple[str, Scored, list[Answer]]]) -> None:
    """Writes the page for (who answered, score, answers) of any number of sets."""
    parts = []
    for who, scored, answers in results:
        parts.append(f"<h2>{html.escape(who)}: {scored.asked.name}</h2>")
        parts += _figures(data, scored, answers)
    page.write_text(_PAGE.format(body="\n".join(parts)), encoding="utf-8")


def _figures(data: Path, scored: Scored, answers: list[Answer]) -> Iterator[str]:
    """What is wrong in one set."""
    files = {Path(file).name: Path(file) for file in scored.asked.files}
    given = {Path(answer["source"]).name: answer for answer in answers}
    boxes = _boxes(data) if scored.asked.kind == "images" else {}
    for file, words in scored.wrong:
        name = Path(file).name
        picture = cv2.imread(str(files[name])) if scored.asked.kind != "videos" else None
        shown = "" if picture is None else _shown(np.asarray(picture, np.uint8), boxes.get(name), given[name])
        yield f"<figure>{shown}<figcaption>{html.escape(name)}<br>{html.escape(words)}</figcaption></figure>"


def _boxes(data: Path) -> dict[str, Box]:
    """The labelled plate of each photo."""
    with (data / "images.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["w"]]
    return {Path(row["file"]).name: _box(*(float(row[key]) for key in "xywh")) for row in rows}


def _box(x: float, y: float, width: float, height: float) -> Box:
    return x, y, x + width, y + height


def _shown(picture: Picture, box: Box | None, answer: Answer) -> str:
    """The plate's surroundings with its box and what was found, as an image of the page."""
    plates: Iterable[dict[str, Any]] = answer.get("plates", [])
    for plate in plates:
        if box and plate.get("corners"):
            quad = np.array(plate["corners"], np.float64).round().astype(np.int32)
            cv2.polylines(picture, [quad], True, (0, 0, 255), 1, cv2.LINE_AA)
    if box:
        left, top, right, bottom = (round(side) for side in box)
        cv2.rectangle(picture, (left, top), (right, bottom), (0, 220, 255), 1)
        across, down = right - left, 2 * (bottom - top)
        picture = picture[max(0, top - down) : bottom + down, max(0, left - across) : right + across]
    return image(picture, WIDTH)
