# SPDX-License-Identifier: Apache-2.0
"""``pyamps config``: the same as ``python -m pyamps config``, which works without click."""

from __future__ import annotations

import click

from .. import config


@click.command(
    "config",
    short_help="Print what a C or C++ compiler needs.",
    add_help_option=False,
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": True},
    help="\b\n" + config.USAGE.replace("python -m pyamps", "pyamps"),
)
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def command(context: click.Context, options: tuple[str, ...]) -> None:
    context.exit(config.main(options))
