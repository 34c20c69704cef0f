# SPDX-License-Identifier: Apache-2.0
"""Clang's thread-safety analysis finds nothing in the core (style.md 6)."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from check_headers import ERROR
from findings import Finding, project_files, relative, run

# What meson.build files define.
DEFINES = ['-DAMPS_PROJECT_VERSION="0"']
COMPILERS = ("clang++", *(f"clang++-{version}" for version in range(20, 13, -1)))


def find(root: Path) -> Iterator[Finding]:
    compiler = next((path for path in map(shutil.which, COMPILERS) if path), None)
    if compiler is None:
        yield Finding("tools/packages-check.txt", 1, "clang is not installed; run `make setup`")
        return
    sources = [path for path in project_files(root / "libamps" / "src") if path.suffix == ".cpp"]
    with ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        for found in pool.map(lambda path: _analyse(root, compiler, path), sources):
            yield from found


def _analyse(root: Path, compiler: str, path: Path) -> list[Finding]:
    flags = ["-std=c++17", "-fsyntax-only", "-Wno-everything", "-Wthread-safety", "-Werror=thread-safety"]
    include = [f"-I{root / 'libamps' / folder}" for folder in ("include", "src")]
    done = subprocess.run([compiler, *flags, *DEFINES, *include, path], capture_output=True, text=True, cwd=root)
    found = []
    for match in ERROR.finditer(done.stderr):
        place = Path(match["path"])
        name = relative(place, root) if place.is_relative_to(root) else match["path"]
        remedy = "take the lock, or say AMPS_REQUIRES" if "thread-safety" in match["text"] else "it must compile"
        found.append(Finding(name, int(match["line"]), f"{match['text']}; {remedy}"))
    return found


if __name__ == "__main__":
    run(find)
