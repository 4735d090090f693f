"""The upload program: reads single pictures for the web program, so that live viewers don't notice.

What strangers send is unpacked here and nowhere else: when a picture brings this program down, the
supervisor starts another, and the web program and the cameras go on.
"""

from __future__ import annotations

import logging
import os
import queue
import resource
import tempfile
import time
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from streamer.annotate import Label, annotate, cut_out, shrink_to, to_jpeg
from streamer.answers import plate_json
from streamer.assembly import engine_from, picture_rules_from
from streamer.detect import Engine, EngineUnavailable, Explanation, explain_picture
from streamer.link import Link
from streamer.pictures import PictureError, decode_picture
from streamer.program import end_when_told, end_with_any_thread, log_to_stderr, orders
from streamer.settings import Settings
from streamer.types import Picture
from streamer.wire import Message

log = logging.getLogger(__name__)

MEMORY_BYTES = 4 * 1024**3
"""Address space of this program: the largest picture that may be sent fits, a runaway one does not."""

PAGE_WIDTH = 1600
"""Pictures for the page are made no wider than this."""

QUALITY = 88

NICENESS = 2
"""Somebody waits for the answer, so cameras (5) step back; the web program (0) comes first."""


@dataclass
class Answer:
    """What goes back for one picture; `result` names pictures by their number in `jpegs`."""

    status: int
    result: dict[str, Any]
    jpegs: list[bytes] = field(default_factory=list)

    def add(self, picture: Picture) -> int:
        """Adds a picture; its number."""
        self.jpegs.append(to_jpeg(shrink_to(picture, PAGE_WIDTH), QUALITY))
        return len(self.jpegs) - 1


class PictureReader:
    """Reads pictures one by one with the engine that is set."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._engine: Engine | None = None

    def answer(self, data: bytes) -> Answer:
        """The plates in an uploaded file, or the sentence that says why there are none to be had."""
        try:
            engine = self._engine = self._engine or engine_from(self._settings)
            picture = decode_picture(data, self._settings.uploads.max_megapixels)
        except EngineUnavailable as error:
            return Answer(503, {"error": str(error)})
        except PictureError as error:
            return Answer(422, {"error": str(error)})
        except MemoryError:
            return Answer(
                413, {"error": "The picture needs too much memory; make it smaller and send it again."}
            )
        started_s = time.perf_counter()
        explanation = explain_picture(engine, picture, picture_rules_from(self._settings))
        return _described(picture, explanation, engine.name, 1000 * (time.perf_counter() - started_s))


def _described(picture: Picture, explanation: Explanation, engine: str, ms: float) -> Answer:
    answer = Answer(200, {})
    labels = [Label(plate.corners, plate.text, bool(plate.text)) for plate in explanation.plates]
    answer.result = {
        "plates": [
            {**plate_json(plate), "crop": answer.add(cut_out(picture, plate.box))}
            for plate in explanation.plates
        ],
        "ms": round(ms, 1),
        "width": picture.shape[1],
        "height": picture.shape[0],
        "engine": engine,
        "annotated": answer.add(annotate(picture, labels)),
        "steps": [
            {"name": step.name, "help": step.help, "picture": answer.add(step.picture)}
            for step in explanation.steps
        ],
    }
    return answer


def keep_upload(folder: Path, data: bytes) -> None:
    """Stores an uploaded file under the time it came; the sender's file name is not used."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{datetime.now():%Y%m%d-%H%M%S-%f}.upload").write_bytes(data)


class UploadProgram:
    """Takes pictures from the web program one behind the other and sends the answers."""

    def __init__(self, settings: Settings, socket: Path) -> None:
        self._settings = settings
        self._reader = PictureReader(settings)
        self._waiting: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        self._link = Link(socket, Message({"type": "hello", "role": "uploads"}), on_message=self._waiting.put)

    def run(self) -> None:
        """Works until `stop` is called."""
        self._link.start()
        while (message := self._waiting.get()) is not None:
            self._link.send(self._answered(message))

    def stop(self) -> None:
        self._link.close()
        self._waiting.put(None)

    def _answered(self, message: Message) -> Message:
        try:
            answer = self._reader.answer(message.payload)
        except Exception:
            log.exception("an uploaded picture could not be read")
            answer = Answer(500, {"error": "Reading the picture failed; the program's log says why."})
        if answer.status == 200 and self._settings.uploads.keep:
            self._keep(message.payload)
        head = {
            "type": "answer",
            "id": message.head["id"],
            "status": answer.status,
            "result": answer.result,
            "sizes": [len(jpeg) for jpeg in answer.jpegs],
        }
        return Message(head, b"".join(answer.jpegs))

    def _keep(self, data: bytes) -> None:
        try:
            keep_upload(self._settings.log.folder / "uploads", data)
        except OSError as error:
            log.error("an uploaded picture could not be kept: %s", error.strerror)


def main() -> None:
    told = orders()
    log_to_stderr("uploads")
    tempfile.tempdir = str(Path(told["socket"]).parent)
    os.nice(NICENESS)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    program = UploadProgram(Settings.model_validate(told["settings"]), Path(told["socket"]))
    end_when_told(program.stop)
    end_with_any_thread()
    program.run()


if __name__ == "__main__":
    main()
