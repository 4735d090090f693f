"""The default engine reads real photos and crops as well as the recorded table says.

The short form of `python -m benchmarks.accuracy`: without clips. Skipped where the data is not.
"""

from __future__ import annotations

import json

import pytest

from benchmarks.accuracy import RECORD, answered
from benchmarks.scoring import DATA, Scored, score, sets
from streamer.settings import Engine

MAY_DROP = 0.02
"""Shares (0-1) may be so much lower than recorded: another processor rounds otherwise."""
SHARES = ("found@.5", "exact", "folded")
DEFAULT = Engine().name
RECORDED = json.loads(RECORD.read_text())[DEFAULT]
SETS = [name for name in RECORDED if name != "videos"]

pytestmark = [
    pytest.mark.skipif(not DATA.exists(), reason="the evaluation data is not there"),
    pytest.mark.timeout(900),
]


@pytest.fixture(scope="module")
def measured() -> dict[str, Scored]:
    return {
        asked.name: score(DATA, asked, answered(DEFAULT, asked) or [])
        for asked in sets(DATA)
        if asked.kind != "videos"
    }


def test_every_set_is_recorded(measured: dict[str, Scored]) -> None:
    assert set(measured) == set(SETS)


@pytest.mark.parametrize("name", SETS)
def test_no_set_is_read_worse_than_recorded(measured: dict[str, Scored], name: str) -> None:
    now, recorded = measured[name].whole, RECORDED[name]
    for share in SHARES:
        if share in recorded:
            assert now[share] >= recorded[share] - MAY_DROP, share
    assert now.get("texts read", 0) <= recorded.get("texts read", 0)
    assert now.get("false/image", 0) <= recorded.get("false/image", 0) + MAY_DROP
