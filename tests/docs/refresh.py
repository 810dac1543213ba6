"""Write the reference and the outputs that README, documentation and examples show: `python -m tests.docs.refresh`.

To be used when the program's words have changed on purpose; read the difference before it is committed.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.docs.pages import EXAMPLES, PAGES, README, ROOT, blocks, commands, prepare, run, shown
from tests.docs.reference import PRINTED


def refresh_examples() -> None:
    """Run every example and keep what it prints beside it."""
    for example in EXAMPLES:
        printed, status = run(f"bellpush run {example.name}", example.parent)
        if status:
            raise SystemExit("\n".join([f"{example.name} fails:", *printed]))
        _write(example.with_suffix(".txt"), "\n".join(printed) + "\n")


def refresh_reference() -> None:
    """Print the reference pages."""
    for page, printed in PRINTED.items():
        page.parent.mkdir(exist_ok=True)
        _write(page, printed())


def refresh_page(page: Path) -> None:
    """Run every command of a page, and where an output is shown, show what it prints now."""
    text = page.read_text()
    with tempfile.TemporaryDirectory() as folder:
        prepare(Path(folder), page)
        for block in blocks(page, "console"):
            lines: list[str] = []
            for command in commands(block.text):
                output = command.output
                if command.executed:
                    printed, _ = run(command.executed, Path(folder))
                    output = shown(printed, output) if output else []
                lines += [f"$ {command.text}", *output]
            text = text.replace(f"```console\n{block.text}```", "```console\n" + "\n".join(lines) + "\n```")
    _write(page, text)


def _write(path: Path, text: str) -> None:
    if not path.exists() or path.read_text() != text:
        path.write_text(text)
        print(f"{path.relative_to(ROOT)} is new")


if __name__ == "__main__":
    refresh_reference()
    refresh_examples()
    for one in (README, *PAGES):
        refresh_page(one)
