"""Who gets in, by which way, and how slowly one who guesses gets anywhere."""

from __future__ import annotations

import base64

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_socketio import SocketIO

from streamer.app import create_app
from streamer.settings import Settings
from streamer.web.auth import OPEN_TO_ALL, Throttle
from streamer.web.relay import Relay

PASSWORD = "gëheim:123"
PAGE = {"Accept": "text/html"}


def made(password: str = PASSWORD) -> tuple[Flask, SocketIO]:
    settings = Settings.model_validate(
        {
            "server": {"password": password, "async_mode": "threading"},
            "cameras": [{"name": "gate", "source": "demo"}],
        }
    )
    return create_app(settings, Relay(["gate"], lambda _: []))


@pytest.fixture
def client() -> FlaskClient:
    return made()[0].test_client()


def basic(password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"anybody:{password}".encode()).decode()}


def log_in(client: FlaskClient, password: str = PASSWORD, target: str = "/login"):
    return client.post(target, data={"password": password}, headers=PAGE)


def every_address(app: Flask) -> list[tuple[str, str, str]]:
    values = {"rejected_id": "x1", "name": "gate", "read_id": "r1", "filename": "base.css"}
    rules = app.url_map.bind("localhost")
    return [
        (rule.endpoint, method, rules.build(rule.endpoint, {key: values[key] for key in rule.arguments}))
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"OPTIONS", "HEAD"}
    ]


def test_nothing_but_the_login_page_and_its_looks_is_open():
    app, _ = made()
    for endpoint, method, address in every_address(app):
        answer = app.test_client().open(address, method=method)
        assert (answer.status_code == 401) == (endpoint not in OPEN_TO_ALL or endpoint == "auth.log_in"), (
            address
        )
        answer.close()


def test_an_address_that_does_not_exist_is_not_told_to_strangers(client):
    assert client.get("/nothing").status_code == 401


def test_a_browser_is_led_to_the_login_page_and_back(client):
    answer = client.get("/upload?x=1", headers=PAGE)
    assert answer.status_code == 303
    assert answer.location == "/login?next=/upload?x%3D1"
    assert log_in(client, target=answer.location).location == "/upload?x=1"
    assert client.get("/upload", headers=PAGE).status_code == 200


@pytest.mark.parametrize("elsewhere", ["//evil.example", "https://evil.example", "/\\evil.example", "evil"])
def test_the_login_leads_nowhere_else(client, elsewhere):
    assert log_in(client, target=f"/login?next={elsewhere}").location == "/"


def test_a_wrong_password_is_refused_in_words(client):
    answer = log_in(client, "wrong")
    assert answer.status_code == 401
    assert "That password is not right." in answer.text
    assert "Set-Cookie" not in answer.headers


def test_the_cookie_cannot_be_read_by_scripts_or_sent_by_other_sites(client):
    cookie = log_in(client).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Expires" in cookie


def test_the_cookie_outlives_the_web_program_but_not_the_password(client):
    cookie = log_in(client).headers["Set-Cookie"].split(";")[0]
    after_restart = made()[0].test_client(use_cookies=False)
    with_another = made("another")[0].test_client(use_cookies=False)
    assert after_restart.get("/", headers={"Cookie": cookie}).status_code == 200
    assert with_another.get("/", headers={"Cookie": cookie}).status_code == 401


def test_logging_out_ends_it(client):
    log_in(client)
    client.post("/logout")
    assert client.get("/").status_code == 401


def test_logging_out_takes_more_than_a_link(client):
    log_in(client)
    assert client.get("/logout").status_code == 405


def test_programs_use_http_basic(client):
    assert client.get("/api/v1/cameras", headers=basic(PASSWORD)).status_code == 200
    assert client.get("/api/v1/cameras", headers=basic("wrong")).status_code == 401


@pytest.mark.parametrize(
    "header", ["Basic", "Basic !!!", "Bearer x", "Basic " + base64.b64encode(b"x").decode()]
)
def test_malformed_logins_are_refused(client, header):
    assert client.get("/api/v1/cameras", headers={"Authorization": header}).status_code == 401


def test_programs_are_asked_for_basic_but_our_pages_raise_no_browser_dialog(client):
    assert "Basic" in client.get("/api/v1/reads").headers["WWW-Authenticate"]
    assert (
        "WWW-Authenticate" not in client.get("/api/v1/reads", headers={"Sec-Fetch-Site": "same-origin"}).headers
    )


def test_guessing_is_slowed_down_even_with_the_right_password(client):
    for _ in range(Throttle.FREE_TRIES):
        assert client.get("/api/v1/reads", headers=basic("wrong")).status_code == 401
    answer = client.get("/api/v1/reads", headers=basic(PASSWORD))
    assert answer.status_code == 429
    assert "Try again in" in answer.json["error"]
    assert int(answer.headers["Retry-After"]) >= 1


def test_the_login_page_says_how_long_to_wait(client):
    for _ in range(Throttle.FREE_TRIES):
        log_in(client, "wrong")
    answer = log_in(client)
    assert answer.status_code == 429
    assert "Try again in 1 s." in answer.text
    assert answer.headers["Retry-After"] == "1"
    assert answer.content_type.startswith("text/html")


def test_a_wrong_password_is_logged_without_it(client, caplog):
    log_in(client, "my-other-password")
    assert "wrong password came from 127.0.0.1" in caplog.text
    assert "my-other-password" not in caplog.text


def test_a_misconfigured_program_locks_nobody_out_of_the_login_page(client):
    for _ in range(Throttle.FREE_TRIES + 1):
        client.get("/api/v1/reads", headers=basic("wrong"))
    assert log_in(client).status_code == 303


def test_socketio_takes_the_cookie_and_refuses_strangers(client):
    app, socketio = made()
    stranger = socketio.test_client(app, flask_test_client=app.test_client())
    assert not stranger.is_connected()
    visitor = app.test_client()
    log_in(visitor)
    known = socketio.test_client(app, flask_test_client=visitor)
    assert known.is_connected()
    assert known.get_received()[0]["name"] == "hello"


def test_socketio_takes_basic():
    app, socketio = made()
    assert socketio.test_client(app, headers=basic(PASSWORD)).is_connected()
    assert not socketio.test_client(app, headers=basic("wrong")).is_connected()


def test_without_a_password_this_machine_is_let_in_by_its_own_names_only():
    app, socketio = made("")
    client = app.test_client()
    for host in ("localhost", "localhost:5000", "127.0.0.1:5000", "[::1]:5000"):
        assert client.get("/", headers={"Host": host}).status_code == 200, host
    for host in ("evil.example", "127.0.0.1.evil.example", "192.168.1.5:5000"):
        assert client.get("/", headers={"Host": host}).status_code == 403, host
    assert not socketio.test_client(app, headers={"Host": "evil.example"}).is_connected()


def test_without_a_password_there_is_nothing_to_log_in_to():
    client = made("")[0].test_client()
    assert client.get("/login").location == "/"
    assert "Log out" not in client.get("/").text


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_each_failure_doubles_the_wait_up_to_a_bound():
    throttle = Throttle(Clock())
    waits = []
    for _ in range(12):
        throttle.failed("1.2.3.4")
        waits.append(throttle.wait_s("1.2.3.4"))
    assert waits[:6] == [0, 0, 1, 2, 4, 8]
    assert waits[-1] == Throttle.LONGEST_S
    assert throttle.wait_s("5.6.7.8") == 0


def test_time_and_success_forgive():
    clock = Clock()
    throttle = Throttle(clock)
    for _ in range(6):
        throttle.failed("a")
        throttle.failed("b")
    throttle.succeeded("a")
    assert throttle.wait_s("a") == 0
    clock.now += 8
    assert throttle.wait_s("b") == 0
    clock.now += Throttle.FORGET_S
    throttle.failed("b")
    assert throttle.wait_s("b") == 0


def test_many_addresses_take_bounded_memory():
    throttle = Throttle(Clock())
    for number in range(Throttle.MOST_ADDRESSES + 50):
        throttle.failed(str(number))
    assert len(throttle._failures) == Throttle.MOST_ADDRESSES
