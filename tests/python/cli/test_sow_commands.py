# SPDX-License-Identifier: Apache-2.0
"""`sow` and `sow_delete` against a real broker with state."""

from __future__ import annotations

import pytest
from command_line import CommandLine

import pyamps
from pyamps.testing import logged_on


@pytest.fixture
def cli():
    with pyamps.Broker(sow={"orders": "/id"}) as running:
        yield CommandLine(running.uri("json"))


def test_SOW_07_records_are_printed(cli):
    cli.run("publish", "orders", '{"id":1,"n":1}', '{"id":2}', '{"id":1,"n":2}')
    shown = cli.run("sow", "orders")
    assert (shown.returncode, shown.stdout) == (0, b'{"id":1,"n":2}\n{"id":2}\n')
    assert b"2 records" in shown.stderr


def test_SOW_10_SOW_41_records_are_ordered_and_cut(cli):
    cli.run("publish", "orders", '{"id":1,"n":1,"x":0}', '{"id":2,"n":2,"x":0}')
    shown = cli.run("sow", "orders", "--order-by", "/n DESC", "--top-n", "1", "--select", "-/,+/n")
    assert shown.stdout == b'{"n":2}\n'


def test_SOW_21_a_record_is_removed_by_its_data(cli):
    cli.run("publish", "orders", '{"id":1}', '{"id":2}')
    removed = cli.run("sow_delete", "orders", "--data", '{"id":1}')
    assert (removed.returncode, removed.stdout) == (0, b"")
    assert b"1 record removed" in removed.stderr
    assert cli.run("sow", "orders").stdout == b'{"id":2}\n'


def test_one_selector_is_needed(cli):
    assert b"give one of" in cli.run("sow_delete", "orders").stderr
    assert cli.run("sow_delete", "orders", "--filter", "1=1", "--keys", "1").returncode == 2


def test_topic_without_state_is_refused(cli):
    assert b"invalid topic" in cli.run("sow", "other").stderr


def test_SOW_35_records_are_printed_as_they_were():
    orders = {"key": "/id", "history": {"window": "1h", "granularity": "0s"}}
    with pyamps.Broker(sow={"orders": orders}, clock="manual") as running, logged_on(running) as client:
        cli = CommandLine(running.uri("json"))
        cli.run("publish", "orders", '{"id":1,"n":1}')
        query = pyamps.Command("sow").set_topic("orders").set_options("timestamp")
        then = next(m.get_timestamp() for m in client.execute(query) if m.get_command() == pyamps.Message.Command.SOW)
        running.advance(60)
        cli.run("publish", "orders", '{"id":1,"n":2}')
        assert cli.run("sow", "orders", "--bookmark", then).stdout == b'{"id":1,"n":1}\n'
        assert cli.run("sow", "orders", "--bookmark", "2001-01-01").stdout == b""
        assert cli.run("sow", "orders").stdout == b'{"id":1,"n":2}\n'
