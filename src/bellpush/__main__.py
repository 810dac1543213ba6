"""The start of the command `bellpush`, also as `python -m bellpush`."""

from __future__ import annotations

import gc

__all__ = ["main"]


def main() -> None:
    """Run the command line.

    Loading makes many objects and no garbage: collecting meanwhile costs a tenth of a short run. The command line
    turns the collector on again before the work begins.
    """
    gc.disable()
    from bellpush.cli import main as command

    command()


if __name__ == "__main__":
    main()
