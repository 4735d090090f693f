"""Takes the picture of the live page that the README shows.

    .venv/bin/python -m docs.screenshot docs/live.png

Runs `serve` on the demo clip and waits until some vehicles were read and one is in view. Needs
Chromium, as the tests do (`script/setup --test`).
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from streamer.config import demo_values
from tests.system.serving import Serving, serving, wait_for

READS = 5


def a_good_moment(running: Serving) -> bool:
    """enough vehicles were read, and the newest is in view"""
    reads = running.reads()
    return len(reads) >= READS and not reads[0]["settled"]


def take(page: Page, running: Serving, path: Path) -> None:
    page.goto(running.url)
    wait_for(lambda: a_good_moment(running), 60)
    page.wait_for_timeout(700)
    page.screenshot(path=str(path))


def main() -> None:
    path = Path(sys.argv[1])
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder), demo_values()) as running,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 760}, color_scheme="light")
        take(page, running, path)
        browser.close()


if __name__ == "__main__":
    main()
