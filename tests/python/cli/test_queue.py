# SPDX-License-Identifier: Apache-2.0
"""`queue` against a real broker."""

from __future__ import annotations

import pytest
from command_line import CommandLine

import pyamps
from pyamps.testing import wait_until


@pytest.fixture
def cli():
    with pyamps.Broker(sow={"records": "/id"}, queues={"jobs": {"max_per_subscription_backlog": 10}}) as running:
        yield CommandLine(running.uri("json"))


def shown(cli: CommandLine) -> bytes:
    return cli.run("queue", "show", "jobs").stdout


def test_QUE_01_QUE_02_messages_are_printed_and_gone(cli):
    cli.run("publish", "jobs", '{"n":1}', '{"n":2}', '{"n":3}')
    taken = cli.run("queue", "take", "jobs", "--count", "2")
    assert (taken.returncode, taken.stdout) == (0, b'{"n":1}\n{"n":2}\n')
    assert b"2 messages" in taken.stderr
    wait_until(lambda: shown(cli) == b"messages 1\navailable 1\nleased 0\n")


def test_QUE_07_what_is_kept_is_leased_until_the_end(cli):
    cli.run("publish", "jobs", '{"n":1}', '{"n":2}')
    with cli.start("queue", "take", "jobs", "--then", "keep", "--backlog", "5", "--filter", "/n > 1") as running:
        assert running.read_line() == b'{"n":2}\n'
        assert shown(cli) == b"messages 2\navailable 1\nleased 1\n"
    assert cli.run("queue", "take", "jobs", "-n", "2").stdout == b'{"n":1}\n{"n":2}\n'


def test_QUE_09_QUE_10_messages_are_given_back_or_dropped(cli):
    cli.run("publish", "jobs", '{"n":1}')
    assert cli.run("queue", "take", "jobs", "--count", "3", "--then", "cancel").stdout == b'{"n":1}\n' * 3
    assert cli.run("queue", "take", "jobs", "--count", "1", "--then", "expire").stdout == b'{"n":1}\n'
    assert shown(cli) == b"messages 0\navailable 0\nleased 0\n"


def test_fewer_messages_than_asked_for_are_a_failure(cli):
    taken = cli.run("queue", "take", "jobs", "--count", "1", "--timeout", "0.1")
    assert taken.returncode == 1
    assert b"0 of 1 taken" in taken.stderr


@pytest.mark.parametrize("topic", ["records", "other"])
@pytest.mark.parametrize("what", ["show", "take"])
def test_a_topic_that_is_no_queue_is_refused(cli, what, topic):
    refused = cli.run("queue", what, topic)
    assert (refused.returncode, refused.stdout) == (1, b"")
    assert f"'{topic}' is not a queue".encode() in refused.stderr


def test_giving_back_for_ever_is_refused(cli):
    refused = cli.run("queue", "take", "jobs", "--then", "cancel")
    assert refused.returncode == 2
    assert b"needs --count" in refused.stderr


@pytest.mark.parametrize("timeout", ["nan", "inf", "1e13", "-1"])
def test_a_timeout_that_is_none_is_refused(cli, timeout):
    refused = cli.run("queue", "take", "jobs", "--timeout", timeout)
    assert refused.returncode == 2
    assert b"seconds" in refused.stderr


def test_a_word_that_is_no_text_is_refused(cli):
    refused = cli.run("queue", "take", "jobs", "--filter", b"\xff", "--timeout", "1")
    assert refused.returncode == 1
    assert b"not UTF-8" in refused.stderr
