# SPDX-License-Identifier: Apache-2.0
"""Licence line at the top, and no note to somebody's future self (style.md 1 and 3)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from findings import CPP_SUFFIXES, PYTHON_SUFFIXES, Finding, project_files, read_lines, relative, run

LICENCE = "SPDX-License-Identifier: Apache-2.0"
LICENSED_SUFFIXES = CPP_SUFFIXES | PYTHON_SUFFIXES | {".sh", ".map", ".toml", ".css"}
LICENSED_NAMES = {"meson.build", "meson.options", "Makefile"}
NOTE = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK")) + r")\b")


def find(root: Path) -> Iterator[Finding]:
    for path in project_files(root):
        licensed = path.suffix in LICENSED_SUFFIXES or path.name in LICENSED_NAMES
        if not licensed and path.suffix not in {".md", ".rst"}:
            continue
        name, lines = relative(path, root), read_lines(path)
        if licensed and not any(LICENCE in line for line in lines[:2]):
            yield Finding(name, 1, f"no licence line; write a comment with `{LICENCE}` at the top")
        for number, line in enumerate(lines, 1):
            if NOTE.search(line):
                yield Finding(name, number, "unfinished note; do it now, or say what is missing in an issue")


if __name__ == "__main__":
    run(find)
