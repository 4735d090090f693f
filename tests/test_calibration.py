"""Confidences and what they are worth."""

from __future__ import annotations

import json
from hashlib import sha256

import pytest

from benchmarks.fit_calibration import SEEDS, Voted, fitted, is_of_sign, report, votes
from benchmarks.reliability import Told, bins, calibration_error
from benchmarks.stress.looks import Look, Pass, Watched
from streamer.calibration import FILE, Calibration, Measured, fault, measured
from streamer.places import MODELS
from streamer.tracking.options import TrackOptions
from tests.passes import plate


@pytest.mark.parametrize("calibration", [Calibration(), Calibration(0.6, -1.2), Calibration(2.5, 0.7)])
def test_what_is_surer_stays_surer_and_can_be_undone(calibration: Calibration) -> None:
    sure = [0.05, 0.2, 0.5, 0.9, 0.95]
    right = [calibration.of(one) for one in sure]
    assert right == sorted(right)
    assert all(0 < one < 1 for one in right)
    assert [calibration.undone(one) for one in right] == pytest.approx(sure, abs=0.01)


def test_nothing_read_is_never_right_and_nothing_is_certain() -> None:
    assert Calibration(1.0, 3.0).of(0.0) == Calibration(1.0, 3.0).undone(0.0) == 0.0
    assert 0.99 < Calibration().of(1.0) < 1.0


def test_the_shipped_numbers_are_of_the_shipped_reader() -> None:
    """A new reader needs `python -m benchmarks.fit_calibration`."""
    reader = sha256((MODELS / "reader.onnx").read_bytes()).hexdigest()
    assert json.loads(FILE.read_text())["reader"] == reader
    assert measured().look.slope > 0 < measured().vote.slope


def test_the_fit_finds_by_how_much_somebody_is_too_sure() -> None:
    told = [Told(0.9, index % 10 < 6) for index in range(1000)] + [
        Told(0.6, index % 10 < 4) for index in range(1000)
    ]
    found = fitted(told)
    assert found.of(0.9) == pytest.approx(0.6, abs=0.03)
    assert found.of(0.6) == pytest.approx(0.4, abs=0.03)


def test_a_few_texts_change_little() -> None:
    found = fitted([Told(0.95, True)] * 6 + [Told(0.95, False)])
    assert (found.slope, found.offset) == (pytest.approx(1.0, abs=0.4), pytest.approx(0.0, abs=0.5))


def test_the_vote_is_fitted_on_what_plates_say_and_not_on_the_signs_beside_them() -> None:
    seen = [(plate("AB123CD", 40 * index, confidence=0.8), plate("SLOW", 900, 600)) for index in range(90)]
    looks = [Look(index / 15, (), plates, plates) for index, plates in enumerate(seen)]
    passes = (Pass("AB123CD", 30.0, True, 0.0, 6.0, 100.0, 0.0),)
    told = list(votes(1, Watched(0, "day", "day", 6.0, tuple(looks), passes), TrackOptions()))
    assert len(told) == 4, "one at each rate"
    assert all(one.right and one.seed == 1 and one.looks >= 18 for one in told)
    assert [is_of_sign(text) for text in ("CCTV", "RKING", "N0PARK1NG", "AB123CD", "LW03SLO")] == [True] * 3 + [
        False
    ] * 2


def test_what_a_fit_says_of_itself_is_measured_on_passes_that_it_does_not_know() -> None:
    modest, boastful = SEEDS
    voted = [Voted(0.8, True, 2, modest)] * 400
    voted += [Voted(0.8, index % 2 == 0, 9, boastful) for index in range(400)]
    first, second, *by_looks = report(voted, 1.0)
    for line in (first, second):
        assert float(line.split("error ")[1].split()[0]) > 0.4, "each is judged by what the other is worth"
    assert [line.split()[0] for line in by_looks] == ["2", "8"]
    assert by_looks[0].endswith("right 1.000")


def test_the_error_is_how_far_confidences_are_off() -> None:
    true = [Told(0.8, index % 5 > 0) for index in range(50)]
    assert calibration_error(true) == pytest.approx(0.0)
    assert calibration_error([*true, *[Told(1.0, False)] * 50]) == pytest.approx(0.5)
    assert [one.count for one in bins(true)] == [50]


NONSENSE = (("0", "0"), ("-1", "0"), ("NaN", "0"), ("true", "0"), ('"1"', "0"), ("null", "0"), ("1", "-800"))
DAMAGED = (
    *("", "{}", "[]", "null", "\0"),
    '{"look": {"slope": 1}, "vote": {"tilt": 2}}',
    '{"look": [1, 0], "vote": [1, 0]}',
    *(f'{{"look": {{"slope": 1, "offset": 0}}, "vote": {{"slope": {a}, "offset": {b}}}}}' for a, b in NONSENSE),
)


@pytest.mark.parametrize("content", [None, *DAMAGED])
def test_a_missing_or_damaged_file_is_named_and_nothing_is_calibrated(tmp_path, caplog, content) -> None:
    file = tmp_path / "calibration.json"
    if content is not None:
        file.write_text(content)
    assert measured(file) == Measured()
    assert str(file) in caplog.text
    assert fault(file) in caplog.text
    assert "git checkout" in fault(file)
    assert "\n" not in fault(file)
    assert fault() == ""
