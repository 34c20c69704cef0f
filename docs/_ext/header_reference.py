# SPDX-License-Identifier: Apache-2.0
"""Directives that show public headers in the manual, so that there is one text about each declaration.

``c-header`` shows a C header by its sections. ``cpp-headers`` shows those of the
C++ API without bodies and private parts. ``header-table`` shows a table macro as a table.
"""

from __future__ import annotations

import re
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.application import Sphinx

INCLUDE = Path(__file__).resolve().parents[2] / "libamps" / "include" / "amps"
SECTION = re.compile(r"/\* -{4} (.+?) -+ \*/")
ABOUT = re.compile(r"/\*\*\s*\n?\s*\* @file(.*?)\*/", re.DOTALL)
ROW = re.compile(r"^\s*X\((.*?)\)\s*\\?$", re.MULTILINE)
ARGUMENT = re.compile(r'"((?:[^"\\]|\\.)*)"|([^,\s][^,]*)')


def header_text(name: str) -> str:
    return (INCLUDE / name).read_text(encoding="utf-8")


def plain(comment: str) -> str:
    """The sentences of a comment, without its stars."""
    lines = [re.sub(r"^\s*\* ?", "", line).rstrip() for line in comment.splitlines()]
    return "\n".join(lines[1:]).strip()


def code(text: str, language: str) -> nodes.literal_block:
    block = nodes.literal_block(text, text)
    block["language"] = language
    return block


class CHeader(Directive):
    """``{c-header} amps_client.h``: what the header says about itself, then its sections as they are."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        text = header_text(self.arguments[0])
        found: list[nodes.Node] = []
        about = ABOUT.search(text)
        if about:
            found += [nodes.paragraph("", " ".join(part.split())) for part in plain(about[1]).split("\n\n")]
        body = text.split("AMPS_BEGIN_DECLS\n", 1)[-1].split("AMPS_END_DECLS")[0]
        first, *sections = SECTION.split(body)
        if first.strip():
            found.append(code(first.strip("\n") + "\n", "c"))
        for title, part in zip(sections[::2], sections[1::2]):
            found += [nodes.rubric(title, title), code(part.strip("\n") + "\n", "c")]
        return found


class CppHeaders(Directive):
    """``{cpp-headers}``: every header of the C++ API, as a program sees its classes."""

    def run(self) -> list[nodes.Node]:
        return [self._page(path) for path in sorted(INCLUDE.glob("*.hpp")) if path.stem != "ampsplusplus"]

    def _page(self, path: Path) -> nodes.section:
        page = nodes.section(ids=[nodes.make_id(path.name)])
        page += [nodes.title("", path.stem), code(synopsis(path.read_text(encoding="utf-8")), "cpp")]
        return page


def synopsis(text: str) -> str:
    """A header without directives, private members and the bodies of its functions."""
    text = re.sub(r"^[ \t]*#(?:.*\\\n)*.*\n?", "", text, flags=re.MULTILINE)
    text = re.sub(r"/\* SPDX.*?\*/|// SPDX.*", "", text)
    text = ABOUT.sub("", text)
    text = without_bodies(text)
    text = re.sub(r"^( *) (?:private|protected):\n.*?(?=^\1 public:|^\1\};)", "", text, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"\bAMPS_FN\b ?", "", text)
    return re.sub(r"\n\s*\n(\s*\n)+", "\n\n", text).strip() + "\n"


def without_bodies(text: str) -> str:
    out: list[str] = []
    statement, index = "", 0
    while index < len(text):
        char = text[index]
        if (
            char == "{"
            and ")" in statement
            and not re.search(r"\b(namespace|class|struct|enum|union)\b[^()]*$", statement)
        ):
            index = matching_brace(text, index)
            # Initialisers of a constructor belong to the body.
            joined = re.sub(r"\)\s*(noexcept)?\s*:\s*[^:].*$", r") \1", "".join(out), flags=re.DOTALL)
            kept = joined if joined.count("\n") >= "".join(out).count("\n") - statement.count("\n") else "".join(out)
            out = [kept.rstrip(), ";"]
            statement = ""
        else:
            out.append(char)
            statement = "" if char in "{};" else statement + char
        index += 1
    return "".join(out)


def matching_brace(text: str, index: int) -> int:
    depth = 0
    while index < len(text):
        if text[index] in "\"'" and not text[index - 1].isalnum():
            index = text.index(text[index], index + 1) if text[index + 1] != "\\" else index + 3
        depth += (text[index] == "{") - (text[index] == "}")
        if depth == 0:
            return index
        index += 1
    return index


class HeaderTable(Directive):
    """``{header-table} amps_types.h AMPS_RESULT_TABLE`` with one heading a column as content."""

    required_arguments = 2
    has_content = True

    def run(self) -> list[nodes.Node]:
        name, macro = self.arguments
        body = re.search(rf"#define {macro}\(X\)(.*?)(?<!\\)\n", header_text(name), re.DOTALL)
        if body is None:
            raise self.error(f"{macro} is not in {name}")
        rows = [[quoted or bare for quoted, bare in ARGUMENT.findall(row)] for row in ROW.findall(body[1])]
        headings = list(self.content)
        return [table(headings, [row[: len(headings)] for row in rows])]


def table(headings: list[str], rows: list[list[str]]) -> nodes.table:
    group = nodes.tgroup(cols=len(headings))
    group += [nodes.colspec(colwidth=1) for _ in headings]
    group += nodes.thead("", row_of(headings))
    group += nodes.tbody("", *map(row_of, rows))
    return nodes.table("", group)


def row_of(cells: list[str]) -> nodes.row:
    return nodes.row("", *(nodes.entry("", nodes.paragraph("", cell.strip())) for cell in cells))


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("c-header", CHeader)
    app.add_directive("cpp-headers", CppHeaders)
    app.add_directive("header-table", HeaderTable)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
