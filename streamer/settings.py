"""Every setting with its type, range and default. `config.yaml` says in a line what each is for."""

from __future__ import annotations

import math
import re
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, model_validator

from streamer.formats import codes_of
from streamer.grammar import Grammar
from streamer.line import Line
from streamer.syntax import patterns
from streamer.zones import Polygon, Zones

AUTO = "auto"
"""In place of regions: any country's plates."""
NORWAY = "NO"
"""What YAML takes for `false`."""
NO_AREA = 1e-6
"""A polygon whose triangles are all below this share of the picture has its corners in one line."""
DEMO_SOURCE = "demo"
"""The source that is the demo clip."""


class Section(BaseModel):
    """A group of settings; unknown keys are faults, values do not change after the check."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _number_as_text(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Name = Annotated[str, BeforeValidator(_number_as_text), Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$")]
SourceSpec = Annotated[str, BeforeValidator(_number_as_text), Field(min_length=1)]
Password = Annotated[SecretStr, BeforeValidator(_number_as_text)]


def _off_as_text(value: object) -> object:
    """`off` is `false` in YAML."""
    return "off" if value is False else value


Hardware = Annotated[
    Literal["off", "auto", "cuda", "vaapi", "qsv", "videotoolbox", "drm"], BeforeValidator(_off_as_text)
]


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Server(Section):
    host: str = Field("127.0.0.1", min_length=1)
    port: int = Field(5000, ge=1, le=65535)
    password: Password = SecretStr("")
    async_mode: Literal["eventlet", "threading"] = "eventlet"


class Live(Section):
    fps: float = Field(15, gt=0, le=60)
    width: int = Field(1280, ge=160, le=3840)
    quality: int = Field(80, ge=20, le=95)


class Engine(Section):
    name: Literal["network", "classic"] = "network"
    min_confidence: float = Field(0.5, ge=0, le=1)


def _a_number_of_threads(value: object) -> object:
    """Raises ValueError unless it is `auto` or a whole number from 1 to 64."""
    text = str(value).strip().lower()
    if text == "auto":
        return text
    if not text.isdecimal() or not 1 <= int(text) <= 64:
        raise ValueError(f"{value!r} should be auto or a whole number from 1 to 64")
    return int(text)


Threads = Annotated[int | Literal["auto"], BeforeValidator(_a_number_of_threads)]


class Network(Section):
    min_look_confidence: float = Field(0.2, ge=0, le=1)
    threads: Threads = "auto"
    min_score: float = Field(0.45, ge=0, le=1)


class Classic(Section):
    min_look_confidence: float = Field(0.7, ge=0, le=1)
    longest_side: int = Field(1600, ge=320, le=4096)
    most_readings: int = Field(6, ge=1, le=50)


class Capture(Section):
    rtsp_transport: Literal["tcp", "udp"] = "tcp"
    hardware: Hardware = "off"
    connect_timeout_s: float = Field(10, gt=0, le=120)
    read_timeout_s: float = Field(5, gt=0, le=120)
    stall_after_s: float = Field(3, gt=0, le=120)
    retry_first_s: float = Field(0.5, gt=0, le=60)
    retry_most_s: float = Field(3, gt=0, le=3600)
    retry_refused_s: float = Field(30, gt=0, le=3600)


def _listed(value: object) -> object:
    """One text, its parts separated by commas, as a list; regions in capitals. A single `auto` is none."""
    parts = value.split(",") if isinstance(value, str) else [value] if value is False else value
    if not isinstance(parts, list):
        return value
    parts = [
        NORWAY if part is False else part.strip().upper() if isinstance(part, str) else part for part in parts
    ]
    return [] if parts == [AUTO.upper()] else parts


def _known_regions(regions: tuple[str, ...]) -> tuple[str, ...]:
    """The codes that they stand for. Raises ValueError."""
    return tuple(dict.fromkeys(code for region in regions for code in codes_of(region)))


def _written_well(syntaxes: tuple[str, ...]) -> tuple[str, ...]:
    """As they are. Raises PatternError, a ValueError."""
    for written in syntaxes:
        patterns(written)
    return syntaxes


def _a_point(value: object) -> object:
    """As it is. Raises ValueError."""
    if not isinstance(value, (list, tuple)) or len(value) != 2:
        raise ValueError("write a point as [x, y], shares of the picture's width and height")
    return value


def _two_points(value: object) -> object:
    """As it is. Raises ValueError."""
    if not isinstance(value, (list, tuple)) or len(value) != 2 or not isinstance(value[0], (list, tuple)):
        raise ValueError(
            "write a line as its two ends, [[x, y], [x, y]], shares of the picture's width and height"
        )
    return value


def _polygons(value: object) -> object:
    """As it is. Raises ValueError."""
    first = value[0] if isinstance(value, (list, tuple)) and value else None
    if isinstance(first, (list, tuple)) and first and isinstance(first[0], (int, float)):
        raise ValueError(
            "a pair of brackets is missing; write a list of polygons, [[[x, y], [x, y], [x, y]]], also for one"
        )
    return value


def _with_area(zone: Polygon) -> Polygon:
    """As it is. Raises ValueError."""
    (x0, y0), *others = zone
    x1, y1 = max(others, key=lambda spot: math.dist(spot, zone[0]))
    if all(abs((x1 - x0) * (y - y0) - (y1 - y0) * (x - x0)) < NO_AREA for x, y in others):
        raise ValueError("the polygon has no area, its corners are in one line; write those of a surface")
    return zone


def _a_csv_name(value: str) -> str:
    """As it is. Raises ValueError."""
    if "/" in value or not value.endswith(".csv") or value == ".csv":
        raise ValueError(
            f"'{value}' cannot be a file in log.folder; write a name without folders that ends with .csv"
        )
    if re.search("[{}]", value.replace("{date}", "")):
        raise ValueError(
            f"'{value}' has braces that stand for nothing; only {{date}} does, take the others out"
        )
    return value


Share = Annotated[float, Field(ge=0, le=1)]
Spot = Annotated[tuple[Share, Share], BeforeValidator(_a_point)]
Ends = Annotated[tuple[Spot, Spot], BeforeValidator(_two_points)]
Zone = Annotated[tuple[Spot, ...], Field(min_length=3), AfterValidator(_with_area)]
ZoneList = Annotated[tuple[Zone, ...], BeforeValidator(_polygons)]
Regions = Annotated[tuple[str, ...], BeforeValidator(_listed), AfterValidator(_known_regions)]


class Formats(Section):
    regions: Regions = ()
    patterns: Annotated[tuple[str, ...], AfterValidator(_written_well)] = ()
    strict: bool = False


class Tracking(Section):
    sample_fps: float = Field(5, gt=0, le=30)
    burst_fps: float = Field(15, ge=0, le=60)
    min_looks: int = Field(2, ge=1, le=50)
    sure_look: float = Field(0.8, ge=0, le=2)
    decide_after_s: float = Field(1.0, ge=0.2, le=60)
    lost_after_s: float = Field(1.5, gt=0, le=60)
    repeat_after_s: float = Field(30, ge=0, le=86400)
    most_unknown: int = Field(1, ge=0, le=2)


class Motion(Section):
    gate: bool = True
    full_look_every_s: float = Field(30, gt=0, le=3600)


class Log(Section):
    folder: Path = Path("data")
    csv: Annotated[str, AfterValidator(_a_csv_name)] = "reads-{date}.csv"
    pictures: bool = True
    memory_limit: int = Field(1000, ge=10, le=100000)
    keep_rejected_h: float = Field(24, ge=0, le=8760)


class Uploads(Section):
    keep: bool = False
    max_megabytes: float = Field(20, gt=0, le=200)
    max_megapixels: float = Field(50, gt=0, le=200)


class Camera(Section):
    name: Name
    source: SourceSpec
    detect_source: SourceSpec | None = None
    realtime: bool = False
    loop: bool = False
    sample_fps: float | None = Field(None, gt=0, le=30)
    repeat_after_s: float | None = Field(None, ge=0, le=86400)
    group: Name | None = None
    regions: Regions | None = None
    include: ZoneList = ()
    exclude: ZoneList = ()
    line: Ends | None = None
    inside: Spot | None = None
    approaching: Literal["in", "out"] | None = None

    @property
    def zones(self) -> Zones:
        """Where plates count, and the line that vehicles cross."""
        line = Line(*self.line, self.inside) if self.line and self.inside else None
        return Zones(self.include, self.exclude, line)

    @model_validator(mode="after")
    def _line_has_two_sides(self) -> Camera:
        if self.line and not self.inside:
            raise ValueError(
                "line does not say which side is in; add inside: [x, y], a point on the inner side"
            )
        if self.inside and not self.line:
            raise ValueError("inside is for a line and there is none; add line: [[x, y], [x, y]]")
        if (line := self.zones.line) and line.fault:
            raise ValueError(line.fault)
        return self

    @model_validator(mode="after")
    def _pace_is_for_files(self) -> Camera:
        is_camera = self.source.isdecimal() or self.source.startswith(("/dev/", "rtsp://", "rtsps://"))
        if is_camera and (self.realtime or self.loop):
            raise ValueError("realtime and loop are for files; take them out for a camera")
        if self.loop and not self.realtime:
            raise ValueError("loop without realtime would never end; add realtime: true or take loop out")
        return self

    @model_validator(mode="after")
    def _two_streams_are_of_one_kind(self) -> Camera:
        streams = [self.source, self.detect_source or self.source]
        if self.detect_source and any(one.isdecimal() or one.startswith("/dev/") for one in streams):
            raise ValueError("detect_source is for network cameras and video files; take it out for a webcam")
        if len({"://" in one for one in streams}) > 1:
            raise ValueError(
                "source and detect_source are an address and a file; write the two streams of the same camera"
            )
        return self

    @model_validator(mode="after")
    def _logins_are_encoded(self) -> Camera:
        for key, stream in (("source", self.source), ("detect_source", self.detect_source or "")):
            login = re.match(r"\w+://(.*)@", stream)
            if login and re.search(r"[\s'\"<>@]", login[1]):
                raise ValueError(
                    f"the login in the address of {key} has spaces, quotes, < > or @ in it; write them as %XX"
                )
        return self


class Settings(Section):
    """Every setting. `config.yaml` in the repository says what each is for."""

    server: Server = Server()
    live: Live = Live()
    engine: Engine = Engine()
    network: Network = Network()
    classic: Classic = Classic()
    formats: Formats = Formats()
    capture: Capture = Capture()
    tracking: Tracking = Tracking()
    motion: Motion = Motion()
    log: Log = Log()
    uploads: Uploads = Uploads()
    cameras: tuple[Camera, ...] = Field(min_length=1)

    @property
    def of_engine(self) -> Network | Classic:
        """The section of the engine that is set."""
        return self.network if self.engine.name == "network" else self.classic

    def grammar_of(self, camera: Camera | None = None) -> Grammar:
        """What is expected of plates, at the camera if it says so itself."""
        formats = self.formats
        regions = formats.regions if camera is None or camera.regions is None else camera.regions
        return Grammar(regions, formats.patterns, formats.strict)

    def group_of(self, camera: Camera) -> tuple[str, ...]:
        """The names of the other cameras of its group."""
        others = (one for one in self.cameras if one.name != camera.name and camera.group)
        return tuple(one.name for one in others if one.group == camera.group)

    def tracking_of(self, camera: Camera) -> Tracking:
        """The tracking settings with what the camera sets for itself."""
        own = {
            key: value
            for key in ("sample_fps", "repeat_after_s")
            if (value := getattr(camera, key)) is not None
        }
        return self.tracking.model_copy(update=own)

    @model_validator(mode="after")
    def _strict_needs_something_to_fit(self) -> Settings:
        told = self.formats.regions or self.formats.patterns
        if self.formats.strict and not (told or all(camera.regions for camera in self.cameras)):
            raise ValueError(
                "formats.strict: true needs formats.regions or formats.patterns to say what has to fit"
            )
        return self
