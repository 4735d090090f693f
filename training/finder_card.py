"""The page beside the finder's model that says what it is, what it was made from and how well it does."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from training.card import facts, licences, percent, recipe
from training.export import Exported
from training.files import replaced
from training.finder_net import Finder
from training.finder_validation import AREA, FITS, LEAST, Found
from training.loading import PlaceBatch
from training.teaching import Teacher

_CARD = """# Plate finder

Finds licence plates and their four corners in a picture. Made by `python -m training finder`; nothing of it was
taken from another model. MIT licence, as the rest of the repository.

| | |
|---|---|
{facts}
| input | `pictures`: n x height x width x 3, uint8, BGR; sides are multiples of 32 |
| output | `score`: n x height / 8 x width / 8, 0-1, 0 where a neighbouring cell's is higher |
| | `corners`: ... x 4 x 2, pixels of the input: top left, top right, bottom right, bottom left |
| speed | {milliseconds:.2f} ms for 640 x 352 pixels, one thread, onnxruntime, on the machine that exported it |

## Recipe

{recipe}

A plate's middle with a focal loss, corners in multiples of a learnt size. `training/scenes.py` makes the
pieces, 320 x 256 pixels.

## Data

- Plates rendered by `training/plates.py`, put into the photos below, and clutter by `training/clutter.py`.
- The photos' own plates; one group of photos in four is held out. Nothing of them is in the repository.

{licences}

## Numbers

On whole held-out photos brought to {area:,} pixels, one look. Found: an answer of a score of at least {least}
shares {fits} of the union of upright boxes with the plate; first: the surest answer does; overlap: the mean of
that share where found; extra: answers a photo on no plate, where all are labelled. Many labels are loose, and
plates of ten pixels that nobody can read are among them.

| set | plates | found | first | overlap | extra |
|---|---|---|---|---|---|
{rows}

## What it fails at

Weakest sets first: {weakest}.
"""


def write_card(
    file: Path,
    exported: Exported,
    teacher: Teacher[Finder, PlaceBatch],
    sets: Iterable[str],
    found: dict[str, Found],
    command: str,
) -> None:
    """Writes the model card; `sets` are the folders that photos came from."""
    order = sorted(found, key=lambda name: found[name].found)
    text = _CARD.format(
        facts=facts(exported, teacher.mean),
        milliseconds=exported.milliseconds,
        recipe=recipe(teacher, command, "pieces of photos"),
        area=AREA,
        least=LEAST,
        fits=FITS,
        licences="\n".join(licences(sets)),
        rows="\n".join(_row(name, one) for name, one in found.items()),
        weakest=", ".join(f"{name} ({percent(found[name].found)})" for name in order),
    )
    with replaced(file) as unfinished:
        unfinished.write_text(text, encoding="utf-8")


def _row(name: str, one: Found) -> str:
    shares = " | ".join(percent(share) for share in (one.found, one.first))
    return f"| {name} | {one.count} | {shares} | {one.overlap:.2f} | {one.extra:.2f} |"
