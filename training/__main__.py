"""`python -m training COMMAND`: how the models are made."""

from __future__ import annotations

import sys
from importlib import import_module

COMMANDS = {
    "finder": "train the plate finder and export it",
    "second_look": "train the second look at what the finder found and export it",
    "reader": "train the plate reader and export it",
    "shards": "make samples for a machine that cannot",
}


def main() -> None:
    """The command line."""
    command, *arguments = sys.argv[1:] or ["--help"]
    if command not in COMMANDS:
        listed = "\n".join(f"  {name}  {what}" for name, what in COMMANDS.items())
        sys.exit(f"python -m training COMMAND [--help]\n\n{listed}")
    import_module(f"training.{command}").main(arguments)


if __name__ == "__main__":
    main()
