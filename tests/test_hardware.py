"""Hardware decoding is used where it is there and left where it is not; the pictures are the same."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from clips import number_in, write_clip

from streamer.capture import CaptureOptions, open_source
from streamer.settings import Capture
from streamer.sources import hardware


@pytest.fixture(autouse=True)
def nobody_asked_before():
    hardware._usable.cache_clear()


@pytest.mark.parametrize("wanted", ["auto", "vaapi", "cuda", "qsv", "videotoolbox", "drm"])
def test_whatever_is_asked_for_the_pictures_are_right(tmp_path: Path, caplog, wanted: str) -> None:
    caplog.set_level(logging.INFO)
    clip = write_clip(tmp_path / "a.mp4", frames=20)
    for _ in range(2):
        frames = open_source(str(clip), "gate", CaptureOptions(hardware=wanted)).frames()
        assert [number_in(frame.image) for frame in frames] == list(range(20))
    said = [line for line in caplog.messages if "video is decoded in" in line]
    assert len(said) == 1, "it is said once"


def test_a_kind_that_no_machine_has_is_left_with_a_line_that_names_it(caplog) -> None:
    caplog.set_level(logging.INFO)
    assert hardware.accelerator("abacus") is None
    assert caplog.messages == ["capture.hardware is abacus, which is not there; video is decoded in software"]


def test_off_asks_for_nothing_and_says_nothing(caplog) -> None:
    caplog.set_level(logging.INFO)
    assert hardware.accelerator("off") is None
    assert caplog.messages == []


def test_off_may_be_written_as_yaml_understands_it() -> None:
    assert Capture.model_validate({"hardware": False}).hardware == "off"
