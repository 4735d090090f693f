"""A camera's pictures over HTTP: an endless multipart stream, or one fresh picture."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from streamer.pace import Allowance
from streamer.viewing import View
from streamer.web.feed import LIVE, Feed

BOUNDARY = b"plate-streamer"
MIMETYPE = f"multipart/x-mixed-replace; boundary={BOUNDARY.decode()}"
FRESH_WITHIN_S = 3.0
QUIET_TURNS = 5
"""After so many seconds without a new picture the stream says so, or shows the state card again."""


class NoPictureError(Exception):
    """There is no fresh picture; the message says why."""


def parts(feed: Feed, view: View, stand_in: bytes, turn_s: float = 1.0) -> Iterator[bytes]:
    """The body of a stream: each of the camera's pictures that this viewer wants and can take in time.

    `stand_in` is a JPEG that is shown while the camera program is gone or gives nothing, so that no
    stale picture is taken for the present. Each part ends with the next boundary, because browsers
    show a picture only when they see it.
    """
    yield b"--%s\r\n" % BOUNDARY
    allowance = Allowance(view.fps)
    with feed.watching(view):
        seen = quiet = 0
        while True:
            shown = feed.after(view.size, seen, turn_s)
            if shown:
                seen, quiet = shown.number, 0
                if allowance.takes(shown.sent_s):
                    yield _part(shown.jpeg, shown.sent_s)
                continue
            quiet += 1
            if not feed.connected or quiet % QUIET_TURNS == 0:
                yield _part(feed.card(view.size) or stand_in, None)


def snapshot(feed: Feed, view: View, within_s: float = FRESH_WITHIN_S) -> bytes:
    """One JPEG that was sent after the call. Raises NoPictureError if none comes in time."""
    _must_be_live(feed)
    with feed.watching(view, linger_s=0):
        shown = feed.after(view.size, feed.number, within_s)
    _must_be_live(feed)
    if shown is None:
        raise NoPictureError(f"Camera {feed.name} gave no picture within {within_s:.0f} seconds.")
    return shown.jpeg


def read_stand_in(static: Path) -> bytes:
    """The picture of a camera that is starting again; `script/starting-again` draws it."""
    return (static / "starting-again.jpg").read_bytes()


def _must_be_live(feed: Feed) -> None:
    if feed.state.status != LIVE:
        raise NoPictureError(f"Camera {feed.name} shows nothing now: {feed.state.text}.")


def _part(jpeg: bytes, sent_s: float | None) -> bytes:
    stamp = b"X-Timestamp: %.3f\r\n" % sent_s if sent_s is not None else b""
    head = b"Content-Type: image/jpeg\r\nContent-Length: %d\r\n%s\r\n" % (len(jpeg), stamp)
    return head + jpeg + b"\r\n--%s\r\n" % BOUNDARY
