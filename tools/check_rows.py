# SPDX-License-Identifier: Apache-2.0
"""Rows of the scoreboard that are said to be done have a test, and tests name rows that exist (tools/rows.py)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from findings import Finding, run
from rows import AREAS, LIST, find_proofs, read_rows

STATES = ("done", "not yet", "partly", "differs")


def find(root: Path) -> Iterator[Finding]:
    if not (root / LIST).exists():
        return
    rows = read_rows(root)
    proofs = list(find_proofs(root))
    for proof in proofs:
        if proof.row not in rows:
            yield Finding(proof.path, proof.line, f"{proof.row} is no row of {LIST}; correct the id")
    proved = {proof.row for proof in proofs}
    for row in rows.values():
        kind, _, how = row.state.partition(": ")
        if row.id.partition("-")[0] not in AREAS or kind not in STATES or (kind in STATES[2:]) != bool(how):
            yield Finding(LIST, row.line, f"{row.id}: write `id|tier|state|title`, state as tools/rows.py says")
        elif kind != "not yet" and row.id not in proved:
            yield Finding(LIST, row.line, f"{row.id} is {kind}, but no test carries its id; name one, or write not yet")


if __name__ == "__main__":
    run(find)
