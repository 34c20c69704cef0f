# SPDX-License-Identifier: Apache-2.0
"""Types: stubs beside the compiled modules, and a typed program that runs. `make check` runs mypy on both."""

from __future__ import annotations

import ast
import importlib.machinery
import inspect
import subprocess
import sys
from pathlib import Path

import pyamps as AMPS

PROGRAM = Path(__file__).with_name("typed_program.py")
PACKAGE = Path(AMPS.__file__).parent


def test_every_compiled_module_has_a_stub():
    """PY-013: with the marker that tells type checkers to read them."""
    suffixes = tuple(importlib.machinery.EXTENSION_SUFFIXES)
    compiled = {path.name.partition(".")[0] for path in PACKAGE.iterdir() if path.name.endswith(suffixes)}
    compiled.discard("lib")
    assert {"_client", "_message", "_broker"} <= compiled
    assert compiled <= {path.stem for path in PACKAGE.glob("*.pyi")}
    assert (PACKAGE / "py.typed").is_file()


def test_typed_program_runs():
    """PY-013: what the annotations say holds at run time."""
    done = subprocess.run([sys.executable, PROGRAM], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("every class used\n")


def test_typed_program_uses_every_class():
    """PY-013: a class that is added is added to the program, too; exceptions are alike."""
    used = {node.attr for node in ast.walk(ast.parse(PROGRAM.read_text())) if isinstance(node, ast.Attribute)}
    classes = {name for name in AMPS.__all__ if inspect.isclass(getattr(AMPS, name))}
    assert {name for name in classes if not issubclass(getattr(AMPS, name), Exception)} <= used


def test_all_is_complete():
    """1.2: the names that type checkers see are those of the exceptions module, too."""
    assert len(set(AMPS.__all__)) == len(AMPS.__all__)
    assert set(AMPS.exceptions.__all__) <= set(AMPS.__all__)
    assert all(hasattr(AMPS, name) for name in AMPS.__all__)
