"""Pages and API, without a network: what is answered, and that it is safe to look at."""

from __future__ import annotations

import io
import re
import subprocess
import tempfile
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from streamer.app import CLIENT_MISSING, create_app
from streamer.places import CLIENT_LIBRARY, ROOT
from streamer.records import RejectedLog, recent_rejected
from streamer.settings import Settings
from streamer.types import Read, Reason, Rejected
from streamer.web.advice import ADVICE
from streamer.web.desk import Answer, DeskError
from streamer.web.relay import Relay
from tests.logs import logged, settled

PAGE = {"Accept": "text/html,*/*"}
LETTER = {"text": "B", "confidence": 0.9}
PLATE = {
    "text": "B",
    "confidence": 0.9,
    "score": 0.8,
    "characters": [LETTER],
    "corners": [[0, 0], [9, 0], [9, 4], [0, 4]],
    "readable": 0.7,
    "style": "eu",
    "alternatives": [{"text": "8", "confidence": 0.05}],
    "crop": 1,
}
RESULT = {
    "plates": [PLATE, {**PLATE, "crop": None}],
    "ms": 12.5,
    "width": 640,
    "height": 480,
    "engine": "classic",
    "annotated": 0,
    "steps": [{"name": "Grey", "help": "No colour.", "picture": 2}],
}
READ = Read("r1", "gate", "B123XY", 0.9, 1000.0, 1005.0, 0, 5, 7, "demo", image="2026/plate.jpg", settled=True)


class Desk:
    """An upload desk with a ready answer."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, bytes]] = []
        self.answer = Answer(200, RESULT, (b"annotated", b"crop", b"grey"))
        self.error: DeskError | None = None

    def receiving(self) -> nullcontext[None]:
        return nullcontext()

    def place(self) -> nullcontext[None]:
        return nullcontext()

    def ask(self, name: str, picture: bytes) -> Answer:
        self.asked.append((name, picture))
        if self.error:
            raise self.error
        return self.answer


@pytest.fixture
def relay() -> Relay:
    relay = Relay(["gate", "yard"], lambda _: [])
    relay.desk = Desk()  # type: ignore[assignment]
    relay.reads.merge(READ)
    return relay


@pytest.fixture
def app(tmp_path: Path, relay: Relay) -> Flask:
    pictures = tmp_path / "pictures" / "2026"
    pictures.mkdir(parents=True)
    (pictures / "plate.jpg").write_bytes(b"PLATE")
    (tmp_path / "secret.jpg").write_bytes(b"SECRET")
    settings = Settings.model_validate(
        {
            "server": {"async_mode": "threading"},
            "log": {"folder": str(tmp_path)},
            "uploads": {"max_megabytes": 0.6},
            "cameras": [{"name": "gate", "source": "demo"}, {"name": "yard", "source": "demo"}],
        }
    )
    client = tmp_path / "client"
    client.mkdir()
    library = client / CLIENT_LIBRARY.name
    library.write_text("export const io = 1;")
    return create_app(settings, relay, library)[0]


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def post(client: FlaskClient, picture: bytes = b"JPEG", name: str = "car.jpg", **form: str):
    return client.post("/api/v1/read", data={"picture": (io.BytesIO(picture), name), **form})


@pytest.mark.parametrize("path", ["/", "/rejected", "/upload", "/nothing"])
def test_pages_need_nothing_inline_and_nothing_from_elsewhere(client, path):
    answer = client.get(path, headers=PAGE)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<script(?![^>]*\ssrc=)|\sstyle=|\son[a-z]+=|<style", answer.text)
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", answer.text)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


def test_every_file_a_page_names_is_there(client):
    for path in ("/", "/rejected", "/upload"):
        for address in re.findall(r"(?:src|href)=\"(/static/[^\"]+)\"", client.get(path).text):
            assert client.get(address).status_code == 200, address
    for script in (ROOT / "static").glob("*.js"):
        for name in re.findall(r"from \"\./([^\"]+)\"", script.read_text()):
            assert (ROOT / "static" / name).exists(), f"{script.name} imports {name}"


def test_the_live_page_has_every_camera(client):
    page = client.get("/").text
    assert 'data-camera="gate"' in page
    assert 'data-camera="yard"' in page


def test_a_missing_client_library_is_said_on_the_page_and_in_the_log(tmp_path, relay, caplog):
    settings = Settings.model_validate(
        {"server": {"async_mode": "threading"}, "cameras": [{"name": "gate", "source": "demo"}]}
    )
    client = create_app(settings, relay, tmp_path / "none.js")[0].test_client()
    assert "run script/setup" in client.get("/").text
    assert client.get("/static/vendor/socket.io.js").status_code == 404
    assert CLIENT_MISSING in caplog.text


@pytest.mark.parametrize(
    "path",
    [
        "/static/vendor/socket.io.js.map",
        "/static/vendor/../app.css",
        "/static/../README.md",
        "/static/%2e%2e/config.yaml",
    ],
)
def test_only_the_files_meant_for_browsers_are_served(client, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", "/nothing", 404),
        ("POST", "/", 405),
        ("GET", "/api/v1/read", 405),
        ("GET", "/cameras/x/stream.mjpg", 404),
    ],
)
def test_errors_are_a_page_for_people_and_json_for_programs(client, method, path, code):
    answer = client.open(path, method=method)
    assert answer.status_code == code
    assert answer.json["error"].endswith(".")
    if not path.startswith("/api/"):
        page = client.open(path, method=method, headers=PAGE)
        assert page.status_code == code
        assert "<h1>" in page.text


def test_a_fault_of_ours_shows_no_traceback(client, app, relay, caplog):
    relay.desk.answer = Answer(200, {})
    answer = post(client)
    assert answer.status_code == 500
    assert answer.json == {"error": "Something went wrong here; the log says what."}
    assert "KeyError" in caplog.text


def test_states_and_reads_are_given_as_json(client):
    cameras = client.get("/api/v1/cameras").json["cameras"]
    assert [camera["camera"] for camera in cameras] == ["gate", "yard"]
    assert cameras[0]["text"] == "starting"
    assert cameras[0]["snapshot"] == "/cameras/gate/snapshot.jpg"
    assert client.get("/api/v1/reads").json["reads"][0]["plate"] == "B123XY"
    assert client.get("/api/v1/reads?limit=0").json["reads"] == []


@pytest.mark.parametrize("path", ["reads", "rejected"])
@pytest.mark.parametrize("limit", ["abc", "-1", "", "1.5", "٣", "9" * 30])
def test_a_limit_is_a_number(client, path, limit):
    answer = client.get(f"/api/v1/{path}?limit={limit}")
    assert answer.status_code == 400
    assert answer.json == {
        "error": f"The limit is a whole number, 0 to 999999999. It cannot be '{limit[:20]}'."
    }


def test_the_rejected_are_of_a_camera_and_a_reason_that_there_are(client):
    nowhere = client.get("/api/v1/rejected?camera=nowhere")
    assert (nowhere.status_code, nowhere.json) == (400, {"error": "There is no camera named nowhere."})
    no_reason = client.get("/api/v1/rejected?reason=ugly")
    assert no_reason.status_code == 400
    assert no_reason.json["error"].startswith("The reason is one of these: too small, ")
    assert client.get("/api/v1/rejected?camera=&reason=").status_code == 200


def test_reads_can_be_had_by_direction(client, relay):
    relay.reads.merge(replace(READ, read_id="r2", plate="C1", direction="in"))
    relay.reads.merge(replace(READ, read_id="r3", plate="C2", direction="out", first_seen=READ.first_seen + 1))

    def plates(query: str) -> list[str]:
        return sorted(read["plate"] for read in client.get(f"/api/v1/reads{query}").json["reads"])

    assert (plates("?direction=in"), plates("?direction=out")) == (["C1"], ["C2"])
    assert plates("?direction=") == plates("") == ["B123XY", "C1", "C2"]
    assert plates("?direction=in&limit=1") == ["C1"]
    refused = client.get("/api/v1/reads?direction=up")
    assert (refused.status_code, refused.json) == (400, {"error": "The direction is in or out."})


@pytest.mark.parametrize(
    ("camera", "offered"),
    [
        ({}, False),
        ({"approaching": "out"}, True),
        ({"line": [[0.1, 0.5], [0.9, 0.5]], "inside": [0.5, 0.9]}, True),
    ],
)
def test_directions_are_offered_where_a_camera_tells_them(relay, camera, offered):
    cameras = [{"name": "yard", "source": "demo"}, {"name": "gate", "source": "demo", **camera}]
    settings = Settings.model_validate({"server": {"async_mode": "threading"}, "cameras": cameras})
    page = create_app(settings, relay)[0].test_client().get("/").text
    assert ('id="direction"' in page) is offered


def test_the_picture_of_a_read_is_served(client):
    answer = client.get("/reads/r1/plate.jpg?v=1")
    assert answer.data == b"PLATE"
    assert set(answer.headers["Cache-Control"].split(", ")) == {"private", "max-age=3600"}


@pytest.mark.parametrize("image", ["../secret.jpg", "/etc/passwd", "2026/../../secret.jpg", "gone.jpg", ""])
def test_no_record_leads_out_of_the_picture_folder(client, relay, image):
    relay.reads.merge(Read("r2", "gate", "X", 0.9, 1, 2, 0, 1, 1, "demo", image=image))
    assert client.get("/reads/r2/plate.jpg").status_code == 404


@pytest.mark.parametrize("read_id", ["unknown", "..%2f..%2fsecret", "2026%2Fplate"])
def test_pictures_are_asked_for_by_read_and_not_by_file(client, read_id):
    assert client.get(f"/reads/{read_id}/plate.jpg").status_code == 404


@pytest.fixture
def rejected(tmp_path: Path) -> list[Rejected]:
    """Two rejected tracks in the log, the newest first."""
    logged(tmp_path, settled())
    log = RejectedLog(tmp_path, tmp_path / "pictures", 24, now=lambda: 20.0)
    log.record(Rejected("x1", "gate", Reason.TOO_SMALL, "", 0.0, 10, 11, 0, 1, 3, "demo"), b"CROP")
    log.record(Rejected("x2", "yard", Reason.REPEAT, "ABC123", 0.8, 12, 13, 2, 3, 4, "demo", "r1"), None)
    return recent_rejected(tmp_path, 10)


def test_what_was_rejected_is_given_as_json(client, rejected):
    answer = client.get("/api/v1/rejected").json
    assert answer["kept"] == {"too small": 1, "repeat of an earlier read": 1}
    assert [one["rejected_id"] for one in answer["rejected"]] == ["x2", "x1"]
    assert {key: answer["rejected"][0][key] for key in ("reason", "text", "read_id", "image", "frames")} == {
        "reason": "repeat of an earlier read",
        "text": "ABC123",
        "read_id": "r1",
        "image": "",
        "frames": 4,
    }
    (one,) = client.get("/api/v1/rejected?camera=gate&reason=too%20small&limit=5").json["rejected"]
    assert client.get(one["image"]).data == b"CROP"
    assert client.get("/api/v1/rejected?camera=gate").json["kept"] == {"too small": 1}
    assert client.get("/api/v1/rejected?limit=0").json["rejected"] == []


def test_without_a_log_nothing_was_rejected(client):
    assert client.get("/api/v1/rejected").json == {"rejected": [], "kept": {}}


def test_a_log_that_cannot_be_read_is_a_sentence(client, tmp_path):
    (tmp_path / "reads.db").write_bytes(b"no database at all" * 100)
    answer = client.get("/api/v1/rejected")
    assert answer.status_code == 503
    assert answer.json["error"].startswith("The log cannot be read now")


@pytest.mark.parametrize("rejected_id", ["unknown", "..%2f2026%2fplate", "..%2f..%2fsecret"])
def test_pictures_of_the_rejected_lead_nowhere_else(client, rejected, rejected_id):
    assert client.get(f"/rejected/{rejected_id}/plate.jpg").status_code == 404


def test_the_page_of_the_rejected_says_what_every_reason_means(client):
    page = client.get("/rejected?camera=yard").text
    assert re.findall(r'data-reason="([^"]+)"', page) == list(ADVICE)
    assert set(ADVICE) == set(Reason)
    assert "<option selected>yard</option>" in page
    assert "Kept for 24 hours" in page


def test_a_snapshot_of_a_camera_that_is_not_live_says_why(client):
    answer = client.get("/cameras/gate/snapshot.jpg")
    assert answer.status_code == 503
    assert answer.json["error"] == "Camera gate shows nothing now: starting."


def test_the_picture_that_is_saved_is_the_frame_as_it_came(client):
    assert 'href="/cameras/gate/snapshot.jpg?marks=0" download="gate.jpg"' in client.get("/").text


@pytest.mark.parametrize(
    ("file", "marks"), [("snapshot.jpg", "yes"), ("stream.mjpg", "yes"), ("stream.mjpg", "0")]
)
def test_nonsense_about_marks_is_refused(client, file, marks):
    answer = client.get(f"/cameras/gate/{file}?marks={marks}")
    assert answer.status_code == 400
    assert answer.json["error"].startswith("marks")


def test_a_picture_is_answered_with_its_plates(client, relay):
    answer = post(client)
    assert answer.status_code == 200
    plate = {key: PLATE[key] for key in PLATE if key not in ("score", "crop")}
    assert answer.json == {"source": "car.jpg", "plates": [plate, plate], "ms": 12.5}
    assert relay.desk.asked == [("car.jpg", b"JPEG")]


def test_with_pictures_every_picture_is_a_data_url(client):
    answer = post(client, pictures="1").json
    assert answer["annotated"] == "data:image/jpeg;base64,YW5ub3RhdGVk"
    assert answer["plates"][0]["crop"] == "data:image/jpeg;base64,Y3JvcA=="
    assert answer["plates"][1]["crop"] is None
    assert answer["steps"] == [
        {"name": "Grey", "help": "No colour.", "picture": "data:image/jpeg;base64,Z3JleQ=="}
    ]
    assert answer["width"] == 640


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\\\Users\\\\me\\\\car.jpg", "car.jpg"),
        ("<img src=x onerror=alert(1)>.jpg", "<img src=x onerror=alert(1)>.jpg"),
        ("a\x07b.jpg", "ab.jpg"),
        ("x" * 500, "x" * 120),
        ("folder/", "picture"),
    ],
)
def test_a_file_name_is_only_ever_shown(client, name, shown):
    assert post(client, name=name).json["source"] == shown


def test_what_the_upload_program_says_is_passed_on(client, relay):
    relay.desk.answer = Answer(422, {"error": "This is not a picture."})
    answer = post(client)
    assert (answer.status_code, answer.json) == (422, {"error": "This is not a picture."})


def test_nobody_there_to_read_is_said(client, relay):
    relay.desk.error = DeskError("The upload program is starting; try again in a few seconds.")
    answer = post(client)
    assert answer.status_code == 503
    assert "starting" in answer.json["error"]


@pytest.mark.parametrize(
    "form",
    [{}, {"picture": "text"}, {"other": (io.BytesIO(b"x"), "x.jpg")}, {"picture": (io.BytesIO(b"x"), "")}],
)
def test_no_picture_is_said(client, form):
    answer = client.post("/api/v1/read", data=form, content_type="multipart/form-data")
    assert answer.status_code == 400
    assert "No picture was sent" in answer.json["error"]


def test_an_empty_file_is_said(client):
    answer = post(client, b"")
    assert answer.status_code == 400
    assert answer.json["error"] == "The picture is an empty file."


@pytest.mark.parametrize(
    "raw", [b"", b"nonsense", b"--b\r\n", b"--b\r\nContent-Disposition: form-data; name=picture"]
)
def test_a_malformed_form_is_a_fault_of_the_sender(client, raw):
    answer = client.post("/api/v1/read", data=raw, content_type="multipart/form-data; boundary=b")
    assert answer.status_code == 400


@pytest.mark.parametrize("size", [600_001, 700_000])
def test_more_than_the_setting_allows_is_refused(client, relay, size):
    answer = post(client, b"x" * size)
    assert answer.status_code == 413
    assert answer.json["error"] == "The picture is too big; at most 0.6 MB are taken."
    assert relay.desk.asked == []


def test_as_much_as_the_setting_allows_is_taken_and_never_written_to_the_disk(client, tmp_path, monkeypatch):
    head = b'Content-Disposition: form-data; name="picture"; filename="car.jpg"'
    form = b"--b\r\n%s\r\n\r\n%s\r\n--b--\r\n" % (head, b"x" * 600_000)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nothing can be written here"))
    answer = client.post("/api/v1/read", data=form, content_type="multipart/form-data; boundary=b")
    assert answer.status_code == 200


def test_a_length_that_is_no_number_is_a_fault_of_the_sender(client):
    answer = client.post("/api/v1/read", data=b"x", environ_overrides={"CONTENT_LENGTH": "abc"})
    assert answer.status_code == 400
    assert answer.json["error"] == "The upload's Content-Length is not a number."


def test_other_forms_are_small(client):
    assert client.post("/login", data={"password": "x" * 100_000}).status_code in (303, 413)


def test_the_health_check_tells_nothing_else(client):
    assert client.get("/healthz").json == {"ok": True}


def test_the_stand_in_is_what_its_script_draws(tmp_path):
    drawn = tmp_path / "drawn.jpg"
    subprocess.run([ROOT / "script" / "starting-again", drawn], check=True)
    ours, fresh = (
        np.asarray(Image.open(file), int) for file in (ROOT / "static" / "starting-again.jpg", drawn)
    )
    assert ours.shape == fresh.shape
    assert abs(ours - fresh).mean() < 0.5
