# SPDX-License-Identifier: Apache-2.0
"""A directive that shows the help page of every command, as the program prints it."""

from __future__ import annotations

import click
from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.application import Sphinx

from pyamps.cli import commands

WIDTH = 96


class CommandReference(Directive):
    def run(self) -> list[nodes.Node]:
        found: list[nodes.Node] = []
        with click.Context(commands, info_name="pyamps", terminal_width=WIDTH, max_content_width=WIDTH) as parent:
            found.append(_page("pyamps", commands.get_help(parent)))
            for name in commands.list_commands(parent):
                command = commands.get_command(parent, name)
                assert command is not None
                with click.Context(command, info_name=name, parent=parent) as context:
                    found.append(_page(f"pyamps {name}", command.get_help(context)))
        return found


def _page(title: str, text: str) -> nodes.section:
    section = nodes.section(ids=[nodes.make_id(title)])
    section += nodes.title(title, title)
    block = nodes.literal_block(text, text)
    block["language"] = "text"
    section += block
    return section


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("command-reference", CommandReference)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
