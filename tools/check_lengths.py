# SPDX-License-Identifier: Apache-2.0
"""Files of at most 500 lines, functions of at most 70 (style.md 1)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from findings import (
    CPP_SUFFIXES,
    PYTHON_SUFFIXES,
    Finding,
    project_files,
    read_exceptions,
    read_lines,
    relative,
    run,
    stale_exceptions,
)

FILE_LINES_MAX = 500
FUNCTION_LINES_MAX = 70
FLAT = re.compile(r"(//|#) flat: \S")
ACCESS = {"public", "protected", "private"}
SCOPE = re.compile(r"\b(namespace|class|struct|union|enum|extern)\b[^()=]*$")
CYTHON_DEF = re.compile(r"^(\s*)(?:async\s+)?(?:cp?def|def)\s+(?!class\b|extern\b|struct\b|enum\b).*\(")


def find(root: Path) -> Iterator[Finding]:
    allowed = read_exceptions(root, "lengths")
    yield from stale_exceptions(root, "lengths")
    for path in project_files(root):
        if path.suffix not in CPP_SUFFIXES | PYTHON_SUFFIXES:
            continue
        name, lines = relative(path, root), read_lines(path)
        if len(lines) > FILE_LINES_MAX and name not in allowed:
            remedy = "split it at its second noun, or list it in tools/exceptions/lengths.txt with a reason"
            yield Finding(name, 1, f"{len(lines)} lines, limit {FILE_LINES_MAX}; {remedy}")
        for first, last in _functions(path, lines):
            # `// flat:` stands on the signature, on the line above it, or on the first line of the body.
            if last - first + 1 > FUNCTION_LINES_MAX and not any(
                map(FLAT.search, lines[max(first - 2, 0) : first + 4])
            ):
                length = last - first + 1
                remedy = "cut out a step that has a name, or begin it with `// flat: <why>`"
                yield Finding(name, first, f"function of {length} lines, limit {FUNCTION_LINES_MAX}; {remedy}")


def _functions(path: Path, lines: list[str]) -> Iterator[tuple[int, int]]:
    if path.suffix in CPP_SUFFIXES:
        return cpp_functions("\n".join(lines))
    if path.suffix in {".py", ".pyi"}:
        return _python_functions("\n".join(lines))
    return _cython_functions(lines)


def _python_functions(text: str) -> Iterator[tuple[int, int]]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.lineno, node.end_lineno or node.lineno


def _cython_functions(lines: list[str]) -> Iterator[tuple[int, int]]:
    for first, line in enumerate(lines, 1):
        match = CYTHON_DEF.match(line)
        if not match:
            continue
        last, closed = first, False
        for number, later in enumerate(lines[first:], first + 1):
            indent = len(later) - len(later.lstrip())
            closed = closed or lines[number - 2].rstrip().endswith(":")
            if later.strip() and closed and indent <= len(match[1]):
                break
            if later.strip():
                last = number
        yield first, last


def cpp_functions(text: str) -> Iterator[tuple[int, int]]:
    """First and last line of each function body of C or C++ source, its signature included."""
    code = _without_comments(text)
    scopes: list[int] = []  # For each open brace: line of the function it begins, or 0.
    statement = ""  # What stands since the last `;`, `{` or `}`.
    statement_line = line = 1
    for char in code:
        if char == "\n":
            line += 1
            if statement.lstrip().startswith("#"):
                statement = ""
        if char == "{":
            in_function = any(scopes)
            is_function = not in_function and ")" in statement and not SCOPE.search(statement.strip())
            scopes.append(statement_line if is_function else (-1 if in_function else 0))
            statement = ""
        elif char == "}":
            opened = scopes.pop() if scopes else 0
            if opened > 0:
                yield opened, line
            statement = ""
        elif char == ";" or (char == ":" and statement.strip() in ACCESS):
            statement = ""
        else:
            if not statement.strip():
                statement_line = line
            statement += char


LITERAL = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<mark>[^(\s]*)\(.*?\)(?P=mark)"|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+'|^[ \t]*#[^\n]*(?:\\\n[^\n]*)*",
    re.DOTALL | re.MULTILINE,
)


def _without_comments(text: str) -> str:
    """The text with comments, literals and directives blanked, lines kept."""
    return LITERAL.sub(lambda match: "\n" * match[0].count("\n"), text)


if __name__ == "__main__":
    run(find)
