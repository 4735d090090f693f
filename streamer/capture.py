"""Sources -> frames.

    source = open_source("rtsp://10.0.0.9/live", "gate", CaptureOptions())
    for frame in source.frames():
        look_at(frame.image)

What a source is, is told by its spec alone:

| spec | source | frames |
|---|---|---|
| `0`, `/dev/video0` | webcam | newest |
| `rtsp://`, `rtsps://`, `http://`, `https://` | network camera or clip | newest; all with `complete` |
| `clip.mp4` | video file | all; newest and paced with `realtime` |
| `gate.jpg` | one picture | that one |
| `pictures/`, `pictures/*.jpg` | pictures, sorted by path | all |
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from streamer.sources.base import CaptureOptions, Extent, Source, SourceError, StateListener
from streamer.sources.clock import looped, paced
from streamer.sources.live import LiveSource
from streamer.sources.stills import is_many, is_picture, pictures_at, still_shots
from streamer.sources.video import file_extent, file_shots, url_shots
from streamer.sources.webcam import webcam_shots, webcam_target
from streamer.sources.whole import WholeSource

__all__ = ["CaptureOptions", "Extent", "Source", "SourceError", "open_source"]

_SCHEMES = ("rtsp", "rtsps", "http", "https")


def open_source(
    spec: str,
    camera: str,
    options: CaptureOptions | None = None,
    on_state: StateListener | None = None,
) -> Source:
    """The source that `spec` names, its frames signed with `camera`. Nothing is opened before its
    frames are asked for; only folders and patterns are looked into.

    `on_state` is called with every new state, from any thread. Raises SourceError for a spec that
    cannot be a source and for a folder or pattern without pictures.
    """
    options = options or CaptureOptions()
    spec = spec.strip()
    if not spec:
        raise SourceError("the source is empty; write a webcam's number, a URL, or the path of a file")
    if spec.isdecimal() or spec.startswith("/dev/"):
        return LiveSource(
            f"webcam {spec}", camera, lambda: webcam_shots(webcam_target(spec), options), options, on_state
        )
    if "://" in spec:
        return _url_source(spec, camera, options, on_state)
    if "\0" in spec:
        raise SourceError("the source is no valid path; it has a zero byte in it")
    path = Path(spec).expanduser()
    if is_many(path):
        return _still_source(spec, camera, pictures_at(path), on_state)
    if is_picture(path):
        return _still_source(spec, camera, (path,), on_state)
    return _file_source(path, camera, options, on_state)


def _url_source(url: str, camera: str, options: CaptureOptions, on_state: StateListener | None) -> Source:
    _check_url(url)
    scheme, _, rest = url.partition("://")
    url = f"{scheme.lower()}://{rest}"  # as FFmpeg wants it
    shots = partial(url_shots, url, options)
    if options.complete:
        return WholeSource(url, camera, lambda: enumerate(shots()), on_state)
    return LiveSource(url, camera, shots, options, on_state)


def _check_url(url: str) -> None:
    scheme = url.partition("://")[0]
    if scheme.lower() not in _SCHEMES:
        raise SourceError(f"{url} is of no kind known here; write rtsp://, http://, or the path of a file")
    if not _has_address(url):
        raise SourceError(
            f"{url} is no valid address; write {scheme}://host/path, and special characters of a"
            " password as %XX"
        )


def _has_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _still_source(name: str, camera: str, paths: tuple[Path, ...], on_state: StateListener | None) -> Source:
    extent = Extent(len(paths))
    shots = partial(still_shots, paths)
    return WholeSource(name, camera, shots, on_state, measure=lambda: extent, paths=paths)


def _file_source(path: Path, camera: str, options: CaptureOptions, on_state: StateListener | None) -> Source:
    once = partial(file_shots, path, options)
    shots = partial(looped, once) if options.loop else once
    if options.realtime:
        return LiveSource(str(path), camera, lambda: paced(shots()), options, on_state, recording=True)
    measure = (lambda: None) if options.loop else partial(file_extent, path)
    return WholeSource(str(path), camera, lambda: enumerate(shots()), on_state, measure=measure)
