"""The commands with the network engine, run from a copy of the program whose models are stand-ins."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from models import TEXT, write_models

from streamer.places import MODELS, ROOT


@pytest.fixture(scope="module")
def program(tmp_path_factory) -> Path:
    """The folder of the copy."""
    folder = tmp_path_factory.mktemp("program")
    shutil.copytree(
        ROOT / "streamer", folder / "streamer", ignore=shutil.ignore_patterns("models", "__pycache__")
    )
    write_models(folder / "streamer" / "models")
    return folder


def streamer(program: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "streamer", *arguments],
        cwd=program,
        env={**os.environ, "STREAMER__ENGINE__NAME": "network", **environment},
        capture_output=True,
        text=True,
        timeout=110,
    )


def engine_line(program: Path, **environment: str) -> str:
    """What `check` says of the engine."""
    done = streamer(program, "check", "--source", "demo", "--port", "59323", **environment)
    assert done.stderr == ""
    [line] = [line for line in done.stdout.splitlines() if "engine network" in line]
    return line


@pytest.mark.skipif(not (MODELS / "finder.onnx").exists(), reason="the models are not there yet")
def test_check_finds_the_shipped_models_in_order():
    assert engine_line(ROOT).startswith("ok")


def test_check_names_an_engine_that_reads_something_else(program):
    assert engine_line(program).startswith("FAIL")
    assert "in the test picture" in engine_line(program)


def test_check_names_a_damaged_and_a_missing_model(program, tmp_path):
    shutil.copytree(program, tmp_path, dirs_exist_ok=True)
    model = tmp_path / "streamer" / "models" / "reader.onnx"
    model.write_bytes(model.read_bytes()[:-1])
    assert f"{model} is damaged" in engine_line(tmp_path)
    model.unlink()
    assert f"{model} cannot be read" in engine_line(tmp_path)
    assert "git checkout" in engine_line(tmp_path)


def test_check_names_a_broken_runtime(program, tmp_path):
    (tmp_path / "onnxruntime.py").write_text(
        "raise ImportError('libgomp.so.1: cannot open shared object file')"
    )
    line = engine_line(program, PYTHONPATH=str(tmp_path))
    assert line.startswith("FAIL")
    assert "onnxruntime, which cannot be loaded (libgomp.so.1" in line
    assert "script/setup" in line


def test_read_ends_with_a_sentence_without_models(program, tmp_path):
    shutil.copytree(program, tmp_path, dirs_exist_ok=True)
    shutil.rmtree(tmp_path / "streamer" / "models")
    done = streamer(tmp_path, "read", "demo")
    assert done.returncode == 1
    assert "finder.onnx cannot be read" in done.stderr
    assert "Traceback" not in done.stderr


def test_crops_are_read_as_one_plate_each(program, tmp_path):
    picture = np.full((60, 200, 3), 90, np.uint8)
    cv2.imwrite(str(tmp_path / "a.png"), picture)
    cv2.imwrite(str(tmp_path / "b.png"), picture[:, :, 0])
    done = streamer(program, "read", "--crops", "--json", str(tmp_path), "demo", "http://127.0.0.1:1/clip.mp4")
    *read, clip, url = map(json.loads, done.stdout.splitlines())
    assert done.returncode == 1
    for answer in read:
        [plate] = answer["plates"]
        assert (plate["text"], plate["style"]) == (TEXT, "us")
        assert 0 < plate["readable"] < 1
        assert plate["corners"] == [[0, 0], [200, 0], [200, 60], [0, 60]]
    assert len(read) == 2
    assert all("--crops is for pictures" in answer["error"] for answer in (clip, url))
