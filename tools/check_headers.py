# SPDX-License-Identifier: Apache-2.0
"""Every header compiles alone: public ones as C11 and from C++11 on, private ones as C++17 (style.md 1)."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from findings import Finding, project_files, read_lines, relative, run

WARNINGS = ("-Wall", "-Wextra", "-Werror", "-fsyntax-only")
ERROR = re.compile(r"^(?P<path>[^:\n]+):(?P<line>\d+):(?:\d+:)? (?:fatal )?error: (?P<text>.*)$", re.MULTILINE)
GUARD = re.compile(r"^#\s*ifndef (AMPS_\w+)$")


def find(root: Path) -> Iterator[Finding]:
    headers = [path for path in project_files(root / "libamps") if path.suffix in {".h", ".hpp"}]
    for path in headers:
        yield from _guard(root, path)
    jobs = [(path, *how) for path in headers for how in _ways(root, path)]
    with ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        for found in pool.map(lambda job: _compile(root, *job), jobs):
            yield from found


def _is_public(root: Path, path: Path) -> bool:
    return relative(path, root).startswith("libamps/include/")


def _guard(root: Path, path: Path) -> Iterator[Finding]:
    lines = read_lines(path)
    if _is_public(root, path) and not any(GUARD.match(line) for line in lines):
        yield Finding(relative(path, root), 1, "no guard; public headers use `#ifndef AMPS_…_H`")
    if not _is_public(root, path) and "#pragma once" not in lines:
        yield Finding(relative(path, root), 1, "no guard; private headers use `#pragma once`")


def _ways(root: Path, path: Path) -> Iterator[tuple[str, str]]:
    if not _is_public(root, path):
        yield "c++", "c++17"
    elif path.suffix == ".h":
        yield from (("c", "c11"), ("c++", "c++11"))
    else:
        yield from (("c++", "c++11"), ("c++", "c++17"))


def _compile(root: Path, path: Path, language: str, standard: str) -> list[Finding]:
    compiler = os.environ.get("CC" if language == "c" else "CXX", "cc" if language == "c" else "c++")
    folders = [root / "libamps" / "include"]
    if not _is_public(root, path):
        folders.append(root / "libamps" / "src")
    include = [f"-I{folder}" for folder in folders]
    # Included, not compiled as the main file, where `#pragma once` would be warned about.
    command = [*shlex.split(compiler), *WARNINGS, f"-std={standard}", *include, "-x", language, "-"]
    done = subprocess.run(command, input=f'#include "{path}"\n', capture_output=True, text=True, cwd=root)
    if done.returncode == 0:
        return []
    match = ERROR.search(done.stderr)
    text = match["text"] if match else done.stderr.strip().splitlines()[-1]
    where = f" (at {match['path'].removeprefix(str(root) + '/')}:{match['line']})" if match else ""
    line = int(match["line"]) if match and match["path"] == str(path) else 1
    return [
        Finding(
            relative(path, root), line, f"does not compile alone as {standard}: {text}{where}; include what it uses"
        )
    ]


if __name__ == "__main__":
    run(find)
