# SPDX-License-Identifier: Apache-2.0
"""``pyamps bench``: four rates of this machine."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from .output import note
from .session import failures_shown


@click.command("bench", short_help="Measure this machine.")
@click.option("--seconds", type=click.FloatRange(0.01, 60), default=1.0, show_default=True, help="Time for each row.")
def command(seconds: float) -> None:
    """Measure publishing and receiving from Python and from C++, through a broker in this process.

    The C++ rows need a compiler. Numbers of two machines, or of a busy one, do not compare.

    \b
    Examples:
      pyamps bench
      pyamps bench --seconds 5
    """
    import pyamps

    from . import rates

    with failures_shown(), tempfile.TemporaryDirectory() as folder, pyamps.Broker() as broker:
        samples = rates.packaged_samples(Path(folder))
        if samples is None:
            note("no g++ or no sample handlers: the C++ rows are left out")
        else:
            note("compiling the sample handlers for the C++ rows")
        click.echo(f"messages/s, JSON bodies of {len(rates.BODY)} bytes, one publisher, one receiver")
        for rate in rates.measure(broker.uri("json"), samples, seconds):
            click.echo(f"  {rate.name:<15}{rate.per_second:>12,.0f}")
