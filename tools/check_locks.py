# SPDX-License-Identifier: Apache-2.0
"""The ranks of base/sync.h and the table in the manual are the same (style.md 6)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from findings import Finding, read_lines, run

SOURCE, MANUAL = "libamps/src/base/sync.h", "docs/internals/locks.md"
RANK = re.compile(r"^\s*(k\w+) = (\d+),")
ROW = re.compile(r"^\|\s*(\d+)\s*\|\s*`(k\w+)`")


def find(root: Path) -> Iterator[Finding]:
    ranks = {m[1]: (m[2], n) for n, line in enumerate(read_lines(root / SOURCE), 1) if (m := RANK.match(line))}
    rows = {m[2]: (m[1], n) for n, line in enumerate(read_lines(root / MANUAL), 1) if (m := ROW.match(line))}
    for name, (rank, line) in ranks.items():
        if name not in rows:
            yield Finding(SOURCE, line, f"{name} is not in {MANUAL}; add its row")
        elif rows[name][0] != rank:
            yield Finding(MANUAL, rows[name][1], f"{name} has rank {rank} in {SOURCE}; correct the row")
    for name, (_, line) in rows.items():
        if name not in ranks:
            yield Finding(MANUAL, line, f"{name} is not in {SOURCE}; remove the row")


if __name__ == "__main__":
    run(find)
