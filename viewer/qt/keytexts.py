"""Keys as the table of actions writes them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

Modifier = Qt.KeyboardModifier


def key_texts(event: QKeyEvent) -> tuple[str, ...]:
    """A key press in Qt's portable text, and again without the Shift that some layouts need to type it."""
    modifiers = event.modifiers() & ~Modifier.KeypadModifier
    full = QKeySequence(event.key() | modifiers.value).toString(QKeySequence.SequenceFormat.PortableText)
    bare = QKeySequence(event.key()).toString(QKeySequence.SequenceFormat.PortableText)
    typed = len(event.text()) == 1 and not event.text().isalnum() and modifiers == Modifier.ShiftModifier
    return (full, bare) if typed else (full,)
