"""Is anything moving in the picture, and where? Brightness and times in, the answer out; no clock, no thread.

The picture is shrunk to cells, about 160 x 90, each of which knows what it shows while nothing happens and how
far it strays from that: a running Gaussian (Wren and others, "Pfinder", 1997) with a mean deviation in place of
a variance, as sigma-delta has it (Manzanera and Richefeu, 2007). A cell is active when it is further off than a
few times that. Three things keep quiet what is no vehicle, without making the gate deaf to one:

- The whole picture is first explained by the background made brighter, lifted and shifted a little, in one
  least-squares fit without the cells that it does not explain: exposure jumps, clouds, a shaking pole. The
  shift is that of Lucas and Kanade, 1981.
- Cells that stray all the time, in a tree or under rain, learn a higher threshold, but up to a limit, and not
  while a plate is in view. Groups of cells are watched beside them: leaves cancel each other out there, and a
  vehicle does not.
- What is active must lie close together and be as large as something of a vehicle whose plate can be read:
  drops, digits of a clock and noise are not.

What came and stands is background once it has not changed for SETTLE_S. What creeps shows something new at its
edges for ever.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from streamer.types import Box, Picture
from streamer.zones import Zones

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Cells = NDArray[np.float32]
    Mask = NDArray[np.bool_]

LONGEST = 160
"""Cells along the picture's longer side."""
ROWS = 2
"""Rows of pixels that are averaged for a cell: more cost more and quieten noise a little."""
GROUP = 4
"""Cells along the side of a group."""

SMALLEST = 1600.0
"""Square pixels: less is no vehicle. A reader needs a plate of about 40 pixels, and that alone has 400."""
DENSE = 0.5
"""So much of what is around a cell, and itself, must be active: streaks of rain are thin."""

TIMES_USUAL, MOST_USUAL = 2.0, 6.0
"""What moves must be so many times as large as what the weather moves, but nothing is ignored that has so many
times the SMALLEST: a car whose plate has 40 pixels has more than nine."""

LEAST_OFF = 5.0, 3.0
"""How far off, of 255, a cell and a group must be to be active; H.264 changes a still picture by so much."""
TIMES_STRAY = 3.0
"""The same in parts of how far it strays."""
MOST_STRAY = 20.0
"""No cell is deaf to what is 60 of 255 off."""
STRAY_UP_S, STRAY_DOWN_S = 15.0, 60.0
"""How fast straying and what is usual are learned and forgotten: slower down, so it is not their mean but about
what four of five looks stay below."""

MEAN_S = 10.0
"""How fast the background follows a quiet cell: dusk, shadows."""
SETTLE_S = 3.0
"""What has not changed for so long is background."""
SAME = 3.0
"""Of 255: so little is no change."""

FIRST_S = 2.0
"""Everything moves until a background is known."""
LEARN_S = 0.6
"""While no cell is active the background learns no more often than that: it takes longer than to see that."""
GAP_S = 10.0
"""After so long without a picture the background is another one."""
EVERYWHERE = 0.5
"""When so much of the picture is active, boxes say nothing."""
SPARSE = 4
"""Of so many cells along each side one is asked how the light changed."""
MOST_SHIFT = 2.0
"""Cells: a camera that is shaken further shows another picture."""


@dataclass(frozen=True)
class Motion:
    """What moves in one picture: `boxes` in its pixels, or `everywhere`; nothing if it is false."""

    boxes: tuple[Box, ...] = ()
    everywhere: bool = False

    def __bool__(self) -> bool:
        return self.everywhere or bool(self.boxes)


class MotionGate:
    """Watches one camera's pictures for motion where its `zones` say that plates count."""

    def __init__(self, zones: Zones) -> None:
        self._zones = zones
        self._background: _Background | None = None
        self._shapes: tuple[tuple[int, ...], tuple[int, int]] | None = None
        self._began_s = self._seen_s = 0.0

    def see(
        self, luma: Picture, media_s: float, plates: bool = False, size: tuple[int, int] | None = None
    ) -> Motion:
        """What moves in the picture (height x width, brightness) of that time of the source, in seconds. While
        `plates` are in view, nothing that moves is learned to be a nuisance. `size` is the width and height of
        the picture that is looked at, of which `luma` may be a smaller copy: everything is in its pixels."""
        size = size or (luma.shape[1], luma.shape[0])
        shapes = luma.shape, size
        cells = shrunk(luma)
        background, step_s = self._background, media_s - self._seen_s
        if background is None or self._shapes != shapes or not 0 <= step_s <= GAP_S:
            self._background = _Background(cells, *self._layers(cells, size))
            self._began_s, self._seen_s, self._shapes = media_s, media_s, shapes
            return Motion(everywhere=True)
        self._seen_s = media_s
        boxes, share = background.see(cells, media_s, step_s, plates)
        if media_s - self._began_s < FIRST_S or share > EVERYWHERE:
            return Motion(everywhere=True)
        return Motion(tuple(boxes))

    def _layers(self, cells: Cells, size: tuple[int, int]) -> tuple[_Layer, _Layer]:
        """Cells and groups of them; `size` is the picture's, in pixels."""
        rows, columns = cells.shape
        wanted = wanted_cells(self._zones, rows, columns)
        groups = _grouped(wanted.astype(np.float32)) > 0
        return _Layer(wanted, size, LEAST_OFF[0], 1), _Layer(groups, size, LEAST_OFF[1], 4)


def shrunk(luma: Picture) -> Cells:
    """The picture as cells, LONGEST along its longer side; of large pictures not every row is asked."""
    height, width = luma.shape
    scale = min(1.0, LONGEST / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    sparse = luma[:: max(1, int(1 / scale / ROWS))]
    return np.asarray(cv2.resize(sparse, size, interpolation=cv2.INTER_AREA), np.float32)


def wanted_cells(zones: Zones, rows: int, columns: int) -> Mask:
    """Where motion counts: rows x columns. Vehicles are around their plates, so what is included is grown by a
    twelfth of the picture. A line is crossed from outside: with one only what is excluded is left out."""
    size = np.array((columns, rows))
    included = np.zeros((rows, columns), np.uint8)
    for polygon in zones.include:
        cv2.fillPoly(included, [np.round(np.array(polygon) * size).astype(np.int32)], 1)
    if zones.line or not zones.include:
        included[:] = 1
    reach = 2 * (max(rows, columns) // 12) + 1
    included = np.asarray(cv2.dilate(included, np.ones((reach, reach), np.uint8)), np.uint8)
    for polygon in zones.exclude:
        cv2.fillPoly(included, [np.round(np.array(polygon) * size).astype(np.int32)], 0)
    return included > 0


class _Background:
    """What the cells show while nothing happens, rows x columns of them."""

    def __init__(self, cells: Cells, fine: _Layer, coarse: _Layer) -> None:
        self._mean = cells.copy()
        self._newly = cells.copy()
        self._since_s = np.full(cells.shape, -np.inf)
        self._fine, self._coarse = fine, coarse
        self._unlearned_s = 0.0

    def see(self, cells: Cells, media_s: float, step_s: float, plates: bool) -> tuple[list[Box], float]:
        """The boxes of what moves, in pixels, and the share of the cells that are active."""
        off = cells - self._mean
        grouped = _grouped(off)
        boxes = self._fine.see(off) + self._coarse.see(grouped)
        if boxes:
            off -= explained(off, self._mean)
            grouped = _grouped(off)
            boxes = self._fine.see(off) + self._coarse.see(grouped)
        active = np.count_nonzero(self._fine.active)
        self._unlearned_s += step_s
        if active or self._coarse.active.any() or self._unlearned_s >= LEARN_S:
            self._learn(cells, off, grouped, media_s, plates)
        return boxes, active / self._fine.active.size

    def _learn(self, cells: Cells, off: Cells, grouped: Cells, media_s: float, plates: bool) -> None:
        """What the cells show and how far they stray, by how far they are off now."""
        step_s, self._unlearned_s = self._unlearned_s, 0.0
        changes = np.abs(cells - self._newly) > np.maximum(SAME, 2 * self._fine.stray)
        restless = np.zeros_like(changes) if plates else changes
        self._fine.learn(off, restless, step_s)
        self._coarse.learn(grouped, _grouped(restless.astype(np.float32)) > EVERYWHERE, step_s)
        self._settle(cells, changes, media_s, step_s)

    def _settle(self, cells: Cells, changes: Mask, media_s: float, step_s: float) -> None:
        """Quiet cells are followed; what an active one shows is background once it has shown it for long."""
        self._newly += np.where(changes, np.float32(1), np.float32(0.25)) * (cells - self._newly)
        self._since_s[changes] = media_s
        quiet = ~self._fine.active
        self._mean += quiet * np.float32(min(1.0, step_s / MEAN_S)) * (cells - self._mean)
        settled = self._fine.active & (media_s - self._since_s >= SETTLE_S)
        self._mean[settled] = self._newly[settled]


class _Layer:
    """Cells of one size, `size` (width, height) pixels all together: how far each strays, and which are active.

    Only `wanted` ones can be active, and only `least_off` from the background, of 255. What moves has at least
    `fewest` of them.
    """

    def __init__(self, wanted: Mask, size: tuple[int, int], least_off: float, fewest: int) -> None:
        self.stray = np.full(wanted.shape, least_off / TIMES_STRAY, np.float32)
        self.active = np.zeros(wanted.shape, bool)
        self._wanted, self._least_off = wanted, least_off
        rows, columns = wanted.shape
        self._across, self._down = size[0] / columns, size[1] / rows
        self._fewest = max(fewest, round(SMALLEST / (self._across * self._down)))
        self._largest = self._usual = 0.0
        self._limit = self._limits()

    def see(self, off: Cells) -> list[Box]:
        """The boxes of what moves, in pixels, by how far the cells are off."""
        self.active = np.abs(off) > self._limit
        self._largest = 0.0
        if np.count_nonzero(self.active) < self._fewest:
            return []
        dense = cv2.blur(self.active.astype(np.float32), (3, 3)) >= DENSE
        _, _, stats, _ = cv2.connectedComponentsWithStats(dense.astype(np.uint8), connectivity=8)
        self._largest = float(stats[1:, cv2.CC_STAT_AREA].max(initial=0))
        enough = max(self._fewest, TIMES_USUAL * min(self._usual, MOST_USUAL / TIMES_USUAL * self._fewest))
        return [
            (
                left * self._across,
                top * self._down,
                (left + width) * self._across,
                (top + height) * self._down,
            )
            for left, top, width, height, area in stats[1:].tolist()
            if area >= enough
        ]

    def learn(self, off: Cells, restless: Mask, step_s: float) -> None:
        """How far the cells stray, of the active ones only those that are `restless`: what stands does not.
        While any are, what hangs together is usual."""
        distance = np.minimum(np.abs(off), MOST_STRAY)
        up, down = (np.float32(min(1.0, step_s / slow_s)) for slow_s in (STRAY_UP_S, STRAY_DOWN_S))
        further = distance - self.stray
        self.stray += (restless | ~self.active) * np.where(further > 0, up, down) * further
        larger = min(self._largest, MOST_USUAL * self._fewest) * restless.any() - self._usual
        self._usual += (up if larger > 0 else down) * larger
        self._limit = self._limits()

    def _limits(self) -> Cells:
        """How far off each cell must be to be active; those that are not wanted never are."""
        limits = np.maximum(np.float32(self._least_off), TIMES_STRAY * self.stray)
        return np.where(self._wanted, limits, np.float32(np.inf))


def _grouped(cells: Cells) -> Cells:
    """The means of groups of cells."""
    rows, columns = cells.shape
    size = max(1, columns // GROUP), max(1, rows // GROUP)
    return np.asarray(cv2.resize(cells, size, interpolation=cv2.INTER_AREA), np.float32)


def explained(off: Cells, mean: Cells) -> Cells:
    """How far off the cells are by light and shake: what a gain, a lift and a small shift of the mean give, by
    least squares over one cell in SPARSE x SPARSE, those left out that they do not explain."""
    across, down = (cv2.Sobel(mean, cv2.CV_32F, *axis, ksize=1, scale=0.5) for axis in ((1, 0), (0, 1)))
    causes = mean / 128, np.ones_like(mean), across, down
    sampled = np.stack([one[::SPARSE, ::SPARSE].ravel() for one in causes], axis=-1)
    wanted = off[::SPARSE, ::SPARSE].ravel()
    middle = len(wanted) // 2
    kept = np.ones(len(wanted), bool)
    shares = np.zeros(4, np.float32)
    for _ in range(3):
        inner = sampled[kept]
        square = inner.T @ inner + np.eye(4, dtype=np.float32)
        shares = np.linalg.solve(square, inner.T @ wanted[kept])
        left = np.abs(wanted - sampled @ shares)
        kept = left <= 1 + 2.5 * np.partition(left, middle)[middle]
    gain, lift = shares[:2]
    x, y = np.clip(shares[2:], -MOST_SHIFT, MOST_SHIFT)
    return np.asarray(mean * (gain / 128) + lift + across * x + down * y, np.float32)
