# SPDX-License-Identifier: Apache-2.0
"""`publish` and `subscribe` against a real broker, through pipes."""

from __future__ import annotations

import json
import os
import re
import signal
import time

import pytest


def test_subscriber_prints_what_is_published(cli):
    with cli.subscribed("orders", "--count", "2") as subscriber:
        published = cli.run("publish", "orders", '{"id": 1}', '{"id": 2}')
        assert (published.returncode, published.stdout) == (0, b"")
        assert b"published 2 messages" in published.stderr
        assert subscriber.finish() == (0, b'{"id": 1}\n{"id": 2}\n')


def test_message_is_visible_in_a_pipe_at_once(cli):
    with cli.subscribed("live") as subscriber:
        cli.run("publish", "live", "one")
        assert subscriber.read_line() == b"one\n"
        assert subscriber.process.poll() is None


def test_lines_of_standard_input_are_messages(cli):
    with cli.subscribed("lines", "--count", "3") as subscriber:
        assert cli.run("publish", "lines", "--quiet", given=b"a\nb\r\nlast").stderr == b""
        assert subscriber.finish() == (0, b"a\nb\nlast\n")


def test_file_is_published_by_line_or_whole(cli, tmp_path):
    file = tmp_path / "data"
    file.write_bytes(b"x\ny\n")
    with cli.subscribed("files", "--count", "3", "--format", "json") as subscriber:
        cli.run("publish", "files", "--file", str(file))
        cli.run("publish", "files", "--file", str(file), "--whole")
        code, printed = subscriber.finish()
    assert code == 0
    assert [json.loads(line)["text"] for line in printed.splitlines()] == ["x", "y", "x\ny\n"]


def test_json_format_has_headers_and_body(cli):
    with cli.subscribed("^shown/.*", "--count", "2", "--format", "json") as subscriber:
        cli.run("publish", "shown/a", '{"id": 1, "name": "é"}')
        cli.run("publish", "shown/b", "--whole", given=b"\xff\x00")
        code, printed = subscriber.finish()
    first, second = map(json.loads, printed.splitlines())
    assert code == 0
    assert (first["command"], first["topic"], first["data"]) == ("publish", "shown/a", {"id": 1, "name": "é"})
    assert (second["topic"], second["base64"]) == ("shown/b", "/wA=")


def test_headers_format_shows_fields_then_body(cli):
    with cli.subscribed("fields", "--count", "1", "--format", "headers") as subscriber:
        cli.run("publish", "fields", "the body")
        code, printed = subscriber.finish()
    head, body = printed.split(b"\n\n", 1)
    assert code == 0
    assert b"topic: fields" in head.splitlines()
    assert body == b"the body\n\n"


def test_rate_spreads_messages_over_time(cli):
    published = cli.run("publish", "paced", "x", "--repeat", "11", "--rate", "100")
    seconds = float(re.search(rb"in ([\d.]+) s", published.stderr)[1])
    assert seconds >= 0.1


def test_repeat_publishes_that_often(cli):
    with cli.subscribed("repeated", "--count", "2000") as subscriber:
        assert b"published 2,000 messages" in cli.run("publish", "repeated", "x", "y", "--repeat", "1000").stderr
        assert subscriber.finish() == (0, b"x\ny\n" * 1000)


def test_fewer_messages_than_asked_for_is_a_failure(cli):
    with cli.subscribed("rare", "--count", "2", "--timeout", "0.2") as subscriber:
        assert subscriber.finish() == (1, b"")
        assert b"0 of 2 received" in subscriber.errors


def test_timeout_alone_ends_without_failure(cli):
    with cli.subscribed("silent", "--timeout", "0.1") as subscriber:
        assert subscriber.finish() == (0, b"")


def test_interrupt_ends_a_subscriber_quickly(cli):
    with cli.subscribed("endless") as subscriber:
        began = time.monotonic()
        subscriber.process.send_signal(signal.SIGINT)
        code, _ = subscriber.finish()
        assert code == 130
        assert time.monotonic() - began < 2
        assert b"Traceback" not in subscriber.errors


def test_interrupt_ends_a_publisher_quickly(cli):
    with (
        cli.subscribed("slowly") as subscriber,
        cli.start("publish", "slowly", "x", "y", "--rate", "0.01") as publisher,
    ):
        assert subscriber.read_line() == b"x\n"
        publisher.process.send_signal(signal.SIGINT)
        code, _ = publisher.finish()
        assert code == 130
        assert re.search(rb"published [01] messages? in", publisher.errors)
        assert b"Traceback" not in publisher.errors


def test_reader_that_goes_away_is_no_error_text(cli):
    with cli.subscribed("piped") as subscriber:
        subscriber.process.stdout.close()
        cli.run("publish", "piped", "x" * 1000, "--repeat", "200")
        code, _ = subscriber.finish()
        assert code == 141
        assert re.sub(rb"^subscribed to .*\n", b"", subscriber.errors) == b""


def test_no_colours_in_a_pipe(cli):
    with cli.subscribed("plain", "--count", "1") as subscriber:
        published = cli.run("publish", "plain", "x")
        subscriber.finish()
        assert b"\x1b" not in published.stderr + subscriber.errors


def test_lost_connection_is_said(cli, broker):
    from command_line import CommandLine

    import pyamps

    with pyamps.Broker() as other:
        victim = CommandLine(other.uri("json"))
        with victim.subscribed("orders") as subscriber:
            other.stop()
            code, _ = subscriber.finish()
            assert code == 1
            assert subscriber.errors.splitlines()[-1].startswith(b"Error: ")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("publish", "t", "x", "--file", os.devnull), b"not both"),
        (("publish", "t", "x", "--whole"), b"--whole is for"),
        (("publish",), b"Missing argument 'TOPIC'"),
        (("publish", "t", "x", "--rate", "0"), b"--rate"),
        (("publish", "t", "--file", "/no/such/file"), b"No such file"),
        (("subscribe", "t", "--format", "yaml"), b"'yaml' is not one of"),
        (("subscribe", "t", "--count", "0"), b"--count"),
    ],
)
def test_wrong_use_is_explained_with_code_2(cli, words, says):
    done = cli.run(*words)
    assert done.returncode == 2
    assert says in done.stderr
    assert done.stdout == b""
