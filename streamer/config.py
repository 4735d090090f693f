"""config.yaml and the environment -> checked settings; every fault names file, line, key and mend."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from streamer.redact import redact
from streamer.settings import DEMO_SOURCE, Camera, Settings, is_loopback

ENVIRONMENT_PREFIX = "STREAMER__"
CAMERAS_PREFIX = f"{ENVIRONMENT_PREFIX}CAMERAS__"
DEFAULT_PATH = Path("config.yaml")

KeyPath = tuple[str | int, ...]


class ConfigError(Exception):
    """The settings cannot be used; one line a fault in `faults`."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True)
class _Document:
    """A parsed YAML file: its values, and the line on which each key stands."""

    name: str
    values: dict[str, Any]
    lines: dict[KeyPath, int]

    def place(self, path: KeyPath) -> str:
        """File and line of a key, or of the nearest key above it that is in the file."""
        while path and path not in self.lines:
            path = path[:-1]
        return f"{self.name}, line {self.lines[path]}" if path in self.lines else self.name


def load(path: Path | None = None, environment: Mapping[str, str] = os.environ) -> Settings:
    """Settings from a file (default `config.yaml` here), overridden by the environment.

    Without a file the defaults and the demo clip are used. Raises ConfigError with every fault.
    """
    if path is None and not DEFAULT_PATH.exists():
        document = _Document("the defaults", demo_values(), {})
    else:
        document = _parse(path or DEFAULT_PATH)
    return _checked(document, environment)


def for_source(source: str, path: Path | None = None, environment: Mapping[str, str] = os.environ) -> Settings:
    """As `load`, with one camera that watches `source` in place of the file's cameras."""
    cameras = demo_values()["cameras"] if source == DEMO_SOURCE else [{"name": "camera", "source": source}]
    return _with_cameras(cameras, path, environment)


def without_cameras(path: Path | None = None, environment: Mapping[str, str] = os.environ) -> Settings:
    """As `load` for those who need no camera: nothing is asked of the file's cameras or their secrets."""
    return _with_cameras([{"name": "none", "source": "none"}], path, environment)


def _with_cameras(cameras: list[dict[str, Any]], path: Path | None, environment: Mapping[str, str]) -> Settings:
    """The settings with these cameras; what the file and the environment say of cameras does not count."""
    there = path is not None or DEFAULT_PATH.exists()
    document = _parse(path or DEFAULT_PATH) if there else _Document("the defaults", {}, {})
    values = {**document.values, "cameras": cameras}
    lines = {key: line for key, line in document.lines.items() if key[0] != "cameras"}
    others = {key: value for key, value in environment.items() if not key.startswith(CAMERAS_PREFIX)}
    return _checked(_Document(document.name, values, lines), others)


def demo_values() -> dict[str, Any]:
    """What is watched when nobody says what to watch."""
    return {
        "cameras": [
            {"name": "gate", "source": DEMO_SOURCE, "realtime": True, "loop": True, "repeat_after_s": 6}
        ]
    }


def _parse(path: Path) -> _Document:
    try:
        text = path.read_text(encoding="utf-8")
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        values = yaml.safe_load(text)
    except FileNotFoundError:
        raise ConfigError([f"{path}: there is no such file; give another with --config"]) from None
    except OSError as error:
        raise ConfigError([f"{path}: cannot be read: {error.strerror}"]) from None
    except UnicodeDecodeError:
        raise ConfigError([f"{path}: is not a text file in UTF-8"]) from None
    except yaml.YAMLError as error:
        raise ConfigError([_yaml_fault(path, error)]) from None
    if root is None:
        return _Document(str(path), {}, {})
    if not isinstance(values, dict):
        raise ConfigError(
            [f"{path}, line 1: must hold sections such as 'cameras:', not a {type(values).__name__}"]
        )
    lines: dict[KeyPath, int] = {}
    faults = list(_note_lines(root, (), lines, str(path)))
    if faults:
        raise ConfigError(faults)
    return _Document(str(path), values, lines)


def _yaml_fault(path: Path, error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or "is not valid YAML"
    where = f"{path}, line {mark.line + 1}" if mark else str(path)
    return f"{where}: {problem}; check the indentation, the colons and the quotes of this line"


def _note_lines(node: yaml.Node, path: KeyPath, lines: dict[KeyPath, int], file: str) -> list[str]:
    """Fills `lines` with the line of every key; returns a fault for every key that stands twice."""
    faults: list[str] = []
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here = (*path, key.value)
            if here in lines:
                faults.append(
                    f"{file}, line {key.start_mark.line + 1}: {dotted(here)} stands twice "
                    f"(first on line {lines[here]}); take one out"
                )
            lines[here] = key.start_mark.line + 1
            faults += _note_lines(value, here, lines, file)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            lines[(*path, index)] = value.start_mark.line + 1
            faults += _note_lines(value, (*path, index), lines, file)
    return faults


def _checked(document: _Document, environment: Mapping[str, str]) -> Settings:
    faults: list[str] = []
    values = _with_secrets(document.values, environment, document, (), faults)
    origin: dict[KeyPath, str] = {}
    faults += _override(values, environment, origin)
    faults += _same_names(values, document)
    faults += _open_to_strangers(values, document, origin)
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        details = error.errors()
        faults += [_fault(one, document, origin) for one in details if not _is_echo(one, details)]
    if faults:
        raise ConfigError(sorted(faults, key=_line_of))
    return settings


def _line_of(fault: str) -> int:
    """The line that a fault names; 0 for those of the environment."""
    named = re.search(r", line (\d+)", fault)
    return int(named[1]) if named else 0


_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


def _with_secrets(
    value: object, environment: Mapping[str, str], document: _Document, path: KeyPath, faults: list[str]
) -> Any:  # noqa: ANN401 - the shape of a YAML file is not known before its check
    """A copy of `value` in which `${NAME}` is replaced from the environment."""

    def within(key: str | int, item: object) -> object:
        return _with_secrets(item, environment, document, (*path, key), faults)

    if isinstance(value, dict):
        return {key: within(key, item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [within(index, item) for index, item in enumerate(value)]
    if not isinstance(value, str):
        return value
    for name in _VARIABLE.findall(value):
        if name not in environment:
            faults.append(
                f"{document.place(path)}: {dotted(path)}: the environment variable {name} is not set; "
                "set it before starting"
            )
    return _VARIABLE.sub(lambda match: _secret(match, value, environment), value)


def _secret(match: re.Match[str], text: str, environment: Mapping[str, str]) -> str:
    """What stands for `${NAME}`: special characters are written as %XX in the login of a URL."""
    secret = environment.get(match[1], match[0])
    in_login = "://" in text[: match.start()] and re.match(r"[^/]*@", text[match.end() :])
    return quote(secret, safe="") if in_login and match[1] in environment else secret


def _override(values: dict[str, Any], environment: Mapping[str, str], origin: dict[KeyPath, str]) -> list[str]:
    """Writes `PORT` and `STREAMER__SECTION__KEY` over `values`; returns faults, notes origins."""
    faults = []
    if environment.get("PORT"):
        _put(values, ("server", "port"), environment["PORT"])
        origin[("server", "port")] = "environment variable PORT"
    for variable in sorted(environment, key=lambda name: (not name.endswith("__SOURCE"), name)):
        if not variable.startswith(ENVIRONMENT_PREFIX):
            continue
        words = variable.removeprefix(ENVIRONMENT_PREFIX).lower().split("__")
        path = _camera_path(words, values) if words[0] == "cameras" else tuple(words)
        previous = values["cameras"][path[1]].get("source") if path and path[0] == "cameras" else None
        if path is None or len(path) < 2 or not _put(values, path, environment[variable]):
            faults.append(
                f"environment variable {variable}: names no setting; write {ENVIRONMENT_PREFIX}SECTION__KEY, "
                f"as in {ENVIRONMENT_PREFIX}SERVER__PORT or {ENVIRONMENT_PREFIX}CAMERAS__GATE__SOURCE"
            )
            continue
        origin[path] = f"environment variable {variable}"
        if path[-1] == "source" and previous == DEMO_SOURCE:
            _forget_the_demo(values["cameras"][path[1]])
    return faults


def _forget_the_demo(camera: dict[str, Any]) -> None:
    """Takes out what was set for the demo clip, now that the camera watches something else."""
    for key in set(camera) - {"name", "source"}:
        del camera[key]


def _camera_path(words: list[str], values: dict[str, Any]) -> KeyPath | None:
    """`cameras`, a name or a number from 0, and a key -> the path in `values`."""
    cameras = values.get("cameras")
    if len(words) != 3 or not isinstance(cameras, list):
        return None
    for index, camera in enumerate(cameras):
        name = str(camera.get("name", "")) if isinstance(camera, dict) else ""
        if words[1] in (name.lower().replace("-", "_"), str(index)):
            return ("cameras", index, words[2])
    return None


def _put(values: Any, path: KeyPath, value: str) -> bool:  # noqa: ANN401
    """Writes one value into nested dictionaries and lists; False if the path leads through a plain value."""
    for key in path[:-1]:
        if isinstance(values, dict):
            if values.get(str(key)) is None:
                values[str(key)] = {}
            values = values[str(key)]
        elif isinstance(values, list) and isinstance(key, int):
            values = values[key]
        else:
            return False
    if not isinstance(values, dict):
        return False
    values[str(path[-1])] = value
    return True


def _open_to_strangers(values: dict[str, Any], document: _Document, origin: dict[KeyPath, str]) -> list[str]:
    """A fault if others than this machine can reach the pages and no password keeps them out."""
    server = values.get("server")
    if not isinstance(server, dict) or not server.get("host"):
        return []
    host = str(server["host"])
    if is_loopback(host) or server.get("password"):
        return []
    return [
        f"{_where(('server', 'host'), document, origin)}: server.host: {host} can be reached by others, so a "
        "password is needed: set server.password or the environment variable STREAMER__SERVER__PASSWORD, or "
        "use host 127.0.0.1"
    ]


def _same_names(values: dict[str, Any], document: _Document) -> list[str]:
    """A fault for every camera whose name an earlier one has (found here, so that it is told beside others)."""
    faults = []
    first: dict[str, int] = {}
    cameras = values.get("cameras")
    for index, camera in enumerate(cameras if isinstance(cameras, list) else []):
        name = str(camera["name"]) if isinstance(camera, dict) and "name" in camera else None
        if name in first:
            faults.append(
                f"{document.place(('cameras', index, 'name'))}: cameras[{index}].name: '{name}' is the name of "
                f"cameras[{first[name]}] already; give each camera its own"
            )
        elif name is not None:
            first[name] = index
    return faults


def _fault(detail: ErrorDetails, document: _Document, origin: dict[KeyPath, str]) -> str:
    """One line for one of pydantic's findings: where, which key, what is wrong, what to write."""
    path: KeyPath = tuple(detail["loc"])
    where = _where(path, document, origin)
    if detail["type"] == "extra_forbidden":
        known = _known_keys(path[:-1])
        close = difflib.get_close_matches(str(path[-1]), known, 1, 0.6)
        mend = f"did you mean {close[0]}?" if close else f"known here: {', '.join(known)}"
        return f"{where}: {dotted(path)} is not a setting; {mend}"
    if detail["type"] == "missing":
        if path == ("cameras",):
            return f"{where}: no camera is set; add 'cameras:' with a name and a source"
        return f"{where}: {dotted(path)} is missing; add '{path[-1]}: …'"
    if path == ("cameras",) and detail["type"] in ("too_short", "tuple_type"):
        return f"{where}: no camera is set; add one below 'cameras:' with a name and a source"
    return f"{where}: {dotted(path) + ': ' if path else ''}{_in_words(detail, path)}"


def _where(path: KeyPath, document: _Document, origin: dict[KeyPath, str]) -> str:
    """The variable that set a key or, if the file has nothing of it, a part of it; else file and line."""
    if path in origin:
        return origin[path]
    parts = [variable for key, variable in origin.items() if key[: len(path)] == path]
    return parts[0] if parts and path not in document.lines else document.place(path)


def _is_echo(detail: ErrorDetails, details: list[ErrorDetails]) -> bool:
    """Whether this only says that a list is too short because its faulty items do not count."""
    path = detail["loc"]
    below = (one["loc"] for one in details if one is not detail)
    return detail["type"] == "too_short" and any(other[: len(path)] == path for other in below)


def _in_words(detail: ErrorDetails, path: KeyPath) -> str:
    if detail["type"] == "value_error":
        return str(detail["ctx"]["error"])
    if detail["type"] == "string_pattern_mismatch" and path[-1] == "name":
        return f"'{redact(detail['input'])}' cannot be a name; use letters, digits, - and _, at most 40"
    if detail["type"] == "model_type" and path:
        known = ", ".join(_known_keys(path))
        return f"settings are missing here; write them below it, each on its line: {known}"
    message = detail["msg"].removeprefix("Input ").split(", unable to")[0]
    message = re.sub("^Tuple ", "", message).replace(" after validation", "")
    message = message.replace("a valid integer", "an integer").replace("a valid boolean", "true or false")
    message = message.replace("a valid ", "a ").replace("a tuple", "a list, each item behind '- '")
    given = "" if path[-1:] == ("password",) else redact(f"'{detail['input']}' ")
    return f"{given}{message}" if not isinstance(detail["input"], (dict, list)) else message


def _known_keys(path: KeyPath) -> list[str]:
    """The keys that the section at `path` has."""
    section: type[BaseModel] = Settings
    for key in path:
        if key == "cameras":
            section = Camera
        elif isinstance(key, str):
            annotation = section.model_fields[key].annotation
            if not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
                return []
            section = annotation
    return list(section.model_fields)


def dotted(path: KeyPath) -> str:
    """`("cameras", 0, "name")` -> `cameras[0].name`."""
    text = ""
    for key in path:
        text += f"[{key}]" if isinstance(key, int) else f".{key}" if text else str(key)
    return text
