# SPDX-License-Identifier: Apache-2.0
"""What the structure checks share: the project's files, findings with a remedy, lists of exceptions."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

SKIPPED_FOLDERS = {"__pycache__", "dist", "node_modules", "subprojects"}
CPP_SUFFIXES = {".c", ".cpp", ".h", ".hpp"}
PYTHON_SUFFIXES = {".py", ".pyi", ".pyx", ".pxd"}


@dataclass(frozen=True, order=True)
class Finding:
    """One place that breaks a rule, and what to do about it."""

    path: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}"


Check = Callable[[Path], Iterator[Finding]]


def project_files(root: Path) -> Iterator[Path]:
    """Every file of the tree below root, sorted, without what builds and tools leave behind."""
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if not _is_skipped(name))
        for name in sorted(files):
            yield Path(folder) / name


def _is_skipped(folder: str) -> bool:
    hidden = folder.startswith(".") and folder != ".ci"
    return hidden or folder in SKIPPED_FOLDERS or folder == "build" or folder.startswith("build-")


def relative(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()


def read_lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8", errors="replace").splitlines()


def read_exceptions(root: Path, name: str) -> dict[str, str]:
    """Paths that a rule leaves out, each with its reason: ``path: reason`` lines of tools/exceptions/."""
    listed = root / "tools" / "exceptions" / f"{name}.txt"
    if not listed.exists():
        return {}
    entries = {}
    for line in read_lines(listed):
        path, _, reason = line.partition(": ")
        if line.strip() and not line.startswith("#"):
            entries[path.strip()] = reason.strip()
    return entries


def stale_exceptions(root: Path, name: str) -> Iterator[Finding]:
    """Entries without a reason, and entries for files that are gone."""
    listed = f"tools/exceptions/{name}.txt"
    for path, reason in read_exceptions(root, name).items():
        if not reason:
            yield Finding(listed, 1, f"{path} has no reason; write `path: reason`")
        if not (root / path).exists():
            yield Finding(listed, 1, f"{path} does not exist; remove the line")


def run(check: Check) -> None:
    """Run a check over the tree it stands in, or over the one named as argument; exit 1 on findings."""
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent
    found = sorted(set(check(root)))
    for finding in found:
        print(finding)
    sys.exit(1 if found else 0)
