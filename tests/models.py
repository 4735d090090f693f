"""Stand-ins for the network engine's models: real ONNX files that do little, so that all else can be tested."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto
from onnx.helper import make_graph, make_model, make_node, make_opsetid, make_tensor_value_info
from onnx.numpy_helper import from_array

from streamer.neural.ctc import ALPHABET, BLANK, COLUMNS, LINES, SYMBOLS
from streamer.neural.view import PLATE_IN_TILE, TILE

TEXT = "AB12CD"
"""What the stand-in reads, whatever it is given."""
STYLES = ("eu", "us")
PLATE = (96.0, 24.0)
"""Width and height of every plate that the stand-in finds, in pixels of what it is given."""


def write_models(folder: Path) -> Path:
    """All models and their checksums, as in streamer/models."""
    folder.mkdir(exist_ok=True)
    onnx.save(finder_of_white(), folder / "finder.onnx")
    onnx.save(second_look_at_the_middle(), folder / "second_look.onnx")
    onnx.save(reader_of_one_text(), folder / "reader.onnx")
    write_checksums(folder)
    as_it_is = {"slope": 1.0, "offset": 0.0}
    (folder / "calibration.json").write_text(json.dumps({"look": as_it_is, "vote": as_it_is}))
    return folder


def write_checksums(folder: Path) -> None:
    """What `sha256sum *.onnx > sha256.txt` writes."""
    files = sorted(folder.glob("*.onnx"))
    lines = [f"{sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files]
    (folder / "sha256.txt").write_text("".join(lines))


def finder_of_white() -> onnx.ModelProto:
    """Takes white spots for middles of plates: the score is how white 8 x 8 pixels are, if more than half and
    the most around."""
    offsets = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], np.float32) * np.float32(PLATE) / 2
    constants = {
        "share": np.float32(1 / 255),
        "half": np.float32(0.5),
        "zero": np.float32(0),
        "eight": np.float32(8),
        "to_middle": np.float32(-4.5),
        "first": np.array([1], np.int64),
        "before_last": np.array([-2], np.int64),
        "down": np.int64(2),
        "across": np.int64(3),
        "offsets": offsets,
    }
    nodes = [
        make_node("Cast", ["pictures"], ["floats"], to=TensorProto.FLOAT),
        make_node("Mul", ["floats", "share"], ["shares"]),
        make_node("Transpose", ["shares"], ["planes"], perm=[0, 3, 1, 2]),
        make_node("ReduceMean", ["planes", "first"], ["grey"]),
        make_node("AveragePool", ["grey"], ["cells"], kernel_shape=[8, 8], strides=[8, 8]),
        make_node("AveragePool", ["cells"], ["soft"], kernel_shape=[5, 5], pads=[2, 2, 2, 2]),
        make_node("AveragePool", ["soft"], ["smooth"], kernel_shape=[5, 5], pads=[2, 2, 2, 2]),
        make_node("MaxPool", ["smooth"], ["most"], kernel_shape=[9, 9], pads=[4, 4, 4, 4]),
        make_node("Equal", ["smooth", "most"], ["is_peak"]),
        make_node("Greater", ["cells", "half"], ["is_white"]),
        make_node("And", ["is_peak", "is_white"], ["is_middle"]),
        make_node("Where", ["is_middle", "cells", "zero"], ["scores"]),
        make_node("Squeeze", ["scores", "first"], ["score"]),
        make_node("Mul", ["cells", "zero"], ["nothing"]),
        make_node("Add", ["nothing", "eight"], ["eights"]),
        make_node("CumSum", ["eights", "across"], ["right"]),
        make_node("CumSum", ["eights", "down"], ["bottom"]),
        make_node("Concat", ["right", "bottom"], ["ends"], axis=1),
        make_node("Add", ["ends", "to_middle"], ["middles"]),
        make_node("Transpose", ["middles"], ["points"], perm=[0, 2, 3, 1]),
        make_node("Unsqueeze", ["points", "before_last"], ["middle"]),
        make_node("Add", ["middle", "offsets"], ["corners"]),
    ]
    shapes = {"score": ["n", "h", "w"], "corners": ["n", "h", "w", 4, 2]}
    return _model(nodes, constants, ("pictures", ["n", "height", "width", 3]), shapes)


def second_look_at_the_middle() -> onnx.ModelProto:
    """Sees a plate of PLATE's shape in the middle of every tile, as wide as candidates are there."""
    width = np.float32(PLATE_IN_TILE[0])
    offsets = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], np.float32) * np.float32(PLATE)
    constants = {
        "zero": np.float32(0),
        "sure": np.float32(0.99),
        "pixels": np.array([1, 2, 3], np.int64),
        "two": np.array([1, 2], np.int64),
        "quad": (np.array(TILE, np.float32) - 1) / 2 + offsets * width / np.float32(2 * PLATE[0]),
    }
    nodes = [
        make_node("Cast", ["tiles"], ["floats"], to=TensorProto.FLOAT),
        make_node("ReduceMean", ["floats", "pixels"], ["means"]),
        make_node("Mul", ["means", "zero"], ["nothing"]),
        make_node("Squeeze", ["nothing", "pixels"], ["none"]),
        make_node("Add", ["none", "sure"], ["plate"]),
        make_node("Unsqueeze", ["none", "two"], ["point"]),
        make_node("Add", ["point", "quad"], ["corners"]),
    ]
    shapes = {"corners": ["n", 4, 2], "plate": ["n"]}
    return _model(nodes, constants, ("tiles", ["n", TILE[1], TILE[0], 3]), shapes)


def reader_of_one_text() -> onnx.ModelProto:
    """Reads TEXT everywhere; how readable it is, is how bright the crop is."""
    constants = {
        "answer": distribution(TEXT)[None],
        "like_us": np.array([[0.2, 0.8]], np.float32),
        "share": np.float32(1 / 255),
        "zero": np.float32(0),
        "pixels": np.array([1, 2, 3], np.int64),
        "all_but_n": np.array([1, 2], np.int64),
    }
    nodes = [
        make_node("Cast", ["crops"], ["floats"], to=TensorProto.FLOAT),
        make_node("ReduceMean", ["floats", "pixels"], ["means"]),
        make_node("Mul", ["means", "share"], ["bright"]),
        make_node("Mul", ["bright", "zero"], ["nothing"]),
        make_node("Add", ["nothing", "answer"], ["characters"]),
        make_node("Squeeze", ["bright", "pixels"], ["readable"]),
        make_node("Squeeze", ["nothing", "all_but_n"], ["row"]),
        make_node("Add", ["row", "like_us"], ["style"]),
    ]
    shapes = {"characters": ["n", LINES, COLUMNS, SYMBOLS], "readable": ["n"], "style": ["n", len(STYLES)]}
    model = _model(nodes, constants, ("crops", ["n", 64, 160, 3]), shapes)
    onnx.helper.set_model_props(model, {"styles": " ".join(STYLES)})
    return model


def distribution(text: str, sure: float = 0.999) -> np.ndarray:
    """2 x 40 x 37: every second column of the first line is a character, its probability that of the text's
    characters, the others BLANK."""
    symbols = np.zeros((LINES, COLUMNS), np.intp)
    symbols[0, 1 : 2 * len(text) : 2] = [1 + ALPHABET.index(character) for character in text]
    is_symbol = np.eye(SYMBOLS, dtype=np.float32)[symbols]
    certain = np.where(symbols == BLANK, 0.9999, sure)[..., None]
    return (is_symbol * certain + (1 - is_symbol) * (1 - certain) / (SYMBOLS - 1)).astype(np.float32)


def _model(nodes, constants, taken, given) -> onnx.ModelProto:
    graph = make_graph(
        nodes,
        "stand-in",
        [make_tensor_value_info(taken[0], TensorProto.UINT8, taken[1])],
        [make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in given.items()],
        [from_array(np.asarray(value), name) for name, value in constants.items()],
    )
    model = make_model(graph, opset_imports=[make_opsetid("", 18)], ir_version=10)
    onnx.checker.check_model(model, full_check=True)
    return model
