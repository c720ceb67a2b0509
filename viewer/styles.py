"""Names of the styles a picture can be drawn in. They stand alone, so that the command's help need not load the state."""

from __future__ import annotations

STYLES = ("concrete", "ink", "blueprint")
