# SPDX-License-Identifier: Apache-2.0
"""Settings of the manual."""

import re
import sys
from pathlib import Path

from sphinx.application import Sphinx

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "_ext"))

project = "libamps"
author = "the libamps developers"
copyright = "the libamps developers, Apache-2.0"
extensions = ["myst_parser", "sphinx.ext.autodoc", "header_reference", "command_reference", "broker_rows"]
exclude_patterns = ["_ext"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = "libamps and pyamps"
html_copy_source = False
html_show_sphinx = False
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True, "undoc-members": True}
nitpicky = False

FIELD = re.compile(r"^:\w+[^:]*: ")


def end_field_lists(app: Sphinx, what: str, name: str, thing: object, options: object, lines: list[str]) -> None:
    """Docstrings of this project write `Threads:` right below the fields; reST wants a blank line there."""
    for index in range(len(lines) - 1, 0, -1):
        below_fields = any(FIELD.match(line) for line in lines[:index])
        starts_text = bool(lines[index]) and not lines[index].startswith((" ", ":"))
        if below_fields and starts_text and lines[index - 1]:
            lines.insert(index, "")


def setup(app: Sphinx) -> None:
    app.connect("autodoc-process-docstring", end_field_lists)
