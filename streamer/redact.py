"""Keeps secrets out of everything that is written or shown."""

from __future__ import annotations

import logging
import re

MASK = "***"

_LOGIN = re.compile(r"(?<=://)(?:[^\s/?#'\"<>]*:[^\s'\"<>]*|[^\s/?#'\"<>]+)@")
_QUERY = re.compile(
    r"(?P<name>[?&;][^\s=&;]*(?:pas|pw|psw|token|key|auth|secret)[^\s=&;]*=)[^\s&;#'\"<>]+", re.IGNORECASE
)
_FORMAT = logging.Formatter()


def redact(text: str) -> str:
    """`text` with the logins and password-like query values of every URL in it masked.

    >>> redact("no answer from rtsp://admin:s3cret@10.0.0.9/live?token=abc&channel=1")
    'no answer from rtsp://***@10.0.0.9/live?token=***&channel=1'

    Passwords that should have been percent-encoded (`p@ss`, `a/b`, `a#b`) are masked too.
    """
    return _QUERY.sub(rf"\g<name>{MASK}", _LOGIN.sub(f"{MASK}@", text))


class RedactingFilter(logging.Filter):
    """Masks secrets in a record's message and traceback. Put it on handlers: a logger's own filters
    do not see what its children log."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = redact(record.getMessage()), ()
        if record.exc_info and not record.exc_text:
            record.exc_text = _FORMAT.formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = redact(record.exc_text)
        return True
