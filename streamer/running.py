"""What one run of `serve` holds alone: its folder for sockets and scratch files, and the log."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108 - folders made there have names that nobody can guess
PREFIX = "plate-streamer-"


class LogTakenError(Exception):
    """Another `serve` writes into the same log; the message says what to do."""


@contextmanager
def run_folder() -> Iterator[Path]:
    """A folder for this run, in memory where that can be written, so that a full disk stops no look.

    It is removed at the end, and so is what killed runs left behind.
    """
    base = MEMORY if os.access(MEMORY, os.W_OK) else Path(tempfile.gettempdir())
    for left in base.glob(f"{PREFIX}*-*"):
        if not _is_running(left.name.removeprefix(PREFIX).split("-")[0]):
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=base))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _is_running(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except (ProcessLookupError, ValueError):
        return False
    except PermissionError:
        pass
    return True


@contextmanager
def sole_writer(folder: Path) -> Iterator[None]:
    """Keeps other runs out of the log in `folder` until the block ends. Raises LogTakenError.

    A folder that cannot be written has no lock: nobody can write into it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / "serve.lock").open("a")
    except OSError:
        yield
        return
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LogTakenError(
                f"another `serve` writes its log into {folder}; end it, or set log.folder to another place"
            ) from None
        yield
