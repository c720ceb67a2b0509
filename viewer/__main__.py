"""`python -m viewer` is `megastructure`."""

from __future__ import annotations

import sys

from viewer.command.cli import entry


def main() -> int:
    """The program; its exit code."""
    return entry()


if __name__ == "__main__":
    sys.exit(main())
