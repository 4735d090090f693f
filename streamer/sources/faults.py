"""What went wrong, in words a person understands, with the mend."""

from __future__ import annotations

import socket
from pathlib import Path
from urllib.parse import urlsplit

import av.error as fault

from streamer.sources.base import SourceError

_FILE_FAULTS: tuple[tuple[type[Exception], str], ...] = (
    (FileNotFoundError, "there is no file {name}; check the path, and that its disk is connected"),
    (PermissionError, "{name} may not be read by this user; allow it with chmod +r or run as its owner"),
    (fault.DecoderNotFoundError, "{name} uses a video codec that is unknown here; convert it to H.264"),
    (
        fault.InvalidDataError,
        "{name} is not a video, or its recording was cut off; play it in a video player to see which",
    ),
)

_URL_FAULTS: tuple[tuple[type[Exception], str], ...] = (
    (
        fault.HTTPUnauthorizedError,
        "{name} refuses the name or password; put name:password@ before the host, special characters as %XX",
    ),
    (fault.HTTPForbiddenError, "{name} is forbidden for this name and password; allow it in the camera"),
    (fault.HTTPNotFoundError, "{host} answers but has nothing at this path: {name}; check the path"),
    (fault.HTTPTooManyRequestsError, "{host} has too many viewers or questions; close some, or wait"),
    (fault.HTTPServerError, "{host} answers with a fault of its own for {name}; restart the camera"),
    (fault.HTTPError, "{host} does not accept the request for {name}; check the address"),
    (
        ConnectionRefusedError,
        "nothing listens at {host} (connection refused); check the port, and that the camera is on",
    ),
    (ConnectionError, "{host} broke the connection; check the network and the camera"),
    (BrokenPipeError, "{host} broke the connection; check the network and the camera"),
    (
        TimeoutError,
        "{host} does not answer; check the address, the network, and that the camera is on",
    ),
    (fault.EOFError, "{host} ended the connection at once for {name}; check the path"),
    (fault.DecoderNotFoundError, "{name} uses a video codec that is unknown here; set it to H.264"),
    (fault.InvalidDataError, "{name} sends no video that can be read; check the path in a browser"),
    (fault.OSError, "{name} sends no video that can be read; check the path in a browser, and the network"),
)

_REFUSALS = (fault.HTTPUnauthorizedError, fault.HTTPForbiddenError)


def file_fault(error: Exception, path: Path) -> SourceError:
    """The sentence for what the library raised on a file."""
    sentence = _sentence(_FILE_FAULTS, error, f"{{name}} cannot be read ({_said(error)}); check its disk")
    return SourceError(sentence.format(name=path))


def url_fault(error: Exception, url: str) -> SourceError:
    """The sentence for what the library raised on a URL."""
    parts = urlsplit(url)
    if isinstance(error, fault.OSError) and not _is_known(parts.hostname):
        sentence = "the host {host} is not known; check its name, or write its number"
    else:
        sentence = _sentence(_URL_FAULTS, error, f"{{name}} cannot be read ({_said(error)}); check the camera")
    text = sentence.format(name=url, host=_host(url))
    return SourceError(text, refused=isinstance(error, _REFUSALS))


def url_silence(url: str, patience_s: float) -> SourceError:
    """The sentence for a URL that did not answer for `patience_s` seconds. The library calls that many
    things, invalid data among them."""
    return SourceError(
        f"{_host(url)} does not answer for {patience_s:g} s; check the network, and that the camera is on"
    )


def _host(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2]


def _sentence(table: tuple[tuple[type[Exception], str], ...], error: Exception, otherwise: str) -> str:
    return next((sentence for kind, sentence in table if isinstance(error, kind)), otherwise)


def _said(error: Exception) -> str:
    """The library's own words; braces would be taken for fields."""
    words = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return words.replace("{", "(").replace("}", ")")


def _is_known(host: str | None) -> bool:
    """Whether the host's name can be resolved: FFmpeg calls an unknown one an input/output error."""
    try:
        socket.getaddrinfo(host, None)
    except OSError:
        return False
    return True
