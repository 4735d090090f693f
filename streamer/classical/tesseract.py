"""Reading lines of characters with Tesseract, through pytesseract.

Starting Tesseract costs far more than reading a line (150 ms against 10 ms), so all lines of a picture go
to one process: it is given a text file that lists them and answers with a page for each.
"""

from __future__ import annotations

import os
import re
import shutil
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory

import cv2
import pytesseract
from cv2.typing import MatLike

from streamer.types import Character

INSTALL = "apt install tesseract-ocr"
TIMEOUT_S = 10
CERTAINTY_SCALE = 7
"""kCertaintyScale in Tesseract's lstmrecognizer.cpp."""
SETTINGS = " ".join(
    (
        "--psm 7 --oem 1",
        "-c hocr_char_boxes=1",
        "-c tessedit_do_invert=0",
        "-c load_system_dawg=0 -c load_freq_dawg=0",
    )
)
"""One line of text, the LSTM engine, a confidence a character, no second try on the negative, no
dictionary: plates are not words."""


@dataclass(frozen=True)
class Text:
    """What stands in one line: A-Z and 0-9, each with its confidence."""

    characters: tuple[Character, ...]

    @property
    def confidence(self) -> float:
        """The mean of the characters' confidences, 0-1; 0 for an empty text.

        On 481 photographed plates the mean told right from wrong texts better (area under the curve
        0.74) than the least sure character or Tesseract's word confidence (0.71).
        """
        return fmean(c.confidence for c in self.characters) if self.characters else 0.0

    def __str__(self) -> str:
        return "".join(character.text for character in self.characters)


def is_installed() -> bool:
    """Whether the program `tesseract` can be started."""
    return shutil.which(pytesseract.pytesseract.tesseract_cmd) is not None


def read_lines(lines: Sequence[MatLike]) -> list[Text]:
    """The text of every picture of one line (black on white), in their order.

    Raises OSError when there is no room for its files, RuntimeError when Tesseract takes longer than
    `TIMEOUT_S` and `pytesseract.TesseractError` when it fails.
    """
    if not lines:
        return []
    os.environ.setdefault("OMP_THREAD_LIMIT", "1")
    with TemporaryDirectory(prefix="plates-") as folder:
        listing = Path(folder, "lines.txt")
        paths = [Path(folder, f"{number}.png") for number in range(len(lines))]
        for path, line in zip(paths, lines, strict=True):
            if not cv2.imwrite(str(path), line):
                raise OSError(f"pictures for Tesseract cannot be written into {folder}; make room there")
        listing.write_text("\n".join(map(str, paths)))
        answer = pytesseract.image_to_pdf_or_hocr(
            str(listing), extension="hocr", config=SETTINGS, timeout=TIMEOUT_S
        )
    return texts_of(answer)


def texts_of(hocr: bytes) -> list[Text]:
    """The text of every page of an hOCR answer (http://kba.github.io/hocr-spec/1.2/)."""
    root = ElementTree.fromstring(hocr)  # noqa: S314 (our own Tesseract wrote it)
    pages = [node for node in root.iter() if node.get("class") == "ocr_page"]
    return [text_of(page) for page in pages]


def text_of(page: ElementTree.Element) -> Text:
    """The characters of a page that plates have."""
    return Text(
        tuple(
            Character(letter, confidence_of(node))
            for node in page.iter()
            if node.get("class") == "ocrx_cinfo"
            for letter in re.findall("[A-Z0-9]", (node.text or "").upper())
        )
    )


def confidence_of(character: ElementTree.Element) -> float:
    """A character's confidence (0-1) on the scale of the word confidences that `image_to_data` gives.

    hOCR's x_conf is squeezed into the last few per cent: Tesseract stretches a word's worst
    certainty by `CERTAINTY_SCALE` before it makes a word confidence of it, but not a character's.
    Word confidences are not used themselves: they also fall when it is doubtful whether there is a
    space, which says nothing about a plate.
    """
    match = re.search(r"\bx_conf ([\d.]+)", character.get("title", ""))
    doubt = 1 - float(match[1]) / 100 if match else 1.0
    return max(0.0, 1 - CERTAINTY_SCALE * doubt)
