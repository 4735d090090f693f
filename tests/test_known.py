"""Plates that are known and need not be read again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from streamer.known import keep, read_unknown
from streamer.neural.finder import Candidate
from streamer.types import Character, Corners, Plate


def corners(left: float, top: float = 20, width: float = 100, height: float = 25) -> Corners:
    right, bottom = left + width, top + height
    return (left, top), (right, top), (right, bottom), (left, bottom)


def plate(text: str, left: float, score: float = 0.9) -> Plate:
    return Plate(corners(left), score, text, 0.8, tuple(Character(one, 0.8) for one in text))


KNOWN = plate("AAA111", 20)


def test_a_known_plate_is_kept_where_it_is_now() -> None:
    now = Candidate(corners(24, 18, 108, 27), 0.3)
    (kept,), fresh = keep([now], [KNOWN])
    assert kept == replace(KNOWN, corners=now.corners, score=0.3, kept=True)
    assert fresh == []


@pytest.mark.parametrize(
    ("left", "width"),
    [(20 + 50, 100), (20 - 50, 100), (20, 170), (20, 58), (300, 100)],
    ids=["ahead", "behind", "larger", "smaller", "elsewhere"],
)
def test_what_lies_otherwise_is_read(left: float, width: float) -> None:
    candidate = Candidate(corners(left, width=width), 0.9)
    assert keep([candidate], [KNOWN]) == ([], [candidate])


def test_of_two_known_plates_it_is_the_nearer_one_and_each_is_kept_once() -> None:
    other = plate("BBB222", 40)
    candidates = [Candidate(corners(38), 0.9), Candidate(corners(22), 0.8), Candidate(corners(24), 0.7)]
    kept, fresh = keep(candidates, [KNOWN, other])
    assert [one.text for one in kept] == ["BBB222", "AAA111"]
    assert fresh == candidates[2:]


def test_a_picture_may_hold_both() -> None:
    away = Candidate(corners(300), 0.95)
    plates = read_unknown(
        [Candidate(corners(22), 0.5), away],
        [KNOWN],
        lambda fresh: tuple(plate("CCC333", 300, one.score) for one in fresh),
    )
    assert [(one.text, one.kept) for one in plates] == [("CCC333", False), ("AAA111", True)]
