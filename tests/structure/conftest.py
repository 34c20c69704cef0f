# SPDX-License-Identifier: Apache-2.0
"""A small tree that keeps every rule, for tests that break one at a time."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

TOOLS = Path(__file__).resolve().parents[2] / "tools"
LICENCE = "// SPDX-License-Identifier: Apache-2.0\n"
GOOD_TREE = {
    "libamps/include/amps/amps_noun.h": (
        "/* SPDX-License-Identifier: Apache-2.0 */\n#ifndef AMPS_NOUN_H\n#define AMPS_NOUN_H\n"
        "#define AMPS_API\nAMPS_API int amps_noun_verb(int amount);\n#endif\n"
    ),
    "libamps/src/base/sync.h": LICENCE + "#pragma once\nenum class LockRank : int {\n  kLeaf = 1000,\n};\n",
    "libamps/src/base/limits.h": LICENCE + "#pragma once\n",
    "libamps/src/wire/frame.h": LICENCE + '#pragma once\n#include "base/limits.h"\n#include "amps/amps_noun.h"\n',
    "libamps/src/wire/frame.cpp": LICENCE + '#include "wire/frame.h"\nint frame() { return 1; }\n',
    "tests/unit/wire/frame_test.cpp": LICENCE + '#include "wire/frame.h"\n',
    "handlers/count.cpp": LICENCE + "#include <amps/ampsplusplus.hpp>\n",
    "docs/internals/locks.md": "| rank | name |\n| --- | --- |\n| 1000 | `kLeaf` |\n",
}


class Tree:
    """A project in a temporary folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def append(self, name: str, text: str) -> None:
        self.write(name, (self.root / name).read_text(encoding="utf-8") + text)

    def found(self, check: str) -> list[str]:
        return [str(finding) for finding in importlib.import_module(check).find(self.root)]


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tree:
    monkeypatch.setattr(sys, "path", [str(TOOLS), *sys.path])
    project = Tree(tmp_path)
    for name, text in GOOD_TREE.items():
        project.write(name, text)
    return project
