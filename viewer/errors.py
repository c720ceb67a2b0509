"""Errors people see: one line that says what, where and what to do, and the exit code that goes with it."""

from __future__ import annotations

OK, BUG, USAGE, BAD_INPUT, OUTPUT_FAILED, NO_DISPLAY, LIMIT, CHECK_FAILED, INTERRUPTED, TERMINATED = 0, 1, 2, 3, 4, 5, 6, 7, 130, 143


class ViewerError(Exception):
    """An error with a message for people. The subclass decides the exit code."""

    code = BUG


class UsageError(ViewerError):
    """The command does not make sense as it was given."""

    code = USAGE


class InputError(ViewerError):
    """A file, link, picture or parameter that cannot be used."""

    code = BAD_INPUT


class LinkError(InputError):
    """The text is not a link to a view of the City."""


class WriteError(ViewerError):
    """The output could not be written, or would overwrite something."""

    code = OUTPUT_FAILED


class DisplayError(ViewerError):
    """There is no display, or no OpenGL that can draw the City."""

    code = NO_DISPLAY


class LimitError(ViewerError):
    """The work would need more than the limits allow."""

    code = LIMIT


class CheckError(ViewerError):
    """The check was done, and failed."""

    code = CHECK_FAILED


def exit_code(error: BaseException) -> int:
    """The exit code of an error; 1 for one that nobody expected."""
    if isinstance(error, ViewerError):
        return error.code
    if isinstance(error, KeyboardInterrupt):
        return INTERRUPTED
    if isinstance(error, MemoryError):
        return LIMIT
    names = {kind.__name__ for kind in type(error).__mro__}
    return next((code for name, code in _NAMED.items() if name in names), BUG)


_NAMED = {
    "AddressError": BAD_INPUT,
    "SpecError": BAD_INPUT,
    "CityFileError": BAD_INPUT,
    "PictureError": BAD_INPUT,
    "MeshError": BAD_INPUT,
    "OutputError": OUTPUT_FAILED,
    "BrokenPipeError": OUTPUT_FAILED,
    "LimitError": LIMIT,
    "Cancelled": INTERRUPTED,
    "RenderError": NO_DISPLAY,
}
"""Errors of geometry and of the renderer by name, so that telling them apart imports neither."""


def one_line(error: BaseException) -> str:
    """The message on one printable line, at most 400 characters."""
    if isinstance(error, MemoryError):
        return "not enough memory; lower --size, --detail or --max-triangles"
    text = " ".join(str(error).split()) or type(error).__name__
    text = "".join(c if c.isprintable() else "\ufffd" for c in text)
    return text if len(text) <= 400 else text[:397] + "..."
