"""Who may look: one password, asked for by a login page or given as HTTP Basic."""

from __future__ import annotations

import hashlib
import hmac
import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import TooManyRequests

log = logging.getLogger(__name__)

OPEN_TO_ALL = {"static", "vendor", "health", "auth.login", "auth.log_in"}
"""Endpoints that need no login: the login page with its looks, and the health check."""

STAY_LOGGED_IN = timedelta(days=30)


@dataclass(frozen=True)
class Visitor:
    """Somebody who may look. Roles belong here, and tokens into `Gate.visitor`, once there are any."""

    came_by: str


@dataclass
class _Failures:
    count: int
    last_s: float


class Throttle:
    """Makes guessing slow: after a few wrong passwords an address has to wait, longer each time."""

    FREE_TRIES = 3
    LONGEST_S = 30.0
    FORGET_S = 900.0
    MOST_ADDRESSES = 1000

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures: dict[str, _Failures] = {}

    def wait_s(self, address: str) -> float:
        """Seconds until this address may try again; 0 if it may now."""
        failures = self._failures.get(address)
        if failures is None or failures.count < self.FREE_TRIES:
            return 0.0
        pause_s = min(2.0 ** (failures.count - self.FREE_TRIES), self.LONGEST_S)
        return max(0.0, failures.last_s + pause_s - self._clock())

    def failed(self, address: str) -> None:
        """A wrong password came from this address."""
        now = self._clock()
        known = self._failures.pop(address, None)
        count = known.count if known and now - known.last_s < self.FORGET_S else 0
        self._failures[address] = _Failures(count + 1, now)
        while len(self._failures) > self.MOST_ADDRESSES:
            del self._failures[next(iter(self._failures))]

    def succeeded(self, address: str) -> None:
        self._failures.pop(address, None)


class Gate:
    """Knows the password and decides about every request. An empty password lets this machine in."""

    def __init__(self, password: str, throttle: Throttle | None = None) -> None:
        self.password = password
        self._throttle = throttle or Throttle()

    @property
    def open(self) -> bool:
        """Whether no password is asked for."""
        return not self.password

    def visitor(self) -> Visitor | None:
        """Who sends the request that is being answered; None for strangers.

        Aborts with 429 if a password comes while its address has to wait, and with 403 if there is no
        password and the request names another host than this machine (a page of a stranger that
        points its own name at us).
        """
        if self.open:
            if not _names_this_machine(request.host):
                abort(403, "Only this machine may look. Set server.password to be reached by other names.")
            return Visitor("this machine")
        if session.get("logged_in"):
            return Visitor("login")
        if request.authorization and request.authorization.type == "basic":
            return Visitor("basic") if self.try_password(request.authorization.password, "basic") else None
        return None

    def try_password(self, given: str | None, way: str) -> bool:
        """Whether the password is right; `way` keeps a misconfigured machine from locking people out."""
        address = f"{way} {request.remote_addr}"
        wait_s = self._throttle.wait_s(address)
        if wait_s > 0:
            seconds = math.ceil(wait_s)
            sentence = f"Too many wrong passwords. Try again in {seconds} s."
            raise TooManyRequests(sentence, retry_after=seconds)
        if given is not None and _same(given, self.password):
            self._throttle.succeeded(address)
            return True
        self._throttle.failed(address)
        log.warning("a wrong password came from %s (%s)", request.remote_addr, way)
        return False


def protect(app: Flask, gate: Gate) -> None:
    """Puts the gate before every page, picture, stream and API call of the app, and adds the login page.

    Socket.IO connections do not pass here: their connect handler asks `gate.visitor()` itself.
    """
    app.secret_key = _session_key(gate)
    app.config.update(
        SESSION_COOKIE_NAME="plate_streamer",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=STAY_LOGGED_IN,
    )
    app.register_blueprint(_pages(gate))
    app.context_processor(lambda: {"asks_password": not gate.open})

    @app.before_request
    def admit() -> ResponseReturnValue | None:
        if request.endpoint in OPEN_TO_ALL or gate.visitor():
            return None
        if wants_page():
            return redirect(url_for("auth.login", next=request.full_path.rstrip("?")), 303)
        return _challenge()


def wants_page() -> bool:
    """Whether a person's browser asks for a page, rather than a program for data."""
    return not request.path.startswith("/api/") and "text/html" in request.headers.get("Accept", "")


def _pages(gate: Gate) -> Blueprint:
    pages = Blueprint("auth", __name__)

    @pages.get("/login")
    def login() -> ResponseReturnValue:
        if gate.open or session.get("logged_in"):
            return redirect(_local(request.args.get("next")), 303)
        return render_template("login.html")

    @pages.post("/login")
    def log_in() -> ResponseReturnValue:
        try:
            right = gate.open or gate.try_password(request.form.get("password"), "login")
        except TooManyRequests as wait:
            return render_template("login.html", fault=wait.description), 429, wait.get_headers()
        if not right:
            return render_template("login.html", fault="That password is not right."), 401
        session.permanent = True
        session["logged_in"] = True
        return redirect(_local(request.args.get("next")), 303)

    @pages.post("/logout")
    def logout() -> ResponseReturnValue:
        session.clear()
        return redirect(url_for("auth.login"), 303)

    return pages


def _challenge() -> Response:
    response = Response('{"error": "Log in first."}\n', 401, mimetype="application/json")
    if request.headers.get("Sec-Fetch-Site") != "same-origin":
        response.headers["WWW-Authenticate"] = 'Basic realm="Plate Streamer", charset="UTF-8"'
    return response


def _same(given: str, password: str) -> bool:
    """Compares in a time that tells neither the password nor its length."""
    return hmac.compare_digest(*(hashlib.sha256(text.encode()).digest() for text in (given, password)))


def _session_key(gate: Gate) -> bytes:
    """The key that signs session cookies.

    Made from the password, slowly: cookies stay good when the web program starts again, and end
    when the password changes.
    """
    return hashlib.scrypt(gate.password.encode(), salt=b"plate streamer session", n=2**14, r=8, p=1)


def _local(target: str | None) -> str:
    """`target` if it is a path of ours, else the live page."""
    parts = urlsplit(target or "")
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")) or parts.netloc:
        return "/"
    return target


def _names_this_machine(host: str) -> bool:
    name = urlsplit(f"//{host}").hostname or ""
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")
