#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The constants of the public headers keep the values that programs in use were compiled with.

A constant joins the list in the change that adds it to a header. What is meant to grow is not listed: counts
(…_COUNT) and the minor version.
Usage: check_constants.py LIST INCLUDE_DIRECTORY
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

HEADERS = "#include <amps/amps.h>\n#include <amps/amps_broker.h>\n"
ENUMERATIONS = re.compile(r"\benum\b\s*\w*\s*\{(.*?)\}", re.DOTALL)
ENUMERATOR = re.compile(r"(\w+)\s*(?:=[^,]*)?(?:,|$)")
MACRO = re.compile(r"#define (AMPS_\w+) \(?(?:0[xX][0-9a-fA-F]+|\d+)u?\)?$", re.MULTILINE)


def compiled(include: str, *options: str, source: str = HEADERS) -> subprocess.CompletedProcess[str]:
    command = ["gcc", "-std=c99", f"-I{include}", *options, "-xc", "-"]
    return subprocess.run(command, input=source, capture_output=True, text=True, env={**os.environ, "LC_ALL": "C"})


def defined(include: str) -> set[str]:
    """Enumerators, and macros that are a plain number."""
    text = compiled(include, "-E", "-P").stdout
    names = {match[1] for block in ENUMERATIONS.findall(text) for match in ENUMERATOR.finditer(block.strip())}
    names |= set(MACRO.findall(compiled(include, "-E", "-dM").stdout))
    return {name for name in names if name.startswith("AMPS_") and not name.endswith(("_COUNT", "_MINOR"))}


def main() -> int:
    path, include = sys.argv[1:3]
    lines = [line.split() for line in Path(path).read_text().splitlines() if line and not line.startswith("#")]
    listed = dict(lines)
    # An array of negative size names the constant that changed.
    checks = [f"typedef char {name}_changed[(long long){name} == {value} ? 1 : -1];\n" for name, value in lines]
    done = compiled(include, "-fsyntax-only", source=HEADERS + "".join(checks))
    complaints = [f"{name} has another value, or is gone" for name in re.findall(r"(\w+)_changed'", done.stderr)]
    complaints += [f"{name} is gone" for name in re.findall(r"'(AMPS_\w+)' undeclared", done.stderr)]
    complaints += [f"{name} is new; add it with its value" for name in sorted(defined(include) - listed.keys())]
    if done.returncode != 0 and not complaints:
        complaints = [done.stderr]
    print("\n".join(complaints) or f"{len(listed)} constants, as listed")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
