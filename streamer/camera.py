"""The camera program: one camera's frames -> looks -> reads -> log, and its live picture.

The pump takes every frame from the source and hands on those that are due, the main thread looks at them, the
live view encodes while somebody watches, the reporter tells the web program how things are. Of a live source
the newest frame that is due is looked at, as often as the engine can; of a file every frame that is due is
looked at, however long that takes.
"""

from __future__ import annotations

import logging
import os
import tempfile
import threading
import time
from dataclasses import asdict, replace
from pathlib import Path

import cv2

from streamer.allocator import keep_large_buffers
from streamer.annotate import Label
from streamer.assembly import (
    attention_from,
    elsewhere_from,
    engine_from,
    gatherer_from,
    log_from,
    rejected_log_from,
    rules_from,
    source_from,
    track_options_from,
)
from streamer.capture import Source, SourceError
from streamer.health import Health
from streamer.link import Link
from streamer.live import LiveView, Newest
from streamer.looker import Looker, read_ids
from streamer.pace import Pace
from streamer.program import end_when_told, end_with_any_thread, log_to_stderr, orders
from streamer.rate import Rate
from streamer.sampling import Due
from streamer.settings import Camera, Settings
from streamer.sources.unusable import UnusableSource
from streamer.track import Change, ReadChange, Tracker
from streamer.types import Frame, Read, SourceState, SourceStatus
from streamer.viewing import Size, View
from streamer.wire import CameraState, Message

log = logging.getLogger(__name__)

REPORT_EVERY_S = 1.0
NICENESS = 5
"""Cameras step back behind the web program, so that pages stay quick while an engine is busy."""


class CameraProgram:
    """Everything that belongs to one camera, put together."""

    def __init__(self, settings: Settings, camera: Camera, socket: Path, run_id: str, started_s: float) -> None:
        self._camera = camera
        self._started_s = started_s
        self._begun_s = time.monotonic()
        self._stop = threading.Event()
        self._state = SourceState(SourceStatus.CONNECTING)
        self._size = (0, 0)
        self._frame_rate, self._look_rate = Rate(), Rate()
        self._newest, self._due = Newest[Frame](), Newest[Due]()
        self._log = log_from(settings)
        self._rejected_log = rejected_log_from(settings)
        self._gatherer = gatherer_from(settings, camera)
        self._health = Health()
        self._pace = Pace(settings.live.fps)
        self._link = Link(
            socket,
            Message({"type": "hello", "role": "camera", "camera": camera.name}),
            on_message=self._obey,
            on_connect=self._report,
            on_disconnect=lambda: self._view.watch(()),
        )
        self._view = LiveView(
            camera.name,
            self._newest,
            self._labels_at,
            camera.zones,
            lambda: self._state,
            self._send_frame,
            lambda: self._pace.fps,
        )
        self._source = self._open_source(settings)
        self._looker = self._make_looker(settings, run_id)

    def _open_source(self, settings: Settings) -> Source:
        try:
            return source_from(settings, self._camera, self._follow_state)
        except SourceError as error:
            return UnusableSource(self._camera.source, self._camera.name, error, self._follow_state)

    def _make_looker(self, settings: Settings, run_id: str) -> Looker:
        new_id = read_ids(run_id, self._camera.name)
        elsewhere = elsewhere_from(settings, self._camera)
        return Looker(
            make_engine=lambda: engine_from(settings),
            make_tracker=lambda options, resume: Tracker(
                self._camera.name, self._source.name, options, new_id, resume, elsewhere
            ),
            rules=rules_from(settings),
            options=track_options_from(settings, self._camera),
            zones=self._camera.zones,
            stills=self._source.stills,
            read_log=self._log,
            rejected_log=self._rejected_log,
            resume=self._left_open([one.name for one in settings.cameras]),
            tell=self._tell,
            attention=attention_from(settings, self._camera),
        )

    def _left_open(self, cameras: list[str]) -> list[Read]:
        """The reads that a predecessor left open and this program goes on with.

        Settles those that nobody goes on with: of cameras that are no longer in the settings, and of a
        file that an earlier run did not finish. What this run left of a file is written anew.
        """
        mine = []
        for read in self._log.open_reads():
            own = read.camera == self._camera.name
            if own and self._source.live:
                mine.append(read)
            elif read.camera not in cameras or (
                own and read.first_seen - read.first_media_s < self._started_s - 1
            ):
                self._log.record(replace(read, settled=True, revision=read.revision + 1))
        return mine

    def run(self) -> None:
        """Works until `stop` is called; a file that has ended stays on the page. It is said to have ended when
        its last reads are settled."""
        fault = ""
        self._link.start()
        self._view.start()
        threading.Thread(target=self._report_regularly, name="reporter", daemon=True).start()
        try:
            if self._source.live:
                threading.Thread(target=self._pump, name="pump", daemon=True).start()
                self._look_at_newest()
            else:
                self._look_at_all()
        except SourceError as error:
            fault = str(error)
            log.error("%s: %s", self._camera.name, fault)
        self._looker.finish()
        if not self._source.live:
            reason = fault or self._source.state.reason
            if not reason:
                log.info("%s: ended", self._camera.name)
            self._note_state(SourceState(SourceStatus.ENDED, reason))
        self._stop.wait()
        self._log.close()

    def stop(self) -> None:
        self._stop.set()
        self._link.close()
        self._source.close()

    def _pump(self) -> None:
        for frame in self._source.frames():
            dated = replace(frame, media_s=self._running_s())
            self._take(dated)
            if due := self._gatherer.take(dated):
                self._health.want(dated.media_s)
                self._due.put(due if self._pace.bursts else Due(dated))

    def _running_s(self) -> float:
        """The time of live sources: it goes on while nothing comes, whatever is done to the clock."""
        return time.monotonic() - self._begun_s

    def _take(self, frame: Frame) -> None:
        self._size = (frame.width, frame.height)
        self._frame_rate.count()
        self._newest.put(frame)

    def _look_at_newest(self) -> None:
        number = 0
        while not self._stop.is_set():
            number, due = self._due.take(number, REPORT_EVERY_S)
            if due is None:
                self._looker.pass_time(time.time(), self._running_s())
            else:
                self._look(due)
                self._health.take(self._running_s())

    def _look_at_all(self) -> None:
        for frame in self._source.frames():
            dated = replace(frame, wall_s=self._started_s + frame.media_s)
            self._take(dated)
            if due := Due(dated) if self._source.stills else self._gatherer.take(dated):
                self._look(due)

    def _look(self, due: Due) -> None:
        for _ in range(self._looker.look(due)):
            self._look_rate.count()

    def _tell(self, change: ReadChange) -> None:
        event = "read" if change.change is Change.READ else "read_updated"
        self._link.send(Message({"type": "read", "event": event, "read": asdict(change.read)}))

    def _follow_state(self, state: SourceState) -> None:
        """The source is in another state; when a file has ended, `run` says. Live sources log it themselves."""
        if state.status is SourceStatus.LIVE and not self._source.live:
            log.info("%s: live from %s", self._camera.name, self._source.name)
        if self._source.live or state.status is not SourceStatus.ENDED:
            self._note_state(state)

    def _note_state(self, state: SourceState) -> None:
        self._state = state
        if state.status is not SourceStatus.LIVE:
            self._newest.clear()
            self._due.clear()
        self._report()

    def _report_regularly(self) -> None:
        while not self._stop.wait(REPORT_EVERY_S):
            self._log.flush()
            self._rejected_log.tidy()
            lately = self._health.lately(self._running_s())
            self._pace.update(lately, self._view.is_watched)
            self._report()

    def _report(self) -> None:
        now_s = self._running_s()
        problems = (
            self._state.reason if self._state.status is SourceStatus.LIVE else "",
            self._looker.problem,
            self._log.problem or self._rejected_log.problem,
            self._health.problem(now_s),
        )
        state = CameraState(
            status=self._state.status,
            text=str(self._state),
            fps=round(self._frame_rate.per_second(), 1),
            looks_fps=round(self._look_rate.per_second(), 1),
            health=round(self._health.share(now_s), 3),
            width=self._size[0],
            height=self._size[1],
            problems=tuple(filter(None, problems)),
            rejected=self._looker.rejected,
            slowed=self._pace.in_words,
        )
        self._link.send(Message({"type": "state", "camera": self._camera.name, **asdict(state)}))

    def _obey(self, message: Message) -> None:
        if message.type == "watch":
            self._view.watch(View(**view) for view in message.head["views"])

    def _labels_at(self, media_s: float) -> list[Label]:
        return self._looker.labels(media_s)

    def _send_frame(self, size: Size, jpeg: bytes) -> None:
        head = {"type": "frame", "camera": self._camera.name, **size._asdict(), "sent_s": time.time()}
        self._link.send(Message(head, jpeg))


def main() -> None:
    told = orders()
    settings = Settings.model_validate(told["settings"])
    camera = next(camera for camera in settings.cameras if camera.name == told["camera"])
    log_to_stderr("camera")
    tempfile.tempdir = str(Path(told["socket"]).parent)
    os.nice(NICENESS)
    cv2.setNumThreads(1)
    keep_large_buffers()
    program = CameraProgram(settings, camera, Path(told["socket"]), told["run_id"], told["started_s"])
    end_when_told(program.stop)
    end_with_any_thread()
    program.run()


if __name__ == "__main__":
    main()
