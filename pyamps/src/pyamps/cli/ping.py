# SPDX-License-Identifier: Apache-2.0
"""``pyamps ping``: how long a command takes to the server and back."""

from __future__ import annotations

import statistics
import time

import click

from .output import Progress
from .session import TIMEOUT_MS, logged_on, server_options


@click.command("ping", short_help="Measure round trips to a server.")
@click.option("--count", "-n", type=click.IntRange(1), default=5, show_default=True, help="Round trips.")
@click.option("--interval", type=click.FloatRange(0), default=0.2, show_default=True, help="Seconds between them.")
@click.option("--quiet", "-q", is_flag=True, help="Print the summary only.")
@server_options
def command(count: int, interval: float, quiet: bool, server: str, message_type: str, name: str | None) -> None:
    """Send flush commands one by one and print how long each acknowledgement took.

    \b
    Examples:
      pyamps ping
      pyamps ping --server tcps://amps.example.com:9007/amps/json --count 1000 --interval 0 --quiet
    """
    times_us: list[float] = []
    with logged_on(server, message_type, name) as client, Progress("round trips", count, shown=quiet) as progress:
        click.echo(f"server version {client.get_server_version_info()}")
        for number in range(1, count + 1):
            began = time.perf_counter_ns()
            client.flush(TIMEOUT_MS)
            times_us.append((time.perf_counter_ns() - began) / 1000)
            progress.advance()
            if not quiet:
                click.echo(f"{number}: {times_us[-1]:,.0f} µs")
            if interval and number < count:
                time.sleep(interval)
    times_us.sort()
    p99 = times_us[min(len(times_us) - 1, round(0.99 * len(times_us)))]
    median = statistics.median(times_us)
    click.echo(f"min {times_us[0]:,.0f}  median {median:,.0f}  p99 {p99:,.0f}  max {times_us[-1]:,.0f} µs")
