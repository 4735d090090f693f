"""What the tests of the web program share: programs that call it, on whatever `web` a module starts."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from web_program import FakeCamera, FakeUploads, WebProgram, one_plate, wait_until


@pytest.fixture
def gate(web: WebProgram) -> Iterator[FakeCamera]:
    with closing(FakeCamera(web)) as camera:
        wait_until(lambda: web.state_of("gate")["status"] == "live")
        yield camera
    wait_until(lambda: web.state_of("gate")["status"] == "starting")


@pytest.fixture
def uploads(web: WebProgram) -> Iterator[FakeUploads]:
    with FakeUploads.known_to(web, one_plate) as program:
        yield program
