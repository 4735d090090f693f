"""The meeting point of the programs: cameras and the upload program connect here, and the pages listen."""

from __future__ import annotations

import logging
import socket
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from streamer.answers import doubts_json
from streamer.viewing import Size
from streamer.web.desk import UploadDesk
from streamer.web.feed import Feed
from streamer.web.recent import RecentReads
from streamer.wire import CameraState, Message, Wire, WireError

if TYPE_CHECKING:
    from streamer.types import Read, Rejected

log = logging.getLogger(__name__)

ACCEPT_AGAIN_S = 0.1
"""The pause after a connection that could not be accepted."""

Tell = Callable[[str, dict[str, Any]], None]
"""Takes an event's name and its payload, ready for JSON."""


class Relay:
    """Relays what the camera programs say and never looks into a picture.

    `recorded(limit)` gives the newest reads of the log; it is asked at the start and whenever a
    camera program comes (back), so that nothing which was recorded meanwhile is missing. `display(read)`
    is its text for people, with printed separators.
    """

    def __init__(
        self,
        cameras: Sequence[str],
        recorded: Callable[[int], list[Read]],
        display: Callable[[Read], str] = lambda read: read.plate,
    ) -> None:
        self.feeds = {name: Feed(name) for name in cameras}
        self.reads = RecentReads()
        self.desk = UploadDesk()
        self._recorded = recorded
        self._display = display
        self._listeners: list[Tell] = []

    def subscribe(self, tell: Tell) -> None:
        """`tell` hears every `read`, `read_updated` and `camera_state` from now on."""
        self._listeners.append(tell)

    def open(self, path: Path) -> None:
        """Fills the reads from the log, listens on the Unix socket at `path` and returns."""
        self.refill()
        path.unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(path))
        path.chmod(0o600)
        listener.listen(32)
        threading.Thread(target=self._welcome, args=(listener,), name="relay", daemon=True).start()

    def refill(self) -> None:
        """Takes in what the log holds. A log that cannot be read is reported, never fatal."""
        try:
            reads = self._recorded(self.reads.most)
        except (sqlite3.Error, OSError) as error:
            log.warning("the recorded reads cannot be loaded now: %s", error)
            return
        for read in reads:
            self._take(read)

    def hello(self) -> dict[str, Any]:
        """Everything a page needs to begin.

        `{"cameras": [...], "reads": [...], "most_reads": how many are kept, "now": Unix seconds}`
        """
        return {
            "cameras": self.cameras(),
            "reads": self.recent(),
            "most_reads": self.reads.most,
            "now": datetime.now().timestamp(),
        }

    def cameras(self) -> list[dict[str, Any]]:
        """Every camera's state, in the order of the settings."""
        return [state_payload(feed) for feed in self.feeds.values()]

    def recent(self, most: int | None = None, direction: str = "") -> list[dict[str, Any]]:
        """The newest reads, newest first; only those who went in that direction if one is given."""
        return [self._payload(read) for read in self.reads.newest(most, direction)]

    def _welcome(self, listener: socket.socket) -> None:
        """Goes on when a connection cannot be had (too many open files); says so once until one can."""
        said = False
        while True:
            try:
                connection, _ = listener.accept()
            except OSError as error:
                if not said:
                    log.warning("a program cannot connect now, it is tried again: %s", error)
                said = True
                time.sleep(ACCEPT_AGAIN_S)
                continue
            said = False
            threading.Thread(target=self._meet, args=(Wire(connection),), daemon=True).start()

    def _meet(self, wire: Wire) -> None:
        try:
            hello = wire.receive()
            if hello.head.get("role") == "uploads":
                self._serve_uploads(wire)
            elif hello.head.get("role") == "camera" and hello.head.get("camera") in self.feeds:
                self._serve_camera(wire, self.feeds[hello.head["camera"]])
            else:
                log.warning("a program that is not in the settings was sent away: %s", hello.head)
        except WireError:
            pass
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            log.error("a program sent a malformed message and was cut off: %r", error)
        finally:
            wire.close()

    def _serve_uploads(self, wire: Wire) -> None:
        self.desk.attach(wire)
        log.info("the upload program is connected")
        try:
            while True:
                self.desk.deliver(wire.receive())
        finally:
            self.desk.detach(wire)
            log.info("the upload program is gone")

    def _serve_camera(self, wire: Wire, feed: Feed) -> None:
        feed.attach(wire)
        log.info("camera %s is connected", feed.name)
        try:
            self.refill()
            while True:
                self._hear(feed, wire.receive())
        finally:
            if feed.detach(wire):
                log.info("camera %s is gone", feed.name)
                self._tell("camera_state", state_payload(feed))

    def _hear(self, feed: Feed, message: Message) -> None:
        if message.type == "frame":
            head = message.head
            size = Size(int(head["width"]), int(head["quality"]), bool(head["marks"]))
            feed.show(size, message.payload, float(head["sent_s"]))
        elif message.type == "state":
            state = _camera_state(message.head)
            if state != feed.state:
                feed.state = state
                self._tell("camera_state", state_payload(feed))
        elif message.type == "read":
            self._take(_read(message.head["read"]))

    def _take(self, read: Read) -> None:
        event = self.reads.merge(read)
        if event:
            self._tell(event, self._payload(read))

    def _payload(self, read: Read) -> dict[str, Any]:
        return {**read_payload(read), "display": self._display(read)}

    def _tell(self, event: str, payload: dict[str, Any]) -> None:
        for tell in self._listeners:
            tell(event, payload)


def state_payload(feed: Feed) -> dict[str, Any]:
    """A camera's state for the pages: the fields of CameraState, `camera` and `viewers`."""
    return {"camera": feed.name, **asdict(feed.state), "viewers": feed.viewers}


def read_payload(read: Read) -> dict[str, Any]:
    """A read for the pages: times in ISO 8601 with offset, `image` as a URL or ""."""
    return {
        "read_id": read.read_id,
        "camera": read.camera,
        "plate": read.plate,
        "confidence": round(read.confidence, 4),
        "first_seen": _iso(read.first_seen),
        "last_seen": _iso(read.last_seen),
        **doubts_json(read),
        "frames": read.frames,
        "source": read.source,
        "direction": read.direction,
        "settled": read.settled,
        "revision": read.revision,
        "image": f"/reads/{quote(read.read_id, safe='')}/plate.jpg?v={read.revision}" if read.image else "",
    }


def rejected_payload(rejected: Rejected) -> dict[str, Any]:
    """A rejected track for the pages: times in ISO 8601 with offset, `image` as a URL or ""."""
    return {
        "rejected_id": rejected.rejected_id,
        "camera": rejected.camera,
        "reason": rejected.reason,
        "text": rejected.text,
        "confidence": round(rejected.confidence, 4),
        "first_seen": _iso(rejected.first_seen),
        "last_seen": _iso(rejected.last_seen),
        "frames": rejected.frames,
        "source": rejected.source,
        "read_id": rejected.read_id,
        "image": f"/rejected/{quote(rejected.rejected_id, safe='')}/plate.jpg" if rejected.image else "",
    }


def _iso(unix_s: float) -> str:
    return datetime.fromtimestamp(unix_s).astimezone().isoformat(timespec="milliseconds")


def _camera_state(head: dict[str, Any]) -> CameraState:
    fields = {key: value for key, value in head.items() if key not in ("type", "camera", "bytes")}
    return CameraState(**{**fields, "problems": tuple(fields.get("problems", ()))})


def _read(fields: dict[str, Any]) -> Read:
    from streamer.types import Read

    return Read.of(fields)
