"""Starts the programs, watches them, starts again what dies, and ends them all together."""

from __future__ import annotations

import contextlib
import json
import logging
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from streamer.listening import listen
from streamer.running import run_folder, sole_writer
from streamer.settings import Settings

log = logging.getLogger(__name__)

FIRST_PAUSE_S = 0.05
LONGEST_PAUSE_S = 30.0
HEALTHY_AFTER_S = 10.0
END_WITHIN_S = 2.5
WATCH_EVERY_S = 0.2


@dataclass(frozen=True)
class Job:
    """One program to keep alive: its name in the log, its module, its orders, files it inherits."""

    name: str
    module: str
    orders: dict[str, Any]
    inherits: Sequence[int] = ()


class Keeper:
    """Keeps the program of one job alive, with longer pauses the more often it dies young."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._process: subprocess.Popen[bytes] | None = None
        self._started_s = 0.0
        self._pause_s = FIRST_PAUSE_S
        self._start_at_s = 0.0

    def tend(self) -> None:
        """Starts the program if it is not running and its pause is over; notices that it died."""
        now = time.monotonic()
        if self._process is not None:
            code = self._process.poll()
            if code is None:
                return
            self._process = None
            lived_s = now - self._started_s
            self._pause_s = (
                FIRST_PAUSE_S if lived_s > HEALTHY_AFTER_S else min(2 * self._pause_s, LONGEST_PAUSE_S)
            )
            self._start_at_s = now + self._pause_s
            log.warning("%s ended (%s); starts again in %.1f s", self._job.name, _in_words(code), self._pause_s)
        elif now >= self._start_at_s:
            self._start(now)

    def _start(self, now: float) -> None:
        try:
            process = subprocess.Popen(
                [sys.executable, "-m", self._job.module],
                stdin=subprocess.PIPE,
                pass_fds=self._job.inherits,
                start_new_session=True,
            )
        except OSError as error:
            self._start_at_s = now + LONGEST_PAUSE_S
            log.error("%s cannot be started: %s; tries again", self._job.name, error.strerror)
            return
        self._process = process
        self._started_s = now
        with contextlib.suppress(BrokenPipeError):
            if process.stdin:
                process.stdin.write(json.dumps(self._job.orders).encode() + b"\n")
                process.stdin.flush()

    def tell_to_end(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def wait_for_end(self, until_s: float) -> None:
        """Waits until the program has ended, and kills it when `until_s` (monotonic) has passed."""
        if self._process is None:
            return
        try:
            self._process.wait(max(0.0, until_s - time.monotonic()))
        except subprocess.TimeoutExpired:
            log.warning("%s did not end by itself and was killed", self._job.name)
            self._process.kill()
            self._process.wait()


def _in_words(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def open_settings(settings: Settings) -> dict[str, Any]:
    """The settings as JSON with their secrets readable, for the pipe to a program and nowhere else."""
    values = settings.model_dump(mode="json")
    password: SecretStr = settings.server.password
    values["server"]["password"] = password.get_secret_value()
    return values


def jobs_for(settings: Settings, listener: socket.socket, folder: Path) -> list[Job]:
    """The web program, the upload program, and a camera program for every camera."""
    common = {
        "settings": open_settings(settings),
        "socket": str(folder / "web.sock"),
        "run_id": uuid.uuid4().hex,
        "started_s": time.time(),
    }
    web = Job("web", "streamer.web", {**common, "listen_fd": listener.fileno()}, (listener.fileno(),))
    uploads = Job("uploads", "streamer.uploads", common)
    cameras = [
        Job(camera.name, "streamer.camera", {**common, "camera": camera.name}) for camera in settings.cameras
    ]
    return [web, uploads, *cameras]


def serve(settings: Settings) -> None:
    """Runs everything until Ctrl-C or SIGTERM.

    Raises PortTakenError and LogTakenError before anything is started.
    """
    told_to_end: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _frame: told_to_end.append(number))
    with (
        contextlib.closing(listen(settings.server)) as listener,
        sole_writer(settings.log.folder),
        run_folder() as folder,
    ):
        keepers = [Keeper(job) for job in jobs_for(settings, listener, folder)]
        log.info("starting %d camera(s); Ctrl-C ends", len(settings.cameras))
        while not told_to_end:
            for keeper in keepers:
                keeper.tend()
            time.sleep(WATCH_EVERY_S)
        _end(keepers)
    log.info("ended")


def _end(keepers: list[Keeper]) -> None:
    until_s = time.monotonic() + END_WITHIN_S
    for keeper in keepers:
        keeper.tell_to_end()
    for keeper in keepers:
        keeper.wait_for_end(until_s)
