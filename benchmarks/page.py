"""The page that all benchmarks write their tables into, each into its own section."""

from __future__ import annotations

from pathlib import Path

README = Path(__file__).resolve().parent / "README.md"


def write_section(name: str, text: str, readme: Path = README) -> None:
    """Puts the text between the section's markers, at the end of the page if it has none yet."""
    begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
    page = readme.read_text() if readme.exists() else "# Benchmarks\n"
    section = f"{begin}\n{text}\n{end}"
    if begin in page:
        before, rest = page.split(begin, 1)
        page = before + section + rest.split(end, 1)[1]
    else:
        page = f"{page.rstrip()}\n\n{section}\n"
    readme.write_text(page)
