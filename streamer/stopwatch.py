"""Where the processor's time goes, by the names of stages; nothing is counted while nobody asks."""

from __future__ import annotations

import resource
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

CONVERT, GATE, TRACK = "convert to BGR", "motion gate", "track"
"""Stages of a look beside the engine's own."""

_running: ContextVar[Stopwatch | None] = ContextVar("running", default=None)


class Stopwatch:
    """Counts the stages of whoever works within `running`.

    >>> watch = Stopwatch()
    >>> with watch.running():
    ...     with stage("find"):
    ...         find()
    ...     watch.lap()

    `laps` has for each stage its milliseconds of processor time in every lap in which it ran.
    """

    def __init__(self) -> None:
        self.laps: defaultdict[str, list[float]] = defaultdict(list)
        self._spent: defaultdict[str, float] = defaultdict(float)

    @contextmanager
    def running(self) -> Iterator[None]:
        token = _running.set(self)
        try:
            yield
        finally:
            _running.reset(token)

    def add(self, name: str, seconds: float) -> None:
        self._spent[name] += seconds

    def lap(self) -> None:
        """One frame is done: what its stages took, however often each ran, is one value of each."""
        for name, seconds in self._spent.items():
            self.laps[name].append(1000 * seconds)
        self._spent.clear()


@contextmanager
def stage(name: str) -> Iterator[None]:
    """What is done within is the stage of that name. Stages do not overlap."""
    watch = _running.get()
    if watch is None:
        yield
        return
    begun_s = _processor_s()
    yield
    watch.add(name, _processor_s() - begun_s)


def _processor_s() -> float:
    """Of this program, all its threads, and the programs that it has started and seen to their end."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime
