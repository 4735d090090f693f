"""Pictures sent to a running `serve`: good ones are read, bad ones are refused in a sentence, nothing is kept."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import cv2
import pytest
import requests
from PIL import Image
from serving import LIVE_WITHIN_S, Serving, serving, wait_for

from streamer.capture import open_source
from streamer.demo import DEMO_PASSES, demo_clip
from tests.test_pictures import GIF, JPEG, png_header_of

pytestmark = pytest.mark.skipif(shutil.which("tesseract") is None, reason="needs Tesseract")

CAMERA = {"name": "still", "source": "nothing-there.mp4"}


@pytest.fixture(scope="module", params=["eventlet", "threading"])
def running(request, tmp_path_factory) -> Iterator[Serving]:
    folder = tmp_path_factory.mktemp(request.param)
    with serving(folder, {"cameras": [CAMERA], "server": {"async_mode": request.param}}) as running:
        wait_for(lambda: send(running, photo()).ok, LIVE_WITHIN_S)
        yield running


def photo() -> bytes:
    """A frame of the demo clip with its first vehicle, as JPEG."""
    middle_s = (DEMO_PASSES[0].first_s + DEMO_PASSES[0].last_s) / 2
    frames = open_source(str(demo_clip()), "test").frames()
    image = next(frame.image for frame in frames if frame.media_s >= middle_s)
    return cv2.imencode(".jpg", image)[1].tobytes()


def send(running: Serving, data: bytes, name: str = "car.jpg", **form: str) -> requests.Response:
    files = {"picture": (name, data)}
    return requests.post(f"{running.url}/api/v1/read", files=files, data=form, timeout=60)


def converted(kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    Image.open(io.BytesIO(photo())).save(file, kind, **options)
    return file.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP"])
def test_every_kind_of_picture_is_read(running, kind):
    answer = send(running, converted(kind), f"car.{kind.lower()}").json()
    assert set(answer) == {"source", "plates", "ms"}
    assert DEMO_PASSES[0].plate in [plate["text"] for plate in answer["plates"]]


def test_a_phone_held_sideways_makes_no_difference(running):
    exif = Image.Exif()
    exif[0x0112] = 6
    sideways = Image.open(io.BytesIO(photo())).rotate(90, expand=True)
    file = io.BytesIO()
    sideways.save(file, "JPEG", exif=exif)
    texts = [plate["text"] for plate in send(running, file.getvalue()).json()["plates"]]
    assert DEMO_PASSES[0].plate in texts


def test_the_steps_of_the_engine_come_with_their_pictures(running):
    answer = send(running, photo(), pictures="1").json()
    assert len(answer["steps"]) >= 5
    assert all(
        step["help"] and step["picture"].startswith("data:image/jpeg;base64,") for step in answer["steps"]
    )
    assert answer["annotated"].startswith("data:image/jpeg;base64,")


def test_a_picture_of_two_lines_is_no_failure(running):
    file = io.BytesIO()
    Image.new("RGB", (20_000, 2)).save(file, "PNG")
    answer = send(running, file.getvalue(), pictures="1")
    assert answer.status_code == 200
    assert answer.json()["plates"] == []


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "empty.jpg"),
        (b"a shopping list", "list.jpg"),
        (JPEG[: len(JPEG) // 2], "cut.jpg"),
        (png_header_of(0, 9), "flat.png"),
        (png_header_of(20_000, 10_000), "large.png"),
        (GIF, "moving.gif"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "drawing.svg"),
        (b"a shopping list", "../../../etc/passwd"),
        (b"x" * 30_000_000, "heavy.jpg"),
    ],
    ids=["empty", "text", "cut", "0xN", "200 MP", "gif", "svg", "path", "30 MB"],
)
def test_a_bad_picture_is_refused_with_a_sentence_and_nothing_is_written(running, data, name):
    before = {program.pid for program in running.programs()}
    answer = send(running, data, name)
    assert 400 <= answer.status_code < 500
    error = answer.json()["error"]
    assert len(error.split()) > 3
    assert error[-1] == "."
    folder = Path(running.process.args[-1]).parent / "data"
    assert [path for path in folder.rglob("*") if path.suffix in (".jpg", ".png", ".upload")] == []
    assert {program.pid for program in running.programs()} == before
    assert all(program.memory_info().rss < 500 * 2**20 for program in running.programs())
    assert "Traceback" not in running.log


def test_no_file_at_all_is_said(running):
    answer = requests.post(f"{running.url}/api/v1/read", timeout=10)
    assert answer.status_code == 400
    assert "picture" in answer.json()["error"]


def test_pictures_are_kept_when_the_setting_says_so(tmp_path):
    with serving(tmp_path, {"cameras": [CAMERA], "uploads": {"keep": True}}) as running:
        data = photo()
        wait_for(lambda: send(running, data, "../../evil.jpg").ok, LIVE_WITHIN_S)
        kept = list((tmp_path / "data" / "uploads").iterdir())
    assert [path.read_bytes() for path in kept] == [data]
    assert "evil" not in kept[0].name
