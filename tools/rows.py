# SPDX-License-Identifier: Apache-2.0
"""The rows of the broker's scoreboard, and what the tests say about each.

``docs/reference/broker_rows.txt`` lists every row as ``id|tier|state|title``. States: ``done``, ``not yet``, or
``partly: what is missing`` and ``differs: how``. A row is proved by tests whose names carry its id: the text of a
``TEST_CASE``, the name or docstring of a Python test. ``tools/rows.py`` counts; ``--update`` marks proved rows done.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from findings import project_files, read_lines, relative

LIST = "docs/reference/broker_rows.txt"
AREAS = {
    "CON": "Connections", "SLO": "Slow consumers", "ACK": "Acknowledgements", "PUB": "Publish",
    "SUB": "Subscribe", "TOP": "Message types and topics", "EXP": "Expressions", "SOW": "State of the world",
    "OOF": "Out of focus", "DLT": "Deltas", "CNF": "Conflation", "AGG": "Aggregation", "VEW": "Views",
    "PAG": "Pagination", "QUE": "Queues", "TXL": "Transaction log", "SEC": "Security", "CFG": "Configuration",
    "EMB": "Embedding", "MON": "Monitoring", "LOG": "Logging", "ACT": "Actions", "REP": "Replication",
    "PRF": "Performance",
}  # fmt: skip
ROW_ID = re.compile(rf"(?<![A-Za-z0-9])({'|'.join(AREAS)})[-_](\d\d)(?!\d)")
CASE = re.compile(r'\b(?:TEST_CASE\w*|SUBCASE)\s*\(\s*(?:\w+\s*,\s*)?((?:"(?:[^"\\]|\\.)*"\s*)+)')


@dataclass(frozen=True)
class Row:
    id: str
    tier: int
    state: str
    title: str
    line: int


@dataclass(frozen=True)
class Proof:
    """A test that carries the id of a row."""

    row: str
    path: str
    line: int


def read_rows(root: Path) -> dict[str, Row]:
    rows = {}
    for number, line in enumerate(read_lines(root / LIST), 1):
        if line and not line.startswith("#"):
            name, tier, state, title = line.split("|", 3)
            rows[name] = Row(name, int(tier), state, title, number)
    return rows


def find_proofs(root: Path) -> Iterator[Proof]:
    for path in project_files(root / "tests"):
        if path.suffix == ".cpp":
            found = _cases(path)
        elif path.suffix == ".py" and path.name.startswith("test_"):
            found = _functions(path)
        else:
            continue
        for line, text in found:
            for area, number in dict.fromkeys(ROW_ID.findall(text)):
                yield Proof(f"{area}-{number}", relative(path, root), line)


def _cases(path: Path) -> Iterator[tuple[int, str]]:
    text = path.read_text(encoding="utf-8")
    for case in CASE.finditer(text):
        yield text.count("\n", 0, case.start()) + 1, case[1]


def _functions(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            yield node.lineno, f"{node.name} {ast.get_docstring(node) or ''}"


def state_of(row: Row, proved: set[str]) -> str:
    return "done" if row.state == "not yet" and row.id in proved else row.state


def update(root: Path, proved: set[str]) -> None:
    rows = read_rows(root)
    lines = read_lines(root / LIST)
    for row in rows.values():
        lines[row.line - 1] = f"{row.id}|{row.tier}|{state_of(row, proved)}|{row.title}"
    (root / LIST).write_text("\n".join(lines) + "\n", encoding="utf-8")


def main(arguments: list[str]) -> int:
    root = Path(__file__).resolve().parent.parent
    proved = {proof.row for proof in find_proofs(root)}
    if "--update" in arguments:
        update(root, proved)
    for tier in (1, 2, 3):
        states = [state_of(row, proved) for row in read_rows(root).values() if row.tier == tier]
        counts = Counter(state.partition(":")[0] for state in states)
        print(f"tier {tier}: {len(states)} rows, " + ", ".join(f"{n} {state}" for state, n in counts.most_common()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
