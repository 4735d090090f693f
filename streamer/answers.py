"""Plates, reads and what was rejected as the API, the upload page and `read --json` show them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from streamer.types import Plate, Read, Rejected


def plate_json(plate: Plate) -> dict[str, Any]:
    """One plate of a picture: text, confidence (0-1) of the whole and of every character, corners in
    pixels, and what it may say instead.

    `readable` (0-1) and `style` are None from an engine that does not tell.
    """
    return {
        "text": plate.text,
        "confidence": round(plate.confidence, 4),
        "characters": sureness_json((one.text, one.confidence) for one in plate.characters),
        "corners": [[round(x, 1), round(y, 1)] for x, y in plate.corners],
        "readable": None if plate.readable is None else round(plate.readable, 4),
        "style": plate.style,
        "alternatives": sureness_json(plate.alternatives),
    }


def sureness_json(texts: Iterable[tuple[str, float]]) -> list[dict[str, Any]]:
    """Texts or characters, each with its probability."""
    return [{"text": text, "confidence": round(sure, 4)} for text, sure in texts]


def doubts_json(read: Read) -> dict[str, Any]:
    """How sure every character of a read is, and what the plate may say instead."""
    return {
        "characters": sureness_json(zip(read.plate, read.characters, strict=False)),
        "alternatives": sureness_json(read.alternatives),
    }


def read_json(read: Read) -> dict[str, Any]:
    """One read of a clip: text, confidence (0-1) of the whole and of every character, what it may say
    instead, first and last time in seconds of the clip, looks, which way it went ("in", "out" or "").
    """
    return {
        "text": read.plate,
        "confidence": round(read.confidence, 4),
        **doubts_json(read),
        "first_s": round(read.first_media_s, 2),
        "last_s": round(read.last_media_s, 2),
        "frames": read.frames,
        "direction": read.direction,
    }


def rejected_json(rejected: Rejected) -> dict[str, Any]:
    """One track of a clip that did not become a read: as a read, and why."""
    return {
        "text": rejected.text,
        "confidence": round(rejected.confidence, 4),
        "first_s": round(rejected.first_media_s, 2),
        "last_s": round(rejected.last_media_s, 2),
        "frames": rejected.frames,
        "reason": rejected.reason,
    }
