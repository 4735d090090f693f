"""What it is worth to say whose plates come: photos and crops with `formats.regions` set against `auto`.

    python -m benchmarks.regions

The network engine, through the same code as `read`; the table goes into benchmarks/README.md.
"""

from __future__ import annotations

from pathlib import Path

import click

from benchmarks.page import table, write_section
from benchmarks.readers import ours
from benchmarks.scoring import DATA, Scored, score, sets

REGIONS = {
    "us": "US",
    "eu": "AT,BE,CH,CZ,DE,ES,FR,GB,HU,IT,NL,PL,RO,SE,SI,SK",
    "br": "BR",
    "turkey": "TR",
    "srilanka": "LK",
    "us_states": "US",
    "czech": "CZ",
    "indonesia": "ID",
    "algeria": "DZ",
}
"""What an owner of such a camera would set. `eu` is of many countries: those of central and western Europe."""

_HEAD = """## Regions set against auto

`python -m benchmarks.regions`, the network engine.

"""


@click.command(help=__doc__)
@click.option("--data", type=click.Path(path_type=Path, exists=True), default=DATA, show_default=True)
def main(data: Path) -> None:
    rows = []
    for asked in sets(data):
        if asked.name in REGIONS:
            told = REGIONS[asked.name]
            auto, there = (score(data, asked, ours("network", asked, regions)) for regions in ("auto", told))
            rows.append([asked.name, told.replace(",", " "), *_shares(auto), *_shares(there)])
    head = ["set", "regions", "auto: exact", "folded", "set: exact", "folded"]
    write_section("regions", _HEAD + table(head, rows))


def _shares(scored: Scored) -> list[str]:
    return [f"{scored.whole[name]:.3f}" for name in ("exact", "folded")]


if __name__ == "__main__":
    main()
