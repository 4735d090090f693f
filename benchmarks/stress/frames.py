"""Renders a scene frame by frame, and says of each plate where it is and how much of it shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

from benchmarks.stress import vehicles
from benchmarks.stress.backdrop import backdrop
from benchmarks.stress.light import Light
from benchmarks.stress.scenes import FPS, LEAVES_M, Drive, Scene
from benchmarks.stress.sensor import Sensor
from benchmarks.stress.vehicles import shade
from benchmarks.stress.view import HEIGHT, NEAREST, WIDTH, Points, View
from streamer.types import Picture
from training.layouts import Colour
from training.wear import Mounted

SHADOW = 150
"""How dark a vehicle's shadow is, 0-255."""
_SHIFT = 4
"""Bits of a pixel's fraction that OpenCV draws with."""


@dataclass(frozen=True)
class Sight:
    """What one frame shows of the plate of the scene's drive `drive`: its `corners` (4 x 2, pixels, top left first), its
    `width` and the height of its characters (`cap`), the path that it blurs along (`blur`), all in pixels; `shown` is
    the part that is in the picture and not hidden, 0-1."""

    drive: int
    corners: Points
    width: float
    cap: float
    blur: float
    shown: float


@dataclass(frozen=True)
class Shot:
    """One frame: its index, its seconds, what is to be seen, and the picture as the camera gives it out."""

    index: int
    media_s: float
    sights: tuple[Sight, ...]
    picture: Picture


def shots(scene: Scene, seed: int) -> Iterator[Shot]:
    """The frames in which something happens; between them the road is empty."""
    rng = Random(f"frames {seed}/{scene.number}")
    empty = _lit(backdrop(rng, scene), scene.light.surroundings)
    sensor = Sensor(rng, scene)
    for index in range(round(scene.seconds * FPS)):
        if not scene.is_empty(index / FPS):
            picture, sights = render(scene, empty, index / FPS)
            picture, shift = sensor.taken(picture, index / FPS)
            sights = tuple(replace(sight, corners=sight.corners + shift) for sight in sights)
            yield Shot(index, index / FPS, sights, picture)


def render(scene: Scene, empty: Picture, at_s: float) -> tuple[Picture, tuple[Sight, ...]]:
    """What falls onto the sensor, and the plates in it, in the order of the scene's drives."""
    picture = empty.copy()
    there = [(index, drive) for index, drive in enumerate(scene.drives) if _is_there(drive, scene, at_s)]
    sights: dict[int, Sight] = {}
    for index, drive in sorted(there, key=lambda pair: -pair[1].distance(at_s)):
        layer = _layer(scene, drive, at_s)
        if layer is None:
            continue
        _put(picture, layer)
        sights = {other: _behind(sight, layer) for other, sight in sights.items()}
        sights[index] = _sight(scene, index, drive, at_s)
        _glow(picture, scene, drive, at_s)
    if scene.post:
        layer = _post(scene.view, scene.light, scene.post)
        _put(picture, layer)
        sights = {other: _behind(sight, layer) for other, sight in sights.items()}
    return picture, tuple(sights[index] for index in sorted(sights) if sights[index].shown > 0)


def _is_there(drive: Drive, scene: Scene, at_s: float) -> bool:
    """Whether any part of the vehicle is before the camera and near enough."""
    z = drive.distance(at_s)
    return -drive.vehicle.body.length < z - LEAVES_M and z <= scene.mounting.far + 12


@dataclass(frozen=True)
class _Layer:
    """A piece of the picture with its corner at left, top: colours multiplied by `alpha` (height x width, 0-255)."""

    left: int
    top: int
    image: Picture
    alpha: NDArray[np.uint8]


def _layer(scene: Scene, drive: Drive, at_s: float) -> _Layer | None:
    """The vehicle, blurred along the way that its plate goes while the shutter is open; None if out of the picture."""
    view, lit, vehicle = scene.view, scene.light, drive.vehicle
    gain = lit.body * _fading(view, lit, drive.distance(at_s))
    shapes = [(vehicles.shadow_of(vehicle), (0, 0, 0), SHADOW)]
    for corners, colour, shines in vehicles.faces_of(
        vehicle, -1 if drive.path.at(drive.distance(at_s)) > 0 else 1
    ):
        bright = max(gain, lit.glow * 1.2) if shines else gain
        shapes.append((corners, shade(colour, bright), 255))
    outlines = [(_outline(view, drive.to_world(local, at_s)), colour, alpha) for local, colour, alpha in shapes]
    outlines = [one for one in outlines if len(one[0]) > 2]
    motion = motion_of(scene, drive, at_s)
    room = 3 + int(np.abs(motion).max())
    box = _box([points for points, _, _ in outlines], room)
    if box is None:
        return None
    left, top, right, bottom = box
    image = np.zeros((bottom - top, right - left, 3), np.uint8)
    alpha = np.zeros(image.shape[:2], np.uint8)
    for points, colour, opacity in outlines:
        _fill(image, alpha, points - (left, top), colour, opacity)
    corners = _outline(view, drive.to_world(vehicle.outline, at_s))
    if len(corners) == 4 and drive.distance(at_s) > LEAVES_M:
        _lay(image, vehicle.plate, corners - (left, top), lit.plate * _fading(view, lit, drive.distance(at_s)))
    return _Layer(left, top, *(_blurred(part, motion, lit.softness) for part in (image, alpha)))


def _fading(view: View, lit: Light, distance: float) -> float:
    """How much of the camera's own light comes back from there: 1 where it looks, 0.3 to 1.5."""
    return min(1.5, max(0.3, (view.target[2] / max(distance, 1.0)) ** 1.5)) if lit.fades else 1.0


def motion_of(scene: Scene, drive: Drive, at_s: float) -> Points:
    """How far the plate's middle moves in the picture while the shutter is open, pixels right and down."""
    middle = drive.vehicle.outline.mean(axis=0)
    if drive.distance(at_s) < LEAVES_M:
        return np.zeros(2)
    ends = (drive.to_world(middle, time) for time in (at_s, at_s + scene.light.shutter_s))
    return scene.view.motion(*ends)


def _outline(view: View, world: Points) -> Points:
    """A face's outline in the picture (n x 2, pixels), cut off where it comes too near to the camera."""
    seen = view.seen_from(world)
    kept: list[Points] = []
    for here, following in zip(seen, np.roll(seen, -1, axis=0), strict=True):
        inside, after = here[2] >= NEAREST, following[2] >= NEAREST
        if inside:
            kept.append(here)
        if inside != after:
            kept.append(here + (following - here) * (NEAREST - here[2]) / (following[2] - here[2]))
    return view.picture(np.array(kept)) if kept else np.zeros((0, 2))


def _box(outlines: Sequence[Points], room: int) -> tuple[int, int, int, int] | None:
    """The part of the picture that the outlines lie in, with room around; None if they lie outside."""
    if not outlines:
        return None
    points = np.concatenate(outlines)
    left, top = np.clip(np.floor(points.min(axis=0)) - room, 0, (WIDTH, HEIGHT)).astype(int)
    right, bottom = np.clip(np.ceil(points.max(axis=0)) + room, 0, (WIDTH, HEIGHT)).astype(int)
    return (int(left), int(top), int(right), int(bottom)) if right > left and bottom > top else None


def _fill(image: Picture, alpha: NDArray[np.uint8], points: Points, colour: Colour, opacity: int) -> None:
    fixed = (np.clip(points, -6000, 6000) * (1 << _SHIFT)).round().astype(np.int32)
    cv2.fillConvexPoly(image, fixed, colour, cv2.LINE_AA, _SHIFT)
    cv2.fillConvexPoly(alpha, fixed, (float(opacity),), cv2.LINE_AA, _SHIFT)


def _lay(image: Picture, plate: Mounted, corners: Points, gain: float) -> None:
    """Puts the plate onto its vehicle, where `corners` (4 x 2, pixels of the image) say."""
    matrix = np.asarray(cv2.getPerspectiveTransform(plate.corners, corners.astype(np.float32)), np.float64)
    rows, columns = plate.alpha.shape
    wide = float(np.linalg.norm(corners[1] - corners[0]))
    factor = min(1.0, 1.5 * wide / float(plate.corners[1, 0] - plate.corners[0, 0]))
    size = max(8, round(columns * factor)), max(8, round(rows * factor))
    small, mask = (cv2.resize(part, size, interpolation=cv2.INTER_AREA) for part in (plate.image, plate.alpha))
    matrix = matrix @ np.diag([columns / size[0], rows / size[1], 1.0])
    low, high = corners.min(axis=0) - 0.5 * wide, corners.max(axis=0) + 0.5 * wide
    left, top = np.clip(low, 0, image.shape[1::-1]).astype(int)
    right, bottom = np.clip(high, 0, image.shape[1::-1]).astype(int)
    if right <= left or bottom <= top:
        return
    shifted, place = (
        np.array([[1, 0, -left], [0, 1, -top], [0, 0, 1]]) @ matrix,
        (int(right - left), int(bottom - top)),
    )
    patch = cv2.warpPerspective(small, shifted, place, borderMode=cv2.BORDER_REPLICATE)
    amount = cv2.cvtColor(cv2.warpPerspective(mask, shifted, place), cv2.COLOR_GRAY2BGR)
    under = image[top:bottom, left:right]
    kept = cv2.multiply(under, cv2.bitwise_not(amount), scale=1 / 255)
    under[:] = cv2.add(kept, cv2.multiply(_lit(np.asarray(patch, np.uint8), gain), amount, scale=1 / 255))


def _blurred(part: MatLike, motion: Points, softness: float) -> NDArray[np.uint8]:
    """The lens's softness, and the way of the motion."""
    soft = cv2.GaussianBlur(part, (0, 0), softness)
    if np.hypot(*motion) >= 0.5:
        soft = cv2.filter2D(soft, -1, streak(motion), borderType=cv2.BORDER_REPLICATE)
    return np.asarray(soft, np.uint8)


def streak(motion: Points) -> NDArray[np.float32]:
    """What becomes of one bright pixel that moves so far (pixels right and down): a kernel of sum 1."""
    reach = int(np.ceil(np.abs(motion).max() / 2)) + 1
    kernel = np.zeros((2 * reach + 1, 2 * reach + 1), np.float32)
    steps = max(2, int(np.ceil(np.hypot(*motion) * 4)))
    for share in np.linspace(-0.5, 0.5, steps):
        x, y = motion * share + reach
        column, row = int(x), int(y)
        beside, below = x - column, y - row
        kernel[row : row + 2, column : column + 2] += np.outer((1 - below, below), (1 - beside, beside))
    return np.asarray(kernel / kernel.sum(), np.float32)


def _put(picture: Picture, layer: _Layer) -> None:
    rows, columns = layer.alpha.shape
    under = picture[layer.top : layer.top + rows, layer.left : layer.left + columns]
    rest = cv2.cvtColor(cv2.bitwise_not(layer.alpha), cv2.COLOR_GRAY2BGR)
    under[:] = cv2.add(cv2.multiply(under, rest, scale=1 / 255), layer.image)


def _glow(picture: Picture, scene: Scene, drive: Drive, at_s: float) -> None:
    """The bloom of a vehicle's headlights, or a little of its rear lamps."""
    strength = scene.light.glow * (0.25 if drive.vehicle.rear else 1.0)
    if not strength or not drive.speed or drive.distance(at_s) < LEAVES_M + 1:
        return
    for x, y in scene.view.project(drive.to_world(vehicles.lamps_of(drive.vehicle), at_s)):
        reach = 0.28 * scene.view.focal / drive.distance(at_s)
        left, top = max(0, int(x - 2 * reach)), max(0, int(y - 2 * reach))
        under = picture[top : max(0, int(y + 2 * reach)), left : max(0, int(x + 2 * reach))]
        if under.size:
            rows, columns = np.ogrid[top : top + under.shape[0], left : left + under.shape[1]]
            bloom = np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (0.5 * reach**2)) * 235 * strength
            cv2.add(under, np.repeat(bloom[..., None], 3, axis=2).astype(np.uint8), under)


def _post(view: View, lit: Light, post: tuple[float, float, float]) -> _Layer:
    """A post from the ground up, in front of everything."""
    x, z, width = post
    foot = np.array(
        [(x - width / 2, 3.5, z), (x + width / 2, 3.5, z), (x + width / 2, 0, z), (x - width / 2, 0, z)]
    )
    points = view.project(foot)
    left, top, right, bottom = _box([points], 3) or (0, 0, 1, 1)
    image = np.zeros((bottom - top, right - left, 3), np.uint8)
    alpha = np.zeros(image.shape[:2], np.uint8)
    _fill(image, alpha, points - (left, top), shade((120, 125, 128), lit.body), 255)
    return _Layer(left, top, image, alpha)


def _sight(scene: Scene, index: int, drive: Drive, at_s: float) -> Sight:
    """Where the plate is, before anything hides it."""
    if drive.distance(at_s) <= LEAVES_M:
        return Sight(index, np.zeros((4, 2)), 0.0, 0.0, 0.0, 0.0)
    corners = scene.view.project(drive.to_world(drive.vehicle.outline, at_s))
    grid = _grid(corners)
    inside = ((grid >= 0) & (grid < (WIDTH, HEIGHT))).all(axis=1).mean()
    height = float(np.linalg.norm(corners[3] - corners[0]))
    width = float(np.linalg.norm(corners[1] - corners[0]))
    blur = float(np.hypot(*motion_of(scene, drive, at_s)))
    return Sight(index, corners, width, height * drive.vehicle.cap, blur, float(inside))


def _behind(sight: Sight, layer: _Layer) -> Sight:
    """The same plate after something was drawn over it."""
    grid = np.floor(_grid(sight.corners)).astype(int) - (layer.left, layer.top)
    size = layer.alpha.shape[1::-1]
    inside = np.asarray(((grid >= 0) & (grid < size)).all(axis=1))
    hidden = inside.copy()
    hidden[inside] = layer.alpha[grid[inside, 1], grid[inside, 0]] > 170
    return replace(sight, shown=max(0.0, sight.shown - float(hidden.mean())))


def _grid(corners: Points) -> Points:
    """9 x 5 points all over the plate."""
    across, down = (
        axis.ravel()[:, None] for axis in np.meshgrid(np.linspace(0.02, 0.98, 9), np.linspace(0.1, 0.9, 5))
    )
    upper, lower = (corners[a] * (1 - across) + corners[b] * across for a, b in ((0, 1), (3, 2)))
    return np.asarray(upper * (1 - down) + lower * down)


def _lit(picture: Picture, gain: float) -> Picture:
    return np.asarray(cv2.convertScaleAbs(picture, alpha=gain), np.uint8)
