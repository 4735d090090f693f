"""What every test run ends with: nothing that a test has started is left.

A test that hangs is ended by pytest-timeout's signal, so that its fixtures still clean up; what hangs after
that, and a run that does not end, is ended by `script/test`.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import uuid
from collections.abc import Iterator
from importlib.util import find_spec

import psutil
import pytest

MARK = "PLATE_STREAMER_TEST_RUN"
"""In the environment of every program that a test starts, however far down and whoever is its parent by now."""

GRACE_S = 10
"""How long what has been told to end may take."""


@pytest.fixture(scope="session", autouse=True)
def nothing_is_left_running() -> Iterator[None]:
    """Programs and threads that outlive the tests are named and fail the run; the programs are killed."""
    os.environ[MARK] = str(uuid.uuid4())
    yield
    _, programs = psutil.wait_procs(running_programs(), GRACE_S)
    left = [f"program {program.pid}: {command_of(program)}" for program in programs]
    for program in programs:
        with contextlib.suppress(psutil.NoSuchProcess):
            program.kill()
    for thread in running_threads():
        thread.join(GRACE_S)
    left += [f"thread {thread.name}" for thread in running_threads()]
    assert not left, "left running by a test:\n" + "\n".join(left)


def pytest_unconfigure() -> None:
    """Python would wait for ever for a thread that is left; the run has failed for it already."""
    if running_threads():
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(1)


def running_programs() -> list[psutil.Process]:
    """The programs of this run, but for the one with which Python's multiprocessing cleans up after its end."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            ours = process.pid != os.getpid() and process.environ().get(MARK) == os.environ[MARK]
            if ours and "multiprocessing.resource_tracker" not in command_of(process):
                found.append(process)
    return found


def running_threads() -> list[threading.Thread]:
    """The threads that keep Python from ending."""
    return [
        thread
        for thread in threading.enumerate()
        if not thread.daemon and thread is not threading.main_thread()
    ]


def command_of(program: psutil.Process) -> str:
    try:
        return " ".join(program.cmdline())
    except psutil.Error:
        return "gone"


@pytest.fixture
def one_torch_thread() -> None:
    """PyTorch hangs where OpenMP grants fewer threads than it has planned with: OMP_THREAD_LIMIT is set for
    Tesseract once the classic engine has been used."""
    if find_spec("torch"):
        import torch

        torch.set_num_threads(1)
