"""Which texts may be of the clock in a picture."""

from __future__ import annotations

import pytest

from streamer.tracking.clock import may_be_time

TIMES = ("0000", "1404", "2359", "140436", "0204PM", "020436AM", "I4O4", "O9O5")
DATES = (
    "22112026",
    "11222026",
    "20261122",
    "221126",
    "112226",
    "261122",
    "22112026140436",
    "1404361122",
    "2211261404",
)
PLATES = ("2400", "1260", "146036", "AB1404", "1404AB", "00123456", "02011491414", "99999", "12345", "1", "")


@pytest.mark.parametrize("text", [*TIMES, *DATES])
def test_a_time_or_a_date_or_both_may_be_of_a_clock(text: str) -> None:
    assert may_be_time(text)


@pytest.mark.parametrize("text", PLATES)
def test_what_is_no_time_of_a_day_is_not(text: str) -> None:
    assert not may_be_time(text)
