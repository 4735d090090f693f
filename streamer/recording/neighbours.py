"""What the other cameras of a group have read lately: they are programs of their own, the log is shared."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from streamer.recording.database import reads_of
from streamer.recording.diskfault import in_words
from streamer.types import Read

_log = logging.getLogger(__name__)


class Neighbours:
    """The reads of other cameras in the log of this folder.

    A log that cannot be read has none: a vehicle that is told twice is better than one that is not.
    """

    def __init__(self, folder: Path, cameras: Sequence[str]) -> None:
        self._folder = folder
        self._cameras = tuple(cameras)
        self._trouble = ""

    def reads_between(self, since_s: float, until_s: float) -> list[Read]:
        """Those that were last seen between these Unix times, newest first."""
        try:
            reads = reads_of(self._folder, self._cameras, since_s, until_s)
        except (OSError, sqlite3.Error) as error:
            trouble = f"{self._folder}: {in_words(error)}"
            if trouble != self._trouble:
                _log.error("What the group's other cameras have read cannot be seen. %s", trouble)
            self._trouble = trouble
            return []
        self._trouble = ""
        return reads
