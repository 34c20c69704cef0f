# SPDX-License-Identifier: Apache-2.0
"""Options of the connection string, as a program gives them."""

from __future__ import annotations

import pytest

import pyamps as AMPS
from pyamps.testing import Broker

GOOD = [
    "tcp_nodelay=true",
    "tcp_nodelay=false&tcp_keepalive=true",
    "tcp_rcvbuf=65536&tcp_sndbuf=65536",
    "tcp_linger=1",
    "bind=127.0.0.1",
    "ip_protocol_prefer=ipv4",
    "ip_protocol_prefer=ipv6",
    "pretty=true",
    "compression=zlib",
]
BAD = [
    "tcp_nodelay=maybe",
    "tcp_rcvbuf=-1",
    "tcp_sndbuf=much",
    "bind=nowhere",
    "ip_protocol_prefer=ipv5",
    "compression=none-such",
    "tcp_nodelay",
]


@pytest.mark.parametrize("options", GOOD)
def test_options(broker, topic, options):
    """PY-339 PY-340 PY-342 PY-343: messages go through a connection with each."""
    with AMPS.Client() as client:
        client.connect(f"{broker.uri('json')}?{options}")
        client.logon(10_000)
        with client.subscribe(topic, timeout=10_000) as stream:
            client.publish(topic, "x")
            assert next(stream).get_data() == "x"


@pytest.mark.parametrize("options", BAD)
def test_bad_options(broker, options):
    """PY-312: the option is named; the client may connect with better ones."""
    with AMPS.Client() as client:
        with pytest.raises(AMPS.InvalidTransportOptionsException, match=options.split("=")[0]):
            client.connect(f"{broker.uri('json')}?{options}")
        client.connect(broker.uri("json"))


def test_unix_sockets(tmp_path, topic):
    """PY-337"""
    path = tmp_path / "amps.sock"
    with Broker(unix_path=path) as broker, AMPS.Client() as client:
        uri = broker.uri("json", transport="unix")
        assert uri == f"unix:///amps/json?path={path}"
        client.connect(uri)
        client.logon(10_000)
        with client.subscribe(topic, timeout=10_000) as stream:
            client.publish(topic, "x")
            assert next(stream).get_data() == "x"
