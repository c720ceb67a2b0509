"""How the window looks: two palettes of concrete greys and one cold lamp, a style sheet, and the fonts."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cache
from string import Template

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

import assets


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours by what they are for, #rrggbb; the text ones have a contrast of 4.5 at least on `ground` and `raised`."""

    name: str
    ground: str
    """Behind text."""
    raised: str
    """Menus, fields, hovered rows."""
    line: str
    """Hairlines."""
    text: str
    quiet: str
    """Labels and notes."""
    accent: str
    """The one cold lamp: what is chosen, focused or playing."""
    on_accent: str
    """Text on the accent."""
    pressed: str
    alert: str


DARK = Theme("dark", "#0e1012", "#191c1f", "#34393d", "#e6e9ea", "#a3acb1", "#a9d3de", "#0b1214", "#262b2f", "#f0a08c")
LIGHT = Theme("light", "#edeeec", "#fbfbfa", "#c3c7c6", "#16191b", "#4f575b", "#1f5a69", "#ffffff", "#d9dcdb", "#9c2f17")

GLASS = 240
"""Opacity of panels over the view, of 255: words stay readable over white and over black."""

TEXT_FAMILIES = ("Inter", "Barlow", "Source Sans 3", "Noto Sans Display", "Noto Sans", "Segoe UI", "Helvetica Neue", "DejaVu Sans")
CAPS_FAMILIES = ("Jost", "Josefin Sans", "URW Gothic", "Century Gothic", "Futura", *TEXT_FAMILIES)
MONO_FAMILIES = ("JetBrains Mono", "IBM Plex Mono", "DejaVu Sans Mono", "Menlo", "Consolas", "monospace")


def chosen(application: QApplication, wish: str = "system") -> Theme:
    """The theme a person asked for, or the one that follows the desktop; unknown desktops get the dark."""
    if wish in ("dark", "light"):
        return DARK if wish == "dark" else LIGHT
    return LIGHT if application.styleHints().colorScheme() == Qt.ColorScheme.Light else DARK


def style_sheet(theme: Theme) -> str:
    """The style sheet with the theme's colours in it."""
    colours: dict[str, str] = dict(asdict(theme))
    colours["glass"] = _see_through(theme.ground, GLASS)
    colours["sheet"] = _see_through(theme.ground, 250)
    colours["icons"] = assets.path("icons").as_posix()
    return Template(assets.path("window.qss").read_text(encoding="utf-8")).substitute(colours)


def _see_through(colour: str, alpha: int) -> str:
    c = QColor(colour)
    return f"rgba({c.red()}, {c.green()}, {c.blue()}, {alpha})"


def palette(theme: Theme) -> QPalette:
    """Qt's own palette in the theme's colours, for what the style sheet does not reach."""
    made = QPalette(QColor(theme.raised), QColor(theme.ground))
    roles = {
        QPalette.ColorRole.WindowText: theme.text,
        QPalette.ColorRole.Text: theme.text,
        QPalette.ColorRole.ButtonText: theme.text,
        QPalette.ColorRole.Base: theme.ground,
        QPalette.ColorRole.ToolTipBase: theme.raised,
        QPalette.ColorRole.ToolTipText: theme.text,
        QPalette.ColorRole.Highlight: theme.accent,
        QPalette.ColorRole.HighlightedText: theme.on_accent,
        QPalette.ColorRole.PlaceholderText: theme.quiet,
        QPalette.ColorRole.Link: theme.accent,
    }
    for role, colour in roles.items():
        made.setColor(role, QColor(colour))
    return made


def font(families: tuple[str, ...], points: float, *, spacing: float = 0.0, caps: bool = False, weight: int = 400) -> QFont:
    """A font by the first family there is; `spacing` in per cent between letters."""
    known = _families()
    made = QFont([family for family in families if family in known] or ["sans-serif"])
    made.setPointSizeF(points)
    made.setWeight(QFont.Weight(weight))
    if spacing:
        made.setLetterSpacing(QFont.SpacingType.PercentageSpacing, 100.0 + spacing)
    if caps:
        made.setCapitalization(QFont.Capitalization.AllUppercase)
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return made


@cache
def _families() -> frozenset[str]:
    """What this machine has; asked hundreds of times while a window is built."""
    return frozenset(QFontDatabase.families())


def text_font(points: float = 9.5) -> QFont:
    """For reading."""
    return font(TEXT_FAMILIES, points)


def caps_font(points: float = 7.5) -> QFont:
    """For headings: small capitals, set wide."""
    return font(CAPS_FAMILIES, points, spacing=14.0, caps=True, weight=500)


def title_font(points: float = 22.0) -> QFont:
    """For the one large word on the screen."""
    return font(CAPS_FAMILIES, points, spacing=22.0, caps=True)


def mono_font(points: float = 9.0) -> QFont:
    """For addresses and links."""
    return font(MONO_FAMILIES, points)


def icon(name: str, colour: str, size: int = 18, ratio: float = 2.0) -> QIcon:
    """One of our own icons, drawn in a colour."""
    text = assets.path(f"icons/{name}.svg").read_text(encoding="utf-8").replace("currentColor", colour)
    pixels = QPixmap(QSize(round(size * ratio), round(size * ratio)))
    pixels.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixels)
    QSvgRenderer(QByteArray(text.encode())).render(painter)
    painter.end()
    pixels.setDevicePixelRatio(ratio)
    return QIcon(pixels)


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, 1 to 21 (WCAG 2.2)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def behind_glass(theme: Theme, view: str) -> str:
    """The colour of a panel over a part of the view."""
    share = GLASS / 255.0
    over, under = QColor(theme.ground), QColor(view)
    parts = zip((over.red(), over.green(), over.blue()), (under.red(), under.green(), under.blue()), strict=True)
    return QColor(*(round(a * share + b * (1.0 - share)) for a, b in parts)).name()


def _luminance(colour: str) -> float:
    c = QColor(colour)
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in (c.redF(), c.greenF(), c.blueF())]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
