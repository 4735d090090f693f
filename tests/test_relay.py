"""The relay on a real Unix socket, spoken to as the programs speak to it."""

from __future__ import annotations

import io
import resource
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from logs import a_read

from streamer.grammar import Grammar
from streamer.types import Read
from streamer.viewing import View
from streamer.web import body, mjpeg, relay
from streamer.web.desk import DeskError, UploadDesk
from streamer.web.feed import Feed
from streamer.web.recent import RecentReads
from streamer.web.relay import Relay
from streamer.wire import CameraState, Message, Wire, WireError

LIVE = CameraState("live", "live", fps=15, width=1280, height=720)
VIEW = View(1280, 80, 15.0)
SMALL = View(320, 60, 5.0)
STALLED = CameraState("stalled", "stalled: no picture", problems=("The disk is full",))


def until(condition: Callable[[], Any], within_s: float = 5) -> Any:
    deadline = time.monotonic() + within_s
    while not (value := condition()):
        assert time.monotonic() < deadline, "it did not happen in time"
        threading.Event().wait(0.005)
    return value


def read_of(read_id: str, **changes: Any) -> Read:
    return replace(Read(read_id, "gate", "B123XY", 0.9, 1000.0, 1005.0, 0, 5, 7, "demo"), **changes)


class Program:
    """One end of a wire, as a camera or the upload program holds it."""

    def __init__(self, path: Path, **hello: str) -> None:
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(5)
        connection.connect(str(path))
        self.wire = Wire(connection)
        self.say(type="hello", **hello)

    def say(self, payload: bytes = b"", **head: Any) -> None:
        self.wire.send(Message(head, payload))

    def state(self, state: CameraState) -> None:
        self.say(type="state", camera="gate", **asdict(state))

    def frame(self, jpeg: bytes, view: View = VIEW, sent_s: float | None = None) -> None:
        sent_s = time.time() if sent_s is None else sent_s
        self.say(jpeg, type="frame", camera="gate", sent_s=sent_s, **view.size._asdict())

    def hear_views(self) -> list[View]:
        """What it is told to make, the widest first."""
        views = [View(**view) for view in self.wire.receive().head["views"]]
        return sorted(views, key=lambda view: -view.width)

    def read(self, read: Read) -> None:
        self.say(type="read", event="read", read=asdict(read))


class Scene:
    """A relay with one camera, `gate`, and what it told."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "web.sock"
        self.recorded: list[Read] = []
        self.told: list[tuple[str, dict[str, Any]]] = []
        self.relay = Relay(["gate"], lambda most: self.recorded[:most])
        self.relay.subscribe(lambda event, payload: self.told.append((event, payload)))
        self.relay.open(self.path)
        self.gate = self.relay.feeds["gate"]

    def camera(self) -> Program:
        program = Program(self.path, role="camera", camera="gate")
        until(lambda: self.gate.connected)
        return program

    def live_camera(self) -> Program:
        program = self.camera()
        program.state(LIVE)
        until(lambda: self.gate.state == LIVE)
        return program

    def events(self, name: str) -> list[dict[str, Any]]:
        return [payload for event, payload in self.told if event == name]


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


@contextmanager
def viewer(feed: Feed, view: View = VIEW) -> Iterator[Iterator[bytes]]:
    """The parts of a stream as a viewer gets them, without the opening boundary."""
    stream = mjpeg.parts(feed, view, b"STAND-IN", turn_s=0.05)
    next(stream)
    try:
        yield stream
    finally:
        stream.close()


def in_background(call: Callable[[], Any]) -> Callable[[], Any]:
    """Starts `call` and gives a function that waits for its result or raises its error."""
    outcome: list[Any] = []

    def run() -> None:
        try:
            outcome.append((call(), None))
        except Exception as error:
            outcome.append((None, error))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()

    def result() -> Any:
        thread.join(5)
        assert outcome, "it still waits"
        value, error = outcome[0]
        if error:
            raise error
        return value

    return result


def test_a_camera_is_asked_for_pictures_only_while_somebody_watches(scene):
    scene.gate._linger_s = 0.05
    camera = scene.live_camera()
    with scene.gate.watching(VIEW):
        assert camera.hear_views() == [VIEW]
        with scene.gate.watching(VIEW):
            assert scene.gate.viewers == 2
    assert camera.hear_views() == []


def test_one_who_comes_back_soon_does_not_stop_the_pictures(scene):
    scene.gate._linger_s = 0.05
    camera = scene.live_camera()
    with scene.gate.watching(VIEW):
        camera.wire.receive()
    with scene.gate.watching(VIEW):
        camera.wire._connection.settimeout(0.3)
        with pytest.raises(WireError):
            camera.wire.receive()


def test_who_asks_for_the_same_shares_one_encoding_as_quick_as_the_quickest_wants_it(scene):
    scene.gate._linger_s = 0.02
    camera = scene.live_camera()
    slow = replace(VIEW, fps=2.0)
    with scene.gate.watching(slow):
        assert camera.hear_views() == [slow]
        with scene.gate.watching(VIEW), scene.gate.watching(VIEW):
            assert camera.hear_views() == [VIEW]
            with scene.gate.watching(SMALL):
                assert camera.hear_views() == [VIEW, SMALL]
            assert camera.hear_views() == [VIEW]
        assert camera.hear_views() == [slow]
    assert camera.hear_views() == []


def test_everybody_gets_the_size_that_he_asked_for(scene):
    camera = scene.live_camera()
    with viewer(scene.gate) as large, viewer(scene.gate, SMALL) as small:
        first, second = in_background(lambda: next(large)), in_background(lambda: next(small))
        until(lambda: len(scene.gate._told) == 2)
        camera.frame(b"large")
        camera.frame(b"small", SMALL)
        assert b"large" in first()
        assert b"small" in second()


def test_nobody_gets_more_pictures_than_he_asked_for(scene):
    camera = scene.live_camera()
    with scene.gate.watching(VIEW), viewer(scene.gate, replace(VIEW, fps=5.0)) as stream:
        first = in_background(lambda: next(stream))
        until(lambda: scene.gate.viewers == 2)
        camera.frame(b"taken", sent_s=1000.0)
        assert b"taken" in first()
        second = in_background(lambda: next(stream))
        camera.frame(b"too soon", sent_s=1000.05)
        until(lambda: scene.gate.number == 2)
        camera.frame(b"in time", sent_s=1000.2)
        assert b"in time" in second()


def test_a_size_that_nobody_wants_is_dropped(scene):
    camera = scene.live_camera()
    with scene.gate.watching(VIEW):
        camera.wire.receive()
        camera.frame(b"small", SMALL)
        camera.frame(b"large")
        until(lambda: scene.gate.number == 1)
        assert scene.gate.after(SMALL.size, 0, 0.05) is None


def test_a_snapshot_leaves_no_encoding_behind(scene):
    camera = scene.live_camera()
    answer = in_background(lambda: mjpeg.snapshot(scene.gate, SMALL))
    assert camera.hear_views() == [SMALL]
    camera.frame(b"small", SMALL)
    assert answer() == b"small"
    assert camera.hear_views() == []


def test_a_camera_that_comes_back_is_told_again_that_somebody_watches(scene):
    with scene.gate.watching(VIEW):
        first = scene.camera()
        assert first.hear_views() == [VIEW]
        first.wire.close()
        until(lambda: not scene.gate.connected)
        assert scene.camera().hear_views() == [VIEW]


def test_a_second_connection_of_a_camera_takes_the_place_of_the_first(scene):
    first, second = scene.camera(), scene.camera()
    with pytest.raises(WireError):
        first.wire.receive()
    second.state(LIVE)
    until(lambda: scene.gate.state == LIVE)
    assert scene.gate.connected


def test_a_viewer_gets_the_newest_picture_and_skips_the_rest(scene):
    camera = scene.live_camera()
    with viewer(scene.gate) as stream:
        first = in_background(lambda: next(stream))
        assert camera.hear_views() == [VIEW]
        camera.frame(b"one", sent_s=1001.0)
        assert b"one" in first()
        for number in range(2, 9):
            camera.frame(b"picture %d" % number, sent_s=1000.0 + number)
        until(lambda: scene.gate.number == 8)
        assert b"picture 8" in next(stream)


def test_every_part_says_its_length_and_when_it_was_sent_and_ends_with_the_boundary(scene):
    camera = scene.live_camera()
    with viewer(scene.gate) as stream:
        part = in_background(lambda: next(stream))
        camera.wire.receive()
        camera.frame(b"JPEG")
        assert part().startswith(b"Content-Type: image/jpeg\r\nContent-Length: 4\r\nX-Timestamp: ")
        assert part().endswith(b"\r\n\r\nJPEG\r\n--plate-streamer\r\n")


def test_no_stale_picture_is_sent_once_the_camera_program_is_gone(scene):
    camera = scene.live_camera()
    with viewer(scene.gate) as stream:
        first = in_background(lambda: next(stream))
        camera.wire.receive()
        camera.frame(b"last")
        first()
        camera.wire.close()
        until(lambda: not scene.gate.connected)
        assert b"STAND-IN" in next(stream)


def test_a_live_camera_that_falls_silent_is_not_taken_for_the_present(scene):
    camera = scene.live_camera()
    with viewer(scene.gate) as stream:
        first = in_background(lambda: next(stream))
        camera.wire.receive()
        camera.frame(b"last")
        first()
        assert b"STAND-IN" in next(stream)


def test_the_state_card_of_a_camera_that_is_not_live_is_shown_again(scene):
    camera = scene.camera()
    camera.state(STALLED)
    with viewer(scene.gate) as stream:
        first = in_background(lambda: next(stream))
        camera.wire.receive()
        camera.frame(b"card")
        first()
        assert b"card" in next(stream)


def test_a_picture_that_comes_after_the_last_viewer_went_is_not_kept(scene):
    scene.gate._linger_s = 0.02
    camera = scene.live_camera()
    with scene.gate.watching(VIEW):
        camera.wire.receive()
    assert camera.hear_views() == []
    camera.frame(b"late")
    camera.state(STALLED)
    until(lambda: scene.gate.state == STALLED)
    assert scene.gate.after(VIEW.size, 0, 0.05) is None


def test_a_snapshot_is_newer_than_the_question(scene):
    camera = scene.live_camera()
    with scene.gate.watching(VIEW):
        camera.wire.receive()
        camera.frame(b"old")
        until(lambda: scene.gate.number == 1)
        answer = in_background(lambda: mjpeg.snapshot(scene.gate, VIEW))
        until(lambda: scene.gate.viewers == 2)
        camera.frame(b"new")
        assert answer() == b"new"


def test_a_clean_picture_is_another_than_the_one_with_marks(scene):
    clean = replace(VIEW, marks=False)
    camera = scene.live_camera()
    with scene.gate.watching(VIEW):
        camera.hear_views()
        answer = in_background(lambda: mjpeg.snapshot(scene.gate, clean))
        assert set(camera.hear_views()) == {VIEW, clean}
        camera.frame(b"with marks")
        camera.frame(b"clean", clean)
        assert answer() == b"clean"


def test_a_snapshot_of_nothing_says_why(scene):
    with pytest.raises(mjpeg.NoPictureError, match="starting"):
        mjpeg.snapshot(scene.gate, VIEW, within_s=0.05)
    camera = scene.live_camera()
    with pytest.raises(mjpeg.NoPictureError, match="no picture within"):
        mjpeg.snapshot(scene.gate, VIEW, within_s=0.05)
    camera.state(STALLED)
    until(lambda: scene.gate.state == STALLED)
    with pytest.raises(mjpeg.NoPictureError, match="stalled: no picture"):
        mjpeg.snapshot(scene.gate, VIEW, within_s=0.05)


def test_states_are_told_once_a_change(scene):
    camera = scene.camera()
    for state in (LIVE, LIVE, STALLED):
        camera.state(state)
    until(lambda: scene.gate.state == STALLED)
    assert [payload["status"] for payload in scene.events("camera_state")] == ["live", "stalled"]
    assert scene.events("camera_state")[-1]["problems"] == ("The disk is full",)


def test_a_camera_program_that_is_gone_starts_again(scene):
    scene.live_camera().wire.close()
    until(lambda: len(scene.events("camera_state")) == 2)
    assert scene.events("camera_state")[-1]["text"] == "starting again"


def test_reads_are_told_with_times_that_name_their_offset(scene):
    camera = scene.camera()
    camera.read(read_of("r/1", image="x.jpg", first_seen=1_700_000_000.5, direction="out"))
    payload = until(lambda: scene.events("read"))[0]
    assert payload["first_seen"].startswith(("2023-11-14T", "2023-11-15T"))
    assert payload["first_seen"][-6] in "+-"
    assert payload["image"] == "/reads/r%2F1/plate.jpg?v=1"
    assert payload["settled"] is False
    assert payload["direction"] == "out"


def test_what_is_known_is_not_told_again(scene):
    camera = scene.camera()
    for read in (
        read_of("r1"),
        read_of("r1"),
        read_of("r1", revision=3, plate="C1"),
        read_of("r1", revision=2),
    ):
        camera.read(read)
    camera.state(LIVE)
    until(lambda: scene.gate.state == LIVE)
    assert len(scene.events("read")) == 1
    assert [payload["plate"] for payload in scene.events("read_updated")] == ["C1"]


def test_what_was_recorded_while_nobody_listened_is_told_when_the_camera_comes(scene):
    scene.camera()
    scene.recorded = [read_of("r2"), read_of("r1")]
    scene.camera()
    until(lambda: len(scene.events("read")) == 2)
    assert {read["read_id"] for read in scene.relay.recent()} == {"r1", "r2"}


def test_a_log_that_cannot_be_read_stops_nothing(tmp_path, caplog):
    def broken(limit: int) -> list[Read]:
        raise OSError("the disk is gone")

    relay = Relay(["gate"], broken)
    relay.open(tmp_path / "web.sock")
    camera = Program(tmp_path / "web.sock", role="camera", camera="gate")
    camera.state(LIVE)
    until(lambda: relay.feeds["gate"].state == LIVE)
    assert "cannot be loaded" in caplog.text


def test_a_read_is_shown_with_its_separators_and_keeps_its_bare_text():
    relay = Relay(
        ["gate"], lambda _: [a_read(plate="26SPF4")], lambda read: Grammar(("NL",)).display(read.plate)
    )
    relay.refill()
    assert [(read["plate"], read["display"]) for read in relay.recent()] == [("26SPF4", "26-SPF-4")]


@pytest.mark.parametrize(
    "head",
    [
        {"type": "read", "event": "read", "read": {"read_id": "x"}},
        {"type": "state", "camera": "gate", "colour": "blue"},
        {"type": "frame", "camera": "gate"},
        {"type": "frame", "camera": "gate", "width": "wide", "quality": 80, "marks": True, "sent_s": 1.0},
        {"typ": "read"},
        {"type": "read", "read": 5},
    ],
)
def test_nonsense_cuts_off_the_one_who_says_it(scene, caplog, head):
    camera = scene.camera()
    camera.say(**head)
    with pytest.raises(WireError):
        camera.wire.receive()
    assert "malformed" in caplog.text
    scene.live_camera()


@pytest.mark.parametrize("raw", [b"\xff\xff\xff\xff", b"\0\0\0\2[]", b"\0\0\0\3abc", b"\0\0"])
def test_bytes_that_are_no_message_do_no_harm(scene, raw):
    stranger = socket.socket(socket.AF_UNIX)
    stranger.connect(str(scene.path))
    stranger.sendall(raw)
    stranger.shutdown(socket.SHUT_WR)
    assert stranger.recv(1) == b""
    scene.live_camera()


def test_strangers_are_sent_away(scene, caplog):
    with pytest.raises(WireError):
        Program(scene.path, role="camera", camera="unknown").wire.receive()
    assert "sent away" in caplog.text


def test_the_socket_is_for_its_owner_only(scene):
    assert scene.path.stat().st_mode & 0o077 == 0


@contextmanager
def no_more_open_files() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_programs_can_connect_again_after_there_were_too_many_open_files(scene, caplog, monkeypatch):
    monkeypatch.setattr(relay, "ACCEPT_AGAIN_S", 0.001)
    connections = [socket.socket(socket.AF_UNIX) for _ in range(2)]
    with no_more_open_files():
        for connection in connections:
            connection.connect(str(scene.path))
        until(lambda: "cannot connect now" in caplog.text)
    last = Wire(connections[-1])
    last.send(Message({"type": "hello", "role": "camera", "camera": "gate"}))
    until(lambda: scene.gate.connected)
    assert caplog.text.count("cannot connect now") == 1


def last_seen(second: float, **changes: Any) -> Read:
    return read_of(f"r{second:g}", first_seen=second, last_seen=second, **{"settled": True, **changes})


def test_only_the_newest_reads_are_kept():
    reads = RecentReads(most=3)
    events = [reads.merge(last_seen(second)) for second in (1, 5, 3, 4, 0)]
    assert events == ["read", "read", "read", "read", None]
    assert [read.read_id for read in reads.newest()] == ["r5", "r4", "r3"]
    assert [read.read_id for read in reads.newest(1)] == ["r5"]


def test_a_vehicle_that_stands_while_many_pass_is_told_to_its_end():
    reads = RecentReads(most=3)
    standing = last_seen(0, settled=False)
    reads.merge(standing)
    for second in range(1, 10):
        reads.merge(last_seen(second))
    assert reads.merge(replace(standing, last_seen=20, revision=2)) == "read_updated"
    assert reads.merge(replace(standing, last_seen=21, revision=3, settled=True)) == "read_updated"
    assert [read.read_id for read in reads.newest()] == ["r9", "r8", "r0"]
    for second in range(22, 24):
        reads.merge(last_seen(second))
    assert [read.read_id for read in reads.newest()] == ["r23", "r22", "r0"], "it was seen after r8 and r9"
    reads.merge(last_seen(24))
    assert reads.get("r0") is None


def test_open_reads_are_bounded_too():
    reads = RecentReads(most=3)
    for second in range(10):
        reads.merge(last_seen(second, settled=False))
    assert [read.read_id for read in reads.newest()] == ["r9", "r8", "r7"]


def test_an_upload_is_handed_over_and_its_answer_comes_back_in_pieces(scene):
    uploads = Program(scene.path, role="uploads")
    until(lambda: scene.relay.desk._wire)
    answer = in_background(lambda: scene.relay.desk.ask("x.jpg", b"PICTURE"))
    asked = uploads.wire.receive()
    assert (asked.head["name"], asked.payload) == ("x.jpg", b"PICTURE")
    uploads.say(b"aabbb", type="answer", id=asked.head["id"], status=200, result={"ms": 1}, sizes=[2, 3])
    assert answer().pictures == (b"aa", b"bbb")
    assert answer().result == {"ms": 1}


def test_answers_find_the_one_who_asked(scene):
    uploads = Program(scene.path, role="uploads")
    until(lambda: scene.relay.desk._wire)
    asking = {name: in_background(lambda name=name: scene.relay.desk.ask(name, b"x")) for name in ("a", "b")}
    asked = [uploads.wire.receive().head for _ in asking]
    for head in reversed(asked):
        uploads.say(type="answer", id=head["id"], status=200, result={"name": head["name"]})
    assert {name: answer().result["name"] for name, answer in asking.items()} == {"a": "a", "b": "b"}


def test_without_an_upload_program_the_answer_comes_at_once():
    with pytest.raises(DeskError, match="starting"):
        UploadDesk().ask("x", b"")


def test_nobody_waits_for_an_upload_program_that_died(scene):
    uploads = Program(scene.path, role="uploads")
    until(lambda: scene.relay.desk._wire)
    answer = in_background(lambda: scene.relay.desk.ask("x", b"x"))
    uploads.wire.receive()
    uploads.wire.close()
    with pytest.raises(DeskError, match="start again"):
        answer()


def test_nobody_waits_for_ever(scene):
    scene.relay.desk._patience_s = 0.05
    uploads = Program(scene.path, role="uploads")
    until(lambda: scene.relay.desk._wire)
    with pytest.raises(DeskError, match="not read within"):
        scene.relay.desk.ask("x", b"x")
    late = uploads.wire.receive().head["id"]
    uploads.say(type="answer", id=late, status=200, result={})
    scene.live_camera()


def test_a_few_may_wait_and_the_next_is_sent_away():
    desk = UploadDesk(places=2)
    with desk.place(), desk.place(), pytest.raises(DeskError, match="2 pictures"), desk.place():
        pass
    with desk.place():
        pass


@pytest.mark.parametrize("sizes", [[2], [2, 2], [-1, 4]])
def test_sizes_that_do_not_add_up_are_nonsense(sizes):
    message = Message({"type": "answer", "id": "1", "status": 200, "result": {}, "sizes": sizes}, b"abc")
    with pytest.raises(ValueError, match="add up"):
        UploadDesk().deliver(message)


def test_a_body_is_put_back_as_it_came():
    environ = {"wsgi.input": io.BytesIO(b"x" * 200_000), "CONTENT_LENGTH": "200000"}
    body.receive(environ, 200_000)
    assert environ["wsgi.input"].read() == b"x" * 200_000


def test_a_body_that_is_too_long_is_read_to_its_end():
    source = io.BytesIO(b"x" * 200_000)
    with pytest.raises(body.TooLongError):
        body.receive({"wsgi.input": source, "CONTENT_LENGTH": "200000"}, 199_999)
    assert source.read() == b""


def test_a_chunked_body_ends_where_it_ends():
    environ = {"wsgi.input": io.BytesIO(b"abc"), "HTTP_TRANSFER_ENCODING": "chunked"}
    body.receive(environ, 10)
    assert environ["CONTENT_LENGTH"] == "3"
    assert "HTTP_TRANSFER_ENCODING" not in environ


@pytest.mark.parametrize("length", ["abc", "1.5", "0x10"])
def test_a_length_that_is_no_number_is_noticed(length):
    with pytest.raises(body.LengthError):
        body.receive({"wsgi.input": io.BytesIO(b"abc"), "CONTENT_LENGTH": length}, 10)


def test_a_body_that_breaks_off_is_noticed():
    with pytest.raises(body.BrokenOffError):
        body.receive({"wsgi.input": io.BytesIO(b"abc"), "CONTENT_LENGTH": "10"}, 10)
