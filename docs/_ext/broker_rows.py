# SPDX-License-Identifier: Apache-2.0
"""A directive that shows the scoreboard of the broker: each row, its state, and the tests that prove it."""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.application import Sphinx

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tools"))

from rows import AREAS, Row, find_proofs, read_rows, state_of  # noqa: E402

WIDTHS = (9, 5, 50, 22, 14)
HEADINGS = ("id", "tier", "what", "state", "tests")
STATES = ("done", "differs", "partly", "not yet")


class BrokerRows(Directive):
    def run(self) -> list[nodes.Node]:
        tests: dict[str, Counter[str]] = defaultdict(Counter)
        for proof in find_proofs(ROOT):
            tests[proof.row][proof.path] += 1
        everything = list(read_rows(ROOT).values())
        areas = defaultdict(list)
        for row in everything:
            areas[row.id.partition("-")[0]].append(row)
        tiers = [(f"Tier {tier}", [row for row in everything if row.tier == tier]) for tier in (1, 2, 3)]
        named = [(AREAS[area], rows) for area, rows in areas.items()]
        return [_totals([*tiers, *named], set(tests)), *(_section(title, rows, tests) for title, rows in named)]


def _totals(groups: list[tuple[str, list[Row]]], proved: set[str]) -> nodes.section:
    lines = []
    for title, rows in groups:
        counts = Counter(state_of(row, proved).partition(":")[0] for row in rows)
        lines.append((title, str(len(rows)), *(str(counts[state] or "") for state in STATES)))
    return _titled("In numbers", _table((30, 10, 10, 10, 10, 10), ("", "rows", *STATES), lines))


def _section(title: str, rows: list[Row], tests: dict[str, Counter[str]]) -> nodes.section:
    lines = []
    for row in rows:
        names = ", ".join(f"{Path(path).name} ({n})" for path, n in sorted(tests[row.id].items()))
        lines.append((row.id, str(row.tier), row.title, state_of(row, set(tests) if names else set()), names))
    return _titled(title, _table(WIDTHS, HEADINGS, lines))


def _titled(title: str, table: nodes.table) -> nodes.section:
    section = nodes.section(ids=[nodes.make_id(f"rows-{title}")])
    section += nodes.title(title, title)
    section += table
    return section


def _table(widths: tuple[int, ...], headings: tuple[str, ...], lines: list[tuple[str, ...]]) -> nodes.table:
    group = nodes.tgroup(cols=len(widths))
    group.extend(nodes.colspec(colwidth=width) for width in widths)
    group += nodes.thead("", _cells(headings))
    group += nodes.tbody("", *(_cells(line) for line in lines))
    table = nodes.table()
    table += group
    return table


def _cells(texts: tuple[str, ...]) -> nodes.row:
    row = nodes.row()
    for text in texts:
        row += nodes.entry("", nodes.paragraph("", text))
    return row


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("broker-rows", BrokerRows)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
