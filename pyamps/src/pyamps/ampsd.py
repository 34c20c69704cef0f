# SPDX-License-Identifier: Apache-2.0
"""The command ``ampsd``: becomes the server that is installed in the package."""

from __future__ import annotations

import os
import sys
from importlib.resources import files
from pathlib import Path
from typing import NoReturn


def main() -> NoReturn:
    """Run ``ampsd`` with the arguments of this process, in its place."""
    program = Path(str(files(__package__) / "bin" / "ampsd")).absolute()
    os.execv(program, ["ampsd", *sys.argv[1:]])
