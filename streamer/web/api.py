"""What programs ask for: streams, snapshots, states, reads, what was rejected, and reading one picture."""

from __future__ import annotations

import base64
import contextlib
import logging
import re
import socket
import sqlite3
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, current_app, jsonify, request, send_from_directory
from flask.typing import ResponseReturnValue

from streamer.records import PICTURES, REJECTED, kept_by_reason, recent_rejected
from streamer.settings import Live, Settings
from streamer.viewing import View, ViewError, snapshot_asked_for, view_asked_for
from streamer.web import body, mjpeg
from streamer.web.advice import ADVICE
from streamer.web.desk import Answer, DeskError
from streamer.web.feed import Feed
from streamer.web.relay import Relay, rejected_payload

log = logging.getLogger(__name__)

FORM_OVERHEAD = 64 * 1024
"""Bytes that a form may have besides its picture."""

MOST_REJECTED = 200
"""So many are told of at most, and 60 unless more are asked for."""

STREAM_BUFFER = 256 * 1024
"""Bytes that may wait in the kernel for a viewer: a slow one lags by these and no more."""

STREAM_STALLED_S = 10.0
"""A viewer that takes nothing for so long is dropped."""


def api(settings: Settings, relay: Relay) -> Blueprint:
    """Every route that answers with data."""
    routes = Blueprint("api", __name__)
    stand_in = mjpeg.read_stand_in(Path(str(current_app.static_folder)))
    folder = settings.log.folder.resolve()
    pictures = folder / PICTURES

    def feed_of(name: str) -> Feed:
        return relay.feeds.get(name) or abort(404, f"There is no camera named {name}.")

    def view(asked_for: Callable[[Mapping[str, str], Live], View]) -> View:
        try:
            return asked_for(request.args, settings.live)
        except ViewError as fault:
            abort(400, str(fault))

    @routes.get("/cameras/<name>/stream.mjpg")
    def stream(name: str) -> ResponseReturnValue:
        feed, wanted = feed_of(name), view(view_asked_for)
        _limit_backlog(request.environ)
        return Response(mjpeg.parts(feed, wanted, stand_in), mimetype=mjpeg.MIMETYPE)

    @routes.get("/cameras/<name>/snapshot.jpg")
    def snapshot(name: str) -> ResponseReturnValue:
        try:
            return Response(mjpeg.snapshot(feed_of(name), view(snapshot_asked_for)), mimetype="image/jpeg")
        except mjpeg.NoPictureError as reason:
            abort(503, str(reason))

    @routes.get("/reads/<read_id>/plate.jpg")
    def plate_picture(read_id: str) -> ResponseReturnValue:
        read = relay.reads.get(read_id)
        if read is None or not read.image:
            abort(404, "There is no picture of this read.")
        return _picture(pictures, read.image)

    @routes.get("/rejected/<rejected_id>/plate.jpg")
    def rejected_picture(rejected_id: str) -> ResponseReturnValue:
        return _picture(pictures / REJECTED, f"{rejected_id}.jpg")

    @routes.get("/api/v1/cameras")
    def cameras() -> ResponseReturnValue:
        return jsonify(cameras=[{**state, **_addresses(state["camera"])} for state in relay.cameras()])

    @routes.get("/api/v1/reads")
    def reads() -> ResponseReturnValue:
        most = _limit(relay.reads.most)
        direction = request.args.get("direction", "")
        if direction not in ("", "in", "out"):
            abort(400, "The direction is in or out.")
        return jsonify(reads=relay.recent(most, direction))

    @routes.get("/api/v1/rejected")
    def rejected() -> ResponseReturnValue:
        camera, reason = request.args.get("camera", ""), request.args.get("reason", "")
        limit = min(_limit(60), MOST_REJECTED)
        if camera and camera not in relay.feeds:
            abort(400, f"There is no camera named {camera}.")
        if reason and reason not in ADVICE:
            abort(400, f"The reason is one of these: {', '.join(ADVICE)}.")
        try:
            newest = recent_rejected(folder, limit, camera, reason)
            kept = kept_by_reason(folder, camera)
        except sqlite3.Error as error:
            abort(503, f"The log cannot be read now: {error}.")
        return jsonify(rejected=[rejected_payload(one) for one in newest], kept=kept)

    @routes.post("/api/v1/read")
    def read() -> ResponseReturnValue:
        began_s = time.monotonic()
        try:
            with relay.desk.receiving():
                name, picture = _uploaded(settings.uploads.max_megabytes)
        except DeskError as reason:
            _hear_out()
            abort(503, str(reason))
        try:
            with relay.desk.place():
                answer = relay.desk.ask(name, picture)
        except DeskError as reason:
            abort(503, str(reason))
        log.info("upload %s: %d after %.1f s", name, answer.status, time.monotonic() - began_s)
        if answer.status != 200:
            return jsonify(error=answer.result["error"]), answer.status
        return jsonify(_presented(name, answer, with_pictures=request.form.get("pictures") == "1"))

    return routes


def _limit(otherwise: int) -> int:
    """How many are asked for; aborts with a sentence if that is no number."""
    asked = request.args.get("limit", str(otherwise))
    if not re.fullmatch(r"\d{1,9}", asked, re.ASCII):
        abort(400, f"The limit is a whole number, 0 to 999999999. It cannot be '{asked[:20]}'.")
    return int(asked)


def _addresses(name: str) -> dict[str, str]:
    return {"stream": f"/cameras/{name}/stream.mjpg", "snapshot": f"/cameras/{name}/snapshot.jpg"}


def _picture(folder: Path, name: str) -> Response:
    """A picture of the log, for the one who asks only."""
    response = send_from_directory(folder, name, max_age=3600)
    response.cache_control.public = False
    response.cache_control.private = True
    return response


def _limit_backlog(environ: dict[str, Any]) -> None:
    """Bounds how much may wait for this viewer, and how long."""
    under_eventlet = environ.get("eventlet.input")
    connection = under_eventlet.get_socket() if under_eventlet else environ.get("werkzeug.socket")
    if connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, STREAM_BUFFER)
        connection.settimeout(STREAM_STALLED_S)


def _uploaded(max_megabytes: float) -> tuple[str, bytes]:
    """The name and the bytes of the picture in the form; aborts with a sentence if there is none."""
    most = int(max_megabytes * 1_000_000)
    too_big = f"The picture is too big; at most {max_megabytes:g} MB are taken."
    try:
        body.receive(request.environ, most + FORM_OVERHEAD)
    except body.TooLongError:
        abort(413, too_big)
    except body.BrokenOffError:
        abort(400, "The upload was cut off before its end.")
    except body.LengthError:
        abort(400, "The upload's Content-Length is not a number.")
    request.max_content_length = most + FORM_OVERHEAD
    file = request.files.get("picture")
    if file is None or not file.filename:
        abort(400, "No picture was sent; send one as the form field 'picture'.")
    picture = file.read()
    if not picture:
        abort(400, "The picture is an empty file.")
    if len(picture) > most:
        abort(413, too_big)
    return _plain_name(file.filename), picture


def _hear_out() -> None:
    """Lets the client finish sending, so that it hears the answer."""
    with contextlib.suppress(body.TooLongError, body.BrokenOffError, body.LengthError):
        body.receive(request.environ, 0)


def _plain_name(name: str) -> str:
    """The last part of a path as the client sent it, without control characters; only ever shown."""
    last = re.split(r"[\\/]", name)[-1]
    return "".join(letter for letter in last if letter.isprintable())[:120] or "picture"


def _presented(name: str, answer: Answer, with_pictures: bool) -> dict[str, Any]:
    """The answer for the client: plates only, or with every picture as a data URL."""
    result = answer.result
    fields = ("text", "confidence", "characters", "corners", "readable", "style", "alternatives")
    if not with_pictures:
        plates = [{field: plate[field] for field in fields} for plate in result["plates"]]
        return {"source": name, "plates": plates, "ms": result["ms"]}

    def url(index: int | None) -> str | None:
        if index is None:
            return None
        return "data:image/jpeg;base64," + base64.b64encode(answer.pictures[index]).decode()

    return {
        **result,
        "source": name,
        "plates": [{**plate, "crop": url(plate["crop"])} for plate in result["plates"]],
        "annotated": url(result["annotated"]),
        "steps": [{**step, "picture": url(step["picture"])} for step in result["steps"]],
    }
