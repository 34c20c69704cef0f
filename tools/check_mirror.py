# SPDX-License-Identifier: Apache-2.0
"""Every source file of the core has its unit test at the mirrored place (style.md 8)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from findings import Finding, project_files, read_exceptions, relative, run, stale_exceptions

# abi and broker_abi are tested through the shared libraries, in tests/abi.
MIRRORED = ("base", "wire", "net", "client", "broker")


def find(root: Path) -> Iterator[Finding]:
    allowed = read_exceptions(root, "mirror")
    yield from stale_exceptions(root, "mirror")
    for layer in MIRRORED:
        sources = root / "libamps" / "src" / layer
        tests = root / "tests" / "unit" / layer
        for path in project_files(sources):
            test = tests / path.relative_to(sources).with_name(f"{path.stem}_test.cpp")
            if path.suffix == ".cpp" and not test.exists() and relative(path, root) not in allowed:
                remedy = f"write {relative(test, root)}, or list it in tools/exceptions/mirror.txt with a reason"
                yield Finding(relative(path, root), 1, f"has no unit test; {remedy}")
        for test in project_files(tests):
            subject = sources / test.relative_to(tests).with_name(test.stem.removesuffix("_test"))
            is_test = test.name.endswith("_test.cpp")
            exists = subject.with_suffix(".cpp").exists() or subject.with_suffix(".h").exists()
            if is_test and not exists and relative(test, root) not in allowed:
                yield Finding(relative(test, root), 1, f"tests no file of {layer}; name it after the file it tests")


if __name__ == "__main__":
    run(find)
