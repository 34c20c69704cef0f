# SPDX-License-Identifier: Apache-2.0
"""``pyamps version``: what is installed, for a report."""

from __future__ import annotations

import platform

import click


@click.command("version", short_help="Print versions.")
def command() -> None:
    """Print the versions of the package, Python and the system.

    \b
    Example:
      pyamps version
    """
    import pyamps

    click.echo(f"pyamps  {pyamps.__version__}")
    click.echo(f"client  {pyamps.VERSION}")
    click.echo(f"python  {platform.python_version()} ({platform.python_implementation()})")
    click.echo(f"system  {platform.platform()}")
