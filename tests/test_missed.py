"""What is listed of the clips that were not read exactly: each with what the tracker made of the plates there."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from benchmarks import missed
from benchmarks.missed import Trace, Witness, Wrong, there
from benchmarks.scoring import Scored, Set
from streamer.types import Frame, Reason
from streamer.watcher import Seen
from tests.passes import Camera, passing, plate

HEAD = "video,plate_text,first_visible_s,last_visible_s,note\n"


def trace(became: str, text: str, first_s: float, last_s: float, looks: int = 3) -> Trace:
    return Trace(became, text, 0.4 if text else 0.0, looks, first_s, last_s)


def witnessed(looks: list) -> list[Trace]:
    camera = Camera()
    witness = Witness()
    for index, plates in enumerate(looks):
        picture = np.full((600, 2000, 3), 120, np.uint8)
        frame = Frame("clip", index, camera.media_s, 0.0, 2000, 600, lambda picture=picture: picture)
        changes = camera.look(*plates)
        seen = Seen(frame, True, changes, camera.tracker.take_rejected(), camera.tracker.undecided())
        witness.see(seen)
    witness.end(camera.tracker.finish(), camera.tracker.take_rejected())
    return witness.traces()


def test_a_read_and_a_rejected_plate_are_kept_with_their_pictures() -> None:
    read, rejected = passing("AB123CD", 12, 90), [[], [plate("XY98", 900, 30, confidence=0.3)], *[[]] * 10]
    traces = witnessed([[*one, *other] for one, other in zip(read, rejected, strict=True)])
    assert {(one.became, one.text) for one in traces} == {("read", "AB123CD"), (Reason.TOO_BLURRED, "XY98")}
    assert all(one.picture and one.picture.startswith(b"\xff\xd8") for one in traces)


def test_of_a_missed_pass_the_likest_plate_at_that_time_is_told() -> None:
    near, late = trace("not certain enough", "GT21402", 8, 9), trace("read", "GT214023", 20, 22)
    other, blank = trace("read", "AB123CD", 8, 9), trace("too small", "", 8, 9)
    assert there([other, blank, late, near], "GT214023", 8.0, 9.2) == (near,)
    assert there([other, blank, late], "GT214023", 8.0, 9.2) == (blank,)
    assert there([other, late], "GT214023", 8.0, 9.2) == ()


def test_everything_that_is_wrong_is_listed_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "videos.csv").write_text(HEAD + "a.mp4,GT214023,8.0,9.2,two lines\nb.mp4,,,,negative\n")
    said = (("a.mp4", "missed: GT214023"), ("b.mp4", "false: SHOP12 1.0-2.5 s"),
            ("a.mp4", "double or misread of GT214023: GT21402 8.1-8.8 s"))  # fmt: skip
    traces = {
        "a.mp4": [trace("read", "GT21402", 8.1, 8.8)],
        "b.mp4": [trace("read", "SHOP12", 1.0, 2.5, looks=1)],
    }
    found = missed.wrong(tmp_path, Scored(Set("videos", "videos", ()), (), said, ()), traces)
    assert [one.why for one in found] == [
        "read: GT21402 (0.40, 3 looks)",
        "read: SHOP12 (0.40, 1 look)",
        "read: GT21402 (0.40, 3 looks)",
    ]


def test_the_page_has_words_and_pictures(tmp_path: Path) -> None:
    blank = Trace("too small", "", 0.0, 2, 7.0, 7.6, b"\xff\xd8")
    missed.write(
        tmp_path / "page.html", [Wrong("a.mp4", "missed: <X>", (blank,)), Wrong("b.mp4", "missed: Y", ())]
    )
    page = (tmp_path / "page.html").read_text()
    assert "missed: &lt;X&gt;" in page
    assert "too small (2 looks), 7.0-7.6 s" in page
    assert "data:image/jpeg;base64,/9g=" in page
    assert "no plate was found there" in page
