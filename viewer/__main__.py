"""`python -m viewer` is `megastructure`."""

from __future__ import annotations

import sys


def main() -> int:
    """The program; its exit code. Ctrl+C while it is being loaded ends it as at any other time."""
    try:
        from viewer.command.cli import entry
    except KeyboardInterrupt:
        return 130
    return entry()


if __name__ == "__main__":
    sys.exit(main())
