"""How the command ends: with a message and the exit status of its kind, whatever happens to its streams."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from contextlib import suppress

from bellpush.ground.errors import BellpushError, StoreError

__all__ = ["ended"]

INTERRUPTED = 130


def ended(command: Callable[[], object]) -> int | str | None:
    """What `sys.exit` is to be told after a command that ends with `SystemExit`; no error a user can cause escapes."""
    _ready()
    try:
        try:
            command()
        except SystemExit as end:
            # typer hides a pipe that was closed behind an exit status of its own.
            if isinstance(end.__context__, BrokenPipeError):
                raise end.__context__ from None
            sys.stdout.flush()
            return end.code
        sys.stdout.flush()
    except BellpushError as error:
        return _said(str(error), error.exit_status)
    except KeyboardInterrupt:
        return _said("Interrupted.", INTERRUPTED)
    except BrokenPipeError:  # who reads has read enough
        return _said("", 0)
    except OSError as error:
        what = f"`{error.filename}` cannot be used" if error.filename else "The output cannot be written"
        return _said(f"{what}: {error.strerror or error}. Try another place.", StoreError.exit_status)
    return None


def _ready() -> None:
    """Streams that take every letter, and are there even where the shell closed them."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - as long as the program
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _said(message: str, status: int) -> int:
    """Say why on standard error, and let nothing fail any more while the program ends."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if message and stream is sys.stderr:
                print(message, file=stream)
            stream.flush()
        except (OSError, ValueError):
            with suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    return status
