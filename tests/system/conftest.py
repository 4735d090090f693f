"""What the tests of the web program share: programs that call it, on whatever `web` a module starts."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from web_program import FakeCamera, FakeUploads, WebProgram, one_plate, wait_until


@pytest.fixture
def gate(web: WebProgram) -> Iterator[FakeCamera]:
    camera = FakeCamera(web)
    wait_until(lambda: web.state_of("gate")["status"] == "live")
    yield camera
    camera.close()
    wait_until(lambda: web.state_of("gate")["status"] == "starting")


@pytest.fixture
def uploads(web: WebProgram) -> Iterator[FakeUploads]:
    before = web.logged().count("upload program is connected")
    program = FakeUploads(web, one_plate)
    wait_until(lambda: web.logged().count("upload program is connected") > before)
    yield program
    program.close()
    wait_until(lambda: web.logged().count("upload program is gone") > before)
