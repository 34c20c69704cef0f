# SPDX-License-Identifier: Apache-2.0
"""Settings of the manual."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "_ext"))

project = "libamps"
author = "the libamps developers"
copyright = "the libamps developers, Apache-2.0"
extensions = ["myst_parser", "sphinx.ext.autodoc", "header_reference", "command_reference"]
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
