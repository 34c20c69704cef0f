# SPDX-License-Identifier: Apache-2.0
"""The shared libraries export what the public headers declare, and nothing else (design 4)."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from findings import Finding, read_lines, relative, run

DECLARED = re.compile(r"\bAMPS_API\b[^;(]*?\b(amps_\w+)\s*\(", re.DOTALL)


def find(root: Path) -> Iterator[Finding]:
    headers = root / "libamps" / "include" / "amps"
    broker = declared(headers / "amps_broker.h")
    client = {name: place for path in sorted(headers.glob("*.h")) for name, place in declared(path).items()}
    client = {name: place for name, place in client.items() if name not in broker}
    for library, names in (("libamps.so.1", client), ("libamps-broker.so.1", broker)):
        path = built_library(root, library)
        if path is None:
            yield Finding(f"build/{library}", 1, "is not built; run `make build` first")
        else:
            yield from compare(root, library, names, exported(path))


def built_library(root: Path, name: str) -> Path | None:
    return next(iter(sorted((root / "build").rglob(name))), None)


def declared(header: Path) -> dict[str, tuple[Path, int]]:
    """Functions a header declares, each with its place."""
    text = re.sub(
        r"/\*.*?\*/", lambda match: "\n" * match[0].count("\n"), "\n".join(read_lines(header)), flags=re.DOTALL
    )
    text = re.sub(r"^\s*#.*$", "", text, flags=re.MULTILINE)
    return {match[1]: (header, text.count("\n", 0, match.start()) + 1) for match in DECLARED.finditer(text)}


def exported(library: Path) -> set[str]:
    table = subprocess.run(["nm", "-D", "--defined-only", library], capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in table.splitlines()]
    return {row[2].split("@")[0] for row in rows if len(row) == 3 and row[1] != "A"}


def compare(root: Path, library: str, names: dict[str, tuple[Path, int]], symbols: set[str]) -> Iterator[Finding]:
    for name in sorted(names.keys() - symbols):
        header, line = names[name]
        yield Finding(relative(header, root), line, f"{name} is not exported by {library}; define it in the ABI layer")
    for name in sorted(symbols - names.keys()):
        remedy = "declare it with AMPS_API in a public header, or hide it"
        yield Finding(f"libamps ({library})", 1, f"exports {name}, which no public header declares; {remedy}")


if __name__ == "__main__":
    run(find)
