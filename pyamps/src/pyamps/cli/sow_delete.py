# SPDX-License-Identifier: Apache-2.0
"""``pyamps sow_delete``: remove records of a state-of-the-world topic."""

from __future__ import annotations

import click

from .output import note
from .session import TIMEOUT_MS, failures_of, logged_on, lost, server_options


@click.command("sow_delete", short_help="Remove records of a topic.")
@click.argument("topic")
@click.option("--filter", "content_filter", help='Records that match, for example "/id > 10"; "1=1": all.')
@click.option("--keys", "sow_keys", help="Records with these keys, separated by commas.")
@click.option("--data", help="The record that this message would update.")
@server_options
def command(
    topic: str,
    content_filter: str | None,
    sow_keys: str | None,
    data: str | None,
    server: str,
    message_type: str,
    name: str | None,
) -> None:
    """Remove records of TOPIC: those of one filter, of keys, or the one of some data.

    \b
    Examples:
      pyamps sow_delete orders --filter "/status = 'done'"
      pyamps sow_delete orders --data '{"id": 7}'
    """
    from pyamps import Command

    if [content_filter, sow_keys, data].count(None) != 2:
        raise click.UsageError("give one of --filter, --keys and --data")
    request = Command("sow_delete").set_topic(topic).set_timeout(TIMEOUT_MS).add_ack_type("processed,stats")
    if content_filter is not None:
        request.set_filter(content_filter)
    if sow_keys is not None:
        request.set_sow_keys(sow_keys)
    if data is not None:
        request.set_data(data)
    with logged_on(server, message_type, name) as client, failures_of(topic), client.execute(request) as stream:
        for message in stream:
            if message.get_ack_type() == "stats":
                removed = message.get_records_deleted()
                break
        else:
            raise lost()
    note(f"{removed:,} record{'s' * (removed != 1)} removed")
