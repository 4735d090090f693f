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
from tempfile import TemporaryDirectory

import cv2
import pytesseract
from cv2.typing import MatLike

from streamer.types import Character

INSTALL = "apt install tesseract-ocr"
TIMEOUT_S = 10
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
    """What stands in one line: A-Z and 0-9 with the probability of each, and of the whole (0-1)."""

    characters: tuple[Character, ...]
    confidence: float

    def __str__(self) -> str:
        return "".join(character.text for character in self.characters)


def is_installed() -> bool:
    """Whether the program `tesseract` can be started."""
    return shutil.which(pytesseract.pytesseract.tesseract_cmd) is not None


def read_lines(lines: Sequence[MatLike]) -> list[Text]:
    """The text of every picture of one line (black on white), in their order.

    Raises RuntimeError when Tesseract takes longer than `TIMEOUT_S` and
    `pytesseract.TesseractError` when it fails.
    """
    if not lines:
        return []
    os.environ.setdefault("OMP_THREAD_LIMIT", "1")
    with TemporaryDirectory(prefix="plates-") as folder:
        listing = Path(folder, "lines.txt")
        paths = [Path(folder, f"{number}.png") for number in range(len(lines))]
        for path, line in zip(paths, lines, strict=True):
            cv2.imwrite(str(path), line)
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
    """The characters of a page that plates have, and the lowest confidence of a word with any."""
    characters: list[Character] = []
    words: list[float] = []
    for word in (node for node in page.iter() if node.get("class") == "ocrx_word"):
        found = [
            Character(letter, number_of(node, "x_conf") / 100)
            for node in word.iter()
            if node.get("class") == "ocrx_cinfo"
            for letter in re.findall("[A-Z0-9]", (node.text or "").upper())
        ]
        if found:
            characters += found
            words.append(number_of(word, "x_wconf") / 100)
    return Text(tuple(characters), min(words, default=0.0))


def number_of(node: ElementTree.Element, name: str) -> float:
    """The number after `name` in an hOCR title, 0 where it is not given."""
    match = re.search(rf"\b{name} ([\d.]+)", node.get("title", ""))
    return float(match[1]) if match else 0.0
