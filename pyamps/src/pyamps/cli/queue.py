# SPDX-License-Identifier: Apache-2.0
"""``pyamps queue``: how full a queue is, and its messages one by one."""

from __future__ import annotations

import sys

import click

from .output import FORMATS, Progress, counted, note, write_message
from .session import TIMEOUT_MS, failures_of, logged_on, server_options

# What becomes of a message that was printed, and the option that says so to the server; None: nothing is said.
SETTLEMENTS = {"ack": "", "cancel": "cancel", "expire": "expire", "keep": None}


@click.group("queue", short_help="Look into a queue, or take messages from it.")
def command() -> None:
    """Message queues: each message is one consumer's at a time, until it is acknowledged.

    \b
    Examples:
      pyamps queue show jobs
      pyamps queue take jobs --count 1
      pyamps sow jobs --format json      # browse what is available
      pyamps publish jobs '{"id": 1}'
    """


@command.command("show", short_help="Print how many messages there are.")
@click.argument("topic")
@server_options
def show(topic: str, server: str, message_type: str, name: str | None) -> None:
    """Print how many messages the queue TOPIC has: all, available, leased to a consumer.

    \b
    Examples:
      pyamps queue show jobs
    """
    from pyamps import Command

    # An acknowledgement that fits nothing looks at every message, a query at those that are available.
    everything = Command("sow_delete").set_topic(topic).set_filter("1 = 0")
    available = Command("sow").set_topic(topic).set_top_n(0)
    with logged_on(server, message_type, name) as client, failures_of(topic):
        counts = []
        for request in (everything, available):
            request.set_timeout(TIMEOUT_MS).add_ack_type("processed,stats")
            with client.execute(request) as stream:
                answers = [message for message in stream if message.get_ack_type() == "stats"]
            counts.append(answers[0].get_topic_matches())
    click.echo(f"messages {counts[0]}\navailable {counts[1]}\nleased {counts[0] - counts[1]}")


@command.command("take", short_help="Print messages and settle them.")
@click.argument("topic")
@click.option("--filter", "content_filter", help='Only messages that match, for example "/id > 10".')
@click.option("--count", "-n", type=click.IntRange(1), help="End after this many messages.")
@click.option("--timeout", type=click.FloatRange(0, min_open=True), help="End after SECONDS without a message.")
@click.option("--backlog", type=click.IntRange(1), default=1, show_default=True, help="Messages held at a time.")
@click.option(
    "--then",
    type=click.Choice(tuple(SETTLEMENTS)),
    default="ack",
    show_default=True,
    help="What becomes of a printed message: removed, given back, expired, or held until the end.",
)
@click.option("--format", "form", type=click.Choice(FORMATS), default="raw", show_default=True, help="What to print.")
@server_options
def take(
    topic: str,
    content_filter: str | None,
    count: int | None,
    timeout: float | None,
    backlog: int,
    then: str,
    form: str,
    server: str,
    message_type: str,
    name: str | None,
) -> None:
    """Consume messages of the queue TOPIC: print each, then acknowledge it.

    A message counts as done when it was written to standard output. With --then keep, messages stay leased until
    the command ends, and go back into the queue. With --count, fewer messages than that before --timeout are a failure.

    \b
    Examples:
      pyamps queue take jobs
      pyamps queue take jobs --count 10 --backlog 10 --format json | jq .data
      pyamps queue take jobs --filter '/kind = "slow"' --timeout 5
      pyamps queue take jobs --count 1 --then cancel
    """
    from pyamps import Command

    request = Command("subscribe").set_topic(topic).set_options(f"max_backlog={backlog}").set_timeout(TIMEOUT_MS)
    if content_filter is not None:
        request.set_filter(content_filter)
    with (
        logged_on(server, message_type, name) as client,
        failures_of(topic),
        client.execute(request) as stream,
        Progress("messages", count, shown=not sys.stdout.isatty()) as progress,
    ):
        note(f"consuming {topic}")
        if timeout is not None:
            stream.timeout(max(1, round(timeout * 1000)))
        for message in stream:
            if message is None:
                break
            progress.advance()
            write_message(message, form, flush=True)
            options = SETTLEMENTS[then]
            if options is not None:
                client.ack(topic, message.get_bookmark(), options)
                client.flush_acks()
            if progress.count == count:
                break
        else:
            raise click.ClickException("the connection to the server was lost")
        client.flush(TIMEOUT_MS)  # The server has what was acknowledged.
    if count is not None and progress.count < count:
        raise click.ClickException(f"no message for {timeout:g} s; {progress.count} of {count} taken")
    note(counted(progress.count, "message"))
