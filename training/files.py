"""Files that are either whole or as they were, whenever a program is killed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replaced(file: Path) -> Iterator[Path]:
    """A file to write to; it takes `file`'s place at the end, if nothing went wrong."""
    unfinished = file.with_name(f"{file.name}.unfinished")
    yield unfinished
    with unfinished.open("rb") as written:
        os.fsync(written.fileno())
    unfinished.replace(file)
