"""Model files -> nets that run on the processor, once they are known to be whole."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from streamer.detect import EngineUnavailable

CHECKSUMS = "sha256.txt"
"""Beside the models, written with: sha256sum *.onnx > sha256.txt"""
RESTORE = "restore it with: git checkout -- streamer/models"
INSTALL = "install it again with: script/setup"
ERRORS_ONLY = 3
"""What onnxruntime says of its own accord."""


class Net:
    """A net that runs: a batch in, arrays out."""

    def __init__(self, file: Path, outputs: Sequence[str], threads: int) -> None:
        """Raises EngineUnavailable if the file or onnxruntime is missing or broken."""
        self._session = _session(_content(file), file, threads)
        self._input = self._session.get_inputs()[0].name
        self._outputs = list(outputs)
        self.metadata: dict[str, str] = self._session.get_modelmeta().custom_metadata_map

    def __call__(self, batch: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        """What the net answers, by its outputs: n x … for n x height x width x 3, BGR."""
        answers: list[NDArray[np.float32]] = self._session.run(self._outputs, {self._input: batch})
        return answers


def _content(file: Path) -> bytes:
    """The file's bytes, which are those that the checksums tell of."""
    try:
        content = file.read_bytes()
        checksums = (file.parent / CHECKSUMS).read_text(encoding="utf-8")
    except OSError as error:
        raise EngineUnavailable(
            f"The network engine's file {error.filename} cannot be read ({error.strerror}); {RESTORE}"
        ) from None
    if f"{sha256(content).hexdigest()}  {file.name}" not in checksums.splitlines():
        raise EngineUnavailable(
            f"The network engine's model {file} is damaged: {CHECKSUMS} tells another sha256; {RESTORE}"
        )
    return content


def _session(model: bytes, file: Path, threads: int) -> Any:  # noqa: ANN401 - onnxruntime has no types
    """The model in onnxruntime."""
    try:
        import onnxruntime
    except (ImportError, OSError) as error:
        raise EngineUnavailable(
            f"The network engine runs on onnxruntime, which cannot be loaded ({_line(error)}); {INSTALL}"
        ) from None
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # others need the core meanwhile
    options.log_severity_level = ERRORS_ONLY
    try:
        return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's own errors have no common class but this
        raise EngineUnavailable(
            f"onnxruntime {onnxruntime.__version__} cannot run {file} ({_line(error)}); {INSTALL}"
        ) from None


def _line(error: Exception) -> str:
    """The error's first line, without the full stop that would end our sentence."""
    return (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
