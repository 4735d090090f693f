"""The evaluation data: its sets, and what its own `score.py` says of answers."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from streamer.reading import expand

DATA = Path(__file__).resolve().parents[2] / "shared" / "eval"
"""Where the data lies unless the command line says otherwise: beside the repository."""

Answer = dict[str, Any]
"""What `read --json` prints for one picture or clip."""

KINDS = ("images", "crops", "negatives", "videos")


@dataclass(frozen=True)
class Set:
    """Pictures or clips that are scored together; `kind` is one of KINDS."""

    kind: str
    name: str
    files: tuple[str, ...]


@dataclass(frozen=True)
class Line:
    """A line of score.py's summary: a set's or a clip's name, and its numbers by their labels."""

    name: str
    numbers: dict[str, float]


@dataclass(frozen=True)
class Scored:
    """What score.py said of a set: a line, or for clips a line each and one for `all`; what is `wrong`, by the
    picture's or clip's name; the engine's milliseconds a picture."""

    asked: Set
    lines: tuple[Line, ...]
    wrong: tuple[tuple[str, str], ...]
    ms: tuple[float, ...]

    @property
    def whole(self) -> dict[str, float]:
        """The numbers of the set as a whole."""
        return self.lines[-1].numbers


def sets(data: Path) -> list[Set]:
    """Every set of the data."""
    found = [
        Set(kind, name, files) for kind in ("images", "crops") for name, files in _labelled(data, kind).items()
    ]
    return found + [Set(kind, kind, tuple(expand([str(data / kind)]))) for kind in ("negatives", "videos")]


def _labelled(data: Path, kind: str) -> dict[str, tuple[str, ...]]:
    """The label table's sets with the paths of their pictures."""
    found: dict[str, dict[str, None]] = {}
    with (data / f"{kind}.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["set"], {})[str(data / kind / row["file"])] = None
    return {name: tuple(files) for name, files in found.items()}


def score(data: Path, asked: Set, answers: list[Answer]) -> Scored:
    """What score.py says of the answers."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as predictions:
        predictions.writelines(json.dumps(answer) + "\n" for answer in answers)
        predictions.flush()
        command = [sys.executable, str(data / "score.py"), asked.kind]
        command += [] if asked.kind == "negatives" else [str(data / f"{asked.kind}.csv")]
        command += [predictions.name]
        command += ["--set", asked.name] if asked.kind in ("images", "crops") else []
        printed = subprocess.run([*command, "--wrong"], check=True, capture_output=True, text=True).stdout
    lines, wrong = _parsed(printed)
    ms = tuple(answer["ms"] for answer in answers if "ms" in answer)
    return Scored(asked, tuple(lines), tuple(wrong), ms)


def _parsed(printed: str) -> tuple[list[Line], list[tuple[str, str]]]:
    """Summary lines (`name: label number  label number`) and the indented ones that say what is wrong: they
    begin with a picture's name, or follow their clip's line."""
    lines: list[Line] = []
    wrong: list[tuple[str, str]] = []
    for line in printed.splitlines():
        head, _, rest = line.partition(": ")
        if not rest:
            continue
        if not line.startswith("  "):
            found = re.findall(r"([a-z@/][a-z@./ \d]*?) ([\d.]+)(?=  | \(|$)", rest)
            lines.append(Line(head, {label: float(number) for label, number in found}))
        elif "." in head:
            wrong.append((head.strip(), rest))
        else:
            wrong.append((lines[-1].name, line.strip()))
    return lines, wrong
