# SPDX-License-Identifier: Apache-2.0
"""``python -m pyamps``: the command line; ``config`` works without its dependencies."""

from __future__ import annotations

import sys


def main() -> int:
    if sys.argv[1:2] == ["config"]:
        from .config import main as config

        return config(sys.argv[2:])
    from .cli import main as command_line

    return command_line()


if __name__ == "__main__":
    sys.exit(main())
