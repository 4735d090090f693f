"""The page that all benchmarks write their tables into, each into its own section; tables and pictures for pages."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from pathlib import Path

import cv2

from streamer.types import Picture

README = Path(__file__).resolve().parent / "README.md"


def write_section(name: str, text: str, readme: Path = README) -> None:
    """Puts the text between the section's markers, at the end of the page if it has none yet."""
    begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
    page = readme.read_text() if readme.exists() else "# Benchmarks\n"
    section = f"{begin}\n{text}\n{end}"
    if begin in page:
        before, rest = page.split(begin, 1)
        page = before + section + rest.split(end, 1)[1]
    else:
        page = f"{page.rstrip()}\n\n{section}\n"
    readme.write_text(page)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Markdown: the first column on the left, numbers on the right."""
    lines = [head, ["---"] + ["--:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def image(picture: Picture, width: int) -> str:
    """The picture, `width` pixels wide, as an image within an HTML page."""
    height = max(1, round(picture.shape[0] * width / picture.shape[1]))
    scaled = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
    _, jpeg = cv2.imencode(".jpg", scaled, (cv2.IMWRITE_JPEG_QUALITY, 80))
    return f'<img src="data:image/jpeg;base64,{base64.b64encode(jpeg.tobytes()).decode()}">'
