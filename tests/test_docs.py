"""The documents say what is so: settings, commands, files and links in them exist."""

from __future__ import annotations

import json
import re
import shlex

import click
import pytest
from pydantic import BaseModel

from streamer.__main__ import main
from streamer.places import ROOT
from streamer.recording import csvlog
from streamer.settings import Camera, Settings

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
OTHER_PAGES = [ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]
TEXTS = {page: page.read_text(encoding="utf-8") for page in [*PAGES, *OTHER_PAGES]}
BY_PAGE = pytest.mark.parametrize("page", [*PAGES, *OTHER_PAGES], ids=lambda page: page.name)

COMMAND = re.compile(r"(?:python -m streamer|(?<![\w/.-])script/server)(?= |$|`)([^`\n]*)", re.MULTILINE)
LINK = re.compile(r"\]\(([^)\s]+)\)")
OUR_FILE = re.compile(r"`((?:streamer|tests|benchmarks|script|docs|static|templates)/[\w./-]*)`")
DOTTED = re.compile(r"`([a-z]+)\.([a-z_]+)`")

SCREENSHOT = ROOT / "docs" / "live.png"

SECTIONS = {
    name: set(field.annotation.model_fields)
    for name, field in Settings.model_fields.items()
    if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)
}
SETTINGS = [f"{section}.{key}" for section, keys in SECTIONS.items() for key in sorted(keys)]


def commands(text: str) -> list[list[str]]:
    """The arguments of every command line of ours in a page, as a shell would give them."""
    lines = [match[0].replace("script/server", "serve", 1) for match in COMMAND.finditer(text)]
    return [
        shlex.split(re.split(r"\s(?:[|>&]|#|   )", line)[0].removeprefix("python -m streamer"), comments=True)
        for line in lines
    ]


def check_command(arguments: list[str]) -> None:
    """Parses the arguments as the program would, and runs nothing. Raises UsageError."""
    context = main.make_context("streamer", list(arguments), resilient_parsing=not arguments)
    if arguments:
        name, command, rest = main.resolve_command(context, list(arguments))
        assert command is not None
        try:
            command.make_context(name, rest, parent=context)
        except click.exceptions.Exit:
            assert "--help" in rest or "-h" in rest


def heading_anchors(text: str) -> set[str]:
    """The anchors that a page's headings have on GitHub."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("setting", SETTINGS)
def test_every_setting_is_explained(setting):
    assert any(f"`{setting}`" in TEXTS[page] for page in PAGES), f"no page explains `{setting}`"


@pytest.mark.parametrize("key", Camera.model_fields)
def test_every_key_of_a_camera_is_explained(key):
    assert f"| `{key}` |" in TEXTS[ROOT / "docs/cameras.md"]


@BY_PAGE
def test_settings_that_are_named_exist(page):
    named = [(section, key) for section, key in DOTTED.findall(TEXTS[page]) if section in SECTIONS]
    files = {path.name for path in (ROOT / "streamer").glob("*.py")}
    wrong = [f"{s}.{k}" for s, k in named if k not in SECTIONS[s] and f"{s}.{k}" not in files]
    assert wrong == []


def test_defaults_in_tables_are_the_defaults():
    defaults = Settings(cameras=({"name": "gate", "source": "demo"},)).model_dump(mode="json")
    checked = 0
    for page in PAGES:
        for section, key, told in re.findall(
            r"^\| `([a-z]+)\.([a-z_]+)` \| ([^|]+) \|", TEXTS[page], re.MULTILINE
        ):
            if key not in SECTIONS.get(section, ()) or page.name == "README.md":
                continue
            default = defaults[section][key]
            as_told = {"none": "", "auto": "", "true": True, "false": False}.get(
                told.strip("`"), told.strip("`")
            )
            same = (
                as_told == default
                or (as_told == "" and default in ([], "auto"))
                or (isinstance(default, float) and float(as_told) == default)
            )
            assert same or as_told == str(default), f"{page.name}: {section}.{key} is {default!r}, not {told}"
            checked += 1
    assert checked >= len(SETTINGS) - 1  # all but the password, which has no value to compare


@BY_PAGE
def test_every_table_is_one(page):
    """An empty line in a table makes plain text of the rows below it."""
    for block in re.findall(r"(?:^\|.*\n)+", TEXTS[page], re.MULTILINE):
        assert re.fullmatch(r"[|\s:-]+", block.splitlines()[1] if block.count("\n") > 1 else "x"), block[:200]


@pytest.mark.parametrize("place", ["templates/live.html", "static/answer.js", "README.md", "docs/cameras.md"])
def test_how_wide_a_plate_should_be_is_the_same_everywhere(place):
    words = " ".join((ROOT / place).read_text(encoding="utf-8").split())
    assert "at least 75 (US) to 90 (EU) pixels wide" in words


@BY_PAGE
def test_commands_can_be_typed(page):
    for arguments in commands(TEXTS[page]):
        try:
            check_command(arguments)
        except click.UsageError as error:
            pytest.fail(f"{page.name}: {' '.join(arguments)}: {error.format_message()}")


def test_every_command_is_in_the_documents():
    told = {arguments[0] for page in PAGES for arguments in commands(TEXTS[page]) if arguments}
    assert set(main.commands) <= told


@pytest.mark.parametrize(
    "line",
    ["python -m streamer serv", "python -m streamer report --by year", "script/server --prot 80"],
)
def test_commands_that_cannot_be_typed_are_found(line):
    (arguments,) = commands(f"see `{line}`\n")
    with pytest.raises(click.UsageError):
        check_command(arguments)


@BY_PAGE
def test_links_lead_somewhere(page):
    broken = []
    for target in LINK.findall(TEXTS[page]):
        path, _, anchor = target.partition("#")
        aim = (page.parent / path).resolve() if path else page
        if "://" in target or aim == SCREENSHOT:
            continue
        anchors = heading_anchors(aim.read_text(encoding="utf-8")) if anchor and aim.is_file() else set()
        if not aim.exists() or (anchor and anchor not in anchors):
            broken.append(target)
    assert broken == []


@BY_PAGE
def test_files_that_are_named_exist(page):
    named = OUR_FILE.findall(TEXTS[page])
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_architecture_has_a_line_for_every_file():
    listed = re.findall(r"^\| `([\w/]+\.py)` \| \S", TEXTS[ROOT / "docs/architecture.md"], re.MULTILINE)
    folder = ROOT / "streamer"
    files = [path.relative_to(folder) for path in folder.rglob("*.py")]
    files = [path for path in files if path.parts[0] not in ("sources", "demo") and path.name != "__init__.py"]
    assert sorted(listed) == sorted(map(str, [*files, "__init__.py"]))


def test_columns_of_the_log_are_the_columns():
    page = TEXTS[ROOT / "docs/log.md"]
    section = page.partition("## The columns")[2].partition("\n## ")[0]
    assert tuple(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)) == csvlog.COLUMNS
    assert csvlog.HEADER in TEXTS[ROOT / "README.md"]


def test_json_in_the_documents_has_the_keys_that_are_written():
    from streamer.answers import plate_json, read_json, rejected_json
    from streamer.reading import ClipResult, PictureResult
    from streamer.types import Character, Plate, Read, Reason, Rejected

    plate = Plate(((0, 0), (1, 0), (1, 1), (0, 1)), 1.0, "A", 1.0, (Character("A", 1.0),))
    read = Read("id", "gate", "A", 1.0, 0, 1, 0, 1, 2, "clip.mp4")
    rejected = Rejected("id", "gate", Reason.NO_TEXT, "", 0.0, 0, 1, 0, 1, 2, "clip.mp4")
    examples = re.findall(r"^```json\n(.+?)\n```", TEXTS[ROOT / "docs/reading.md"], re.MULTILINE | re.DOTALL)
    picture, clip, _ = map(json.loads, examples)
    assert list(picture) == list(PictureResult("photo.jpg", (), 0.0).as_json())
    assert list(picture["plates"][0]) == list(plate_json(plate))
    assert list(clip) == list(ClipResult("clip.mp4", (), (), 0, 0.0).as_json())
    assert list(clip["reads"][0]) == list(read_json(read))
    assert list(clip["rejected"][0]) == list(rejected_json(rejected))


def test_every_reason_is_explained():
    from streamer.types import Reason

    table = TEXTS[ROOT / "docs/tuning.md"]
    assert [reason for reason in Reason if f"| {reason} |" not in table] == []


def test_system_packages_are_the_same_everywhere():
    packages = re.search(r'^packages="([^"]+)"', (ROOT / "script/setup").read_text(), re.MULTILINE)
    assert packages
    assert f"--no-install-recommends {packages[1]}" in TEXTS[ROOT / "README.md"]
    assert set((ROOT / "Aptfile").read_text().split()) <= set(packages[1].split())


def test_nothing_is_named_that_only_one_machine_has():
    for page, text in TEXTS.items():
        assert not re.search(r"/(home|work|root|Users)/", text), page.name


@pytest.mark.skipif(not SCREENSHOT.exists(), reason="the screenshot is not there yet")
def test_the_screenshot_is_a_picture():
    assert SCREENSHOT.read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
