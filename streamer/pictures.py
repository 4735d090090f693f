"""Picture files -> pictures, whatever a phone, a camera or a stranger sends; refuses with a sentence."""

from __future__ import annotations

import io
import warnings

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from streamer.types import Picture

READABLE = ("JPEG", "MPO", "PNG", "WEBP", "BMP")
"""Pillow's names of what is read; MPO is what some phones call a JPEG with a second view behind it."""

_NAMES = "JPEG, PNG, WebP or BMP"


class PictureError(Exception):
    """The file cannot be read as a picture; the message is one sentence for its sender."""


def decode_picture(data: bytes, most_megapixels: float) -> Picture:
    """The picture in a file's bytes as BGR, turned upright by its EXIF rotation.

    Its size is checked before its pixels are unpacked, so a small file cannot claim much memory.
    Raises PictureError.
    """
    if not data:
        raise PictureError("The file is empty; send a picture (JPEG, PNG, WebP or BMP).")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data)) as image:
                _check(image, most_megapixels)
                upright = ImageOps.exif_transpose(image)
                pixels = np.asarray(_eight_bits(upright).convert("RGB"))
    except PictureError:
        raise
    except Image.DecompressionBombError:
        raise PictureError(_too_large(most_megapixels)) from None
    except UnidentifiedImageError:
        raise PictureError(f"This is not a picture that can be read; send {_NAMES}.") from None
    except MemoryError:
        raise
    except Exception:  # Pillow raises whatever its parsers stumble over
        raise PictureError("The picture is damaged or cut off; save or send it again.") from None
    return np.ascontiguousarray(pixels[:, :, ::-1])


def _check(image: Image.Image, most_megapixels: float) -> None:
    if image.format not in READABLE:
        raise PictureError(f"{image.format} pictures are not read here; send {_NAMES}.")
    if getattr(image, "is_animated", False) and image.format != "MPO":
        raise PictureError(f"This is an animation; send one picture of it as {_NAMES}.")
    if min(image.size) < 1:
        raise PictureError("The picture has no pixels; send another.")
    if image.width * image.height > most_megapixels * 1e6:
        raise PictureError(_too_large(most_megapixels))


def _too_large(most_megapixels: float) -> str:
    return f"The picture has more than {most_megapixels:g} megapixels; make it smaller and send it again."


def _eight_bits(image: Image.Image) -> Image.Image:
    """16-bit greys scaled to 8 bits (Pillow's own conversion clips them)."""
    if not image.mode.startswith("I"):
        return image
    values = np.asarray(image, np.float64)
    return Image.fromarray((values * (255 / 65535)).clip(0, 255).astype(np.uint8))
