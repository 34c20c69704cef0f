#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""CPP-001 CPP-002 CPP-003 CPP-339: public headers compile with every compiler and standard we promise, no warnings.

The sources beside this file go through the whole matrix; each header alone, twice in a row, through
its corners. GCC and Clang must both be there: tools/packages-test.txt installs them.
Usage: compile_matrix.py INCLUDE_DIRECTORY
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
CXX = ("g++", "clang++")
CC = ("gcc", "clang")
STANDARDS = ("c++11", "c++14", "c++17", "c++20", "c++2b")
WARNINGS = ("-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wnon-virtual-dtor", "-Woverloaded-virtual", "-Wundef")
# What the chapter's own `if (&client …)` earns; nothing in a header can silence it.
EXPECTED = {"chapter.cpp": ("-Waddress", "-Wnonnull-compare", "-Wundefined-bool-conversion")}
WARNING = re.compile(r"(?:warning|error): .*?(?:\[(-W[\w+=-]+)\])?$", re.MULTILINE)


def compile_one(command: list[str], source: str | None, expected: tuple[str, ...]) -> str:
    """What the compiler complained about, or nothing."""
    done = subprocess.run(command, input=source, capture_output=True, text=True)
    unexpected = [match[0] for match in WARNING.finditer(done.stderr) if match[1] not in expected]
    if done.returncode == 0 and not unexpected:
        return ""
    return f"{' '.join(command)}\n{source or ''}{done.stderr}"


def jobs(include: Path) -> list[tuple[list[str], str | None, tuple[str, ...]]]:
    found = []
    flags = [*WARNINGS, f"-I{include}", f"-I{include / 'amps'}"]
    check = ["-fsyntax-only"]
    for source in ("chapter.cpp", "forward_declarations.cpp", "layout.cpp"):
        for compiler in CXX:
            for standard in STANDARDS:
                visibility = "hidden" if standard in ("c++11", "c++2b") else "default"
                command = [compiler, f"-std={standard}", f"-fvisibility={visibility}", *flags, *check]
                found.append(([*command, str(HERE / source)], None, EXPECTED.get(source, ())))
    headers = sorted(path.relative_to(include) for path in include.rglob("*.hpp"))
    corners = {(CXX[0], "c++11"), (CXX[-1], "c++2b")}
    for header in headers:
        twice = f"#include <{header}>\n#include <{header}>\n"
        for compiler, standard in sorted(corners):
            found.append(([compiler, f"-std={standard}", *flags, *check, "-xc++", "-"], twice, ()))
    c_flags = ["-std=c99", "-pedantic", "-Wall", "-Wextra", "-Wundef", f"-I{include}", *check]
    for header in sorted(path.relative_to(include) for path in include.rglob("*.h")):
        twice = f"#include <{header}>\n#include <{header}>\ntypedef int something;\n"
        found += [([compiler, *c_flags, "-xc", "-"], twice, ()) for compiler in CC]
    found += [([compiler, *c_flags, str(HERE / "layout.c")], None, ()) for compiler in CC]
    return found


def main() -> int:
    if missing := [compiler for compiler in (*CXX, *CC) if not shutil.which(compiler)]:
        print(f"not installed: {', '.join(missing)}; tools/packages-test.txt has them")
        return 1
    todo = jobs(Path(sys.argv[1]).resolve())
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        complaints = [text for text in pool.map(lambda job: compile_one(*job), todo) if text]
    print("\n\n".join(complaints))
    print(f"{len(todo)} compilations with {', '.join(CXX)}: {len(complaints)} with complaints")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
