"""The real web program as a subprocess, with fake camera and upload programs that speak the real wire."""

from __future__ import annotations

import io
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, TypeVar

import requests
from PIL import Image, ImageDraw

from streamer.link import Link
from streamer.settings import Settings
from streamer.types import Read
from streamer.wire import CameraState, Message

T = TypeVar("T")
Answer = Callable[[str, bytes], tuple[int, dict[str, Any], list[bytes]]]

ROOT = Path(__file__).parent.parent.parent
PATIENCE_S = 30
"""How long anything may take on a slow machine that is busy with something else."""
LIVE = CameraState("live", "live", fps=15.0, looks_fps=5.0, width=1280, height=720)


def wait_until(condition: Callable[[], T]) -> T:
    """The first true value of `condition`; fails if there is none in time."""
    deadline = time.monotonic() + PATIENCE_S
    while not (value := condition()):
        assert time.monotonic() < deadline, f"it did not happen within {PATIENCE_S} s"
        time.sleep(0.02)
    return value


def jpeg(words: str, size: tuple[int, int] = (1280, 720)) -> bytes:
    """A picture with some words on it."""
    picture = Image.new("RGB", size, (40, 60, 80))
    ImageDraw.Draw(picture).text((40, 40), words, fill=(255, 255, 255), font_size=60)
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=80)
    return file.getvalue()


def read_of(read_id: str, plate: str = "B123XY", camera: str = "gate", **changes: Any) -> Read:
    """A read that was first seen ten seconds ago."""
    now = time.time()
    read = Read(read_id, camera, plate, 0.93, now - 10, now - 8, 1.0, 3.0, 9, "demo", settled=True)
    return replace(read, **changes)


class WebProgram:
    """The web program on a port of its own while the block runs.

    with WebProgram(folder, "threading") as web:
        look_at(web.url)
        web.kill()
        web.start()  # the same port: the listening socket outlives it, as the supervisor's does
    """

    def __init__(
        self,
        folder: Path,
        async_mode: str,
        password: str = "",
        cameras: tuple[str, ...] = ("gate",),
        **sections: dict[str, Any],
    ) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.wire = folder / "web.sock"
        self.log = folder / "web.log"
        self.data = folder / "data"
        self.settings = Settings.model_validate(
            {
                "server": {"async_mode": async_mode, "password": password},
                "log": {"folder": str(self.data)},
                "cameras": [{"name": name, "source": "demo", "approaching": "in"} for name in cameras],
                **sections,
            }
        )
        self.password = password
        self.process: subprocess.Popen[bytes]

    def __enter__(self) -> WebProgram:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self.listener.close()

    def start(self) -> None:
        """Comes back when it answers. It ends with the tests at the latest: they hold its standard input."""
        values = self.settings.model_dump(mode="json")
        values["server"]["password"] = self.password
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "streamer.web"],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                pass_fds=[self.listener.fileno()],
                start_new_session=True,
            )
        orders = {"settings": values, "socket": str(self.wire), "listen_fd": self.listener.fileno()}
        try:
            self.process.stdin.write(json.dumps(orders).encode() + b"\n")
            self.process.stdin.flush()
            wait_until(self._answers)
        except BaseException:
            self.kill()
            raise

    def _answers(self) -> bool:
        assert self.process.poll() is None, self.logged()
        try:
            return requests.get(f"{self.url}/healthz", timeout=1).ok
        except requests.RequestException:
            return False

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(PATIENCE_S)
        with suppress(BrokenPipeError):
            self.process.stdin.close()

    def api(self, path: str) -> Any:
        return requests.get(f"{self.url}/api/v1/{path}", timeout=PATIENCE_S).json()

    def state_of(self, camera: str) -> dict[str, Any]:
        return next(state for state in self.api("cameras")["cameras"] if state["camera"] == camera)

    def logged(self) -> str:
        return self.log.read_text()


class FakeCamera:
    """A camera program without a camera: says its state and, while watched, sends pictures at `fps`."""

    def __init__(
        self, web: WebProgram, name: str = "gate", fps: float = 15, pictures: list[bytes] | None = None
    ) -> None:
        self.name = name
        self.state = LIVE
        self.watched = threading.Event()
        self.views: list[dict[str, Any]] = []
        self.said: list[bool] = []
        self.sent = 0
        self._pause_s = 1 / fps
        self._pictures = pictures or [jpeg(f"{name} {number}") for number in range(10)]
        self._ended = threading.Event()
        hello = Message({"type": "hello", "role": "camera", "camera": name})
        self.link = Link(web.wire, hello, self._hear, self._say_state, self.watched.clear)
        self.link.start()
        threading.Thread(target=self._run, daemon=True).start()

    def become(self, state: CameraState) -> None:
        self.state = state
        self._say_state()

    def tell(self, read: Read, event: str = "read") -> None:
        self.link.send(Message({"type": "read", "event": event, "read": asdict(read)}))

    def close(self) -> None:
        self._ended.set()
        self.link.close()

    def _say_state(self) -> None:
        self.link.send(Message({"type": "state", "camera": self.name, **asdict(self.state)}))

    def _hear(self, message: Message) -> None:
        self.views = message.head["views"]
        if not self.said or self.said[-1] != bool(self.views):
            self.said.append(bool(self.views))
        if self.views:
            self.watched.set()
        else:
            self.watched.clear()

    def _run(self) -> None:
        while not self._ended.wait(self._pause_s):
            if not self.watched.is_set():
                continue
            for view in self.views:
                head = {"type": "frame", "camera": self.name, **view, "sent_s": time.time()}
                self.link.send(Message(head, self._pictures[self.sent % len(self._pictures)]))
            self.sent += 1


class FakeUploads:
    """An upload program that answers with what `answer(name, picture)` gives: status, result, JPEGs."""

    def __init__(self, web: WebProgram, answer: Answer) -> None:
        self._answer = answer
        self.taken: list[str] = []
        self.link = Link(web.wire, Message({"type": "hello", "role": "uploads"}), self._hear)
        self.link.start()

    def close(self) -> None:
        self.link.close()

    @classmethod
    @contextmanager
    def known_to(cls, web: WebProgram, answer: Answer) -> Iterator[FakeUploads]:
        """One that `web` has heard of while the block runs."""
        connected, gone = "upload program is connected", "upload program is gone"
        before = web.logged()
        with closing(cls(web, answer)) as program:
            wait_until(lambda: web.logged().count(connected) > before.count(connected))
            yield program
        wait_until(lambda: web.logged().count(gone) > before.count(gone))

    def _hear(self, message: Message) -> None:
        self.taken.append(message.head["name"])
        status, result, pictures = self._answer(message.head["name"], message.payload)
        head = {
            "type": "answer",
            "id": message.head["id"],
            "status": status,
            "result": result,
            "sizes": [len(picture) for picture in pictures],
        }
        self.link.send(Message(head, b"".join(pictures)))


def one_plate(name: str, picture: bytes) -> tuple[int, dict[str, Any], list[bytes]]:
    """The answer to any picture: one plate, its crop, and two steps."""
    letters = [
        {"text": letter, "confidence": sure}
        for letter, sure in zip("B123XY", (0.99, 0.97, 0.98, 0.6, 0.9, 0.95), strict=True)
    ]
    plate = {
        "text": "B123XY",
        "confidence": 0.9,
        "score": 0.8,
        "characters": letters,
        "corners": [[10, 20], [110, 20], [110, 50], [10, 50]],
        "readable": 0.9,
        "style": "eu",
        "alternatives": [{"text": "8123XY", "confidence": 0.06}],
        "crop": 1,
    }
    result = {
        "plates": [plate],
        "ms": 412.0,
        "width": 1280,
        "height": 720,
        "engine": "classic",
        "annotated": 0,
        "steps": [
            {"name": "Grey", "help": "Colour is taken out.", "picture": 2},
            {"name": "Edges", "help": "Canny finds where brightness jumps.", "picture": 3},
        ],
    }
    return 200, result, [jpeg("annotated"), jpeg("B123XY", (300, 80)), jpeg("grey"), jpeg("edges")]


class Viewer:
    """An MJPEG viewer on a plain socket; one that never reads is a stalled one. `query` begins with "?"."""

    def __init__(
        self, web: WebProgram, camera: str = "gate", receive_buffer: int | None = None, query: str = ""
    ) -> None:
        self._socket = socket.socket()
        if receive_buffer:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self._socket.settimeout(PATIENCE_S)
        self._socket.connect(web.listener.getsockname())
        path = f"/cameras/{camera}/stream.mjpg{query}"
        self._socket.sendall(f"GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())

    def pictures(self) -> Iterator[tuple[float | None, bytes]]:
        """Each picture as it comes, with the time it was sent by the camera program; fails after a while, so
        that nobody waits for ever for a certain one."""
        deadline = time.monotonic() + 2 * PATIENCE_S
        file = self._socket.makefile("rb")
        assert b"200" in file.readline()
        while True:
            assert time.monotonic() < deadline, "the awaited picture was not among all that came"
            length, sent_s = None, None
            while (line := file.readline()) != b"\r\n" or length is None:
                if not line:
                    return
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
                if line.lower().startswith(b"x-timestamp:"):
                    sent_s = float(line.split(b":")[1])
            yield sent_s, file.read(length)

    def close(self) -> None:
        with suppress(OSError):  # the other side was first
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


def memory_mb(process: subprocess.Popen[bytes]) -> float:
    """Resident memory."""
    pages = int(Path(f"/proc/{process.pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def peak_memory_mb(process: subprocess.Popen[bytes]) -> float:
    """The most resident memory it ever had."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1000
