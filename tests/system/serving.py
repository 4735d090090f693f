"""The whole of Plate Streamer as a person starts it, for tests that look at it from outside."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import psutil
import requests

from streamer.places import ROOT

Thing = TypeVar("Thing")

LIVE_WITHIN_S = 60
"""Patience with the start on a slow machine that is busy with something else."""
READ_WITHIN_S = 240
"""Patience with the reading of the demo clip there."""


def wait_for(what: Callable[[], Thing], within_s: float, every_s: float = 0.05) -> Thing:
    """The first true answer of `what`; an AssertionError if there is none in time."""
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        if answer := what():
            return answer
        time.sleep(every_s)
    raise AssertionError(f"still not so after {within_s} s: {getattr(what, '__doc__', None) or what}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Serving:
    """A running `python -m streamer serve` and what can be seen of it."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, log: Path) -> None:
        self.process = process
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self._log = log

    @property
    def log(self) -> str:
        return self._log.read_text(errors="replace")

    def programs(self, module: str = "") -> list[psutil.Process]:
        """The running programs under the supervisor; with `module` those of one kind."""
        found = []
        for child in psutil.Process(self.process.pid).children():
            try:
                if child.status() != psutil.STATUS_ZOMBIE and module in " ".join(child.cmdline()):
                    found.append(child)
            except psutil.NoSuchProcess:
                continue
        return found

    def answers(self) -> bool:
        """the pages are served"""
        try:
            return requests.get(f"{self.url}/healthz", timeout=1).ok
        except requests.RequestException:
            return False

    def cameras(self) -> dict[str, dict[str, object]]:
        """The state of every camera by name; empty while nobody answers."""
        try:
            answer = requests.get(f"{self.url}/api/v1/cameras", timeout=2)
            return {state["camera"]: state for state in answer.json()["cameras"]}
        except (requests.RequestException, ValueError):
            return {}

    def status(self, camera: str) -> str:
        return str(self.cameras().get(camera, {}).get("status"))

    def reads(self) -> list[dict[str, object]]:
        answer = requests.get(f"{self.url}/api/v1/reads", timeout=5)
        reads: list[dict[str, object]] = answer.json()["reads"]
        return reads

    def interrupt(self) -> float:
        """Ctrl-C; the seconds until everything had ended."""
        started = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        self.process.wait(20)
        return time.monotonic() - started


@contextmanager
def serving(folder: Path, settings: dict[str, object], **environment: str) -> Iterator[Serving]:
    """`serve` with these settings (log in `folder`/data, a free port) until the block ends."""
    port = free_port()
    server = {"port": port, **dict(settings.get("server", {}))}  # type: ignore[call-overload]
    full = {"log": {"folder": str(folder / "data")}, **settings, "server": server}
    config = folder / "config.yaml"
    config.write_text(json.dumps(full))
    log = folder / "serve.log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamer", "serve", "--config", str(config)],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            env={**os.environ, **environment},
        )
    running = Serving(process, port, log)
    try:
        wait_for(running.answers, LIVE_WITHIN_S)
        yield running
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        finally:
            process.kill()
            process.wait(10)
