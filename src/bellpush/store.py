"""Results on disk, block by block, so that what is done is never done again.

A store is a folder with a key that says what its blocks mean; a block is written as a whole or not at all.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any
from zipfile import BadZipFile
from zlib import error as ZlibError

import numpy as np
from numpy.typing import NDArray

from bellpush.ground.errors import StoreError

__all__ = ["Store", "write_whole"]

Array = NDArray[np.float64]


class Store:
    """Blocks of named arrays under one key.

    Raises:
        StoreError: the folder holds results of something else, or cannot be written.
    """

    def __init__(self, folder: Path, key: dict[str, Any]) -> None:
        """Open a store, or begin one where there is none."""
        self.folder = folder
        text = json.dumps(key, sort_keys=True, indent=1)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            found = folder / "key.json"
            if not found.exists():
                write_whole(found, text.encode())
            elif found.read_text(encoding="utf-8") != text:
                raise StoreError(
                    f"`{folder}` must hold results of this very job, but holds those of another. "
                    "Try another --out, or remove it."
                )
        except OSError as error:
            raise StoreError(f"`{folder}` cannot be written: {error.strerror or error}. Try another --out.") from None

    def done(self, block: int) -> bool:
        """Whether a block is there."""
        return self._file(block).exists()

    def read(self, block: int) -> dict[str, Array]:
        """The arrays of a block.

        Raises:
            StoreError: the block is damaged; names the file to remove.
        """
        try:
            with np.load(self._file(block), allow_pickle=False) as arrays:
                return {name: arrays[name] for name in arrays.files}
        except (OSError, ValueError, EOFError, KeyError, BadZipFile, ZlibError) as error:
            raise StoreError(f"`{self._file(block)}` is damaged ({error}). Remove it and run again.") from None

    def write(self, block: int, arrays: dict[str, Array]) -> None:
        """Keep the arrays of a block."""
        import io

        buffer = io.BytesIO()
        np.savez(buffer, allow_pickle=False, **arrays)
        write_whole(self._file(block), buffer.getvalue())

    def _file(self, block: int) -> Path:
        return self.folder / f"block-{block:06d}.npz"


def write_whole(file: Path, content: bytes) -> None:
    """Write a file so that it is never seen half-written, whenever the program is stopped.

    Raises:
        StoreError: it cannot be written.
    """
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with draft.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(file)
    except OSError as error:
        raise StoreError(f"`{file}` cannot be written: {error.strerror or error}. Try another --out.") from None
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
