"""Errors in the window: a message with `Copy details`, the log, and the window lives."""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Callable
from types import TracebackType

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from viewer.errors import BUG, exit_code, one_line
from viewer.qt.widgets import caption, plain

LOG = logging.getLogger("megastructure")


class ErrorDialog(QDialog):
    """One message; not modal, so the City stays within reach."""

    def __init__(self, parent: QWidget | None, message: str, details: str, log: str) -> None:
        super().__init__(parent)
        self.details = details
        self.setWindowTitle("Megastructure")
        self.setMinimumWidth(460)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 18)
        column.setSpacing(12)
        column.addWidget(caption("Something went wrong"))
        column.addWidget(plain(message, points=10.5, wrap=True))
        if log:
            column.addWidget(plain(f"Details are in {log}", quiet=True, points=8.5, wrap=True))
        row = QHBoxLayout()
        self.copy, self.dismiss = QPushButton("Copy details"), QPushButton("Close")
        row.addStretch(1)
        row.addWidget(self.copy)
        row.addWidget(self.dismiss)
        column.addLayout(row)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.details))
        self.dismiss.clicked.connect(self.close)
        self.dismiss.setDefault(True)


class Guard(QObject):
    """Catches what nobody caught, from any thread, and shows it once at a time."""

    raised = Signal(object)
    told = Signal(str)
    """An error that a person can do something about, in one line; only bugs of ours get a message of their own."""

    def __init__(self, parent: QWidget, log: str) -> None:
        super().__init__(parent)
        self._parent, self._log = parent, log
        self._former: Callable[..., object] | None = None
        self.dialog: ErrorDialog | None = None
        self.raised.connect(self.show)

    def install(self) -> None:
        """Stand in for sys.excepthook, which PySide calls for an exception in a slot."""
        self._former = sys.excepthook
        sys.excepthook = self._caught

    def remove(self) -> None:
        """Step back."""
        if self._former is not None and sys.excepthook == self._caught:
            sys.excepthook = self._former
        self._former = None

    def _caught(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if isinstance(error, KeyboardInterrupt | SystemExit):
            sys.__excepthook__(kind, error, trace)
            return
        self.raised.emit(error)

    def show(self, error: BaseException) -> None:
        """Log the error and say it. While one message is open further ones go to the log alone."""
        if exit_code(error) != BUG:
            LOG.warning(one_line(error))
            self.told.emit(_sentence(one_line(error)))
            return
        details = "".join(traceback.format_exception(error))
        LOG.error(details)
        if self.dialog is not None and self.dialog.isVisible():
            return
        self.dialog = ErrorDialog(self._parent, f"This is a bug in the program: {one_line(error)}", details, self._log)
        self.dialog.show()


def _sentence(line: str) -> str:
    """With a capital, unless it begins with a name of something."""
    first = line.partition(" ")[0]
    return line[:1].upper() + line[1:] if first.isalpha() else line
