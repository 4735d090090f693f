"""Picture files: what phones and cameras send is read upright, everything else is refused in a sentence."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zlib

import numpy as np
import pytest
from PIL import Image

from streamer.pictures import PictureError, decode_picture


def corner_marked(width: int = 64, height: int = 32) -> Image.Image:
    """Black, its top left corner red."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[: height // 4, : width // 4] = (255, 0, 0)
    return Image.fromarray(pixels)


def file_of(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def png_header_of(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds next to nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP"])
def test_the_usual_kinds_are_read_as_bgr(kind):
    picture = decode_picture(file_of(corner_marked(), kind), 1)
    assert picture.shape == (32, 64, 3)
    assert picture.dtype == np.uint8
    blue, green, red = picture[2, 2].astype(int)
    assert (red > 200, green < 60, blue < 60) == (True, True, True)
    assert picture[-3, -3].max() < 60


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "CMYK", "1"])
def test_unusual_modes_become_bgr(mode):
    kind = "JPEG" if mode == "CMYK" else "PNG"
    assert decode_picture(file_of(corner_marked().convert(mode), kind), 1).shape == (32, 64, 3)


def test_sixteen_bit_greys_are_scaled_and_not_clipped():
    ramp = np.tile(np.linspace(0, 65535, 64).astype(np.uint16), (8, 1))
    picture = decode_picture(file_of(Image.fromarray(ramp), "PNG"), 1)
    assert abs(int(picture[4, 32, 0]) - 129) < 4
    assert picture[4, 60, 0] < picture[4, 63, 0]


def test_exif_rotation_is_honoured():
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned; the picture is to be shown turned 90 degrees clockwise
    picture = decode_picture(file_of(corner_marked(), "JPEG", exif=exif), 1)
    assert picture.shape == (64, 32, 3)
    assert picture[2, -3, 2] > 200
    assert picture[2, 2, 2] < 60


JPEG = file_of(corner_marked(640, 480), "JPEG")
GIF = file_of(corner_marked(), "GIF", save_all=True, append_images=[Image.new("RGB", (64, 32), "white")])


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file is empty"),
        (b"a shopping list, named .jpg", "not a picture that can be read"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>", "not a picture that can be read"),
        (b"%PDF-1.7\n", "not a picture that can be read"),
        (JPEG[: len(JPEG) // 2], "damaged or cut off"),
        (JPEG[:30], "not a picture that can be read|damaged or cut off"),
        (GIF, "GIF pictures are not read here"),
        (
            file_of(corner_marked(), "WEBP", save_all=True, append_images=[corner_marked().rotate(180)]),
            "animation",
        ),
        (png_header_of(0, 9), "no pixels|damaged|not a picture"),
        (png_header_of(20_000, 10_000), "more than 50 megapixels"),
        (png_header_of(2**31 - 1, 2**31 - 1), "more than 50 megapixels"),
        (file_of(corner_marked(), "TIFF"), "TIFF pictures are not read here"),
    ],
    ids=["empty", "text", "svg", "pdf", "half", "head", "gif", "webp", "0xN", "200mp", "bomb", "tiff"],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(data, sentence):
    with pytest.raises(PictureError, match=sentence) as caught:
        decode_picture(data, 50)
    assert str(caught.value)[-1] == "."


def test_a_claimed_size_costs_no_memory():
    data = png_header_of(20_000, 10_000)
    tracemalloc.start()
    with pytest.raises(PictureError):
        decode_picture(data, 50)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 5_000_000
