"""The newest reads, kept in memory for the live page."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from streamer.types import Read


class RecentReads:
    """The newest reads, one a read_id, the highest revision of each.

    A vehicle that is still in view keeps its place however long it stands; of those that have left,
    the one that was seen last longest ago goes first. The page (static/reads.js) does the same.
    """

    def __init__(self, most: int = 200) -> None:
        self.most = most
        self._reads: dict[str, Read] = {}
        self._lock = threading.Lock()

    def merge(self, read: Read) -> str | None:
        """Takes in a read; says which event tells of it: `read`, `read_updated`, or None for no news."""
        with self._lock:
            known = self._reads.get(read.read_id)
            if known is not None and known.revision >= read.revision:
                return None
            self._reads[read.read_id] = read
            if len(self._reads) > self.most:
                oldest = min(self._reads.values(), key=lambda kept: (not kept.settled, kept.last_seen))
                del self._reads[oldest.read_id]
                if oldest is read:
                    return None
            return "read_updated" if known else "read"

    def get(self, read_id: str) -> Read | None:
        return self._reads.get(read_id)

    def newest(self, most: int | None = None, direction: str = "") -> list[Read]:
        """Newest first by when they were first seen, at most `most`; of one direction if it is given."""
        with self._lock:
            reads = [read for read in self._reads.values() if direction in ("", read.direction)]
        return sorted(reads, key=lambda read: read.first_seen, reverse=True)[:most]
