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
HEADINGS = ("row", "tier", "what", "state", "tests")


class BrokerRows(Directive):
    def run(self) -> list[nodes.Node]:
        tests: dict[str, Counter[str]] = defaultdict(Counter)
        for proof in find_proofs(ROOT):
            tests[proof.row][proof.path] += 1
        areas = defaultdict(list)
        for row in read_rows(ROOT).values():
            areas[row.id.partition("-")[0]].append(row)
        return [_section(AREAS[area], rows, tests) for area, rows in areas.items()]


def _section(title: str, rows: list[Row], tests: dict[str, Counter[str]]) -> nodes.section:
    section = nodes.section(ids=[nodes.make_id(f"rows-{title}")])
    section += nodes.title(title, title)
    group = nodes.tgroup(cols=len(WIDTHS))
    group.extend(nodes.colspec(colwidth=width) for width in WIDTHS)
    group += nodes.thead("", _cells(HEADINGS))
    body = nodes.tbody()
    for row in rows:
        names = ", ".join(f"{Path(path).name} ({n})" for path, n in sorted(tests[row.id].items()))
        body += _cells((row.id, str(row.tier), row.title, state_of(row, set(tests) if names else set()), names))
    group += body
    table = nodes.table()
    table += group
    section += table
    return section


def _cells(texts: tuple[str, ...]) -> nodes.row:
    row = nodes.row()
    for text in texts:
        row += nodes.entry("", nodes.paragraph("", text))
    return row


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("broker-rows", BrokerRows)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
