"""What the clock in a camera's picture says: a time, a date or both, in digits alone."""

from __future__ import annotations

import re

_TIME = r"([01]\d|2[0-3])[0-5]\d([0-5]\d)?([AP]M)?"
_DAY, _MONTH, _YEAR = r"(0[1-9]|[12]\d|3[01])", r"(0[1-9]|1[0-2])", r"(20)?[0-3]\d"
_DATE = f"({_DAY}{_MONTH}{_YEAR}|{_MONTH}{_DAY}{_YEAR}|{_YEAR}{_MONTH}{_DAY})"
_STAMP = re.compile(f"{_TIME}|{_DATE}({_TIME})?|{_TIME}{_DATE}")
_PRINTED = str.maketrans("OI", "01")


def may_be_time(text: str) -> bool:
    """Whether a bare text may be of a clock, to the minute or the second, its date before it or after it.

    >>> may_be_time("140436"), may_be_time("22112026"), may_be_time("2540")
    (True, True, False)
    """
    return _STAMP.fullmatch(text.translate(_PRINTED)) is not None
