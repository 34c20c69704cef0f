# SPDX-License-Identifier: Apache-2.0
"""Reads the examples of a page and runs them in its order.

``python`` blocks run one after another in one namespace. A block below ``<!-- file: name -->`` is written to
that file; an ``sh`` block below ``<!-- run -->`` is run. Every other ``sh`` block is only shown.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

BLOCK = re.compile(
    r"(?:^<!-- (?P<mark>run|file: (?P<file>[\w.]+)) -->\n)?^```(?P<language>python|cpp|c|sh)\n(?P<code>.*?)^```$",
    re.DOTALL | re.MULTILINE,
)


@dataclass(frozen=True)
class Example:
    """One fenced block, with the line on which its code begins."""

    language: str
    code: str
    line: int
    mark: str | None
    file: str | None


def examples(page: Path) -> Iterator[Example]:
    text = page.read_text(encoding="utf-8")
    for match in BLOCK.finditer(text):
        line = text.count("\n", 0, match.start("code")) + 1
        yield Example(match["language"], match["code"], line, match["mark"], match["file"])


def run_page(page: Path) -> None:
    """Run a page's examples in the current folder; the first failure is raised, with the page's line."""
    names: dict[str, object] = {"__name__": "__main__"}
    for example in examples(page):
        if example.file:
            Path(example.file).write_text(example.code, encoding="utf-8")
        elif example.language == "python":
            # Leading newlines make the line numbers of a traceback those of the page.
            exec(compile("\n" * (example.line - 1) + example.code, page, "exec"), names)
        elif example.mark == "run":
            subprocess.run(["bash", "-euo", "pipefail", "-c", example.code], check=True)


if __name__ == "__main__":
    run_page(Path(sys.argv[1]))
