"""Who answers: this project's engines, and others where somebody has installed them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks.scoring import Answer, Set
from streamer import config
from streamer.assembly import engine_from
from streamer.capture import CaptureOptions, open_source
from streamer.detect import ENGINES, Engine
from streamer.reading import read_source
from streamer.sampling import Sampler
from streamer.settings import Settings
from streamer.types import Picture

PROCESSES = 2
LOOKS_FPS, SAME_TEXT_S = 5.0, 5.0
"""Peers have no tracker: looks a second at a clip, and for how long the same text is one read."""


class Worker:
    """One process's engine, made once."""

    settings: Settings
    engine: Engine

    @classmethod
    def start(cls, engine: str, regions: str = "auto") -> None:
        cv2.setNumThreads(1)
        told = {"STREAMER__ENGINE__NAME": engine, "STREAMER__FORMATS__REGIONS": regions}
        cls.settings = config.for_source("demo", environment=told)
        cls.engine = engine_from(cls.settings)

    @classmethod
    def read(cls, source: str, crops: bool) -> list[Answer]:
        results = read_source(source, cls.engine, cls.settings, lambda done, whole: None, crops=crops)
        return [result.as_json() for result in results]


def ours(engine: str, asked: Set, regions: str = "auto") -> list[Answer]:
    """What `read --json`, for crops `read --crops --json`, prints; each process has one OpenCV thread."""
    spawn = get_context("spawn")
    job = partial(Worker.read, crops=asked.kind == "crops")
    with ProcessPoolExecutor(PROCESSES, spawn, initializer=Worker.start, initargs=(engine, regions)) as pool:
        return [answer for answers in pool.map(job, asked.files) for answer in answers]


@dataclass(frozen=True)
class Peer:
    """Another program: a picture to its plates as `read --json` shows them, and a crop to its text. None:
    it cannot do that on its own."""

    plates: Callable[[Picture], list[Answer]] | None
    text: Callable[[Picture], tuple[str, float]] | None

    def answer(self, asked: Set) -> list[Answer] | None:
        """Its answers to a set; None if it cannot do that."""
        if asked.kind == "crops":
            return [self._crop(file) for file in asked.files] if self.text else None
        if self.plates is None:
            return None
        one = self._clip if asked.kind == "videos" else self._picture
        return [one(file) for file in asked.files]

    def _crop(self, file: str) -> Answer:
        assert self.text is not None
        picture = _opened(file)
        started_s = time.perf_counter()
        text, confidence = self.text(picture)
        ms = 1000 * (time.perf_counter() - started_s)
        return {"source": file, "plates": [{"text": text, "confidence": confidence}], "ms": ms}

    def _picture(self, file: str) -> Answer:
        assert self.plates is not None
        picture = _opened(file)
        started_s = time.perf_counter()
        plates = self.plates(picture)
        return {"source": file, "plates": plates, "ms": 1000 * (time.perf_counter() - started_s)}

    def _clip(self, file: str) -> Answer:
        reads: list[Answer] = []
        for seconds, plate in self._seen(file):
            same = [
                read
                for read in reads
                if read["text"] == plate["text"] and seconds - read["last_s"] <= SAME_TEXT_S
            ]
            if same:
                same[0]["last_s"] = seconds
            else:
                reads.append({"text": plate["text"], "first_s": seconds, "last_s": seconds})
        return {"source": file, "reads": reads}

    def _seen(self, file: str) -> Iterator[tuple[float, Answer]]:
        assert self.plates is not None
        sampler = Sampler(LOOKS_FPS)
        for frame in open_source(file, "peer", CaptureOptions(complete=True)).frames():
            if sampler.is_due(frame.media_s):
                for plate in self.plates(frame.image):
                    if plate["text"]:
                        yield frame.media_s, plate


def _opened(file: str) -> Picture:
    picture = cv2.imread(str(Path(file)))
    assert picture is not None, file
    return np.asarray(picture, np.uint8)


@cache
def fast_alpr() -> Peer:
    """fast-alpr with its default models, which it downloads when it is first used."""
    from fast_alpr import ALPR

    alpr: Any = ALPR()

    def plates(picture: Picture) -> list[Answer]:
        return [
            {
                "text": one.ocr.text if one.ocr else "",
                "confidence": _mean(one.ocr.confidence) if one.ocr else 0.0,
                "box": [box.x1, box.y1, box.x2 - box.x1, box.y2 - box.y1],
            }
            for one in alpr.predict(picture)
            for box in [one.detection.bounding_box]
        ]

    def text(picture: Picture) -> tuple[str, float]:
        result = alpr.ocr.predict(picture)
        return (result.text, _mean(result.confidence)) if result else ("", 0.0)

    return Peer(plates, text)


@cache
def rapidocr() -> Peer:
    """RapidOCR's recogniser alone, on crops."""
    from rapidocr import RapidOCR

    reader: Any = RapidOCR()

    def text(picture: Picture) -> tuple[str, float]:
        result = reader(picture, use_det=False, use_cls=False, use_rec=True)
        return ("".join(result.txts), float(np.mean(result.scores))) if result.txts else ("", 0.0)

    return Peer(None, text)


def _mean(confidence: float | Iterable[float]) -> float:
    return float(np.mean(np.asarray(confidence, np.float64)))


PEERS = {"fast-alpr": ("fast_alpr", fast_alpr), "rapidocr": ("rapidocr", rapidocr)}
"""Each one's package and how it is made."""


def names() -> list[str]:
    """Everybody who can answer here."""
    return [
        *sorted(ENGINES, reverse=True),
        *(name for name, (package, _) in PEERS.items() if find_spec(package)),
    ]
