"""How the reader is taught: its labels say where characters are, its stream of samples can be entered anywhere,
training goes on after a kill, and what is exported answers like the net. Torch is no requirement of the
project: what needs it is skipped where it is missing."""

import csv
import re
from pathlib import Path

import cv2
import numpy as np
import pytest

from training import fonts
from training.files import replaced
from training.labels import COLUMN, COLUMNS, IGNORED, SYMBOLS, columns, folded, spelled, symbols, text_of
from training.photos import FOLDER, TEXTS, labelled
from training.stream import PHOTOS, RENDERED, Stream, held_out

pytestmark = pytest.mark.usefixtures("one_torch_thread")


@pytest.fixture(scope="module")
def pens(tmp_path_factory) -> fonts.Fonts:
    return fonts.load(tmp_path_factory.mktemp("no-fonts"))


@pytest.fixture(scope="module")
def stream(pens) -> Stream:
    return Stream(3, faces=pens)


def quads(middles: list[float], width: float = 12) -> np.ndarray:
    """Upright characters around the middles, in pixels."""
    return np.array(
        [[[m - width / 2, 20], [m + width / 2, 20], [m + width / 2, 44], [m - width / 2, 44]] for m in middles],
        np.float32,
    )


def taught(text: str, middles: list[float], lines=None, legible=None, width: float = 12):
    rows = np.array(lines or [0] * len(text), np.intp)
    clear = np.array(legible or [True] * len(text))
    return columns(text, quads(middles, width), rows, clear)


def perfect(labels: np.ndarray) -> np.ndarray:
    """The probabilities of a net that answers just what it was taught."""
    return np.eye(SYMBOLS, dtype=np.float32)[np.maximum(labels, 0)]


def test_characters_lie_in_their_own_columns():
    middles = [10.0, 30, 50, 90, 110, 155]
    labels = taught("AB12CZ", middles)
    for middle, symbol in zip(middles, symbols("AB12CZ"), strict=False):
        assert labels[0, int(middle / COLUMN)] == symbol
        assert np.flatnonzero(labels[0] == symbol).size <= 3
    assert (labels[0, [5, 17, 18]] == 0).all()
    assert (labels[1] == 0).all()


def test_two_lines():
    labels = taught("AB1234", [40, 100, 20, 60, 100, 140], lines=[0, 0, 1, 1, 1, 1])
    assert spelled(perfect(labels)).lines == ("AB", "1234")


@pytest.mark.parametrize("text", ["11", "00", "1111111", "W00", "AA11BB"])
def test_repeats_stay_apart(text):
    middles = [20 + 9.3 * number for number in range(len(text))]
    assert spelled(perfect(taught(text, middles, width=9))).text == text


def test_too_close_to_tell_apart():
    assert taught("11", [50, 54], width=3) is None
    assert taught("12", [50, 54], width=3) is not None
    assert taught("12", [50, 51], width=3) is None


def test_what_cannot_be_read_is_not_taught():
    labels = taught("ABC", [30, 60, 90], legible=[True, False, True])
    assert symbols("B")[0] not in labels
    assert (labels[0, 12:18] == IGNORED).all()
    assert spelled(perfect(labels)).text == "AC"


def test_confidences_are_the_best_in_each_run():
    map_ = perfect(taught("A1", [40, 100])) * 0.5
    map_[0, 10, symbols("A")[0]] = 0.8
    assert spelled(map_).confidences == pytest.approx((0.8, 0.5))


def test_rendered_plates_read_back(stream):
    records = stream.batch(0, 200)
    readable = records[records["spelled"] == 1]
    assert len(readable) > 100
    assert (readable["columns"][:, 1] > 0).any(axis=1).sum() > 10
    for record in readable:
        assert spelled(perfect(record["columns"])).text == text_of(record["target"])
    assert (records[records["readable"] == 0]["spelled"] == 0).all()


def test_folded():
    assert folded("IO10QD") == "1010QD"


def test_stream_is_the_same_wherever_it_is_entered(stream, pens):
    whole = [stream.batch(index, 6) for index in range(4)]
    again = Stream(3, faces=pens)
    assert again.batch(3, 6).tobytes() == whole[3].tobytes()
    assert again.batch(0, 12).tobytes() == np.concatenate(whole[:2]).tobytes()
    assert again.batch(1, 6).tobytes() != whole[0].tobytes()
    assert Stream(4, faces=pens).batch(0, 6).tobytes() != whole[0].tobytes()


@pytest.fixture(scope="module")
def photos(tmp_path_factory) -> Path:
    """A set of 60 photos with a plate each, the first 20 twice; each other one with corners."""
    root = tmp_path_factory.mktemp("photos")
    folder = root / "openimages350_roboflow"
    (folder / "images").mkdir(parents=True)
    rows, repeats = ["file,x,y,w,h,text,corners"], ["file,group_first_file"]
    rng = np.random.default_rng(1)
    for number in range(80):
        file = f"images/p{number:02d}.jpg"
        cv2.imwrite(str(folder / file), rng.integers(0, 255, (200, 300, 3), np.uint8))
        corners = "100 80 160 80 160 100 100 100" if number % 2 else ""
        rows.append(f"{file},100,80,60,20,P{number % 60:03d},{corners}")
        repeats.append(f"{file},images/p{number % 60:02d}.jpg")
    (folder / "labels.csv").write_text("\n".join(rows))
    (folder / "duplicates.csv").write_text("\n".join(repeats))
    return root


def test_photos_are_split_by_group(photos):
    plates = labelled(photos)
    assert len(plates) == 80
    assert len({plate.group for plate in plates}) == 60
    sides: dict[str, set[bool]] = {}
    for plate in plates:
        sides.setdefault(plate.text, set()).add(plate.held_out)
    assert all(len(side) == 1 for side in sides.values())
    assert 5 < sum(plate.held_out for plate in plates) < 40


def test_same_text_is_the_same_group(photos):
    (photos / "openimages350_roboflow" / "duplicates.csv").rename(photos / "away.csv")
    try:
        assert len({plate.group for plate in labelled(photos)}) == 60
    finally:
        (photos / "away.csv").rename(photos / "openimages350_roboflow" / "duplicates.csv")


def test_held_out_plates_are_not_taught(photos, pens):
    plates = labelled(photos)
    kept = held_out(3, plates, 4, pens)
    assert set(kept) == {RENDERED, "openimages350_roboflow", PHOTOS}
    held = {text_of(row) for row in kept[PHOTOS]["target"]}
    shown = Stream(3, plates, photos=1.0, others=0.0, faces=pens).batch(0, 200)
    assert (shown["columns"] == IGNORED).all()
    assert len(held) > 4
    assert not held & {text_of(row) for row in shown["target"]}


def test_texts_that_people_added_are_known_but_what_is_held_out_stays_so(photos, tmp_path):
    before = labelled(photos)
    kept = next(plate for plate in before if plate.held_out)
    taught, other = [plate for plate in before if not plate.held_out][:2]
    table = (photos / "openimages350_roboflow" / "labels.csv").read_text()
    bare = tmp_path / "bare" / "openimages350_roboflow"
    bare.mkdir(parents=True)
    without = table.replace(f",{taught.text},", ",,").replace(f",{other.text},", ",,")
    (bare / "labels.csv").write_text(without)
    (bare / "duplicates.csv").write_text((photos / "openimages350_roboflow" / "duplicates.csv").read_text())
    texts = tmp_path / "texts.csv"
    texts.write_text(
        "folder,file,x,y,text\n"
        f"openimages350_roboflow,{taught.file.name},100.0,80.0,NEW1\n"
        f"openimages350_roboflow,{other.file.name},100.0,80.0,{kept.text}\n"
        f"openimages350_roboflow,{kept.file.name},100.0,80.0,WRONG\n"
    )
    after = {plate.file.name: plate for plate in labelled(tmp_path / "bare", texts)}
    assert after[taught.file.name].text == "NEW1"
    assert after[other.file.name].text == "", "a plate that is held out would be taught"
    assert after[kept.file.name].text == kept.text, "the set's own text counts"
    assert [plate.held_out for plate in after.values()] == [plate.held_out for plate in before]


def test_added_texts_are_well_formed():
    with TEXTS.open(newline="", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    assert all(re.fullmatch("[A-Z0-9]{1,11}", row["text"]) for row in rows)
    places = [tuple(row[name] for name in ("folder", "file", "x", "y")) for row in rows]
    assert len(set(places)) == len(places) > 500


@pytest.mark.skipif(not FOLDER.exists(), reason="the photos are not beside the repository")
def test_every_added_text_is_of_a_plate_and_none_that_is_held_out_is_taught():
    plates = labelled(FOLDER)
    with TEXTS.open(newline="", encoding="utf-8") as lines:
        places = {(row["folder"], row["file"]) for row in csv.DictReader(lines)}
    assert places <= {(plate.folder, plate.file.name) for plate in plates}
    kept = {plate.text for plate in plates if plate.held_out and plate.text}
    assert not kept & {plate.text for plate in plates if not plate.held_out}


def test_other_places_are_taught_as_nothing(photos, pens):
    others = Stream(3, labelled(photos), photos=0.0, others=1.0, faces=pens).batch(0, 8)
    assert (others["columns"] == 0).all()
    assert (others["readable"] == 0).all()
    assert (others["spelled"] == 0).all()


def test_interrupted_writing_leaves_the_file_before(tmp_path):
    file = tmp_path / "last.pt"
    file.write_text("before")

    def write() -> None:
        with replaced(file) as unfinished:
            unfinished.write_text("hal")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write()
    assert file.read_text() == "before"


def test_workers_make_the_same_stream(stream):
    pytest.importorskip("torch")
    from training.loading import raw_batches

    alone = list(raw_batches(stream, 4, 0, 4, workers=0))
    shared = list(raw_batches(stream, 4, 1, 4, workers=2))
    assert [a.tobytes() for a in alone[1:]] == [b.tobytes() for b in shared]


def test_training_goes_on_as_if_never_interrupted(stream, tmp_path):
    torch = pytest.importorskip("torch")
    from training.loading import Batch, raw_batches
    from training.reader_loss import cost
    from training.reader_net import Reader
    from training.teaching import Plan, Teacher

    plan, cpu = Plan(steps=6, batch=8), torch.device("cpu")

    def learn(teacher: Teacher, until: int) -> None:
        for records in raw_batches(stream, 8, teacher.step, until, 0):
            teacher.learn(Batch.of(records, cpu))

    whole, first, second = (Teacher(plan, cpu, Reader, cost) for _ in range(3))
    torch.manual_seed(1)
    learn(whole, 6)
    torch.manual_seed(1)
    learn(first, 3)
    first.save(tmp_path / "last.pt")
    torch.manual_seed(99)
    second.resume(tmp_path / "last.pt")
    learn(second, 6)
    for net in ("net", "mean"):
        one, other = getattr(whole, net).state_dict(), getattr(second, net).state_dict()
        assert all(torch.equal(one[name], other[name]) for name in one)
    with pytest.raises(SystemExit, match="another plan"):
        Teacher(Plan(steps=7, batch=8), cpu, Reader, cost).resume(tmp_path / "last.pt")


def test_rate_decays_to_nothing():
    pytest.importorskip("torch")
    from training.teaching import Plan

    plan = Plan(steps=1000, rate=1.0)
    assert plan.rate_at(0) == pytest.approx(0.05)
    assert plan.rate_at(20) == 1.0
    assert plan.rate_at(999) < 1e-4


def test_spelling_needs_no_lines(stream):
    """CTC sees both lines as one sequence: a perfect answer costs nothing on whichever line it is."""
    torch = pytest.importorskip("torch")
    from training.loading import Batch
    from training.reader_loss import cost_of_more, losses
    from training.reader_net import Output

    records = stream.batch(0, 60)
    records = records[(records["spelled"] == 1) & (records["columns"][:, 1] == 0).all(axis=1)]
    batch = Batch.of(records, torch.device("cpu"))
    upper = torch.from_numpy(np.stack([perfect(row) for row in records["columns"]])) * 40
    zeros = torch.zeros(len(records)), torch.zeros(len(records), 23)
    assert losses(Output(upper, *zeros), batch, 0.0).spelling == 0
    assert cost_of_more(lambda _: Output(upper.flip(2), *zeros), batch, 0.0).spelling > 0.1
    for answer in (upper, upper.flip(1)):
        assert losses(Output(answer, *zeros), batch, 1.0).spelling < 1e-4
    assert losses(Output(upper, *zeros), batch, 1.0).columns < 1e-4
    assert losses(Output(upper.flip(1), *zeros), batch, 1.0).columns > 1


def test_export_answers_like_the_net(stream, tmp_path):
    torch = pytest.importorskip("torch")
    pytest.importorskip("onnxruntime")
    pytest.importorskip("onnxscript")
    from training.export import TOLERANCE, export, session
    from training.reader import FACE
    from training.reader_net import Answers, Reader, parameters

    torch.manual_seed(2)
    net = Reader().eval()
    assert parameters(net) <= 1_500_000
    crops = stream.batch(0, 6)["crop"].copy()
    exported = export(Answers(net), tmp_path / "reader.onnx", FACE, crops)
    assert exported.difference <= TOLERANCE
    assert exported.size < 8e6
    assert str(Path(__file__).parents[1]).encode() not in exported.file.read_bytes(), "no path of this machine"
    characters, readable, style = session(exported.file).run(FACE.outputs, {"crops": crops[:1]})
    assert characters.shape == (1, 2, COLUMNS, SYMBOLS)
    assert readable.shape == (1,)
    assert style.shape == (1, 23)
    with torch.no_grad():
        wanted = net(torch.from_numpy(crops[:1])).characters.softmax(dim=3).numpy()
    assert np.abs(characters - wanted).max() <= TOLERANCE


def test_shards_hold_the_stream_and_give_each_sample_once(stream, tmp_path):
    pytest.importorskip("torch")
    from training.shards import Shards, write

    write(stream, 256, tmp_path, 0, validation=4)
    written = np.load(tmp_path / "0000.npy")
    assert written.tobytes() == stream.batch(0, 256).tobytes()
    shards = Shards(tmp_path, seed=1)
    once = np.concatenate([shards.batch(index, 64) for index in range(4)])
    assert sorted(row.tobytes() for row in once) == sorted(row.tobytes() for row in written)
    assert shards.batch(4, 64).tobytes() != once[:64].tobytes()
    assert list(shards.held_out()) == [RENDERED]
    with pytest.raises(SystemExit, match="other samples"):
        write(Stream(99, faces=stream.faces), 256, tmp_path, 0, validation=4)
