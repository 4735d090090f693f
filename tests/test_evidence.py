"""Which picture a rejected track gets, and which reason."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from streamer import evidence
from streamer.evidence import Evidence
from streamer.track import Undecided
from streamer.types import Frame, Plate, Reason, Rejected
from tests.passes import plate

TRACK = Rejected("gate-1-1", "gate", Reason.NOT_CERTAIN, "ABC123", 0.3, 10, 12, 0, 2, 3, "clip.mp4")


def frame(colour: int = 90) -> Frame:
    """A chequered picture, so that nothing in it is blurred."""
    rows, columns = np.indices((720, 1280)) // 6
    image = np.repeat((colour + 100 * ((rows + columns) % 2))[..., None], 3, axis=2).astype(np.uint8)
    return Frame("gate", 0, 0.0, 0.0, 1280, 720, lambda: image)


def seen(one: Plate | None, key: str = TRACK.rejected_id) -> list[Undecided]:
    return [Undecided(key, one)]


def brightness(crop: bytes | None) -> float:
    assert crop is not None
    return float(cv2.imdecode(np.frombuffer(crop, np.uint8), cv2.IMREAD_COLOR).mean())


def test_the_picture_is_of_the_best_look():
    kept = Evidence()
    kept.see(frame(10), seen(plate("ABC123", 300, width=80)))
    kept.see(frame(120), seen(plate("ABC123", 300, width=160)))
    kept.see(frame(10), seen(plate("", 300, width=160, confidence=0.0)))
    kept.see(frame(10), seen(None))
    rejected, crop = kept.judge(TRACK)
    assert brightness(crop) > 120
    assert rejected == TRACK


@pytest.mark.parametrize("reason", [Reason.NO_TEXT, Reason.TOO_FEW_LOOKS, Reason.NOT_CERTAIN])
def test_a_small_plate_is_too_small_before_anything_else(reason):
    kept = Evidence()
    kept.see(frame(), seen(plate("ABC123", 300, width=12)))
    assert kept.judge(replace(TRACK, reason=reason))[0].reason is Reason.TOO_SMALL


@pytest.mark.parametrize("reason", [Reason.REPEAT, Reason.STATIC_TEXT])
def test_how_it_looks_does_not_matter_where_something_else_was_decisive(reason):
    kept = Evidence()
    kept.see(frame(), seen(plate("ABC123", 300, width=12)))
    assert kept.judge(replace(TRACK, reason=reason))[0].reason is reason


def test_a_track_that_became_a_read_is_forgotten():
    kept = Evidence()
    kept.see(frame(), seen(plate("ABC123", 300)))
    kept.see(frame(), [])
    assert kept.judge(TRACK) == (TRACK, None)


def test_a_picture_is_given_once():
    kept = Evidence()
    kept.see(frame(), seen(plate("ABC123", 300)))
    assert kept.judge(TRACK)[1]
    assert kept.judge(TRACK) == (TRACK, None)


def test_a_plate_outside_the_picture_has_none():
    kept = Evidence()
    kept.see(frame(), seen(plate("ABC123", 3000)))
    assert kept.judge(TRACK) == (TRACK, None)


def test_memory_is_bounded():
    kept = Evidence()
    kept.see(frame(), [Undecided(str(number), plate("ABC123", 300)) for number in range(300)])
    crops = [kept.judge(replace(TRACK, rejected_id=str(number)))[1] for number in range(300)]
    assert sum(crop is not None for crop in crops) == evidence.MOST_TRACKS
    kept.see(frame(), seen(plate("ABC123", 10, width=1100)))
    crop = kept.judge(TRACK)[1]
    assert cv2.imdecode(np.frombuffer(crop, np.uint8), cv2.IMREAD_COLOR).shape[1] == evidence.CROP_WIDTH


def test_a_picture_is_not_converted_where_nothing_is_undecided():
    def never():
        raise AssertionError("converted for nothing")

    Evidence().see(Frame("gate", 0, 0.0, 0.0, 1280, 720, never), seen(None))
