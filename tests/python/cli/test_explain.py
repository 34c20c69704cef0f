# SPDX-License-Identifier: Apache-2.0
"""`explain` as a user runs it: no server is needed."""

from __future__ import annotations


def test_EXP_42_a_filter_is_shown_as_it_was_understood(cli):
    shown = cli.run("explain", "/a = 1 AND /b LIKE 'x'").stdout.decode()
    assert shown.startswith("means: ((/a = 1) AND (/b LIKE 'x'))\n")
    assert "fields: /a /b\n" in shown
    assert "equality: /a is 1\n" in shown


def test_EXP_42_a_message_is_decided(cli):
    assert b"result: TRUE, so it is accepted" in cli.run("explain", "/a = 1", '{"a":1}').stdout
    assert b"result: NULL, so it is refused" in cli.run("explain", "/b", '{"a":1}').stdout
    assert b"result: 3, so it is accepted" in cli.run("explain", "/a + 2", "a=1\x01", "--format", "nvfix").stdout


def test_EXP_40_an_error_has_a_caret(cli):
    said = cli.run("explain", "/name = 'é' AND = 1")
    assert said.returncode == 1
    lines = said.stderr.decode().splitlines()
    assert lines[0] == "Error: expected a value, found `=`"
    assert lines[1] == "  /name = 'é' AND = 1"
    assert lines[2] == " " * 18 + "^"


def test_a_message_that_cannot_be_read_fails(cli):
    said = cli.run("explain", "/a = 1", '{"a":')
    assert said.returncode == 1
    assert b"json" in said.stderr
