# SPDX-License-Identifier: Apache-2.0
"""Every example of the README and the manual runs as it stands."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from examples import examples

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "handlers/README.md", *sorted((ROOT / "docs").rglob("*.md"))]
TIMEOUT_S = 120  # Compiling against the C++ headers on a busy machine, and no more than that.
WITH_EXAMPLES = [page for page in PAGES if any(True for _ in examples(page))]


@pytest.mark.parametrize("page", WITH_EXAMPLES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_examples_run(page: Path, tmp_path: Path) -> None:
    script = Path(__file__).with_name("examples.py")
    # `python` in a shell example is the interpreter that runs the tests.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", script, page],
        cwd=tmp_path,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
    )
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_code_block_is_run_or_known(page: Path) -> None:
    """A fence with another language, or indented, would never be run and rot unseen."""
    lines = page.read_text(encoding="utf-8").splitlines()
    opening = [line for line in lines if line.lstrip().startswith("```") and line.strip() != "```"]
    known = {"```python", "```cpp", "```c", "```sh"}
    unknown = [line for line in opening if line not in known and not line.startswith("```{")]
    assert unknown == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_compiled_examples_are_built(page: Path) -> None:
    assert [example.line for example in examples(page) if example.language in ("c", "cpp") and not example.file] == []


def test_examples_are_found_in_order(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# A\n<!-- file: a.cpp -->\n```cpp\nint a;\n```\n\n<!-- run -->\n```sh\ntrue\n```\n\n```python\nx = 1\n```\n"
    )
    found = list(examples(page))
    assert [(example.language, example.line, example.file, example.mark) for example in found] == [
        ("cpp", 4, "a.cpp", "file: a.cpp"),
        ("sh", 9, None, "run"),
        ("python", 13, None, None),
    ]


@pytest.mark.parametrize("text", ["```python\nassert False\n```\n", "<!-- run -->\n```sh\nfalse\n```\n"])
def test_failing_example_fails(tmp_path: Path, text: str) -> None:
    page = tmp_path / "page.md"
    page.write_text(text)
    script = Path(__file__).with_name("examples.py")
    assert subprocess.run([sys.executable, script, page], capture_output=True).returncode != 0
