"""The page beside a model that says what it is, what it was made from and how well it does."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from torch import nn

from training.export import Exported
from training.files import replaced
from training.loading import Batch
from training.photos import LICENCES
from training.reader_net import Reader, parameters
from training.stream import PHOTOS, RENDERED
from training.teaching import Teacher
from training.validation import SURE, Score

_CARD = """# Plate reader

Reads the text of one licence plate. Made by `python -m training reader`; nothing of it was taken from
another model. MIT licence, as the rest of the repository.

| | |
|---|---|
{facts}
| input | `crops`: n x 64 x 160 x 3, uint8, BGR: plates straightened, with a margin of 4 to 12% on each side |
| output | `characters`: n x 2 x 40 x 37 probabilities (lines, columns; blank, 0-9, A-Z), decoded as CTC's |
| | `readable`: n, the probability that a person could read it all; `style`: n x 23, `training/looks.py`'s |
| speed | {milliseconds:.2f} ms a crop, one thread, onnxruntime, on the machine that exported it |

## Recipe

{recipe}

The mixture: {mixture}, the others rendered. Characters' columns first (cross-entropy), CTC over
both lines joined in later. Renderer and labels: `training/README.md`.

## Data

- Plates rendered by `training/plates.py`, in open fonts (table in `training/README.md`).
- Plates in photos, those that people read, with other margins and light each time; one group of photos in four
  is held out. Nothing of them is in the repository.

{licences}

## Numbers

On held-out crops, the best path, no grammar. "Folded": O = 0, I = 1. "Sure": probability of at least {sure}.

| set | crops | exact | folded | sure | of these right | readability right | style right |
|---|---|---|---|---|---|---|---|
{scores}

## What it fails at

{fails}
"""


def write_card(
    file: Path,
    exported: Exported,
    teacher: Teacher[Reader, Batch],
    scores: dict[str, Score],
    command: str,
) -> None:
    """Writes the reader's model card."""
    text = _CARD.format(
        facts=facts(exported, teacher.mean),
        milliseconds=exported.milliseconds,
        recipe=recipe(teacher, command, "crops"),
        mixture=teacher.plan.mixture,
        licences="\n".join(licences(scores)),
        sure=SURE,
        scores="\n".join(_row(name, score) for name, score in scores.items()),
        fails=_weakest(scores),
    )
    with replaced(file) as unfinished:
        unfinished.write_text(text, encoding="utf-8")


def facts(exported: Exported, net: nn.Module) -> str:
    """Rows of a card's table that every model has."""
    return (
        f"| file | `{exported.file.name}`, {exported.size / 1e6:.2f} MB, sha256 `{exported.sha256}` |\n"
        f"| parameters | {parameters(net):,} |\n"
        f"| largest difference from the trained net | {exported.difference:.1e} |"
    )


def recipe(teacher: Teacher[Any, Any], command: str, samples: str) -> str:
    """How a net was taught; `samples` is what its samples are called."""
    plan = teacher.plan
    return (
        f"    {command}\n\n"
        f"{teacher.step:,} of {plan.steps:,} steps of {plan.batch} {samples}, AdamW, rate {plan.rate}\n"
        f"warmed up and decayed along a cosine, seed {plan.seed}, moving average of the weights."
    )


def licences(sets: Iterable[str]) -> list[str]:
    """A line for each set of photos."""
    own = (RENDERED, PHOTOS)
    return [f"- {name}: {LICENCES.get(name, 'licence unknown')}" for name in sets if name not in own]


def _row(name: str, score: Score) -> str:
    shares = (score.exact, score.folded, score.sure, score.trusted, score.readable, score.style)
    return f"| {name} | {score.count} | {' | '.join(percent(share) for share in shares)} |"


def percent(share: float) -> str:
    """A share (0-1) in words; "-" if unknown."""
    return "-" if share != share else f"{100 * share:.1f}"  # NaN is not itself


def _weakest(scores: dict[str, Score]) -> str:
    """The sets in the order of what is left to do."""
    order = sorted(scores, key=lambda name: scores[name].folded)
    shares = ", ".join(f"{name} ({percent(scores[name].folded)})" for name in order)
    return f"Weakest sets first, folded: {shares}."
