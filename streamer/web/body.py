"""Receives a request's body with a bound on memory, and so that the client always hears the answer."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import IO, Any

from flask import Request

PIECE = 64 * 1024
MOST_DISCARDED = 1 << 30
"""How much of a body that is too long is read and thrown away, in bytes."""


class TooLongError(Exception):
    """The body is longer than allowed; it has been read and thrown away."""


class BrokenOffError(Exception):
    """The body ended before its end."""


class LengthError(Exception):
    """The length that the client names is not a number."""


class RequestInMemory(Request):
    """Keeps uploaded files in memory, whatever their size, where Werkzeug writes them to a temporary file."""

    def _get_file_stream(self, *_: Any, **__: Any) -> IO[bytes]:  # noqa: ANN401
        return BytesIO()


def receive(environ: dict[str, Any], most: int) -> None:
    """Reads the whole body of a WSGI request and puts it back as a plain one in memory.

    A server that answers while the client is still sending closes on it, and the client sees a
    connection reset instead of the answer. So a body of more than `most` bytes is read to its end
    and thrown away before TooLongError is raised. Raises BrokenOffError if the client goes away and
    LengthError if it names no proper length.
    """
    kept, size = BytesIO(), 0
    for piece in _pieces(environ):
        size += len(piece)
        if size <= most:
            kept.write(piece)
        elif size > most + MOST_DISCARDED:
            break
        else:
            kept = BytesIO()
    if size > most:
        raise TooLongError
    kept.seek(0)
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    environ.update({"wsgi.input": kept, "CONTENT_LENGTH": str(size)})


def _pieces(environ: dict[str, Any]) -> Iterator[bytes]:
    stream = environ["wsgi.input"]
    chunked = environ.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked"
    left = MOST_DISCARDED * 2 if chunked else _length(environ)
    while left > 0:
        try:
            piece = stream.read(min(left, PIECE))
        except (OSError, ValueError) as error:
            raise BrokenOffError from error
        if not piece and not chunked:
            raise BrokenOffError
        if not piece:
            return
        left -= len(piece)
        yield piece


def _length(environ: dict[str, Any]) -> int:
    try:
        return int(environ.get("CONTENT_LENGTH") or 0)
    except ValueError as error:
        raise LengthError from error
