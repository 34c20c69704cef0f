#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Handler libraries of other compilers run in a program, and export no function of our headers.

Usage: handler_library_test.py HOST LIBRARY_DIRECTORY INCLUDE_DIRECTORY
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

SOURCE = Path(__file__).resolve().parent / "throwing_handlers.cpp"
WAYS = [
    (compiler, standard, visibility)
    for compiler, standard in (("g++", "c++11"), ("clang++", "c++17"))
    for visibility in ("default", "hidden")
]
# Two façades in one process must not share code of these classes; see detail/attributes.hpp.
HIDDEN = re.compile(
    r"AMPS::(Field|Message|MessageHandler|MessageStream|Command|Client|HAClient|ServerChooser|BookmarkStore|Store"
    r"|ReconnectDelayStrategy|DisconnectHandler|detail::(?!Forwarding|Library)\w+(<.*>)?)(::|\()"
)


def build(way: tuple[str, str, str], folder: Path, libraries: str, include: str) -> Path:
    compiler, standard, visibility = way
    library = folder / f"lib{compiler}-{visibility}.so"
    # Without optimization no function of a header is inlined away, so none escapes the check below.
    flags = ["-O0", "-shared", "-fPIC", f"-std={standard}"]
    if visibility == "hidden":
        flags += ["-fvisibility-inlines-hidden"]
    command = [compiler, *flags, str(SOURCE), f"-I{include}", f"-L{libraries}", "-lamps", "-o", str(library)]
    subprocess.run(command, check=True)
    return library


def visible_functions(library: Path) -> list[str]:
    table = subprocess.run(["nm", "-DC", "--defined-only", library], capture_output=True, text=True, check=True).stdout
    names = [line.split(maxsplit=2)[2] for line in table.splitlines() if len(line.split(maxsplit=2)) == 3]
    return [name for name in names if HIDDEN.match(name)]


def main() -> int:
    host, libraries, include = sys.argv[1:4]
    failed = False
    with tempfile.TemporaryDirectory() as name:
        for way in WAYS:
            library = build(way, Path(name), libraries, include)
            done = subprocess.run([host, library], capture_output=True, text=True, timeout=120)
            leaked = visible_functions(library)
            print(*way, done.stdout.strip(), done.stderr.strip(), *leaked)
            failed = failed or done.returncode != 0 or bool(leaked)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
