# SPDX-License-Identifier: Apache-2.0
"""Files and folders are named after one noun (style.md 1)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from findings import Finding, project_files, read_exceptions, relative, run, stale_exceptions

BANNED = {
    *("util", "utils", "common", "helper", "helpers", "misc", "manager", "managers", "stuff"),
    *("parity", "fixes", "new", "old", "tmp", "wip", "phase", "final"),
}
WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def find(root: Path) -> Iterator[Finding]:
    allowed = read_exceptions(root, "names")
    yield from stale_exceptions(root, "names")
    for path in project_files(root):
        name = relative(path, root)
        if name in allowed:
            continue
        for part in name.split("/"):
            banned = sorted(BANNED.intersection(word.lower() for word in WORD.findall(part)))
            if banned:
                yield Finding(name, 1, f"`{banned[0]}` in `{part}` names no thing; name it after what is in it")


if __name__ == "__main__":
    run(find)
