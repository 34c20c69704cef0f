# SPDX-License-Identifier: Apache-2.0
"""`serve`: the broker as a program."""

from __future__ import annotations

import re
import signal
import socket

import pytest
import trustme
from command_line import CommandLine


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_EMB_04_serves_until_it_is_told_to_stop(cli, number):
    with cli.start("serve", "--port", "0") as server:
        uri = server.read_line().decode().strip()
        assert re.fullmatch(r"tcp://127\.0\.0\.1:\d+/amps/json", uri)
        assert CommandLine(uri).run("ping", "--count", "1").returncode == 0
        server.process.send_signal(number)
        assert server.finish() == (0, b"")
        assert b"Traceback" not in server.errors


@pytest.mark.parametrize("level, shows_frames", [("trace", True), ("debug", False)])
def test_LOG_04_the_lowest_level_shows_every_frame(cli, level, shows_frames):
    with cli.start("serve", "--port", "0", "--log", level) as server:
        uri = server.read_line().decode().strip()
        assert CommandLine(uri).run("publish", "orders", "what was sent").returncode == 0
        server.process.send_signal(signal.SIGTERM)
        assert server.finish() == (0, b"")
        assert b"logged on" in server.errors
        assert (b"what was sent" in server.errors) is shows_frames


def test_serves_the_type_it_is_given(cli):
    with cli.start("serve", "--port", "0", "--type", "nvfix") as server:
        uri = server.read_line().decode().strip()
        assert uri.endswith("/amps/nvfix")
        assert CommandLine(uri).run("publish", "t", "a=1").returncode == 0


def test_CON_11_serves_tls(cli, tmp_path):
    authority = trustme.CA()
    certificate = authority.issue_cert("localhost", "127.0.0.1")
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    certificate.cert_chain_pems[0].write_to_path(tmp_path / "server.pem")
    certificate.private_key_pem.write_to_path(tmp_path / "server.key")
    files = ("--tls-cert", str(tmp_path / "server.pem"), "--tls-key", str(tmp_path / "server.key"))
    with cli.start("serve", "--port", "0", "--type", "json", *files) as server:
        uri = server.read_line().decode().strip()
        assert uri.startswith("tcps://")
        trusted = CommandLine(f"{uri}?tls_ca={tmp_path / 'ca.pem'}").run("ping", "--count", "1")
        refused = CommandLine(uri).run("ping", "--count", "1")
    assert (trusted.returncode, refused.returncode) == (0, 1), trusted.stderr


def test_EMB_04_port_in_use_is_exit_code_2(cli):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = cli.run("serve", "--port", str(taken.getsockname()[1]))
    assert done.returncode == 2
    assert done.stderr.startswith(b"Error: ")


def test_sample_configuration_is_accepted(cli, tmp_path):
    file = tmp_path / "broker.xml"
    file.write_bytes(cli.run("serve", "--sample").stdout)
    done = cli.run("serve", "--config", str(file), "--check")
    assert (done.returncode, done.stdout) == (0, b""), done.stderr


def test_bad_configuration_is_exit_code_1_with_its_place(cli, tmp_path):
    file = tmp_path / "broker.xml"
    file.write_text("<AMPSConfig>\n<Nonsense/>\n</AMPSConfig>\n")
    done = cli.run("serve", "--config", str(file), "--check")
    assert done.returncode == 1
    assert b"broker.xml:2" in done.stderr


def test_missing_configuration_is_wrong_use(cli):
    assert cli.run("serve", "--config", "/no/such/file").returncode == 2


def test_key_without_certificate_is_wrong_use(cli):
    assert cli.run("serve", "--tls-key", "/dev/null").returncode == 2


def checked(cli, tmp_path, xml):
    file = tmp_path / "broker.xml"
    file.write_text(f"<AMPSConfig>\n{xml}\n</AMPSConfig>\n")
    return cli.run("serve", "--config", str(file), "--define", f"HERE={tmp_path}", "--check")


QUEUE = "<SOW>\n<Queue><Name>q</Name><MessageType>json</MessageType><Filter>{}</Filter></Queue></SOW>"
JOURNAL = """<TransactionLog><JournalDirectory>${HERE}/journal</JournalDirectory>
<Topic><Name>.*</Name><MessageType>json</MessageType></Topic></TransactionLog>"""


def test_EMB_04_check_tries_what_a_start_does_and_changes_nothing(cli, tmp_path):
    good = checked(cli, tmp_path, JOURNAL + QUEUE.format("/a = 1"))
    assert (good.returncode, good.stdout, good.stderr) == (0, b"", b"")
    assert [entry.name for entry in tmp_path.iterdir()] == ["broker.xml"]
    bad = checked(cli, tmp_path, JOURNAL + QUEUE.format("/a ="))
    assert bad.returncode == 2
    assert b"broker.xml:4:2: queue q" in bad.stderr
    assert [entry.name for entry in tmp_path.iterdir()] == ["broker.xml"]


def test_EMB_04_check_reads_the_files_of_a_start(cli, tmp_path):
    certificate = "<Type>tcps</Type><Certificate>${HERE}/a.pem</Certificate><PrivateKey>${HERE}/a.pem</PrivateKey>"
    transport = f"<Transport><Name>t</Name><InetAddr>127.0.0.1:0</InetAddr>{certificate}</Transport>"
    done = checked(cli, tmp_path, f"<Transports>{transport}</Transports>")
    assert done.returncode == 2
    assert b"broker.xml:2:14: " in done.stderr
    assert b"a.pem" in done.stderr
    (tmp_path / "journal").mkdir()
    (tmp_path / "journal" / "amps.0000000001.journal").write_bytes(b"x" * 5000)
    done = checked(cli, tmp_path, JOURNAL)
    assert done.returncode == 2
    assert b"amps.0000000001.journal" in done.stderr


def test_EMB_04_check_needs_no_free_port(cli):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert cli.run("serve", "--port", str(taken.getsockname()[1]), "--check").returncode == 0
