# SPDX-License-Identifier: Apache-2.0
"""`replay` against a real broker with a transaction log."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from command_line import CommandLine

import pyamps
from pyamps.cli.replay import place


@pytest.fixture
def cli() -> Iterator[CommandLine]:
    with pyamps.Broker(journal=True) as running:
        line = CommandLine(running.uri("json"))
        line.run("publish", "orders", '{"n":1}', '{"n":2}', '{"n":3}')
        yield line


def test_TXL_03_TXL_11_prints_the_log_and_ends(cli: CommandLine) -> None:
    replayed = cli.run("replay", "orders")
    assert (replayed.returncode, replayed.stdout) == (0, b'{"n":1}\n{"n":2}\n{"n":3}\n')
    assert b"3 messages in the log" in replayed.stderr


def test_TXL_05_TXL_08_goes_on_after_a_bookmark_and_ends_at_one(cli: CommandLine) -> None:
    shown = cli.run("replay", "orders", "--format", "json").stdout.splitlines()
    first, second, third = (json.loads(line)["bookmark"] for line in shown)
    assert cli.run("replay", "orders", "--from", first).stdout == b'{"n":2}\n{"n":3}\n'
    assert cli.run("replay", "orders", "--from", first, "--to", second).stdout == b'{"n":2}\n'
    assert cli.run("replay", "orders", "--from", third).stdout == b""


def test_TXL_07_times_bound_a_replay(cli: CommandLine) -> None:
    assert cli.run("replay", "orders", "--from", "2001-01-01").stdout.count(b"\n") == 3
    assert cli.run("replay", "orders", "--to", "2001-01-01").stdout == b""


def test_TXL_10_follows_what_comes_later(cli: CommandLine) -> None:
    with cli.start("replay", "orders", "--follow", "--count", "4", "--filter", "/n > 1") as running:
        assert [running.read_line(), running.read_line()] == [b'{"n":2}\n', b'{"n":3}\n']
        running.wait_until_said(b"2 messages in the log")
        cli.run("publish", "orders", '{"n":0}', '{"n":4}', '{"n":5}')
        assert running.finish() == (0, b'{"n":4}\n{"n":5}\n')


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("--from", "yesterday"), b"invalid bookmark"),
        (("--from", "77|1|"), b"bookmark not found"),
        (("--rate", "fast"), b"invalid options"),
        (("--max-gap", "1s"), b"invalid options"),
    ],
)
def test_TXL_09_says_what_was_refused(cli: CommandLine, words: tuple[str, str], reason: bytes) -> None:
    replayed = cli.run("replay", "orders", *words)
    assert replayed.returncode == 1
    assert reason in replayed.stderr


def test_TXL_36_a_broker_without_a_log_has_nothing_to_replay() -> None:
    with pyamps.Broker() as running:
        replayed = CommandLine(running.uri("json")).run("replay", "orders")
    assert replayed.returncode == 1
    assert b"topic 'orders'" in replayed.stderr


def test_end_and_follow_exclude_each_other(cli: CommandLine) -> None:
    assert cli.run("replay", "orders", "--to", "now", "--follow").returncode == 2


@pytest.mark.parametrize(
    ("text", "bookmark"),
    [
        ("EPOCH", "0"),
        ("now", "0|1|"),
        ("1|2|", "1|2|"),
        ("20250301T143000", "20250301T143000"),
        ("2025-03-01", "20250301T000000Z"),
        ("2025-03-01 14:30", "20250301T143000Z"),
        ("2025-03-01T14:30:05.25Z", "20250301T143005.25Z"),
    ],
)
def test_places(text: str, bookmark: str) -> None:
    assert place(text) == bookmark
