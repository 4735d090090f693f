import io
import logging

import pytest

from streamer.redact import RedactingFilter, redact


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rtsp://admin:s3cret@10.0.0.9:554/live", "rtsp://***@10.0.0.9:554/live"),
        ("http://token@host/x", "http://***@host/x"),
        ("rtsp://u:p@ss@host/x", "rtsp://***@host/x"),
        ("rtsp://u:a/b@host/x", "rtsp://***@host/x"),
        ("rtsp://u:a#b?c@host/x", "rtsp://***@host/x"),
        ("rtsp://u:p%40ss@[fe80::1]:554/x", "rtsp://***@[fe80::1]:554/x"),
        ("http://h/v?user=a&password=b&channel=1", "http://h/v?user=a&password=***&channel=1"),
        ("http://h/v?Pwd=b#top", "http://h/v?Pwd=***#top"),
        ("http://h/v?access_token=b", "http://h/v?access_token=***"),
        ("http://h/v?api_key=b&auth=c", "http://h/v?api_key=***&auth=***"),
        (
            "[Errno 111] Connection refused: 'rtsp://u:p@127.0.0.1:1/x'",
            "[Errno 111] Connection refused: 'rtsp://***@127.0.0.1:1/x'",
        ),
        (
            "rtsp://a:b@one/x failed, rtsp://c:d@two/x too",
            "rtsp://***@one/x failed, rtsp://***@two/x too",
        ),
    ],
)
def test_secrets_are_masked(text: str, expected: str) -> None:
    assert redact(text) == expected
    assert redact(expected) == expected


@pytest.mark.parametrize(
    "text",
    [
        "rtsp://10.0.0.9:554/live?channel=1",
        "http://host:8080/a/b?size=10&monkeys",
        "somebody@example.org wrote",
        "/home/me/clips/gate.mp4",
        "",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert redact(text) == text


def test_filter_masks_arguments_and_tracebacks() -> None:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.addFilter(RedactingFilter())
    log = logging.Logger("test")
    log.addHandler(handler)
    try:
        raise ValueError("cannot open rtsp://u:hidden@h/x")
    except ValueError:
        log.exception("camera %s: %s", "gate", "http://u:hidden@h/")
    assert "hidden" not in written.getvalue()
    assert "camera gate: http://***@h/" in written.getvalue()
    assert "ValueError: cannot open rtsp://***@h/x" in written.getvalue()
