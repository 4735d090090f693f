"""The page beside the second look's model that says what it is, what it was made from and how well it does."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from training.card import facts, licences, percent, recipe
from training.export import Exported
from training.files import replaced
from training.loading import PlaceBatch
from training.second_look_net import SecondLook
from training.second_look_validation import GOOD, Seen
from training.teaching import Teacher

_CARD = """# Second look

Says of what the finder found where a plate's four corners are and whether it is a plate. Made by
`python -m training second_look`; nothing of it was taken from another model. MIT licence, as the rest of the
repository.

| | |
|---|---|
{facts}
| input | `tiles`: n x 96 x 160 x 3, uint8, BGR: what surrounds a candidate of up to 80 x 56 pixels |
| output | `corners`: n x 4 x 2, pixels of the tile: top left, top right, bottom right, bottom left |
| | `plate`: n, the probability that it is one |
| speed | {milliseconds:.2f} ms a tile, one thread, onnxruntime, on the machine that exported it |

## Recipe

{recipe}

A map of places for each corner, whose mean is the corner. `training/tiles.py` makes the tiles.

## Data

- Plates rendered by `training/plates.py`, put into the photos below, and clutter by `training/clutter.py`.
- The photos' own plates; one group of photos in four is held out. Nothing of them is in the repository.

{licences}

## Numbers

On {count} plates with known corners, rendered and true, in tiles of held-out photos: corners are off by
{off}% of the plate's width on the average; for {good}% of the plates by no more than {limit}%. {missed}% of the
plates are taken for none, {fooled}% of the tiles without a plate for one.

## What it fails at

Plates that leave the tile, and those of fewer than 15 pixels; boxes drawn loosely by people count little, so
it frames more closely than they do.
"""


def write_card(
    file: Path,
    exported: Exported,
    teacher: Teacher[SecondLook, PlaceBatch],
    sets: Iterable[str],
    seen: Seen,
    command: str,
) -> None:
    """Writes the model card; `sets` are the folders that photos came from."""
    text = _CARD.format(
        facts=facts(exported, teacher.mean),
        milliseconds=exported.milliseconds,
        recipe=recipe(teacher, command, "tiles"),
        licences="\n".join(licences(sets)),
        count=seen.count,
        off=percent(seen.off),
        good=percent(seen.good),
        limit=percent(GOOD),
        missed=percent(seen.missed),
        fooled=percent(seen.fooled),
    )
    with replaced(file) as unfinished:
        unfinished.write_text(text, encoding="utf-8")
