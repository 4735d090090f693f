"""Where uploaded pictures are handed to the upload program and their answers are waited for."""

from __future__ import annotations

import contextlib
import itertools
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from streamer.wire import Message, Wire, WireError


class DeskError(Exception):
    """The picture cannot be read now; the message is a sentence for the one who sent it."""


@dataclass(frozen=True)
class Answer:
    """What the upload program says about a picture: HTTP status, result, and the JPEGs that it numbers."""

    status: int
    result: dict[str, Any]
    pictures: tuple[bytes, ...] = ()


@dataclass
class _Waiting:
    done: threading.Event = field(default_factory=threading.Event)
    answer: Answer | None = None


class UploadDesk:
    """A few pictures at a time; everybody else is asked to come back."""

    def __init__(self, places: int = 4, patience_s: float = 60) -> None:
        self._places = places
        self._patience_s = patience_s
        self._taken = 0
        self._wire: Wire | None = None
        self._waiting: dict[str, _Waiting] = {}
        self._ids = itertools.count(1)
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def place(self) -> Iterator[None]:
        """Holds one of the places while the block runs. Raises DeskError if all are taken."""
        with self._lock:
            if self._taken >= self._places:
                raise DeskError(f"{self._places} pictures are being read already; try again in a few seconds.")
            self._taken += 1
        try:
            yield
        finally:
            with self._lock:
                self._taken -= 1

    def ask(self, name: str, picture: bytes) -> Answer:
        """Has a picture read. Raises DeskError if there is nobody to read it or it takes too long."""
        waiting = _Waiting()
        with self._lock:
            wire, number = self._wire, str(next(self._ids))
            if wire is None:
                raise DeskError("The upload program is starting; try again in a few seconds.")
            self._waiting[number] = waiting
        try:
            with contextlib.suppress(WireError):
                wire.send(Message({"type": "picture", "id": number, "name": name}, picture))
            if not waiting.done.wait(self._patience_s):
                raise DeskError(f"The picture was not read within {self._patience_s:.0f} seconds.")
            if waiting.answer is None:
                raise DeskError("The upload program had to start again while reading this picture.")
            return waiting.answer
        finally:
            with self._lock:
                self._waiting.pop(number, None)

    def attach(self, wire: Wire) -> None:
        """The upload program has come (again); an earlier connection of it is closed."""
        with self._lock:
            old, self._wire = self._wire, wire
        if old:
            old.close()
            self._give_up()

    def detach(self, wire: Wire) -> None:
        """The connection has ended: nobody waits for its answers any longer."""
        with self._lock:
            if self._wire is not wire:
                return
            self._wire = None
        self._give_up()

    def deliver(self, message: Message) -> None:
        """An answer has come. Raises KeyError, TypeError or ValueError if it is malformed."""
        answer = Answer(int(message.head["status"]), dict(message.head["result"]), _slices(message))
        with self._lock:
            waiting = self._waiting.get(str(message.head["id"]))
        if waiting:
            waiting.answer = answer
            waiting.done.set()

    def _give_up(self) -> None:
        with self._lock:
            for waiting in self._waiting.values():
                waiting.done.set()


def _slices(message: Message) -> tuple[bytes, ...]:
    """The payload cut into the pictures whose lengths the message names."""
    sizes = [int(size) for size in message.head.get("sizes", ())]
    if sum(sizes) != len(message.payload) or min(sizes, default=0) < 0:
        raise ValueError("the sizes do not add up to the payload")
    ends = list(itertools.accumulate(sizes))
    return tuple(message.payload[end - size : end] for size, end in zip(sizes, ends, strict=True))
