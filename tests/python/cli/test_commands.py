# SPDX-License-Identifier: Apache-2.0
"""Help, failures, and the commands that look at a server or at the installation."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import CommandLine
from scripted_server import RECORDS, ScriptedServer

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


def test_version_option(cli):
    import pyamps

    assert cli.run("--version").stdout.decode() == f"pyamps {pyamps.__version__}\n"


def test_refused_subscription_names_its_topic(cli):
    done = cli.run("subscribe", "^(orders")
    assert done.returncode == 1
    assert done.stderr.startswith(b"Error: topic '^(orders': ")


@pytest.mark.parametrize("form", ["raw", "json", "headers"])
def test_sow_prints_the_records(form):
    with ScriptedServer() as server:
        done = CommandLine(server.uri).run("sow", "orders", "--format", form, "--filter", "/id > 0", "--top-n", "9")
        query = next(command for command in server.commands if command["c"] == "sow")
    assert (done.returncode, done.stderr) == (0, b"3 records\n")
    assert query["t"] == "orders"
    if form == "raw":
        assert done.stdout == b"".join(body + b"\n" for body in RECORDS.values())
    elif form == "json":
        records = [json.loads(line) for line in done.stdout.splitlines()]
        assert [record["sow_key"] for record in records] == list(RECORDS)
        assert [list(record)[-1] for record in records] == ["data", "data", "base64"]
    else:
        assert done.stdout.count(b"sow_key: ") == 3


def on_terminal(words, server, type_after=None):
    """Run a command on a terminal of its own; its exit code and what the terminal showed."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ["PYAMPS_SERVER"] = server
        os.execv(sys.executable, [sys.executable, "-m", "pyamps", *words])
    shown = b""
    with contextlib.suppress(OSError):  # Linux reports the other end's exit as an error.
        while data := os.read(terminal, 65536):
            shown += data
            if type_after is not None and type_after[0] in shown:
                os.write(terminal, type_after[1])
                type_after = None
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), shown


def test_progress_on_a_terminal(cli):
    code, shown = on_terminal(["publish", "t", "x", "--repeat", "300000"], cli.uri)
    assert code == 0
    assert b"messages, " in shown
    assert b"published 300,000 messages" in shown


def test_typed_messages(cli):
    code, shown = on_terminal(["publish", "t"], cli.uri, (b"Ctrl-D ends", b"one\ntwo\n\x04"))
    assert code == 0
    assert b"published 2 messages" in shown


def test_ctrl_c_on_a_terminal(cli):
    code, shown = on_terminal(["subscribe", "t"], cli.uri, (b"subscribed to t", b"\x03"))
    assert code == 130
    assert b"Traceback" not in shown
