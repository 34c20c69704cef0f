#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A shared library exports exactly the functions of a checked-in list, with the types the list says.

Every name begins with amps_. A function joins the list in the change that adds it to a header; one that goes away
or takes other types breaks programs that are in use.
Usage: check_symbols.py LIST LIBRARY HEADER INCLUDE_DIRECTORY
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

PROTOTYPE = re.compile(r"^/\*.*?\*/ extern (?P<result>.*?)(?P<name>amps_\w+) \((?P<parameters>.*)\);", re.MULTILINE)
LISTED = re.compile(r"^.*?(amps_\w+)\(.*\);$")


def exported(library: str) -> set[str]:
    table = subprocess.run(["nm", "-D", "--defined-only", library], capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in table.splitlines()]
    # Kind A is the name of a version, not a symbol.
    return {name.split("@")[0] for _, kind, name in rows if kind != "A"}


def declared(header: str, include: str) -> dict[str, str]:
    """Prototypes as GCC has understood them, without names of parameters."""
    with tempfile.NamedTemporaryFile("r") as prototypes:
        command = ["gcc", "-std=c99", f"-I{include}", "-aux-info", prototypes.name, "-fsyntax-only", "-xc", "-"]
        subprocess.run(command, input=f"#include <amps/{header}>\n", text=True, check=True)
        found = PROTOTYPE.finditer(prototypes.read())
    return {match["name"]: f"{match['result']}{match['name']}({match['parameters']});" for match in found}


def main() -> int:
    path, library, header, include = sys.argv[1:5]
    lines = [line for line in Path(path).read_text().splitlines() if line and not line.startswith("#")]
    listed = {match[1]: line for line in lines if (match := LISTED.match(line))}
    complaints = [f"this is no prototype: {line}" for line in lines if not LISTED.match(line)]
    found, prototypes = exported(library), declared(header, include)
    complaints += [f"{name} is gone; programs in use need it" for name in sorted(listed.keys() - found)]
    complaints += [
        f"{name} is new; hide it, or add the line: {prototypes.get(name, name)}"
        for name in sorted(found - listed.keys())
    ]
    complaints += [
        f"{name} is now `{prototypes.get(name, 'not declared')}`; programs in use call `{listed[name]}`"
        for name in sorted(listed.keys() & found)
        if prototypes.get(name) != listed[name]
    ]
    complaints += [f"{name} does not begin with amps_" for name in sorted(found) if not name.startswith("amps_")]
    print("\n".join(complaints) or f"{len(found)} functions, as listed")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
