"""What stands in for a source that cannot be one, so that its camera can say why."""

from __future__ import annotations

from collections.abc import Iterator

from streamer.sources.base import Source, SourceError, StateListener
from streamer.types import Frame


class UnusableSource(Source):
    """A source without frames: asking for them raises the error that says why."""

    def __init__(self, name: str, camera: str, error: SourceError, on_state: StateListener | None) -> None:
        super().__init__(name, camera, on_state)
        self._error = error

    def frames(self) -> Iterator[Frame]:
        raise self._error

    def close(self) -> None:
        """There is nothing to end."""
