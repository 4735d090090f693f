"""What is wrong with what the clips were read as: each pass that was missed and each read too many, with what the
tracker made of the plates there and a picture of each."""

from __future__ import annotations

import base64
import csv
import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.scoring import Scored
from benchmarks.stress.verdicts import edits
from streamer.annotate import cut_out, to_jpeg
from streamer.evidence import Evidence
from streamer.track import ReadChange
from streamer.types import Frame, Plate, Read, Rejected
from streamer.watcher import Seen

SLACK_S = 1.0
"""score.py lets a read begin and end so much before and after its pass."""
MOST = 4
"""So many plates are told of a pass, those with the likest text."""
QUALITY = 90

_TIMES = re.compile(r"([\d.]+)-([\d.]+) s$")
_PAGE = """<!doctype html><meta charset="utf-8"><title>Not read exactly</title>
<style>body{{font:14px sans-serif;margin:16px}}figure{{display:inline-block;width:330px;margin:4px;
vertical-align:top}}img{{width:320px}}</style>
<p>Each pass that was not read exactly and each read too many, with the best look at every plate that was followed
there.</p>{body}"""


@dataclass(frozen=True)
class Trace:
    """A plate that was followed: what it became, "read" or the reason for which it was rejected, the text and
    confidence (0-1) of its looks together, when in the clip (seconds), and the best of them as JPEG."""

    became: str
    text: str
    confidence: float
    looks: int
    first_s: float
    last_s: float
    picture: bytes | None = None

    @property
    def words(self) -> str:
        """For a person."""
        looks = f"{self.looks} look{'s' * (self.looks != 1)}"
        what = f"{self.became}: {self.text}" if self.text else self.became
        return f"{what} ({f'{self.confidence:.2f}, ' * bool(self.text)}{looks})"


@dataclass(frozen=True)
class Wrong:
    """What score.py holds against a clip, e.g. "missed: AB123CD", and the plates that were followed there."""

    clip: str
    words: str
    traces: tuple[Trace, ...]

    @property
    def why(self) -> str:
        """What was made of the plates there."""
        return "; ".join(trace.words for trace in self.traces) or "no plate was found there"


@dataclass
class Witness:
    """Keeps what becomes of the plates of a clip, with pictures."""

    _evidence: Evidence = field(default_factory=Evidence)
    _rejected: list[Trace] = field(default_factory=list)
    _reads: dict[str, Read] = field(default_factory=dict)
    _pictures: dict[str, bytes] = field(default_factory=dict)

    def see(self, seen: Seen) -> None:
        """What a look changed."""
        self._note(seen.changes, seen.frame)
        self._reject(seen.rejected)
        self._evidence.see(seen.frame, seen.undecided)

    def end(self, changes: Iterable[ReadChange], rejected: Iterable[Rejected]) -> None:
        """What the end of the clip changed."""
        self._note(changes, None)
        self._reject(rejected)

    def _note(self, changes: Iterable[ReadChange], frame: Frame | None) -> None:
        for change in changes:
            self._reads[change.read.read_id] = change.read
            picture = self._evidence.picture(change.undecided)
            if frame and change.plate:
                picture = _cut(frame, change.plate)
            if picture:
                self._pictures[change.read.read_id] = picture

    def _reject(self, tracks: Iterable[Rejected]) -> None:
        for rejected in tracks:
            one, picture = self._evidence.judge(rejected)
            seen_s = one.first_media_s, one.last_media_s
            self._rejected.append(
                Trace(one.reason, one.text, one.confidence, one.frames, *seen_s, picture=picture)
            )

    def traces(self) -> list[Trace]:
        """Every plate that was followed."""
        return self._rejected + [
            Trace("read", one.plate, one.confidence, one.frames, one.first_media_s, one.last_media_s,
                  self._pictures.get(name))
            for name, one in self._reads.items()
        ]  # fmt: skip


def _cut(frame: Frame, plate: Plate) -> bytes | None:
    cut = cut_out(frame.image, plate.box)
    return to_jpeg(cut, QUALITY) if cut.size else None


def wrong(data: Path, scored: Scored, traces: dict[str, Sequence[Trace]]) -> list[Wrong]:
    """What is wrong by score.py; `traces` by the clip's name."""
    seen_s = _passes(data)
    found = []
    for clip, words in scored.wrong:
        text = words.rpartition(": ")[2].partition(" ")[0]
        times = _TIMES.search(words)
        first_s, last_s = (float(times[1]), float(times[2])) if times else seen_s[clip, text]
        found.append(Wrong(clip, words, there(traces[clip], text, first_s, last_s)))
    return found


def there(traces: Iterable[Trace], text: str, first_s: float, last_s: float) -> tuple[Trace, ...]:
    """The plates that were followed at that time, those with the likest text; without a text only if all are."""
    meanwhile = [one for one in traces if one.first_s <= last_s + SLACK_S and one.last_s >= first_s - SLACK_S]
    some = [one for one in meanwhile if 2 * edits(one.text, text) <= len(text)]
    some = some or [one for one in meanwhile if one.became != "read"]
    return tuple(sorted(some, key=lambda one: (edits(one.text, text), -one.looks))[:MOST])


def _passes(data: Path) -> dict[tuple[str, str], tuple[float, float]]:
    """When each plate is visible, seconds, by clip and text."""
    with (data / "videos.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["plate_text"]]
    return {
        (row["video"], row["plate_text"]): (float(row["first_visible_s"]), float(row["last_visible_s"]))
        for row in rows
    }


def write(page: Path, all_wrong: Iterable[Wrong]) -> None:
    """A page with the pictures."""
    page.write_text(_PAGE.format(body="\n".join(_figures(all_wrong))), encoding="utf-8")


def _figures(all_wrong: Iterable[Wrong]) -> Iterator[str]:
    for one in all_wrong:
        yield f"<h2>{html.escape(f'{one.clip}: {one.words}')}</h2>"
        yield "" if one.traces else f"<p>{one.why}</p>"
        for trace in one.traces:
            words = html.escape(f"{trace.words}, {trace.first_s:.1f}-{trace.last_s:.1f} s")
            yield f"<figure>{_image(trace)}<figcaption>{words}</figcaption></figure>"


def _image(trace: Trace) -> str:
    if trace.picture is None:
        return ""
    return f'<img src="data:image/jpeg;base64,{base64.b64encode(trace.picture).decode()}">'
