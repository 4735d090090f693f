"""The real web program under both async modes: viewers, events, uploads, its end."""

from __future__ import annotations

import base64
import itertools
import os
import queue
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from statistics import median
from typing import Any

import pytest
import requests
import socketio
from web_program import (
    LIVE,
    PATIENCE_S,
    FakeCamera,
    FakeUploads,
    Viewer,
    WebProgram,
    jpeg,
    memory_mb,
    one_plate,
    peak_memory_mb,
    read_of,
    wait_until,
)

from streamer.records import LogOptions, ReadLog
from streamer.wire import CameraState

MODES = ("eventlet", "threading")
PASSWORD = "open sesame"
STALLED = CameraState("stalled", "stalled: no picture for 3 s")


@pytest.fixture(scope="module", params=MODES)
def web(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebProgram]:
    """A web program with one camera, `gate`; whoever kills it starts it again."""
    with WebProgram(tmp_path_factory.mktemp(request.param), request.param) as web:
        yield web
    assert "Traceback" not in web.logged()


class Listener:
    """A real Socket.IO client that keeps what it hears, until the connection ends.

    It does not connect again by itself: a client that does so while it is told to disconnect may wait for the
    end of the new connection, for ever.
    """

    def __init__(self, web: WebProgram, headers: dict[str, str] | None = None) -> None:
        self.heard: queue.Queue[tuple[str, dict[str, Any], float]] = queue.Queue()
        self.client = socketio.Client(reconnection=False, handle_sigint=False, request_timeout=PATIENCE_S)
        for event in ("hello", "read", "read_updated", "camera_state"):
            self.client.on(event, lambda payload, event=event: self.heard.put((event, payload, time.time())))
        self.client.connect(web.url, headers=headers or {}, transports=["websocket"], wait_timeout=PATIENCE_S)

    def next(self, event: str) -> dict[str, Any]:
        while True:
            name, payload, _ = self.heard.get(timeout=PATIENCE_S)
            if name == event:
                return payload

    def close(self) -> None:
        self.client.disconnect()


@pytest.fixture
def listener(web: WebProgram) -> Iterator[Listener]:
    with closing(Listener(web)) as listener:
        yield listener


def test_a_stalled_viewer_slows_nobody_and_is_dropped(web: WebProgram) -> None:
    large = [jpeg(str(number), size=(2400, 1600)) for number in range(3)]
    with ExitStack() as open_now:
        open_now.enter_context(closing(FakeCamera(web, pictures=large)))
        open_now.enter_context(closing(Viewer(web, receive_buffer=4096)))
        viewers = [open_now.enter_context(closing(Viewer(web))) for _ in range(3)]
        pictures = [viewer.pictures() for viewer in viewers]
        late = [time.time() - sent_s for _ in range(40) for sent_s, _ in map(next, pictures) if sent_s]
        assert median(late) < 0.5
        wait_until(lambda: web.state_of("gate")["viewers"] == 4)
        for each in pictures:
            threading.Thread(target=read_on, args=(each,), daemon=True).start()
        wait_until(lambda: web.state_of("gate")["viewers"] == 3)


def read_on(pictures: Iterator[tuple[float | None, bytes]]) -> None:
    with suppress(OSError):  # it is closed in the end
        for _ in pictures:
            pass


def test_a_slow_viewer_gets_the_newest_picture_and_not_a_queue(web: WebProgram) -> None:
    noise = [os.urandom(400_000) for _ in range(2)]
    with (
        closing(FakeCamera(web, fps=30, pictures=noise)) as camera,
        closing(Viewer(web, receive_buffer=65536)) as viewer,
    ):
        pictures = viewer.pictures()
        next(pictures)
        sent = camera.sent
        wait_until(lambda: camera.sent > sent + 45)
        taken_s = time.time()
        stamps = [sent_s for sent_s, _ in itertools.islice(pictures, 5) if sent_s]
    assert sum(stamp < taken_s - 1 for stamp in stamps) <= 2, "more than what the network holds was old"


def test_pictures_are_made_only_while_somebody_watches(web: WebProgram, gate: FakeCamera) -> None:
    assert gate.sent == 0
    with closing(Viewer(web)) as viewer:
        next(viewer.pictures())
    wait_until(lambda: gate.said == [True, False])


def test_only_the_sizes_that_are_watched_are_made(web: WebProgram, gate: FakeCamera) -> None:
    with ExitStack() as open_now:
        for query in ("?width=300&fps=2", "?width=320&fps=5", "?width=900&quality=50", ""):
            open_now.enter_context(closing(Viewer(web, query=query)))
        wait_until(lambda: len(gate.views) == 3)
        asked = sorted((view["width"], view["quality"], view["fps"]) for view in gate.views)
        assert asked == [(320, 80, 5.0), (960, 60, 15.0), (1280, 80, 15.0)]
    wait_until(lambda: not gate.views)


def test_a_viewer_gets_no_more_pictures_than_it_asked_for(web: WebProgram, gate: FakeCamera) -> None:
    with closing(Viewer(web, query="?fps=2")) as slow, closing(Viewer(web)) as viewer:
        everything, few = viewer.pictures(), slow.pictures()
        stamps = [sent_s for sent_s, _ in itertools.islice(few, 6) if sent_s]
        assert stamps[-1] - stamps[1] > 1.8
        next(everything)


@pytest.mark.parametrize("file", ["stream.mjpg", "snapshot.jpg"])
def test_nonsense_in_an_address_is_refused_with_a_sentence(
    web: WebProgram, gate: FakeCamera, file: str
) -> None:
    for query, words in (("width=wide", "width is a whole number"), ("fps=0", "fps is pictures a second")):
        answer = requests.get(f"{web.url}/cameras/gate/{file}?{query}", timeout=PATIENCE_S)
        assert answer.status_code == 400
        assert words in answer.json()["error"]


def test_a_stream_goes_on_when_the_camera_program_comes_back(web: WebProgram) -> None:
    with closing(Viewer(web)) as viewer:
        pictures = viewer.pictures()
        with closing(FakeCamera(web)):
            assert next(sent_s for sent_s, _ in pictures if sent_s)
        stand_in = next(picture for sent_s, picture in pictures if sent_s is None)
        assert stand_in.startswith(b"\xff\xd8")
        wait_until(lambda: web.state_of("gate")["text"] == "starting again")
        with closing(FakeCamera(web)) as second:
            assert next(sent_s for sent_s, _ in pictures if sent_s)
            assert second.said == [True]


def test_a_snapshot_is_fresh_or_there_is_none(web: WebProgram, gate: FakeCamera) -> None:
    answer = requests.get(f"{web.url}/cameras/gate/snapshot.jpg", timeout=PATIENCE_S)
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.content.startswith(b"\xff\xd8")
    gate.become(STALLED)
    wait_until(lambda: web.state_of("gate")["status"] == "stalled")
    answer = requests.get(f"{web.url}/cameras/gate/snapshot.jpg", timeout=PATIENCE_S)
    assert answer.status_code == 503
    assert "stalled: no picture" in answer.json()["error"]


def test_events_arrive_as_they_happen(web: WebProgram, gate: FakeCamera, listener: Listener) -> None:
    hello = listener.next("hello")
    assert hello["cameras"][0]["status"] == "live"
    told_s = time.time()
    gate.tell(read_of(f"e{told_s}"))
    assert listener.next("read")["plate"] == "B123XY"
    assert time.time() - told_s < 5
    gate.tell(read_of(f"e{told_s}", plate="B123XZ", revision=2), "read_updated")
    assert listener.next("read_updated")["plate"] == "B123XZ"
    gate.become(STALLED)
    assert listener.next("camera_state")["text"] == STALLED.text
    gate.become(LIVE)


def test_events_are_not_held_up_by_viewers_and_uploads(
    web: WebProgram, gate: FakeCamera, listener: Listener, uploads: FakeUploads
) -> None:
    answers: queue.Queue[requests.Response] = queue.Queue()
    with closing(Viewer(web, receive_buffer=4096)), closing(Viewer(web)) as viewer:
        pictures = viewer.pictures()
        post_in_background(web, answers, b"x" * 15_000_000)
        delays = []
        for number in range(20):
            next(pictures)
            told_s = time.time()
            gate.tell(read_of(f"busy{number}-{told_s}"))
            listener.next("read")
            delays.append(time.time() - told_s)
        assert median(delays) < 0.5
        assert answers.get(timeout=PATIENCE_S).status_code == 200


def test_nothing_is_missing_or_doubled_after_the_web_program_was_killed(
    web: WebProgram, gate: FakeCamera, listener: Listener
) -> None:
    log = ReadLog(LogOptions(web.data))
    run = f"{time.time()}"
    for number in range(2):
        gate.tell(log.record(read_of(f"{run}-{number}")))
    listener.next("read")
    web.kill()
    gate.tell(log.record(read_of(f"{run}-2")))
    log.close()
    web.start()
    with closing(Listener(web)) as again:
        reads = again.next("hello")["reads"]
    mine = sorted(read["read_id"] for read in reads if read["read_id"].startswith(run))
    assert mine == [f"{run}-{number}" for number in range(3)]
    wait_until(lambda: web.state_of("gate")["status"] == "live")


def post(web: WebProgram, picture: bytes, name: str = "car.jpg") -> requests.Response:
    return requests.post(f"{web.url}/api/v1/read", files={"picture": (name, picture)}, timeout=PATIENCE_S)


def test_an_upload_is_read_elsewhere_and_answered(web: WebProgram, uploads: FakeUploads) -> None:
    answer = post(web, jpeg("car"), "../car.jpg")
    assert answer.status_code == 200
    assert answer.json()["source"] == "car.jpg"
    assert answer.json()["plates"][0]["text"] == "B123XY"
    assert uploads.taken == ["car.jpg"]


def test_without_an_upload_program_there_is_a_sentence(web: WebProgram) -> None:
    answer = post(web, b"x")
    assert answer.status_code == 503
    assert "starting" in answer.json()["error"]


def test_an_upload_program_that_dies_leaves_nobody_waiting(web: WebProgram) -> None:
    answers: queue.Queue[requests.Response] = queue.Queue()
    with reading_until_told(web) as (program, _):
        post_in_background(web, answers)
        wait_until(lambda: program.taken)
        program.close()
        answer = answers.get(timeout=PATIENCE_S)
    assert answer.status_code == 503
    assert "start again" in answer.json()["error"]


@contextmanager
def reading_until_told(web: WebProgram) -> Iterator[tuple[FakeUploads, threading.Event]]:
    """An upload program that answers from when the event is set, which it is when the block ends."""
    told = threading.Event()

    def answer(name: str, picture: bytes) -> Any:
        told.wait(PATIENCE_S)
        return one_plate(name, picture)

    with FakeUploads.known_to(web, answer) as program:
        try:
            yield program, told
        finally:
            told.set()


def post_in_background(web: WebProgram, answers: queue.Queue[requests.Response], picture: bytes = b"x") -> None:
    threading.Thread(target=lambda: answers.put(post(web, picture)), daemon=True).start()


def test_the_fifth_upload_is_asked_to_come_back(web: WebProgram) -> None:
    answers: queue.Queue[requests.Response] = queue.Queue()
    with reading_until_told(web) as (_, go_on):
        for _ in range(5):
            post_in_background(web, answers)
        refused = answers.get(timeout=PATIENCE_S)
        assert refused.status_code == 503
        assert "4 pictures are being read" in refused.json()["error"]
        go_on.set()
        assert [answers.get(timeout=PATIENCE_S).status_code for _ in range(4)] == [200] * 4


def raw_upload(web: WebProgram, head: str, pieces: Iterator[bytes]) -> bytes:
    """Sends everything before it reads anything, as browsers do; gives the whole answer."""
    with socket.create_connection(web.listener.getsockname(), timeout=PATIENCE_S) as connection:
        connection.sendall(
            f"POST /api/v1/read HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{head}\r\n"
            "Content-Type: multipart/form-data; boundary=b\r\n\r\n".encode()
        )
        for piece in pieces:
            connection.sendall(piece)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def slow_sender(web: WebProgram) -> socket.socket:
    """An upload whose end does not come."""
    connection = socket.create_connection(web.listener.getsockname(), timeout=PATIENCE_S)
    connection.sendall(
        b"POST /api/v1/read HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n"
        b"Content-Type: multipart/form-data; boundary=b\r\n\r\n--b\r\n"
    )
    return connection


def test_who_sends_slowly_keeps_nobody_from_the_reading(web: WebProgram, uploads: FakeUploads) -> None:
    senders = [slow_sender(web) for _ in range(7)]
    try:
        assert [post(web, b"x").status_code for _ in range(10)] == [200] * 10
        senders.append(slow_sender(web))
        wait_until(lambda: "8 pictures are being received" in post(web, b"x").text)
        senders.pop().close()
        wait_until(lambda: post(web, b"x").status_code == 200)
    finally:
        for sender in senders:
            sender.close()


MEGABYTE = b"x" * 1_000_000


@pytest.mark.parametrize("megabytes", [21, 100])
def test_a_body_that_is_too_long_gets_an_answer_and_no_memory(web: WebProgram, megabytes: int) -> None:
    answer = raw_upload(web, f"Content-Length: {megabytes * 1_000_000}", itertools.repeat(MEGABYTE, megabytes))
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"at most 20 MB" in answer
    assert peak_memory_mb(web.process) < 250


def test_a_chunked_body_that_is_too_long_gets_an_answer_and_no_memory(web: WebProgram) -> None:
    chunk = b"%x\r\n%s\r\n" % (len(MEGABYTE), MEGABYTE)
    answer = raw_upload(
        web, "Transfer-Encoding: chunked", itertools.chain(itertools.repeat(chunk, 60), [b"0\r\n\r\n"])
    )
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"at most 20 MB" in answer
    assert peak_memory_mb(web.process) < 250


def test_a_chunked_upload_is_taken(web: WebProgram, uploads: FakeUploads) -> None:
    form = b'--b\r\nContent-Disposition: form-data; name="picture"; filename="c.jpg"\r\n\r\nJPEG\r\n--b--\r\n'
    answer = raw_upload(web, "Transfer-Encoding: chunked", iter([b"%x\r\n%s\r\n0\r\n\r\n" % (len(form), form)]))
    assert answer.startswith(b"HTTP/1.1 200")


def test_memory_is_small_and_nothing_heavy_is_loaded(web: WebProgram) -> None:
    assert memory_mb(web.process) < 150
    loaded = Path(f"/proc/{web.process.pid}/maps").read_text()
    for library in ("cv2", "onnxruntime", "pandas", "libav", "PIL"):
        assert library not in loaded, library


@pytest.mark.parametrize("how", ["supervisor gone", "SIGTERM"])
def test_it_ends_at_once_while_people_watch(
    web: WebProgram, gate: FakeCamera, listener: Listener, how: str
) -> None:
    with closing(Viewer(web)) as viewer:
        next(viewer.pictures())
        web.process.send_signal(signal.SIGINT)
        assert web.api("cameras"), "Ctrl-C is the supervisor's business"
        if how == "SIGTERM":
            web.process.terminate()
        else:
            web.process.stdin.close()
        assert web.process.wait(PATIENCE_S) == 0, "it waits for its viewers, who stay"
    web.start()
    wait_until(lambda: web.state_of("gate")["status"] == "live")


@pytest.mark.parametrize("mode", MODES)
def test_with_a_password_strangers_see_nothing(tmp_path: Path, mode: str) -> None:
    with WebProgram(tmp_path, mode, password=PASSWORD) as web, closing(FakeCamera(web)):
        for path in ("/api/v1/cameras", "/cameras/gate/stream.mjpg", "/cameras/gate/snapshot.jpg"):
            assert requests.get(web.url + path, timeout=PATIENCE_S).status_code == 401
        with pytest.raises(socketio.exceptions.ConnectionError):
            Listener(web)
        basic = base64.b64encode(f"me:{PASSWORD}".encode()).decode()
        with closing(Listener(web, {"Authorization": f"Basic {basic}"})) as known:
            assert known.next("hello")["cameras"]
        snapshot = f"{web.url}/cameras/gate/snapshot.jpg"
        wait_until(lambda: requests.get(snapshot, auth=("me", PASSWORD), timeout=PATIENCE_S).ok)
        assert PASSWORD not in web.logged()
