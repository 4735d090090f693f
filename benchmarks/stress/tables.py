"""The numbers as tables, and as what a person should set."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from benchmarks.page import table
from benchmarks.stress.scenes import KINDS
from benchmarks.stress.verdicts import Fate

RATES = (15, 10, 5, 3)
"""Looks a second."""
DEFAULT = 5
"""The setting's default."""
BANDS = ((5, 15), (15, 30), (30, 50), (50, 80), (80, 130))
"""Kilometres an hour, from and to."""
NEAR = 0.03
"""A rate is enough for a speed if the part that is read, folded, is so near to that at the best rate."""


@dataclass(frozen=True)
class Outcome:
    """One asked pass at one rate. `folded` says whether its read was exact or had but O for 0 or I for 1, which some
    plates print alike; `surest` and `first` whether the surest look's text and the first sure one's were exact; `wait`
    after how many seconds it was told, None if that cannot be said."""

    rate: int
    kind: str
    kmh: float
    fate: Fate
    folded: bool
    surest: bool
    first: bool
    wait: float | None = None


@dataclass(frozen=True)
class Extra:
    """What a scene at one rate was read too much: doubles and false reads."""

    rate: int
    kind: str
    doubles: int
    false: int


@dataclass(frozen=True)
class Sums:
    """The numbers of some passes; shares of `passes`, 0-1, but for the counts `doubles` and `false`, and the seconds
    that half and 95% of the reads were told within."""

    passes: int
    exact: float
    folded: float
    misread: float
    missed: float
    doubles: int
    false: int
    surest: float
    first: float
    wait: float
    longest_wait: float

    @classmethod
    def of(cls, outcomes: Sequence[Outcome], extras: Iterable[Extra]) -> Sums:
        extras = list(extras)
        waits = sorted(outcome.wait for outcome in outcomes if outcome.wait is not None) or [0.0]

        def share(marks: Iterable[bool]) -> float:
            return round(sum(marks) / max(1, len(outcomes)), 4)

        return cls(
            passes=len(outcomes),
            exact=share(outcome.fate is Fate.EXACT for outcome in outcomes),
            folded=share(outcome.folded for outcome in outcomes),
            misread=share(outcome.fate is Fate.MISREAD for outcome in outcomes),
            missed=share(outcome.fate is Fate.MISSED for outcome in outcomes),
            doubles=sum(extra.doubles for extra in extras),
            false=sum(extra.false for extra in extras),
            surest=share(outcome.surest for outcome in outcomes),
            first=share(outcome.first for outcome in outcomes),
            wait=round(waits[len(waits) // 2], 2),
            longest_wait=round(waits[min(len(waits) - 1, int(0.95 * len(waits)))], 2),
        )


def by_rate(outcomes: Sequence[Outcome], extras: Sequence[Extra]) -> dict[int, Sums]:
    return {
        rate: Sums.of(
            [one for one in outcomes if one.rate == rate], [one for one in extras if one.rate == rate]
        )
        for rate in RATES
    }


def by_kind(outcomes: Sequence[Outcome], extras: Sequence[Extra], rate: int) -> dict[str, Sums]:
    return {
        kind: Sums.of([one for one in outcomes if (one.kind, one.rate) == (kind, rate)],
                      [one for one in extras if (one.kind, one.rate) == (kind, rate)])
        for kind in KINDS
    }  # fmt: skip


def by_speed(outcomes: Sequence[Outcome]) -> dict[tuple[int, int], dict[int, Sums]]:
    return {
        (low, high): by_rate([one for one in outcomes if low <= one.kmh < high + (high == BANDS[-1][1])], [])
        for low, high in BANDS
    }


def written(outcomes: Sequence[Outcome], extras: Sequence[Extra]) -> str:
    """Markdown."""
    head = ["passes", "exact", "folded", "misread", "missed", "doubles", "false", "surest look", "first read",
            "told, s", "95%"]  # fmt: skip
    rates = [[str(rate), *_cells(sums)] for rate, sums in by_rate(outcomes, extras).items()]
    kinds = [[kind, *_cells(sums)] for kind, sums in by_kind(outcomes, extras, DEFAULT).items() if sums.passes]
    speeds = by_speed(outcomes)
    bands = [
        [f"{low}-{high}", str(rates_[DEFAULT].passes), *(f"{rates_[rate].folded:.2f}" for rate in RATES)]
        for (low, high), rates_ in speeds.items()
    ]
    parts = [
        table(["looks a second", *head], rates),
        f"By scene, at {DEFAULT} looks a second:\n",
        table(["scene", *head], kinds),
        "Folded, by speed and looks a second:\n",
        table(["km/h", "passes", *map(str, RATES)], bands),
        "Which `sample_fps` for which speed:\n",
        table(["vehicles up to, km/h", "sample_fps"], list(_advice(speeds))),
    ]
    return "\n".join(parts)


def _advice(speeds: dict[tuple[int, int], dict[int, Sums]]) -> Iterator[list[str]]:
    """The lowest rate that is enough for each band and all slower ones."""
    most = min(RATES)
    for (_, high), rates in speeds.items():
        if rates[max(RATES)].passes:
            best = max(sums.folded for sums in rates.values())
            enough = min(rate for rate, sums in rates.items() if sums.folded >= best - NEAR)
            most = max(most, enough)
            yield [str(high), str(most)]


def _cells(sums: Sums) -> list[str]:
    shares = [f"{share:.3f}" for share in (sums.exact, sums.folded, sums.misread, sums.missed)]
    return [
        str(sums.passes),
        *shares,
        str(sums.doubles),
        str(sums.false),
        f"{sums.surest:.3f}",
        f"{sums.first:.3f}",
        f"{sums.wait:.2f}",
        f"{sums.longest_wait:.2f}",
    ]
