"""A page of the passes that were missed or misread and of reads too many, with pictures: to look at."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from benchmarks.page import image
from benchmarks.stress.frames import Shot, Sight, shots
from benchmarks.stress.looks import Watched
from benchmarks.stress.scenes import scene
from benchmarks.stress.verdicts import Fate, Verdict

WIDTH = 480
"""Pixels of a picture on the page."""

_PAGE = """<!doctype html><meta charset="utf-8"><title>Stress: what went wrong</title>
<style>body{{font:14px sans-serif;margin:16px}}figure{{display:inline-block;width:490px;margin:4px;
vertical-align:top}}img{{width:480px}}figcaption{{overflow-wrap:anywhere}}</style>
<p>Each pass at the frame that shows its whole plate largest, and the plate itself.</p>{body}"""


def write(page: Path, seed: int, verdicts: Iterable[tuple[Watched, Verdict]]) -> None:
    """Writes the page for scenes and what was made of them. Scenes in which nothing is wrong are not rendered again."""
    figures = [figure for one, verdict in verdicts for figure in _figures(seed, one, verdict)]
    page.write_text(_PAGE.format(body="\n".join(figures)), encoding="utf-8")


def _figures(seed: int, one: Watched, verdict: Verdict) -> Iterator[str]:
    bad = [index for index, fate in enumerate(verdict.fates) if fate in (Fate.MISREAD, Fate.MISSED)]
    if bad:
        shown = _best(seed, one.number, bad)
    for index in bad:
        true = one.passes[index]
        said = f"read as {verdict.said[index]}" if verdict.said[index] else "missed"
        words = f"{_title(one)}, {true.kmh:.0f} km/h: {true.text} {said}. Plate {true.width:.0f} px, blur {true.blur:.1f}"
        picture = _image(*shown[index]) if index in shown else ""
        yield f"<figure>{picture}<figcaption>{html.escape(words)}</figcaption></figure>"
    for name, reads in (("double", verdict.doubles), ("false", verdict.false)):
        for read in reads:
            words = f"{_title(one)}: {name} {read.plate}, {read.first_media_s:.1f}-{read.last_media_s:.1f} s"
            yield f"<figure><figcaption>{html.escape(words)}</figcaption></figure>"


def _title(one: Watched) -> str:
    return f"Scene {one.number}, {one.kind}, {one.light}"


def _best(seed: int, number: int, drives: Sequence[int]) -> dict[int, tuple[Shot, Sight]]:
    """The frame that shows each drive's plate best."""
    best: dict[int, tuple[Shot, Sight]] = {}
    for shot in shots(scene(seed, number), seed):
        for sight in shot.sights:
            known = best.get(sight.drive)
            if sight.drive in drives and (known is None or _worth(sight) > _worth(known[1])):
                best[sight.drive] = shot, sight
    return best


def _worth(sight: Sight) -> float:
    return sight.width * round(sight.shown, 1) ** 4


def _image(shot: Shot, sight: Sight) -> str:
    """The frame above the plate, as images of the page."""
    low, high = sight.corners.min(axis=0), sight.corners.max(axis=0)
    room = 0.2 * sight.width
    left, top = np.clip(low - room, 0, None).astype(int)
    right, bottom = np.clip(high + room, 1, None).astype(int)
    close = shot.picture[top:bottom, left:right]
    return image(shot.picture, WIDTH) + (image(close, WIDTH) if close.size else "")
