"""What a run holds alone: its folder, and the log."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from streamer.running import LogTakenError, run_folder, sole_writer


def test_the_folder_is_gone_at_the_end_and_so_is_what_dead_runs_left():
    dead = subprocess.run(
        [
            sys.executable,
            "-c",
            "import os; from streamer.running import run_folder\n"
            "with run_folder() as folder: (folder / 'x').touch(); print(folder, flush=True); os._exit(9)",
        ],
        capture_output=True,
        text=True,
    ).stdout.strip()
    assert (Path(dead) / "x").exists()
    with run_folder() as folder:
        assert folder.is_dir()
        assert folder.stat().st_mode & 0o077 == 0
        assert not Path(dead).exists()
        with run_folder() as other:
            assert other != folder
        assert folder.is_dir()
    assert not folder.exists()


def test_a_log_has_one_writer(tmp_path):
    with sole_writer(tmp_path / "data"):
        with pytest.raises(LogTakenError, match="another `serve` writes"), sole_writer(tmp_path / "data"):
            pytest.fail("two runs wrote into one log")
        with sole_writer(tmp_path / "other"):
            pass
    with sole_writer(tmp_path / "data"):
        pass


def test_a_folder_that_cannot_be_made_stops_nobody(tmp_path):
    (tmp_path / "file").touch()
    with sole_writer(tmp_path / "file" / "data"):
        pass
