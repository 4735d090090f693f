"""What this runs on, in one line that may be shown to anybody."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from streamer import __version__

PACKAGES = {"OpenCV": "opencv-python", "PyAV": "av", "onnxruntime": "onnxruntime"}


def cores() -> int:
    """How many cores this program may use."""
    return len(os.sched_getaffinity(0))


def processor() -> str:
    """The processor's name, or what kind it is where it has none."""
    named: dict[str, str] = {}
    for line in _text(Path("/proc/cpuinfo")).splitlines():
        key, _, value = line.partition(":")
        named.setdefault(key.strip(), value.strip())
    board = _text(Path("/proc/device-tree/model")).strip("\0")
    return named.get("model name") or board or named.get("Model") or platform.machine()


def in_words() -> str:
    """Processor, cores, and the versions of what matters for speed; no name and no path of the machine."""
    count = f"{cores()} core" + "s" * (cores() > 1)
    versions = [f"{name} {_version(package)}" for name, package in PACKAGES.items()]
    parts = [processor(), count, f"Python {platform.python_version()}", *versions]
    return ", ".join([*parts, f"Plate Streamer {__version__}"])


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "missing"


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
