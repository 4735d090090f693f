"""The network engine's parts, each against what can be worked out by hand or by trying everything."""

from __future__ import annotations

from itertools import groupby, product
from math import exp, prod

import cv2
import numpy as np
import pytest
from models import STYLES, TEXT, distribution

from streamer.neural.crops import cut
from streamer.neural.ctc import (
    ALPHABET,
    BLANK,
    SYMBOLS,
    folded,
    likeliest_spelling,
    log_likelihood,
    log_probability,
    spelled,
    text_of,
)
from streamer.neural.finder import Candidate, Finder
from streamer.neural.reader import MARGINS, Reader, Reading, likeliest
from streamer.neural.second_look import MOST_TILES, UNCONFIRMED, SecondLook
from streamer.neural.view import AREA, STRIDE, TILE, tile, whole


class FakeNet:
    """Answers what it is told; remembers the batches that it got."""

    def __init__(self, *answers):
        self.answers = answers
        self.batches = []
        self.metadata = {"styles": " ".join(STYLES)}

    def __call__(self, batch):
        self.batches.append(batch)
        return [answer(batch) for answer in self.answers]


def few_columns(seed: int) -> np.ndarray:
    """2 x 3 columns in which blank, 0, 1 and A are possible."""
    chances = np.random.default_rng(seed).dirichlet(np.ones(4), (2, 3))
    columns = np.zeros((2, 3, SYMBOLS), np.float32)
    columns[..., [0, 1, 2, 11]] = chances
    return columns


def by_trying_all_paths(columns: np.ndarray) -> dict[str, float]:
    """Each text's probability."""
    texts: dict[str, float] = {}
    flat = columns.reshape(-1, SYMBOLS).astype(float)
    for path in product([0, 1, 2, 11], repeat=len(flat)):
        text = text_of([symbol for symbol, _ in groupby(path)])
        texts[text] = texts.get(text, 0) + prod(flat[range(len(flat)), path])
    return texts


@pytest.mark.parametrize("seed", range(5))
def test_a_texts_probability_is_the_sum_over_all_paths(seed):
    columns = few_columns(seed)
    texts = by_trying_all_paths(columns)
    assert sum(texts.values()) == pytest.approx(1)
    assert {"", "0", "00", "0A0", "0000"} & set(texts)
    for text, probability in texts.items():
        assert exp(log_probability(text, columns)) == pytest.approx(probability, rel=1e-5)


@pytest.mark.parametrize("surely", [1.0, 0.99995])
def test_columns_in_which_there_is_nothing_do_not_change_a_texts_probability(surely):
    columns = few_columns(1)
    nothing = np.zeros((2, 4, SYMBOLS), np.float32)
    nothing[..., BLANK], nothing[..., 1] = surely, 1 - surely
    spaced = np.concatenate([nothing, columns[:, :2], nothing, columns[:, 2:], nothing], axis=1)
    one = nothing[:, :1]
    once = np.concatenate([one, columns[:, :2], one, columns[:, 2:], one], axis=1)
    for text in by_trying_all_paths(columns):
        assert exp(log_probability(text, spaced)) == pytest.approx(exp(log_probability(text, once)), abs=0.0005)


def test_what_cannot_be_there_is_as_good_as_impossible():
    assert log_probability("Z", few_columns(1)) < -500
    assert log_probability("01010101", few_columns(1)) < -500


def test_characters_that_plates_print_alike_share_their_probability():
    """A clean plate whose O may be a 0 is no doubtful plate."""
    columns = distribution("AO12", 0.98)
    letter, digit, blank = 1 + ALPHABET.index("O"), 1 + ALPHABET.index("0"), BLANK
    where = columns[0].argmax(axis=1) == letter
    columns[0, where] = 0
    columns[0][np.ix_(where, [letter, digit, blank])] = (0.5, 0.48, 0.02)
    assert exp(log_probability("AO12", columns)) < 0.7
    assert exp(log_probability("AO12", folded(columns))) > 0.9
    assert exp(log_probability("A012", folded(columns))) > 0.9
    assert exp(log_probability("AQ12", folded(columns))) < 0.01
    assert columns[0, where, letter].max() == np.float32(0.5)


def test_two_lines_are_one_text():
    columns = distribution("AB")
    columns[1] = distribution("12C")[0]
    spelling = spelled(columns)
    assert (spelling.text, spelling.lines) == ("AB12C", ("AB", "12C"))
    assert exp(log_probability("AB12C", columns)) > 0.98


def test_blanks_and_repeats():
    columns = np.full((1, 6, SYMBOLS), 0.01, np.float32)
    columns[0, range(6), [11, 11, BLANK, 11, 12, 12]] = [0.5, 0.7, 0.6, 0.4, 0.9, 0.3]
    assert spelled(columns).text == "AAB"
    assert spelled(columns).confidences == pytest.approx((0.7, 0.4, 0.9))


@pytest.mark.parametrize(
    ("width", "height"),
    [(1, 1), (1, 9000), (9000, 1), (320, 180), (640, 360), (1280, 720), (2160, 3840), (8000, 6000)],
)
def test_the_whole_picture_in_a_size_that_the_net_takes(width, height):
    view = whole(np.zeros((height, width, 3), np.uint8))
    assert all(side % STRIDE == 0 and side > 0 for side in view.size)
    assert view.size[0] * view.size[1] <= 1.1 * AREA
    assert view.of(np.zeros((height, width, 3), np.uint8)).shape == (view.size[1], view.size[0], 3)


def test_small_pictures_are_enlarged_twice_at_most():
    assert whole(np.zeros((96, 160, 3), np.uint8)).size == (320, 192)


@pytest.mark.parametrize(
    "box",
    [(600, 300, 700, 330), (2, 4, 60, 30), (1200, 700, 1279, 719), (0, 0, 1280, 720), (640, 360, 641, 361)],
)
def test_what_a_view_shows_is_where_it_says(box):
    """A disc in the middle of the box is found in the tile, and its place there leads back."""
    picture = np.zeros((720, 1280, 3), np.uint8)
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    radius = max(1.0, (box[3] - box[1]) / 4)
    cv2.circle(
        picture, (round(x * 16), round(y * 16)), round(radius * 16), (255, 255, 255), cv2.FILLED, shift=4
    )
    view = tile(picture, box)
    shown = view.of(picture)
    assert shown.shape == (TILE[1], TILE[0], 3)
    rows, columns = np.nonzero(shown[:, :, 0] > 127)
    (found_x, found_y), *_ = view.outward(((columns.mean(), rows.mean()),) * 4)
    assert (found_x, found_y) == pytest.approx((x, y), abs=max(0.6, radius / 8))


def box_of(left, top, right, bottom):
    return (left, top), (right, top), (right, bottom), (left, bottom)


def framing(*answers):
    """A second look's net that sees these (corners, probability) in every tile of a batch, one after the other."""
    coming = iter(answers)
    now = []

    def corners(batch):
        now[:] = [next(coming)] * len(batch)
        return np.array([quad for quad, _ in now], np.float32)

    return FakeNet(corners, lambda _: np.array([sure for _, sure in now], np.float32))


PICTURE = np.zeros((400, 600, 3), np.uint8)
FIRST = Candidate(box_of(300, 200, 340, 212), 0.4)
"""40 pixels wide, so a tile shows it twice as large in its middle: (40, 36) to (120, 60)."""
SAME_PLACE = box_of(40, 36, 120, 60)


def test_the_second_look_gives_corners_and_the_mean_of_both_scores():
    [closer] = SecondLook(framing((box_of(42, 34, 122, 62), 0.9))).at(PICTURE, [FIRST])
    assert closer.score == pytest.approx((0.4 * 0.9) ** 0.5)
    assert closer.box == pytest.approx((301, 199, 341, 213), abs=0.6)


def test_what_is_no_quadrilateral_keeps_its_corners_and_half_of_its_score():
    crossed = ((40, 36), (120, 60), (120, 36), (40, 60))
    assert SecondLook(framing((crossed, 0.9))).at(PICTURE, [FIRST]) == (
        Candidate(FIRST.corners, UNCONFIRMED * 0.4),
    )


def test_a_plate_that_is_elsewhere_is_looked_at_once_more():
    """It is seen 20 pixels further right and half as large, then in the middle of a tile of its own."""
    net = framing((box_of(110, 42, 150, 54), 0.8), (SAME_PLACE, 0.9), (SAME_PLACE, 0.1))
    [closer] = SecondLook(net).at(PICTURE, [FIRST])
    assert closer.score == pytest.approx((0.4 * 0.9) ** 0.5)
    assert closer.box == pytest.approx((335, 203, 355, 209), abs=0.6)
    assert len(net.batches) == 2


@pytest.mark.parametrize(
    "edge",
    [box_of(-8, 200, 32, 212), box_of(568, 200, 608, 212), box_of(300, -4, 340, 8), box_of(300, 392, 340, 404)],
)
def test_a_plate_beyond_the_pictures_edge_is_not_confirmed(edge):
    """The net frames what the tile repeats beyond the edge; the candidate stays, and can be cut."""
    first = Candidate(edge, 0.8)
    for away in ((2, 36, 60, 60), (100, 36, 158, 60), (40, 2, 120, 20), (40, 76, 120, 94)):
        net = framing((box_of(*away), 0.9), (SAME_PLACE, 0.9), (SAME_PLACE, 0.9))
        for framed in SecondLook(net).at(PICTURE, [first]):
            x, y = np.mean(framed.corners, axis=0)
            assert (0 <= x <= 600 and 0 <= y <= 400) or framed == Candidate(edge, UNCONFIRMED * 0.8)
            assert cut(PICTURE, framed.corners, 0.08).shape == (64, 160, 3)


@pytest.mark.parametrize("far", [-500, 900])
def test_what_lies_beyond_the_picture_is_cut_from_its_edge(far):
    assert cut(PICTURE, box_of(far, far, far + 80, far + 20), 0.08).shape == (64, 160, 3)


def test_two_candidates_that_turn_out_to_be_one_are_one():
    beside = Candidate(box_of(302, 201, 342, 213), 0.3)
    assert len(SecondLook(framing((SAME_PLACE, 0.9))).at(PICTURE, [FIRST, beside])) == 1


def test_only_the_best_get_a_second_look_in_one_batch():
    net = framing((SAME_PLACE, 0.9))
    many = [Candidate(box_of(10 + 30 * n, 10, 30 + 30 * n, 20), 0.9 - n / 100) for n in range(15)]
    assert len(SecondLook(net).at(PICTURE, many)) == MOST_TILES
    assert [len(batch) for batch in net.batches] == [MOST_TILES]
    assert SecondLook(net).at(PICTURE, []) == ()
    assert len(net.batches) == 1


def peaks(*cells):
    """A finder that answers with these (row, column, score, corners) for 64 x 96 pixels."""
    scores, corners = np.zeros((1, 8, 12), np.float32), np.zeros((1, 8, 12, 4, 2), np.float32)
    for row, column, score, quad in cells:
        scores[0, row, column], corners[0, row, column] = score, quad
    net = FakeNet(lambda _: scores, lambda _: corners)
    [sight] = Finder(net).see([np.zeros((64, 96, 3), np.uint8)])
    return [candidate.corners for candidate in sight.candidates]


def test_candidates_come_best_first_each_place_once():
    one, same, other = box_of(10, 10, 40, 20), box_of(12, 11, 41, 20), box_of(50, 40, 90, 50)
    assert peaks((1, 3, 0.5, one), (1, 4, 0.4, same), (5, 8, 0.9, other)) == [other, one]


@pytest.mark.parametrize(
    "corners",
    [
        ((10, 10),) * 4,
        box_of(40, 20, 10, 10)[::-1],
        ((10, 10), (40, 20), (40, 10), (10, 20)),
        box_of(200, 10, 240, 20),
        ((10, 10), (float("nan"), 10), (40, 20), (10, 20)),
    ],
    ids=["a point", "anticlockwise", "crossed", "outside", "not a number"],
)
def test_what_is_no_quadrilateral_in_the_picture_is_dropped(corners):
    assert peaks((1, 3, 0.5, corners)) == []


def test_a_crop_is_straight_with_its_margin():
    """A tilted plate, red inside of a green edge as wide as the margin."""
    corners = ((100.0, 80.0), (190.0, 110.0), (180.0, 140.0), (90.0, 110.0))
    picture = np.zeros((240, 320, 3), np.uint8)
    cv2.fillPoly(picture, [np.array(corners).round().astype(np.int32)], (0, 0, 255), cv2.LINE_AA)
    crop = cut(picture, corners, 0.1)
    assert crop.shape == (64, 160, 3)
    assert (crop[10:54, 20:140, 2] > 200).all()
    assert (crop[[1, 62], :, 2] < 60).all()
    assert (crop[:, [2, 157], 2] < 60).all()


def test_beyond_the_picture_its_edge_is_repeated():
    picture = np.full((30, 90, 3), 120, np.uint8)
    assert (cut(picture, box_of(0, 0, 90, 30), 0.12) == 120).all()


def reading(text: str, sure: float) -> Reading:
    columns = distribution(text, sure)
    confidence = exp(log_probability(text, columns))
    return Reading(np.zeros((64, 160, 3), np.uint8), text, confidence, (), 1.0, "eu", columns)


def on_lines(*texts: str, sure: float = 0.9) -> np.ndarray:
    """2 x 40 x 37: the texts' characters in every third column, a space for none, on line 1, line 2 or both."""
    columns = np.full((2, 40, SYMBOLS), 1e-6, np.float32)
    columns[..., BLANK] = 1
    for line, text in enumerate(texts):
        for place, character in enumerate(text):
            if character != " ":
                columns[line, 3 * place + 1, 1 + ALPHABET.index(character)] = sure
                columns[line, 3 * place + 1, BLANK] = 1 - sure
    return columns / columns.sum(axis=2, keepdims=True)


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (("AB12CD", "AB12CD"), "AB12CD"),
        (("AB12CD", " B  C "), "AB12CD"),
        (("AB1   ", "  12CD"), "AB12CD"),
        (("AB12CD", ""), "AB12CD"),
        (("", "AB12CD"), "AB12CD"),
        (("AB", "12CD"), "AB12CD"),
        (("ABC", "1234"), "ABC1234"),
        (("AB12", "CDEF"), "AB12CDEF"),
    ],
)
def test_characters_on_both_lines_are_one_and_others_are_two_lines(lines, text):
    columns = on_lines(*lines)
    spelling = likeliest_spelling(columns)
    assert spelling.text == text
    assert len(spelling.confidences) == len(spelling.others) == len(text)
    best = log_likelihood(text, columns)
    assert log_probability(text, columns) <= best <= 0
    assert best > log_likelihood(text + "X", columns)


def test_on_one_line_nothing_costs_another_probability():
    columns = on_lines("AB12CD")
    assert log_likelihood("AB12CD", columns) == log_probability("AB12CD", columns)


def test_the_text_that_all_readings_find_likeliest_wins():
    """The first reading is unsure of the last character, the others are sure of another."""
    unsure = reading("AB12C0", 0.6)
    sure = [reading("AB12CD", 0.9), reading("AB12CD", 0.95)]
    elected = likeliest([unsure, *sure])
    assert elected.text == "AB12CD"
    each = [exp(log_probability("AB12CD", folded(one.distribution))) for one in (unsure, *sure)]
    assert elected.confidence == pytest.approx(np.mean(each))
    assert elected.distribution is unsure.distribution


def reader(sure: float) -> tuple[Reader, FakeNet]:
    net = FakeNet(
        lambda batch: np.repeat(distribution(TEXT, sure)[None], len(batch), 0),
        lambda batch: np.full(len(batch), 0.5, np.float32),
        lambda batch: np.tile(np.array([[0.1, 0.9]], np.float32), (len(batch), 1)),
    )
    return Reader(net), net


@pytest.mark.parametrize(("sure", "batches"), [(0.999, [2]), (0.9, [2, 1, 3, 0, 3])], ids=["sure", "in doubt"])
def test_only_doubt_costs_more_readings(sure, batches):
    reads, net = reader(sure)
    places = [
        [box_of(10, 10, 100, 40), box_of(12, 10, 110, 40)],
        [box_of(200, 50, 300, 90)],
    ]
    results = reads.read_plates(PICTURE, places)
    assert [len(batch) for batch in net.batches] == [size for size in batches if size]
    assert [result.text for result in results] == [TEXT] * 2
    assert {result.style for result in results} == {"us"}
    assert len(MARGINS) == 4


def test_another_frame_settles_a_doubt():
    """The first frame reads one thing hazily, the second another surely: no margins are tried."""
    answers = iter((distribution("AB12C0", 0.9), distribution(TEXT, 0.999)))
    net = FakeNet(
        lambda batch: np.stack([next(answers) for _ in batch]),
        lambda batch: np.full(len(batch), 0.5, np.float32),
        lambda batch: np.tile(np.array([[0.1, 0.9]], np.float32), (len(batch), 1)),
    )
    [result] = Reader(net).read_plates(PICTURE, [[box_of(10, 10, 100, 40), box_of(12, 10, 110, 40)]])
    assert result.text == TEXT
    assert len(net.batches) == 2
