"""The pages in a real Chromium, against the real web program."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from web_program import LIVE, PATIENCE_S, FakeCamera, FakeUploads, WebProgram, jpeg, read_of, wait_until

from streamer.records import LogOptions, ReadLog, RejectedLog
from streamer.types import Reason, Rejected
from streamer.wire import CameraState

MODES = ("eventlet", "threading")
ONE_MODE = pytest.mark.parametrize("web", MODES[:1], indirect=True, scope="module")
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
RETRYING = CameraState("retrying", "retrying in 3 s: connection refused", problems=("The disk is full.",))
pytestmark = pytest.mark.skipif(shutil.which("chromium") is None, reason="needs Chromium")
CAMERAS = ("gate", "yard", "street", "dock", "back")
expect.set_options(timeout=PATIENCE_S * 1000)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    arguments = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=shutil.which("chromium"), args=arguments) as browser,
    ):
        yield browser


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens pages; the test fails if one of them throws or breaks the content policy."""
    faults = []

    def open_page(url: str, **options: object) -> Page:
        page = open_now.enter_context(browser.new_context(**options)).new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: "Content Security" in message.text and faults.append(message.text))
        page.goto(url)
        return page

    with ExitStack() as open_now:
        yield open_page
    assert faults == []


@pytest.fixture(scope="module", params=MODES)
def web(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebProgram]:
    with WebProgram(tmp_path_factory.mktemp(request.param), request.param, cameras=CAMERAS) as web:
        pictures = web.data / "pictures"
        pictures.mkdir(parents=True)
        (pictures / "plate.jpg").write_bytes(jpeg("plate", (200, 50)))
        yield web
    assert "Traceback" not in web.logged()


def picture_is_shown(page: Page, camera: str) -> None:
    image = page.locator(f'[data-camera="{camera}"] img')
    expect(image).to_have_js_property("naturalWidth", 1280)


def row(page: Page, read_id: str):
    return page.locator(f'tr[data-read-id="{read_id}"]')


def test_the_live_page_shows_the_picture_and_its_state(
    web: WebProgram, gate: FakeCamera, open_page: Callable[..., Page]
) -> None:
    page = open_page(web.url)
    tile = page.locator('[data-camera="gate"]')
    picture_is_shown(page, "gate")
    expect(tile.locator(".state")).to_have_text("live")
    expect(tile.locator(".facts")).to_contain_text("1280 × 720 · 15 frames/s")
    expect(tile.locator(".overlay")).to_be_hidden()
    gate.become(RETRYING)
    expect(tile.locator(".overlay")).to_contain_text("retrying in 3 s: connection refused")
    expect(page.get_by_role("alert")).to_contain_text("gate: The disk is full.")
    gate.become(LIVE)
    expect(tile.locator(".overlay")).to_be_hidden()
    expect(page.get_by_role("alert")).to_be_hidden()


def test_a_read_becomes_a_row_and_the_row_changes(
    web: WebProgram, gate: FakeCamera, open_page: Callable[..., Page]
) -> None:
    page = open_page(web.url)
    read_id = f"row-{web.settings.server.async_mode}"
    read = read_of(read_id, "KA01AB", last_seen=time.time(), settled=False, image="plate.jpg")
    expect(page.locator('[data-camera="gate"] .state')).to_have_text("live")
    gate.tell(read)
    shown = row(page, read_id)
    expect(shown.locator(".plate")).to_have_text("KA01AB")
    expect(shown).to_have_class("read open fresh")
    expect(shown).to_contain_text("gate · in view")
    expect(page.locator("#news")).to_have_text("Plate K A 0 1 A B at gate")
    expect(shown.get_by_role("img")).to_have_js_property("naturalWidth", 200)
    gate.tell(read_of(read_id, "KA01AC", revision=2, confidence=0.41))
    expect(shown.locator(".plate")).to_have_text("KA01AC")
    expect(shown).to_contain_text("41%")
    expect(shown).not_to_have_class("open")
    expect(shown).to_have_count(1)


@ONE_MODE
def test_a_vehicle_that_has_left_is_not_in_view_though_its_read_is_not_settled(
    web: WebProgram, gate: FakeCamera, open_page: Callable[..., Page]
) -> None:
    page = open_page(web.url)
    now = time.time()
    gate.tell(read_of("left", first_seen=now - 25, last_seen=now - 20, settled=False))
    expect(row(page, "left").locator("time")).to_have_text(re.compile(r"^\d+ s ago$"))
    expect(row(page, "left")).not_to_have_class(re.compile("open"))
    expect(row(page, "left").locator(".read-camera")).to_have_text("gate")
    gate.tell(read_of("leaves", first_seen=now - 5, last_seen=time.time(), settled=False))
    expect(row(page, "leaves").locator(".read-camera")).to_have_text("gate · in view")
    expect(row(page, "leaves").locator("time")).to_have_text(re.compile(r"^for \d+ s$"))
    expect(row(page, "leaves").locator(".read-camera")).to_have_text("gate")
    expect(row(page, "leaves").locator("time")).to_have_text(re.compile(r"^(\d+ s ago|just now)$"))


@ONE_MODE
def test_a_vehicle_that_stands_while_many_pass_keeps_its_row(
    web: WebProgram, gate: FakeCamera, open_page: Callable[..., Page]
) -> None:
    page = open_page(web.url)
    page.locator('[data-camera="gate"] .state').filter(has_text="live").wait_for()
    begin = time.time()
    standing = read_of("standing", "KA01AB", first_seen=begin - 60, last_seen=begin - 60, settled=False)
    gate.tell(standing)
    for number in range(201):
        gate.tell(
            read_of(f"passing{number}", first_seen=begin + number / 1000, last_seen=begin + number / 1000)
        )
    expect(row(page, "passing200")).to_be_visible()
    expect(page.locator("tr.read")).to_have_count(200)
    expect(row(page, "passing1")).to_have_count(0)
    expect(row(page, "standing")).to_be_visible()
    gate.tell(replace(standing, plate="KA01AC", settled=True, last_seen=begin, revision=2))
    expect(row(page, "standing").locator(".plate")).to_have_text("KA01AC")
    shown = page.locator("tr.read").evaluate_all("rows => rows.map(row => row.dataset.readId)")
    assert sorted(shown) == sorted(read["read_id"] for read in web.api("reads")["reads"])


@ONE_MODE
def test_a_row_that_the_server_forgot_meanwhile_leaves_the_page(
    web: WebProgram, gate: FakeCamera, open_page: Callable[..., Page]
) -> None:
    page = open_page(web.url)
    gate.tell(read_of("forgotten", settled=False))
    expect(row(page, "forgotten")).to_be_visible()
    web.kill()
    expect(page.locator("#lost")).to_be_visible()
    web.start()
    expect(page.locator("#lost")).to_be_hidden()
    expect(row(page, "forgotten")).to_have_count(0)
    wait_until(lambda: web.state_of("gate")["status"] == "live")
    gate.tell(read_of("after"))
    expect(row(page, "after")).to_be_visible()


@ONE_MODE
def test_what_is_read_is_text_and_never_markup(
    web: WebProgram, gate: FakeCamera, open_page: Callable[..., Page]
) -> None:
    page = open_page(web.url)
    read_id = f"markup-{web.settings.server.async_mode}"
    gate.tell(read_of(read_id, "<img src=x onerror=alert(1)>"))
    expect(row(page, read_id).locator(".plate")).to_have_text("<img src=x onerror=alert(1)>")


@ONE_MODE
def test_the_filter_finds_plates_however_they_are_typed(
    web: WebProgram, gate: FakeCamera, open_page: Callable[..., Page]
) -> None:
    mode = web.settings.server.async_mode
    page = open_page(web.url)
    gate.tell(read_of(f"f1-{mode}", "XX12YYY"))
    gate.tell(read_of(f"f2-{mode}", "ZZ98WWW"))
    expect(row(page, f"f2-{mode}")).to_be_visible()
    page.get_by_label("Filter by plate").fill("xx-12 y")
    expect(row(page, f"f1-{mode}")).to_be_visible()
    expect(row(page, f"f2-{mode}")).to_be_hidden()
    page.get_by_label("Filter by plate").fill("nothing")
    expect(page.locator("#no-match")).to_contain_text("No plate here contains “nothing”.")
    page.get_by_label("Filter by plate").fill("")
    expect(row(page, f"f2-{mode}")).to_be_visible()


@ONE_MODE
@pytest.mark.parametrize("device", [{"viewport": {"width": 1200, "height": 800}}, PHONE], ids=["desk", "phone"])
def test_a_row_says_which_way_it_went_and_can_be_chosen_by_that(
    web: WebProgram, gate: FakeCamera, open_page: Callable[..., Page], device: dict[str, object]
) -> None:
    size = device["viewport"]["width"]
    ids = {way: f"way-{size}-{way}" for way in ("in", "out", "none")}
    page = open_page(web.url, **device)
    gate.tell(read_of(ids["in"], "WAY1", settled=False))
    way = row(page, ids["in"]).locator(".way")
    expect(row(page, ids["in"])).to_be_visible()
    expect(way).to_be_hidden()
    gate.tell(read_of(ids["in"], "WAY1", revision=2, direction="in"))
    expect(way).to_have_text("→ in")
    gate.tell(read_of(ids["out"], "WAY2WAY2", direction="out"))
    expect(page.locator("#news")).to_have_text("Plate W A Y 2 W A Y 2 at gate, out")
    gate.tell(read_of(ids["none"], "WAY3"))
    mark, plate = row(page, ids["out"]).locator(".way"), row(page, ids["out"]).locator(".plate")
    assert mark.bounding_box()["x"] + mark.bounding_box()["width"] <= size
    assert abs(mark.bounding_box()["y"] - plate.bounding_box()["y"]) < 20
    page.get_by_label("Filter by direction").select_option("out")
    expect(row(page, ids["out"])).to_be_visible()
    expect(row(page, ids["in"])).to_be_hidden()
    expect(row(page, ids["none"])).to_be_hidden()
    page.get_by_label("Filter by plate").fill("way1")
    expect(page.locator("#no-match")).to_have_text("No plate here contains “way1” and went out.")
    page.get_by_label("Filter by direction").select_option("in")
    expect(row(page, ids["in"])).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= size


def test_a_killed_web_program_is_noticed_and_no_row_is_missing_or_doubled(
    web: WebProgram, gate: FakeCamera, open_page: Callable[..., Page]
) -> None:
    log = ReadLog(LogOptions(web.data))
    mode = web.settings.server.async_mode
    page = open_page(web.url)
    gate.tell(log.record(read_of(f"k1-{mode}")))
    gate.tell(log.record(read_of(f"k2-{mode}", settled=False)))
    expect(row(page, f"k2-{mode}")).to_be_visible()
    web.kill()
    expect(page.locator("#lost")).to_contain_text("connection to Plate Streamer is lost")
    log.record(read_of(f"k3-{mode}"))
    log.record(read_of(f"k2-{mode}", revision=2))
    log.close()
    web.start()
    expect(row(page, f"k3-{mode}")).to_be_visible()
    expect(page.locator("#lost")).to_be_hidden()
    for number in (1, 2, 3):
        expect(row(page, f"k{number}-{mode}")).to_have_count(1)
    expect(row(page, f"k2-{mode}")).not_to_contain_text("in view")
    expect(page.locator('[data-camera="gate"] .overlay')).to_be_hidden()
    picture_is_shown(page, "gate")


@ONE_MODE
def test_one_camera_is_large_and_at_most_four_stream(web: WebProgram, open_page: Callable[..., Page]) -> None:
    with ExitStack() as open_now:
        for name in CAMERAS:
            open_now.enter_context(closing(FakeCamera(web, name, fps=5)))
        wait_until(lambda: all(state["status"] == "live" for state in web.api("cameras")["cameras"]))
        page = open_page(web.url)
        for name in CAMERAS:
            picture_is_shown(page, name)
        sources = page.locator(".camera img").evaluate_all("images => images.map(image => image.src)")
        assert sum("stream.mjpg" in source for source in sources) == 4
        assert sources[4].startswith("blob:")
        page.get_by_role("button", name="back").click()
        expect(page.locator(".camera.large")).to_have_attribute("data-camera", "back")
        page.reload()
        expect(page.locator(".camera.large")).to_have_attribute("data-camera", "back")
        picture_is_shown(page, "back")


@ONE_MODE
def test_pictures_are_asked_for_as_large_as_they_are_shown(
    web: WebProgram, gate: FakeCamera, open_page: Callable[..., Page]
) -> None:
    page = open_page(web.url, viewport={"width": 1200, "height": 800})
    picture_is_shown(page, "gate")
    wait_until(lambda: [view["width"] for view in gate.views] == [800])
    page.set_viewport_size({"width": 1800, "height": 1100})
    wait_until(lambda: [view["width"] for view in gate.views] == [1280])
    page.get_by_role("button", name="yard").click()
    wait_until(lambda: [view["width"] for view in gate.views] == [320])
    picture_is_shown(page, "gate")
    page.close()
    phone = open_page(web.url, **PHONE, device_scale_factor=3)
    picture_is_shown(phone, "gate")
    wait_until(lambda: [(view["width"], view["quality"]) for view in gate.views] == [(800, 60)])


@ONE_MODE
def test_the_page_says_when_viewers_get_fewer_pictures(
    web: WebProgram, gate: FakeCamera, open_page: Callable[..., Page]
) -> None:
    page = open_page(web.url)
    facts = page.locator('[data-camera="gate"] .facts')
    expect(facts).to_contain_text("frames/s")
    gate.become(replace(LIVE, slowed="too much to do, viewers get 4 pictures a second"))
    expect(facts).to_contain_text("too much to do, viewers get 4 pictures a second")
    gate.become(LIVE)
    expect(facts).not_to_contain_text("too much to do")


@ONE_MODE
def test_pictures_stop_while_the_page_is_hidden(
    web: WebProgram, gate: FakeCamera, open_page: Callable[..., Page]
) -> None:
    page = open_page(web.url)
    picture_is_shown(page, "gate")
    assert web.state_of("gate")["viewers"] == 1
    page.evaluate("""() => {
        Object.defineProperty(document, "hidden", { value: true, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
    }""")
    wait_until(lambda: web.state_of("gate")["viewers"] == 0)
    page.evaluate("""() => {
        Object.defineProperty(document, "hidden", { value: false, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
    }""")
    picture_is_shown(page, "gate")


@ONE_MODE
@pytest.mark.parametrize("path", ["/", "/rejected", "/upload"])
def test_pages_fit_a_phone(
    web: WebProgram, gate: FakeCamera, open_page: Callable[..., Page], path: str
) -> None:
    gate.tell(read_of(f"long-{web.settings.server.async_mode}", "<img src=x onerror=alert(1)>"))
    page = open_page(web.url + path, **PHONE)
    if path == "/":
        expect(page.locator(".read").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    if path == "/":
        picture_is_shown(page, "gate")
        picture, reads = page.locator(".camera.large").bounding_box(), page.locator(".reads").bounding_box()
        assert picture["y"] < 100
        assert reads["y"] > picture["y"] + picture["height"]
    elif path == "/upload":
        expect(page.get_by_text("Take a photo")).to_be_visible()


@ONE_MODE
def test_what_is_wrong_with_many_cameras_hides_no_name_on_a_phone(
    web: WebProgram, open_page: Callable[..., Page]
) -> None:
    long = "retrying in 3 s: the camera at 10.0.0.9 did not answer within 10 s; is it on, and is the address right?"
    with ExitStack() as open_now:
        for name in CAMERAS:
            open_now.enter_context(closing(FakeCamera(web, name))).become(CameraState("retrying", long))
        page = open_page(web.url, **PHONE)
        for name in CAMERAS:
            tile = page.locator(f'[data-camera="{name}"]')
            expect(tile.locator(".overlay-text")).to_have_text(long)
            words, caption = (tile.locator(part).bounding_box() for part in (".overlay-text", ".caption"))
            assert words["y"] >= tile.bounding_box()["y"]
            assert words["y"] + words["height"] <= caption["y"], name


def reject(web: WebProgram, *tracks: Rejected) -> None:
    """Writes rejected tracks as a camera program does, each with a picture."""
    ReadLog(LogOptions(web.data)).close()
    log = RejectedLog(web.data, web.data / "pictures", 24)
    for track in tracks:
        log.record(track, jpeg(track.text, (200, 50)))
    assert log.problem == ""


def rejected(number: int, reason: Reason, text: str = "", camera: str = "gate", **changes: object) -> Rejected:
    at_s = time.time() - 60 + number
    track = Rejected(f"{camera}-{number}", camera, reason, text, 0.34, at_s - 2, at_s, 1, 3, 3, "demo")
    return replace(track, **changes)


def test_the_live_page_counts_what_was_rejected_and_leads_to_it(
    web: WebProgram, gate: FakeCamera, open_page: Callable[..., Page]
) -> None:
    reject(web, rejected(1, Reason.TOO_SMALL), rejected(2, Reason.NOT_CERTAIN, "AB<b>1", camera="yard"))
    page = open_page(web.url)
    link = page.locator('[data-camera="gate"] .rejected')
    expect(page.locator('[data-camera="gate"] .facts')).to_contain_text("frames/s")
    expect(link).to_be_hidden()
    gate.become(replace(LIVE, rejected={"too small": 2, "no text": 1}))
    expect(link).to_have_text("3 rejected")
    expect(link).to_have_attribute("title", re.compile("2 × too small\n1 × no text"))
    link.click()
    expect(page).to_have_url(f"{web.url}/rejected?camera=gate")
    expect(page.locator(".track")).to_have_count(1)
    expect(page.locator(".track")).to_contain_text("too small")
    page.get_by_label("Camera").select_option("all")
    expect(page.locator(".track")).to_have_count(2)
    expect(page.locator(".track .plate")).to_have_text("AB<b>1")


@ONE_MODE
def test_what_was_rejected_shows_its_picture_and_reason_and_can_be_chosen(
    web: WebProgram, open_page: Callable[..., Page]
) -> None:
    reject(
        web,
        rejected(11, Reason.TOO_BLURRED, "KT4", camera="dock"),
        rejected(12, Reason.REPEAT, "KT472MH", camera="dock", read_id="r7", frames=1),
        rejected(13, Reason.TOO_BLURRED, camera="dock"),
    )
    page = open_page(f"{web.url}/rejected?camera=dock")
    cards = page.locator(".track")
    expect(cards).to_have_count(3)
    expect(cards.nth(0)).to_contain_text("no text")
    expect(cards.nth(1)).to_contain_text("KT472MH")
    expect(cards.nth(1)).to_contain_text("34% sure")
    expect(cards.nth(1)).to_contain_text("1 look · dock · belongs to read r7")
    expect(cards.nth(1).locator("img")).to_have_js_property("naturalWidth", 200)
    page.get_by_role("button", name="too blurred 2").click()
    expect(cards).to_have_count(2)
    expect(page).to_have_url(f"{web.url}/rejected?camera=dock&reason=too+blurred")
    expect(page.locator("#advice")).to_contain_text("A shorter shutter")
    reject(web, rejected(14, Reason.TOO_BLURRED, "NEW1", camera="dock"))
    expect(cards.first).to_contain_text("NEW1")
    page.reload()
    expect(cards).to_have_count(3)
    page.get_by_role("button", name="all 4").click()
    expect(cards).to_have_count(4)
    expect(page.locator("#advice")).to_be_hidden()


@ONE_MODE
def test_a_lost_connection_is_said_on_the_page_of_the_rejected_until_it_is_back(
    web: WebProgram, open_page: Callable[..., Page]
) -> None:
    page = open_page(f"{web.url}/rejected?camera=street")
    expect(page.locator("#empty")).to_be_visible()
    page.route("**/api/v1/rejected*", lambda route: route.abort())
    expect(page.locator("#fault")).to_contain_text("connection to Plate Streamer is lost")
    page.unroute("**/api/v1/rejected*")
    expect(page.locator("#fault")).to_be_hidden()


@ONE_MODE
def test_dark_and_light_follow_the_system_until_somebody_chooses(
    web: WebProgram, open_page: Callable[..., Page]
) -> None:
    page = open_page(web.url + "/upload", color_scheme="dark")
    background = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(background)
    page.get_by_role("button", name="Switch between dark and light").click()
    light = page.evaluate(background)
    assert dark != light
    page.reload()
    assert page.evaluate(background) == light


def upload(page: Page, folder: Path, name: str = "car.jpg", content: bytes | None = None) -> None:
    file = folder / name
    file.write_bytes(jpeg("car") if content is None else content)
    page.set_input_files("#pick", file)


@ONE_MODE
def test_a_picked_picture_is_read_and_explained(
    web: WebProgram, uploads: FakeUploads, open_page: Callable[..., Page], tmp_path: Path
) -> None:
    page = open_page(web.url + "/upload")
    upload(page, tmp_path, "<b>car.jpg")
    expect(page.locator("#answer figcaption").first).to_have_text(
        "<b>car.jpg · 1280 × 720 · read in 0.41 s by the classic engine"
    )
    expect(page.locator(".plate-card .plate")).to_have_text("B123XY")
    expect(page.locator(".letters li")).to_have_count(6)
    expect(page.locator(".letters .doubtful")).to_contain_text("60%")
    expect(page.locator(".gallery li")).to_have_count(2)
    page.locator(".gallery button").first.click()
    expect(page.get_by_role("dialog")).to_contain_text("Grey. Colour is taken out.")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


TRANSFER = """kind => {
    const transfer = new DataTransfer();
    transfer.items.add(new File(["JPEG"], "given.jpg", { type: "image/jpeg" }));
    const event = kind === "drop" ? new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true })
        : new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true });
    document.body.dispatchEvent(event);
}"""


@ONE_MODE
@pytest.mark.parametrize("kind", ["drop", "paste"])
def test_a_dropped_or_pasted_picture_is_read(
    web: WebProgram, uploads: FakeUploads, open_page: Callable[..., Page], kind: str
) -> None:
    page = open_page(web.url + "/upload")
    page.evaluate(TRANSFER, kind)
    expect(page.locator(".plate-card .plate")).to_have_text("B123XY")
    assert uploads.taken == ["given.jpg"]


@ONE_MODE
def test_what_goes_wrong_with_an_upload_is_said_in_words(
    web: WebProgram, open_page: Callable[..., Page], tmp_path: Path
) -> None:
    page = open_page(web.url + "/upload")
    fault = page.get_by_role("alert")
    upload(page, tmp_path)
    expect(fault).to_contain_text("try again in a few seconds")
    upload(page, tmp_path, "empty.jpg", b"")
    expect(fault).to_have_text("The picture is an empty file.")
    upload(page, tmp_path, "huge.jpg", b"x" * 20_100_000)
    expect(fault).to_have_text("huge.jpg has 20.1 MB; at most 20 MB are taken.")
    refusal = 422, {"error": "This is not a picture."}, []
    with FakeUploads.known_to(web, lambda name, picture: refusal):
        upload(page, tmp_path, "text.jpg", b"text")
        expect(fault).to_have_text("This is not a picture.")


def test_the_login_page_lets_in_and_out(tmp_path: Path, open_page: Callable[..., Page]) -> None:
    with WebProgram(tmp_path, "threading", password="sesame") as web:
        page = open_page(web.url + "/upload")
        page.get_by_label("Password").fill("wrong")
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_role("alert")).to_have_text("That password is not right.")
        page.get_by_label("Password").fill("sesame")
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_role("heading", name="Read a picture")).to_be_visible()
        page.goto(web.url)
        expect(page.locator("#lost")).to_be_hidden()
        page.get_by_role("button", name="Log out").click()
        page.goto(web.url)
        expect(page.get_by_role("heading", name="Log in")).to_be_visible()
