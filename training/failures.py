"""What a net reads wrongly, to be looked at: what is the renderer short of?"""

from __future__ import annotations

import cv2
import numpy as np
import torch

from streamer.types import Picture
from training.labels import folded, text_of
from training.loading import Batch
from training.reader_net import Reader
from training.stream import Records
from training.validation import read

ACROSS = 8
_CAPTION = 30


@torch.no_grad()
def failures(net: Reader, records: Records, device: torch.device, most: int = 96) -> Picture | None:
    """The misread crops, the surest first, with truth (green), answer and its probability (red); BGR.
    None if there are none. O for 0 and I for 1 are no failures."""
    known = records[records["spelled"] == 1]
    texts, probabilities = read(net.eval()(Batch.of(known, device).crop))
    true = [text_of(row) for row in known["target"]]
    wrong = [index for index, text in enumerate(texts) if folded(text) != folded(true[index])]
    wrong.sort(key=lambda index: -probabilities[index])
    tiles = [
        _tile(known[index]["crop"], true[index], f"{texts[index]} {probabilities[index]:.2f}")
        for index in wrong[:most]
    ]
    if not tiles:
        return None
    tiles += [np.zeros_like(tiles[0])] * (-len(tiles) % ACROSS)
    return np.vstack([np.hstack(tiles[start : start + ACROSS]) for start in range(0, len(tiles), ACROSS)])


def _tile(crop: Picture, truth: str, answer: str) -> Picture:
    rows, columns = crop.shape[:2]
    tile = np.zeros((rows + _CAPTION, columns + 2, 3), np.uint8)
    tile[:rows, :columns] = crop
    for words, y, colour in ((truth, 12, (0, 255, 0)), (answer, 26, (90, 90, 255))):
        cv2.putText(tile, words, (2, rows + y), cv2.FONT_HERSHEY_SIMPLEX, 0.4, colour, 1, cv2.LINE_AA)
    return tile
