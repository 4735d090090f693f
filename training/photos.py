"""Plates in openly licensed photos, and which of them are kept back for validation.

A folder a set: `images/`, `labels.csv` (`file,x,y,w,h,text,corners`; a row a plate) and perhaps
`duplicates.csv` (`file,group_first_file`). The photos are no part of the repository. Texts that the sets
lack and people read for this project are in `texts.csv` beside this file (`folder,file,x,y,text`).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from streamer.types import Box, Corners

FOLDER = Path(__file__).parent.parent / ".." / "shared" / "train"
"""Where the sets lie unless the command line says otherwise: beside the repository."""
TEXTS = Path(__file__).with_name("texts.csv")
HELD_OUT = 4
"""One group in this many is kept back."""
LICENCES = {
    "ccpd_corners": "MIT (claudiojung/iwpod-net, pictures of CCPD)",
    "experiment_plates_mit": "MIT as stated by its uploader (Roboflow platerecognition-7gchs)",
    "india_punjab_jayati": "CC BY 4.0 (Roboflow jayati)",
    "indonesia_ta_alvin3": "CC BY 4.0 (Roboflow alvingxv)",
    "kaggle_cars433": "CC0 1.0 (Kaggle andrewmvd/car-plate-detection)",
    "openimages350_roboflow": "CC BY 4.0, photos CC BY 2.0 (Open Images, Roboflow samrat-sahoo)",
    "romania_dashcam": "MIT (Robert Lucian Chiriac)",
}
"""Each set's licence as its SOURCE.txt states it, for the model cards."""
_MENDED = {("experiment_plates_mit", "WRSNOOPY"): "MRSNOOPY", ("experiment_plates_mit", "SKY007"): "SXY007"}
"""Labels that are not what the picture shows."""


@dataclass(frozen=True)
class Labelled:
    """One plate in a photo. `text` is "" where nobody read it, `corners` None where only the `box`
    is known. Photos of the same `group` show the same plates: they stay on one side of a split."""

    folder: str
    file: Path
    box: Box
    corners: Corners | None
    text: str
    group: str

    @property
    def held_out(self) -> bool:
        """Whether the plate is for validation, not for training; decided by its group's name alone."""
        return sha256(self.group.encode()).digest()[0] % HELD_OUT == 0


def labelled(root: Path, texts: Path = TEXTS) -> tuple[Labelled, ...]:
    """Every plate of every set below the folder, with the texts that the file adds.

    Groups are by the sets' own texts, so that what is held out stays held out. A text that is on a plate held
    out is unknown on others: it may be the same vehicle in another photo.
    """
    sets = [_rows(path.parent) for path in sorted(root.glob("*/labels.csv"))]
    added = _added(texts)
    plates = [
        plate if plate.text else replace(plate, text=added.get(_key(plate), ""))
        for rows in sets
        for plate in rows
    ]
    kept_back = {plate.text for plate in plates if plate.held_out}
    return tuple(
        replace(plate, text="") if plate.text in kept_back and not plate.held_out else plate for plate in plates
    )


_Key = tuple[str, str, float, float]


def _key(plate: Labelled) -> _Key:
    """Which plate it is: its set, its file's name and its box's left and top, pixels."""
    return plate.folder, plate.file.name, plate.box[0], plate.box[1]


def _added(texts: Path) -> dict[_Key, str]:
    with texts.open(newline="", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    return {(row["folder"], row["file"], float(row["x"]), float(row["y"])): row["text"] for row in rows}


def _rows(folder: Path) -> list[Labelled]:
    with (folder / "labels.csv").open(newline="", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    groups = _groups(folder, [(row["file"], row["text"]) for row in rows])
    plates = []
    for row in rows:
        left, top, width, height = (float(row[key]) for key in "xywh")
        numbers = [float(number) for number in row["corners"].split()]
        a, b, c, d = zip(numbers[::2], numbers[1::2], strict=True) if numbers else [(0.0, 0.0)] * 4
        plates.append(
            Labelled(
                folder.name,
                folder / row["file"],
                (left, top, left + width, top + height),
                (a, b, c, d) if numbers else None,
                _MENDED.get((folder.name, row["text"]), row["text"]),
                f"{folder.name}/{groups[row['file']]}",
            )
        )
    return plates


def _groups(folder: Path, plates: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Each file's group, named after its first file: repeats of a photo, and photos with a plate of the
    same text, such as a dashcam's neighbouring frames."""
    links = [(file, f"text {text}") for file, text in plates if text]
    links += [(file, file) for file, _ in plates]
    repeats = folder / "duplicates.csv"
    if repeats.exists():
        with repeats.open(newline="", encoding="utf-8") as lines:
            links += [(row["file"], row["group_first_file"]) for row in csv.DictReader(lines)]
    parents: dict[str, str] = {}

    def root(name: str) -> str:
        while parents.setdefault(name, name) != name:
            name = parents[name]
        return name

    for one, other in links:
        low, high = sorted((root(one), root(other)))
        parents[high] = low
    return {file: root(file) for file, _ in plates}
