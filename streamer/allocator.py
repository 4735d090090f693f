"""Large buffers are kept for the next picture instead of being given back to the system after each."""

from __future__ import annotations

import ctypes

LARGEST = 32 * 2**20
"""Bytes: a picture of 4K in BGR has 24 MB."""
KEPT_FREE = 8 * 2**20
"""Bytes: one 1080p picture. Of what is free at the heap's end more is given back: with 32 MB a camera at a busy
road has 300 MB resident instead of 260."""
ARENAS = 1
"""Heaps. With one for each thread what one frees another cannot have."""
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
"""Parameters of glibc's mallopt(3)."""


def keep_large_buffers() -> bool:
    """Lets glibc's malloc take pictures from its heap; False where there is another C library.

    A fresh 1080p picture is 1,500 pages that the system clears first: converting one to BGR takes 4.3 ms so,
    and 1.3 ms in memory that is there.
    """
    try:
        set_option = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return False
    wanted = {_MMAP_THRESHOLD: LARGEST, _TRIM_THRESHOLD: KEPT_FREE, _ARENA_MAX: ARENAS}
    return all(set_option(option, value) for option, value in wanted.items())
