#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A shared library exports exactly the functions of a checked-in list, each named amps_….

A function is added to the list in the change that adds it to a header; one that goes away breaks
programs that are in use.
Usage: check_symbols.py LIST LIBRARY
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def exported(library: str) -> set[str]:
    table = subprocess.run(["nm", "-D", "--defined-only", library], capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in table.splitlines()]
    # Kind A is the name of a version, not a symbol.
    return {name.split("@")[0] for _, kind, name in rows if kind != "A"}


def main() -> int:
    wanted = {line for line in Path(sys.argv[1]).read_text().splitlines() if line and not line.startswith("#")}
    found = exported(sys.argv[2])
    complaints = [f"{name} is gone; programs in use need it" for name in sorted(wanted - found)]
    complaints += [f"{name} is new; add it to the list, or hide it" for name in sorted(found - wanted)]
    complaints += [f"{name} does not begin with amps_" for name in sorted(found) if not name.startswith("amps_")]
    print("\n".join(complaints) or f"{len(found)} functions, as listed")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
