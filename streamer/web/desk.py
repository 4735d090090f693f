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


class _Places:
    """So many may be in here at a time; `full` is the sentence for everybody else."""

    def __init__(self, number: int, full: str) -> None:
        self._left = number
        self._full = full
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def taken(self) -> Iterator[None]:
        with self._lock:
            if self._left == 0:
                raise DeskError(self._full)
            self._left -= 1
        try:
            yield
        finally:
            with self._lock:
                self._left += 1


class UploadDesk:
    """A few pictures at a time; everybody else is asked to come back.

    Receiving has places of its own, so that nobody who sends slowly keeps others from the reading.
    """

    def __init__(self, places: int = 4, senders: int = 8, patience_s: float = 60) -> None:
        again = "already; try again in a few seconds."
        self._places = _Places(places, f"{places} pictures are being read {again}")
        self._senders = _Places(senders, f"{senders} pictures are being received {again}")
        self._patience_s = patience_s
        self._wire: Wire | None = None
        self._waiting: dict[str, _Waiting] = {}
        self._ids = itertools.count(1)
        self._lock = threading.Lock()

    def receiving(self) -> contextlib.AbstractContextManager[None]:
        """Holds a sender's place while the block runs. Raises DeskError if all are taken."""
        return self._senders.taken()

    def place(self) -> contextlib.AbstractContextManager[None]:
        """Holds a place for reading while the block runs. Raises DeskError if all are taken."""
        return self._places.taken()

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
