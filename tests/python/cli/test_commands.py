# SPDX-License-Identifier: Apache-2.0
"""Help, failures, and the commands that look at a server or at the installation."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from pyamps.cli import COMMANDS

UNUSED = "127.0.0.1:1"


def test_help_lists_every_command(cli):
    done = cli.run("--help")
    listed = re.findall(r"^  (\w+)  ", done.stdout.decode(), re.MULTILINE)
    assert done.returncode == 0
    assert set(COMMANDS) <= set(listed)


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_a_command_has_an_example(cli, name):
    done = cli.run(name, "--help")
    assert done.returncode == 0
    assert re.search(rf"Examples?:.*\bpyamps {name}".encode(), done.stdout, re.DOTALL)


@pytest.mark.parametrize("words", [(), ("nonsense",), ("ping", "--nonsense")])
def test_unknown_words_are_wrong_use(cli, words):
    done = cli.run(*words)
    assert done.returncode == 2
    assert done.stdout == b""
    assert b"Usage: pyamps" in done.stderr


@pytest.mark.parametrize("words", [("ping",), ("publish", "t", "x"), ("subscribe", "t"), ("sow", "t")])
def test_missing_server_is_said_in_a_line(cli, words):
    done = cli.run(*words, server=UNUSED)
    assert done.returncode == 1
    assert done.stdout == b""
    assert done.stderr.startswith(b"Error: ")
    assert b"pyamps serve" in done.stderr
    assert b"Traceback" not in done.stderr


def test_bad_uri_is_said_in_a_line(cli):
    done = cli.run("ping", server="tcp://nonsense")
    assert done.returncode == 1
    assert done.stderr.startswith(b"Error: ")


def test_short_server_form_works(cli, broker):
    address = re.search(r"//([^/]+)/", broker.uri("json"))[1]
    assert cli.run("ping", "--count", "1", server=address).returncode == 0


def test_ping_prints_times_and_a_summary(cli):
    lines = cli.run("ping", "--count", "3", "--interval", "0").stdout.decode().splitlines()
    assert lines[0].startswith("server version ")
    assert [line.split(":")[0] for line in lines[1:4]] == ["1", "2", "3"]
    assert re.fullmatch(r"min [\d,]+  median [\d,]+  p99 [\d,]+  max [\d,]+ µs", lines[4])


def test_refused_query_is_said_with_the_reason(cli):
    done = cli.run("sow", "no-such-topic")
    assert done.returncode == 1
    assert done.stderr.startswith(b"Error: ")


def test_version_names_what_is_installed(cli):
    import pyamps

    assert pyamps.__version__ in cli.run("version").stdout.decode()


def test_config_gives_flags_that_compile(cli, tmp_path):
    done = cli.run("config", "--cflags", "--libs", "--rpath")
    source = tmp_path / "a.c"
    source.write_text("#include <amps/amps.h>\nint main(void) { return amps_version_string()[0] == 0; }\n")
    program = tmp_path / "a"
    subprocess.run(["cc", source, *done.stdout.decode().split(), "-o", program], check=True)
    assert subprocess.run([program]).returncode == 0


def test_bench_prints_its_rows(cli):
    done = cli.run("bench", "--seconds", "0.05")
    rows = re.findall(r"^  (\S.*?)  +([\d,]+)$", done.stdout.decode(), re.MULTILINE)
    assert done.returncode == 0, done.stderr
    assert [name for name, _ in rows][::2] == ["Python publish", "Python handler"] or len(rows) == 2
    assert all(int(rate.replace(",", "")) > 0 for _, rate in rows)


def test_program_and_module_are_the_same():
    program = Path(sys.executable).with_name("pyamps")
    outputs = [
        subprocess.run([*words, "--help"], capture_output=True).stdout
        for words in ([program], [sys.executable, "-m", "pyamps"])
    ]
    assert outputs[0] == outputs[1] != b""
