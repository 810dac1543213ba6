"""The start of the command `bellpush`, also as `python -m bellpush`."""

from __future__ import annotations

import gc
import os
import signal
from types import FrameType

__all__ = ["main"]


def main() -> None:
    """Run the command line.

    Loading makes many objects and no garbage: collecting meanwhile costs a tenth of a short run. The command line
    turns the collector on again before the work begins.
    """
    gc.disable()
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _stop)
    from bellpush.cli import main as command

    try:
        command()
    except KeyboardInterrupt:  # between the last word of the command and here
        os._exit(130)
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # all is said: Python's own tidying is no time to be killed


def _stop(_: int, frame: FrameType | None) -> None:
    """On Ctrl-C, end there and then while a module loads: an import may swallow an exception, and has begun nothing."""
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            os._exit(130)
        frame = frame.f_back
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
