"""What a confidence is worth: of the texts that say 0.9, nine in ten are to be right.

Nets are surer of themselves than they should be, and a vote over looks of one pass hears the same mistake many
times. By how much, is measured on plates that nobody was taught with (`python -m benchmarks.fit_calibration`).
Right means right but for characters that are printed alike, O for 0 and I for 1: no reader can tell them apart.
"""

from __future__ import annotations

import json
import logging
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from streamer.places import MODELS

_log = logging.getLogger(__name__)

FILE = MODELS / "calibration.json"
"""The numbers, beside the models that they are measured of."""
SUREST = 1 - 1e-4
"""Nothing is taken for surer than this, nor for less sure than what is missing to 1."""
SENSIBLE = {"slope": (0.1, 10.0), "offset": (-10.0, 10.0)}
"""From and to: whoever measures something else has measured nothing."""


@dataclass(frozen=True)
class Calibration:
    """How sure somebody is -> how often he is right, both 0-1.

    The logarithm of the odds is stretched by `slope` and shifted by `offset` (Platt 1999), so what is
    surer stays surer. 0 stays 0: there is nothing that could be right.
    """

    slope: float = 1.0
    offset: float = 0.0

    def of(self, sure: float) -> float:
        """The probability of being right."""
        return chance(self.slope * log_odds(sure) + self.offset) if sure > 0 else 0.0

    def undone(self, right: float) -> float:
        """How sure somebody is who is right with this probability."""
        return chance((log_odds(right) - self.offset) / self.slope) if right > 0 else 0.0


AS_IT_IS = Calibration()
"""What is said is what is meant."""


@dataclass(frozen=True)
class Measured:
    """Of a single `look` at a plate by the network engine, and of the `vote` over such looks."""

    look: Calibration = AS_IT_IS
    vote: Calibration = AS_IT_IS


@cache
def measured(file: Path = FILE) -> Measured:
    """What is measured of the models that are shipped; without the file what is said is what is meant."""
    try:
        return _measured(file)
    except ValueError as error:
        _log.error("%s", error)
        return Measured()


def fault(file: Path = FILE) -> str:
    """What is wrong with the file and what to do, or ""."""
    try:
        _measured(file)
    except ValueError as error:
        return str(error)
    return ""


def _measured(file: Path) -> Measured:
    try:
        numbers = json.loads(file.read_text(encoding="utf-8"))
        return Measured(*(_calibration(numbers, name) for name in ("look", "vote")))
    except OSError as error:
        fault = f"cannot be read ({error.strerror})"
    except json.JSONDecodeError as error:
        fault = f"is no JSON (line {error.lineno}: {error.msg})"
    except UnicodeDecodeError:
        fault = "is no text"
    except ValueError as error:
        fault = f"says nonsense ({error})"
    raise ValueError(
        f"{file} {fault}, so confidences are not calibrated; restore it with: git checkout -- streamer/models"
    )


def _calibration(numbers: object, name: str) -> Calibration:
    """What the file says of the look or of the vote. Raises ValueError."""
    of_one = numbers.get(name) if isinstance(numbers, dict) else None
    if not isinstance(of_one, dict):
        raise ValueError(f"{name} with its slope and offset is missing")
    return Calibration(*(_number(of_one.get(key), f"{name}.{key}", *SENSIBLE[key]) for key in SENSIBLE))


def _number(number: object, name: str, least: float, most: float) -> float:
    if isinstance(number, int | float) and not isinstance(number, bool) and least <= number <= most:
        return number
    raise ValueError(f"{name} is {number!r}, not a number from {least:g} to {most:g}")


def log_odds(probability: float) -> float:
    """The natural logarithm of p / (1 - p)."""
    kept = min(max(probability, 1 - SUREST), SUREST)
    return math.log(kept / (1 - kept))


def chance(odds: float) -> float:
    """The probability that has this logarithm of odds."""
    return 1 / (1 + math.exp(-odds))
