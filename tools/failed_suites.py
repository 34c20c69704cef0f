# SPDX-License-Identifier: Apache-2.0
"""Prints the C and C++ suites that failed in a test run of meson, each with the end of what it printed.

failed_suites.py build/meson-logs/testlog.json
"""

import json
import pathlib
import sys

SHOWN = 60  # lines of a suite: doctest prints a failed case at its end, a sanitizer its report


def main(log: pathlib.Path) -> None:
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
        suite = json.loads(line)
        if suite["result"] in ("OK", "SKIP", "EXPECTEDFAIL"):
            continue
        print(f"==> {suite['name']}: {suite['result']}, exit code {suite['returncode']}, {suite['duration']:.1f} s")
        printed = [*suite.get("stdout", "").splitlines(), *suite.get("stderr", "").splitlines()]
        print("\n".join(printed[-SHOWN:]))


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
