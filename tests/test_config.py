"""Settings: what is right is taken, what is wrong is named with file, line, key and mend, all at once."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from streamer import config
from streamer.assembly import threads_for, track_options_from
from streamer.line import Line
from streamer.places import ROOT
from streamer.settings import Settings

ONE_CAMERA = "cameras:\n  - name: gate\n    source: clip.mp4\n"


def loaded(tmp_path: Path, text: str, **environment: str) -> Settings:
    path = tmp_path / "config.yaml"
    path.write_text(text)
    return config.load(path, environment)


def faults(tmp_path: Path, text: str, **environment: str) -> list[str]:
    with pytest.raises(config.ConfigError) as caught:
        loaded(tmp_path, text, **environment)
    return [fault.replace(f"{tmp_path}/", "") for fault in caught.value.faults]


def test_the_file_in_the_repository_holds_every_default():
    written = yaml.safe_load((ROOT / "config.yaml").read_text())
    from_file = config.load(ROOT / "config.yaml", {}).model_dump()
    from_defaults = Settings(cameras=config.demo_values()["cameras"]).model_dump()
    assert from_file == from_defaults
    for section, values in from_defaults.items():
        if section != "cameras":
            assert set(written[section]) == set(values), section


def test_every_setting_has_its_line_of_help():
    lines = (ROOT / "config.yaml").read_text().splitlines()
    settings = [line for line in lines if ":" in line and not line.lstrip().startswith("#")]
    assert len(settings) > 30
    assert [line for line in settings if "#" not in line and not line.rstrip().endswith(":")] == []


def test_all_faults_are_told_at_once(tmp_path):
    text = (
        "server:\n  prot: 80\n  async_mode: gevent\n"
        "tracking:\n  sample_fps: often\n"
        "cameras:\n  - name: gate\n    source: a.mp4\n  - name: gate\n    sorce: b.mp4\n"
    )
    assert faults(tmp_path, text) == [
        "config.yaml, line 2: server.prot is not a setting; did you mean port?",
        "config.yaml, line 3: server.async_mode: 'gevent' should be 'eventlet' or 'threading'",
        "config.yaml, line 5: tracking.sample_fps: 'often' should be a number",
        "config.yaml, line 9: cameras[1].name: 'gate' is the name of cameras[0] already; give each camera its own",
        "config.yaml, line 9: cameras[1].source is missing; add 'source: …'",
        "config.yaml, line 10: cameras[1].sorce is not a setting; did you mean source?",
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "config.yaml: no camera is set; add 'cameras:' with a name and a source"),
        (
            "cameras: []\n",
            "config.yaml, line 1: no camera is set; add one below 'cameras:' with a name and a source",
        ),
        (
            "cameras:\n",
            "config.yaml, line 1: no camera is set; add one below 'cameras:' with a name and a source",
        ),
        ("- gate\n", "config.yaml, line 1: must hold sections such as 'cameras:', not a list"),
        (
            ONE_CAMERA + "server:\n  port: 1\n  port: 2\n",
            "config.yaml, line 6: server.port stands twice (first on line 5); take one out",
        ),
        (
            ONE_CAMERA + "server:\n  port: 70000\n",
            "config.yaml, line 5: server.port: '70000' should be less than or equal to 65535",
        ),
        (
            "cameras:\n  - name: a/b\n    source: x.mp4\n",
            "config.yaml, line 2: cameras[0].name: 'a/b' cannot be a name; use letters, digits, - and _, at most 40",
        ),
        (
            "cameras:\n  - name: a\n    source: rtsp://v:${NOWHERE}@h/\n",
            "config.yaml, line 3: cameras[0].source: the environment variable NOWHERE is not set; "
            "set it before starting",
        ),
    ],
)
def test_a_fault_names_line_key_and_mend(tmp_path, text, fault):
    assert faults(tmp_path, text) == [fault]


def test_broken_yaml_names_the_line(tmp_path):
    (fault,) = faults(tmp_path, 'cameras:\n  - name: "gate\n    source: x\n')
    assert fault.startswith("config.yaml, line ")
    assert "check the indentation, the colons and the quotes" in fault


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(config.ConfigError, match="there is no such file"):
        config.load(tmp_path / "none.yaml", {})


def test_the_environment_overrides(tmp_path):
    settings = loaded(
        tmp_path,
        ONE_CAMERA + "server:\n  port: 1234\n",
        PORT="8081",
        STREAMER__TRACKING__SAMPLE_FPS="3",
        STREAMER__CAMERAS__GATE__SOURCE="rtsp://h/live",
        STREAMER__SERVER__PASSWORD="hush",
    )
    assert settings.server.port == 8081
    assert settings.tracking.sample_fps == 3
    assert settings.cameras[0].source == "rtsp://h/live"
    assert settings.server.password.get_secret_value() == "hush"
    assert "hush" not in repr(settings)


def test_a_mistake_in_the_environment_names_the_variable(tmp_path):
    assert faults(
        tmp_path, ONE_CAMERA, PORT="http", STREAMER__SREVER__PORT="1", STREAMER__CAMERAS__DOOR__SOURCE="x"
    ) == [
        "environment variable STREAMER__CAMERAS__DOOR__SOURCE: names no setting; write STREAMER__SECTION__KEY, "
        "as in STREAMER__SERVER__PORT or STREAMER__CAMERAS__GATE__SOURCE",
        "environment variable PORT: server.port: 'http' should be an integer",
        "environment variable STREAMER__SREVER__PORT: srever is not a setting; did you mean server?",
    ]


def test_secrets_come_from_the_environment(tmp_path):
    text = "cameras:\n  - name: gate\n    source: rtsp://viewer:${GATE_PASSWORD}@h/live\n"
    assert loaded(tmp_path, text, GATE_PASSWORD="pw").cameras[0].source == "rtsp://viewer:pw@h/live"


def test_secrets_are_encoded_where_they_are_a_part_of_a_url(tmp_path):
    text = "cameras:\n  - name: gate\n    source: rtsp://viewer:${SECRET}@h/live\n  - name: yard\n    source: ${SECRET}\n"
    sources = [camera.source for camera in loaded(tmp_path, text, SECRET="p@ss/w#").cameras]
    assert sources == ["rtsp://viewer:p%40ss%2Fw%23@h/live", "p@ss/w#"]


def test_a_missing_password_is_told_beside_other_faults(tmp_path):
    told = faults(tmp_path, ONE_CAMERA + "server:\n  prot: 1\n  host: 0.0.0.0\n")
    assert [fault.split(":")[0] for fault in told] == ["config.yaml, line 5", "config.yaml, line 6"]


@pytest.mark.parametrize("environment", [{}, {"STREAMER__SERVER__HOST": ""}])
def test_an_empty_host_is_not_everybody(tmp_path, environment):
    text = ONE_CAMERA if environment else ONE_CAMERA + "server:\n  host: ''\n"
    (fault,) = faults(tmp_path, text, **environment)
    assert "server.host" in fault


def test_a_source_from_the_environment_leaves_the_demo_behind():
    environment = {
        "STREAMER__CAMERAS__GATE__SOURCE": "rtsp://h/live",
        "STREAMER__CAMERAS__GATE__SAMPLE_FPS": "3",
    }
    (camera,) = config.load(ROOT / "config.yaml", environment).cameras
    assert (camera.realtime, camera.loop, camera.repeat_after_s, camera.sample_fps) == (False, False, None, 3)


def test_a_login_with_quotes_is_refused_and_not_shown(tmp_path):
    (fault,) = faults(tmp_path, 'cameras:\n  - name: gate\n    source: "rtsp://u:p\'x@h/"\n')
    assert "write them as %XX" in fault
    assert "p'x" not in fault


def test_a_variable_that_leads_too_deep_is_a_fault(tmp_path):
    (fault,) = faults(tmp_path, ONE_CAMERA, STREAMER__SERVER__PORT__X__Y="1")
    assert "STREAMER__SERVER__PORT__X__Y" in fault


def test_pace_is_for_files(tmp_path):
    (fault,) = faults(tmp_path, "cameras:\n  - name: gate\n    source: rtsp://h/\n    loop: true\n")
    assert (
        fault == "config.yaml, line 2: cameras[0]: realtime and loop are for files; take them out for a camera"
    )


SMALL = "cameras:\n  - name: gate\n    source: {}\n    detect_source: {}\n"


def test_a_small_stream_has_its_secrets_from_the_environment(tmp_path):
    text = SMALL.format("rtsp://v:${SECRET}@h/101", "rtsp://v:${SECRET}@h/102")
    (camera,) = loaded(tmp_path, text, SECRET="p@ss").cameras
    assert (camera.source, camera.detect_source) == ("rtsp://v:p%40ss@h/101", "rtsp://v:p%40ss@h/102")
    told = {"STREAMER__CAMERAS__GATE__DETECT_SOURCE": "rtsp://h/small"}
    assert loaded(tmp_path, text, SECRET="p", **told).cameras[0].detect_source == "rtsp://h/small"
    assert loaded(tmp_path, ONE_CAMERA).cameras[0].detect_source is None


@pytest.mark.parametrize(
    ("source", "small", "words"),
    [
        ("0", "1", "detect_source is for network cameras and video files; take it out for a webcam"),
        ("/dev/video0", "rtsp://h/s", "take it out for a webcam"),
        ("rtsp://h/m", "small.mp4", "are an address and a file; write the two streams of the same camera"),
        ("main.mp4", "rtsp://h/s", "are an address and a file; write the two streams of the same camera"),
        ("rtsp://h/m", '"rtsp://u:p\'x@h/s"', "of detect_source has spaces, quotes"),
    ],
)
def test_what_cannot_have_a_small_stream_says_what_to_do(tmp_path, source, small, words):
    (fault,) = faults(tmp_path, SMALL.format(source, small))
    assert fault.startswith("config.yaml, line 2: cameras[0]: ")
    assert words in fault
    assert "p'x" not in fault


def test_without_cameras_their_secrets_and_variables_do_not_count(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_text(
        "cameras:\n  - name: gate\n    source: rtsp://v:${NOT_SET}@h/\ntracking:\n  repeat_after_s: 60\n"
    )
    for settings in (
        config.without_cameras(path, {"STREAMER__CAMERAS__GATE__SOURCE": "x"}),
        config.for_source("clip.mp4", path, {"STREAMER__CAMERAS__GATE__SOURCE": "x"}),
    ):
        assert settings.tracking_of(settings.cameras[0]).repeat_after_s == 60


def test_a_password_in_a_faulty_line_is_not_shown(tmp_path):
    text = "server:\n  password: [hush, hush]\ncameras:\n  - name: rtsp://v:secret@h/\n    source: x\n"
    told = "\n".join(faults(tmp_path, text))
    assert "hush" not in told
    assert "secret" not in told


@pytest.mark.parametrize("host", ["0.0.0.0", "10.1.2.3", "::", "gate.example"])
def test_strangers_need_a_password(tmp_path, host):
    (fault,) = faults(tmp_path, ONE_CAMERA + f"server:\n  host: '{host}'\n")
    assert "a password is needed" in fault
    assert "STREAMER__SERVER__PASSWORD" in fault
    settings = loaded(tmp_path, ONE_CAMERA + f"server:\n  host: '{host}'\n  password: hush\n")
    assert settings.server.host == host


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "localhost"])
def test_this_machine_needs_none(tmp_path, host):
    assert loaded(tmp_path, ONE_CAMERA + f"server:\n  host: '{host}'\n").server.host == host


def test_a_source_on_the_command_line_keeps_the_other_settings(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_text(ONE_CAMERA + "server:\n  port: 1234\n")
    settings = config.for_source("0", path, {})
    assert settings.server.port == 1234
    assert [camera.source for camera in settings.cameras] == ["0"]


def test_a_camera_may_have_its_own_sample_rate(tmp_path):
    settings = loaded(tmp_path, ONE_CAMERA + "    sample_fps: 2\ntracking:\n  sample_fps: 7\n  min_looks: 3\n")
    tracking = settings.tracking_of(settings.cameras[0])
    assert (tracking.sample_fps, tracking.min_looks) == (2, 3)


@pytest.mark.parametrize(
    ("written", "regions"),
    [
        ("auto", ()),
        ("DE", ("DE",)),
        ("gb, fr", ("GB", "FR")),
        ("[GB, US-CA]", ("GB", "US-CA")),
        ("NO", ("NO",)),
        ("[NO, SE]", ("NO", "SE")),
    ],
)
def test_regions_are_codes_in_a_list_or_a_line(tmp_path, written, regions):
    """YAML takes Norway's code for `false`."""
    settings = loaded(tmp_path, ONE_CAMERA + f"formats:\n  regions: {written}\n")
    assert settings.grammar_of(settings.cameras[0]).regions == regions
    assert (
        loaded(tmp_path, ONE_CAMERA, STREAMER__FORMATS__REGIONS=written.strip("[]")).formats.regions == regions
    )


def test_a_camera_has_its_own_regions(tmp_path):
    text = ONE_CAMERA + "    regions: FR\n  - name: yard\n    source: b.mp4\n    regions: auto\n"
    settings = loaded(tmp_path, text + "formats:\n  regions: US\n")
    gate, yard = settings.cameras
    assert settings.grammar_of(gate).regions == ("FR",)
    assert settings.grammar_of(yard).regions == ()
    assert len(settings.grammar_of().regions) == 50


@pytest.mark.parametrize(
    ("formats", "fault"),
    [
        (
            "regions: [DE, UK]",
            "config.yaml, line 5: formats.regions: 'UK' is no region here; write codes such as DE, GB, BR, US or "
            "US-CA, or auto (python -m streamer formats lists them all)",
        ),
        (
            "patterns: ['AAA 99X']",
            "config.yaml, line 5: formats.patterns: 'X': write A for any letter, 9 for any digit, [X] for X itself",
        ),
        (
            "patterns: ['(A|AA']",
            "config.yaml, line 5: formats.patterns: '(A|AA': a bracket is missing; choices are written (AA|A|)",
        ),
        (
            "strict: true",
            "config.yaml: formats.strict: true needs formats.regions or formats.patterns to say what has to fit",
        ),
    ],
)
def test_faults_in_formats_say_what_to_write(tmp_path, formats, fault):
    assert faults(tmp_path, ONE_CAMERA + f"formats:\n  {formats}\n") == [fault]


def test_zones_are_polygons_of_shares(tmp_path):
    text = ONE_CAMERA + "    include:\n      - [[0, 0.5], [1, 0.5], [1, 1]]\n"
    assert loaded(tmp_path, text).cameras[0].zones.include == (((0, 0.5), (1, 0.5), (1, 1)),)
    assert faults(tmp_path, text.replace("[1, 1]", "[640, 1]")) == [
        "config.yaml, line 5: cameras[0].include[0][2][0]: '640' should be less than or equal to 1"
    ]
    (fault,) = faults(tmp_path, text.replace(", [1, 1]", ""))
    assert fault.startswith("config.yaml, line 5: cameras[0].include[0]: ")
    assert "at least 3" in fault


POLYGONS = "    {}: [[[0, 0], [1, 0], [1, 1]], {}]\n"


@pytest.mark.parametrize("zone", ["include", "exclude"])
@pytest.mark.parametrize(
    "polygon", ["[[0, 0], [0.4, 0.4], [0.9, 0.9]]", "[[0.5, 0.5], [0.5, 0.5], [0.5, 0.5]]"]
)
def test_a_polygon_without_area_is_refused(tmp_path, zone, polygon):
    assert faults(tmp_path, ONE_CAMERA + POLYGONS.format(zone, polygon)) == [
        f"config.yaml, line 4: cameras[0].{zone}[1]: the polygon has no area, its corners are in one line; "
        "write those of a surface"
    ]
    narrow = "[[0, 0], [1, 0], [1, 0.01]]"
    (camera,) = loaded(tmp_path, ONE_CAMERA + POLYGONS.format(zone, narrow)).cameras
    assert len(getattr(camera, zone)) == 2


def test_a_polygon_that_is_in_no_list_is_told_once(tmp_path):
    assert faults(tmp_path, ONE_CAMERA + "    include: [[0, 0], [1, 0], [1, 1]]\n") == [
        "config.yaml, line 4: cameras[0].include: a pair of brackets is missing; "
        "write a list of polygons, [[[x, y], [x, y], [x, y]]], also for one"
    ]


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        (
            "log:\n  csv: '{foo}.csv'\n",
            "line 5: log.csv: '{foo}.csv' has braces that stand for nothing; only {date} does, take the others out",
        ),
        (
            "log:\n  csv: /etc/x.csv\n",
            "line 5: log.csv: '/etc/x.csv' cannot be a file in log.folder; "
            "write a name without folders that ends with .csv",
        ),
        (
            "motion: yes\n",
            "line 4: motion: settings are missing here; "
            "write them below it, each on its line: gate, full_look_every_s",
        ),
        (
            "motion:\n",
            "line 4: motion: settings are missing here; "
            "write them below it, each on its line: gate, full_look_every_s",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused_with_a_sentence(tmp_path, written, fault):
    assert faults(tmp_path, ONE_CAMERA + written) == [f"config.yaml, {fault}"]


LINE = "    line: [[0.1, 0.6], [0.9, 0.6]]\n"
INSIDE = "    inside: [0.5, 0.9]\n"


def test_a_line_has_an_inner_side(tmp_path):
    zones = loaded(tmp_path, ONE_CAMERA + LINE + INSIDE).cameras[0].zones
    assert zones.line == Line((0.1, 0.6), (0.9, 0.6), (0.5, 0.9))
    assert not zones
    assert loaded(tmp_path, ONE_CAMERA).cameras[0].zones.line is None


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        (
            LINE,
            "line 2: cameras[0]: line does not say which side is in; add inside: [x, y], a point on the inner side",
        ),
        (INSIDE, "line 2: cameras[0]: inside is for a line and there is none; add line: [[x, y], [x, y]]"),
        (
            LINE.replace("0.9, 0.6", "0.1, 0.6") + INSIDE,
            "line 2: cameras[0]: the two points of line are the same; "
            "give its two ends, one on either side of the way",
        ),
        (
            LINE + INSIDE.replace("0.9", "0.6"),
            "line 2: cameras[0]: inside is on the line, so no side is the inner one; move it clearly to one side",
        ),
        (
            LINE.replace("0.9, 0.6", "640, 0.6") + INSIDE,
            "line 4: cameras[0].line[1][0]: '640' should be less than or equal to 1",
        ),
        (
            LINE.replace("]]", "], [1, 1]]") + INSIDE,
            "line 4: cameras[0].line: write a line as its two ends, [[x, y], [x, y]], "
            "shares of the picture's width and height",
        ),
        (
            LINE + "    inside: left\n",
            "line 5: cameras[0].inside: write a point as [x, y], shares of the picture's width and height",
        ),
        ("    approaching: inwards\n", "line 4: cameras[0].approaching: 'inwards' should be 'in' or 'out'"),
    ],
)
def test_faults_of_a_line_say_what_to_write(tmp_path, written, fault):
    assert faults(tmp_path, ONE_CAMERA + written) == [f"config.yaml, {fault}"]


def test_those_who_come_nearer_go_in_or_out(tmp_path):
    settings = loaded(tmp_path, ONE_CAMERA, STREAMER__CAMERAS__GATE__APPROACHING="out")
    assert track_options_from(settings, settings.cameras[0]).approaching == "out"
    settings = loaded(tmp_path, ONE_CAMERA)
    assert track_options_from(settings, settings.cameras[0]).approaching == ""


@pytest.mark.parametrize(
    ("cores", "cameras", "threads"), [(2, 1, 1), (4, 1, 2), (8, 1, 4), (32, 1, 4), (8, 4, 1), (4, 16, 1)]
)
def test_threads_are_shared_by_the_cameras(cores, cameras, threads):
    assert threads_for(cores, cameras) == threads


@pytest.mark.parametrize("threads", ["many", 0, 65, 1.5, True])
def test_threads_are_auto_or_a_number(tmp_path, threads):
    text = f"{ONE_CAMERA}network:\n  threads: {threads}\n"
    (fault,) = faults(tmp_path, text)
    assert fault.startswith("config.yaml, line 5: network.threads: ")
    assert fault.endswith("should be auto or a whole number from 1 to 64")
