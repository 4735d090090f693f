"""Decoding by a graphics chip, where there is one that can."""

from __future__ import annotations

from functools import lru_cache

import av.error
from av.codec import Codec
from av.codec.hwaccel import HWAccel, hwdevices_available

from streamer.sources.base import log

OFF, AUTO = "off", "auto"
_KINDS = ("cuda", "vaapi", "qsv", "videotoolbox", "drm")
"""In the order in which `auto` tries them."""


def accelerator(wanted: str) -> HWAccel | None:
    """What one opening decodes with: a kind of hardware, or for "auto" the first there is. None where there is
    none and for "off". A stream that the hardware cannot decode is decoded in software."""
    kind = None if wanted == OFF else _usable(wanted)
    return HWAccel(kind, allow_software_fallback=True) if kind else None


@lru_cache
def _usable(wanted: str) -> str | None:
    """Says once a process what came of it."""
    kind = next((kind for kind in (_KINDS if wanted == AUTO else (wanted,)) if _is_there(kind)), None)
    if kind:
        log.info("video is decoded in hardware (%s)", kind)
    else:
        log.info("capture.hardware is %s, which is not there; video is decoded in software", wanted)
    return kind


def _is_there(kind: str) -> bool:
    """Whether this FFmpeg knows the kind and this machine has it."""
    if kind not in hwdevices_available():
        return False
    try:
        HWAccel(kind).create(Codec("h264", "r"))
    except (av.error.FFmpegError, NotImplementedError, OSError):
        return False
    return True
