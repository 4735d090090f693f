"""Starts, kills, freezes and restarts the RTSP server that tests watch."""

from __future__ import annotations

import select
import signal
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType

import av

SYSTEM_PYTHON = "/usr/bin/python3"
SCRIPT = Path(__file__).with_name("rtsp_server.py")
PATIENCE_S = 30
PLAYS_S = 600
"""How long the server has something to play: longer than any test looks."""


def why_not() -> str:
    """What the server lacks on this machine, or ""."""
    needs = "import gi; gi.require_version('GstRtspServer', '1.0'); from gi.repository import GstRtspServer"
    try:
        subprocess.run([SYSTEM_PYTHON, "-c", needs], check=True, capture_output=True, timeout=PATIENCE_S)
    except (OSError, subprocess.SubprocessError):
        return "no RTSP server: apt-get install python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-bad"
    return ""


def round_and_round(clip: Path, into: Path) -> Path:
    """An MP4 in the folder `into` with the pictures of `clip` again and again, `PLAYS_S` long.

    GStreamer could seek back instead, but its RTSP server (1.22) aborts if a viewer asks to play while a
    seek is under way: the pad has no segment then.
    """
    path = into / "round.mp4"
    with av.open(str(clip)) as once, av.open(str(path), "w") as again:
        source = once.streams.video[0]
        stream = again.add_stream_from_template(source)
        packets = [(packet, packet.pts, packet.dts) for packet in once.demux(source) if packet.size]
        length = source.duration
        for start in range(0, int(PLAYS_S / source.time_base), length):
            for packet, pts, dts in packets:
                packet.stream = stream
                packet.time_base = source.time_base
                packet.pts, packet.dts = start + pts, start + dts
                again.mux(packet)
    return path


class RtspServer:
    """A real RTSP server that plays `clip` (H.264 in MP4) round and round, in a process of its own.

    A raw stream (.h264) is played once.

    with RtspServer(clip) as server:
        look_at(server.url)
        server.kill()
        server.start()  # the same port again
    """

    def __init__(self, clip: Path, user: str = "", password: str = "") -> None:
        self.clip = clip
        self.user = user
        self.password = password
        self.port = 0
        self._process: subprocess.Popen[str] | None = None
        self._folder = tempfile.TemporaryDirectory()

    def __enter__(self) -> RtspServer:
        self.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.kill()
        self._folder.cleanup()

    @property
    def url(self) -> str:
        login = f"{self.user}:{self.password}@" if self.user else ""
        return f"rtsp://{login}127.0.0.1:{self.port}/live"

    def start(self) -> None:
        """Starts it and comes back when it answers; after the first time on the same port."""
        raw = self.clip.suffix == ".h264"
        played = self.clip if raw else round_and_round(self.clip, Path(self._folder.name))
        command = [SYSTEM_PYTHON, str(SCRIPT), str(played), "--port", str(self.port)]
        if self.user:
            command += ["--user", self.user, "--password", self.password]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        answer = self._first_words()
        if answer[:1] != ["ready"]:
            self.kill()
            raise AssertionError(f"the RTSP server did not start within {PATIENCE_S} s: {answer}")
        self.port = int(answer[1])

    def _first_words(self) -> list[str]:
        answered, _, _ = select.select([self._process.stdout], [], [], PATIENCE_S)
        return self._process.stdout.readline().split() if answered else []

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate(timeout=PATIENCE_S)
            self._process = None

    def restart(self) -> None:
        self.kill()
        self.start()

    def freeze(self) -> None:
        """Stops it in mid-word: its connections stay open and nothing comes."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)
