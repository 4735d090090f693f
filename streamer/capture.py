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

A network camera or a video file may have a second, smaller stream of the same view beside it, `detect`: its
pictures are decoded and watched, those of the first only when somebody asks for them.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from streamer.sources.base import CaptureOptions, Extent, Shot, Source, SourceError, StateListener
from streamer.sources.clock import looped, paced
from streamer.sources.live import LiveSource
from streamer.sources.stills import is_many, is_picture, pictures_at, still_shots
from streamer.sources.substream import SubstreamSource, paired
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
    detect: str | None = None,
) -> Source:
    """The source that `spec` names, its frames signed with `camera`; `detect` names its small stream. Nothing
    is opened before its frames are asked for; only folders and patterns are looked into.

    `on_state` is called with every new state, from any thread. Raises SourceError for a spec that
    cannot be a source and for a folder or pattern without pictures.
    """
    options = options or CaptureOptions()
    spec = spec.strip()
    if not spec:
        raise SourceError("the source is empty; write a webcam's number, a URL, or the path of a file")
    if detect is not None:
        return _pair_source(spec, detect.strip(), camera, options, on_state)
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


def _pair_source(
    spec: str, detect: str, camera: str, options: CaptureOptions, on_state: StateListener | None
) -> Source:
    urls = ["://" in one for one in (spec, detect)]
    if all(urls):
        return _url_pair_source(_url(spec), _url(detect), camera, options, on_state)
    if any(urls):
        raise SourceError(
            "source and detect_source are an address and a file; write the two streams of the same camera"
        )
    for one in (spec, detect):
        if one.isdecimal() or one.startswith("/dev/") or is_many(Path(one)) or is_picture(Path(one)):
            raise SourceError(
                f"detect_source is for network cameras and video files, and {one} is neither; take it out"
            )
    main, small = (Path(one).expanduser() for one in (spec, detect))
    return _file_source(main, camera, options, on_state, small)


def _url_pair_source(
    main: str, small: str, camera: str, options: CaptureOptions, on_state: StateListener | None
) -> Source:
    main_shots, small_shots = partial(url_shots, main, options, lazily=True), partial(url_shots, small, options)
    if options.complete:
        return WholeSource(main, camera, lambda: enumerate(paired(main_shots(), small_shots(), main)), on_state)
    return SubstreamSource((main, small), camera, (main_shots, small_shots), options, on_state)


def _url_source(url: str, camera: str, options: CaptureOptions, on_state: StateListener | None) -> Source:
    url = _url(url)
    shots = partial(url_shots, url, options)
    if options.complete:
        return WholeSource(url, camera, lambda: enumerate(shots()), on_state)
    return LiveSource(url, camera, shots, options, on_state)


def _url(url: str) -> str:
    """The address as FFmpeg wants it. Raises SourceError if it cannot be one."""
    scheme, _, rest = url.partition("://")
    if scheme.lower() not in _SCHEMES:
        raise SourceError(f"{url} is of no kind known here; write rtsp://, http://, or the path of a file")
    if not _has_address(url):
        raise SourceError(
            f"{url} is no valid address; write {scheme}://host/path, and special characters of a"
            " password as %XX"
        )
    return f"{scheme.lower()}://{rest}"


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


def _file_source(
    path: Path,
    camera: str,
    options: CaptureOptions,
    on_state: StateListener | None,
    small: Path | None = None,
) -> Source:
    def once() -> Iterator[Shot]:
        if small is None:
            return file_shots(path, options)
        return paired(file_shots(path, options, lazily=True), file_shots(small, options), str(path))

    shots = partial(looped, once) if options.loop else once
    if options.realtime:
        return LiveSource(str(path), camera, lambda: paced(shots()), options, on_state, recording=True)
    measure = (lambda: None) if options.loop else partial(file_extent, path)
    return WholeSource(str(path), camera, lambda: enumerate(shots()), on_state, measure=measure)
