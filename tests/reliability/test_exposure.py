# SPDX-License-Identifier: Apache-2.0
"""REL-18: what a broker that was told nothing lets in, and from where."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from broker_process import BrokerProcess

import pyamps

LISTENING = "0A"
LOOPBACK = "0100007F"  # As the kernel writes it.
LOOPBACK_6 = "00000000000000000000000001000000"


def listening_addresses(pid: int) -> set[str]:
    """Local addresses, as the kernel writes them, of the listening sockets of a process."""
    inodes = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        target = str(link.readlink())
        if target.startswith("socket:["):
            inodes.add(target[8:-1])
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == LISTENING and fields[9] in inodes:
                found.add(fields[1].split(":")[0])
    return found


def test_a_broker_that_was_told_nothing_listens_on_loopback_only():
    with BrokerProcess() as broker:
        assert listening_addresses(broker.pid) == {LOOPBACK}


def test_a_port_alone_is_a_port_of_loopback():
    transport = (
        "<Transport><Name>t</Name><Type>tcp</Type><InetAddr>0</InetAddr><MessageType>json</MessageType></Transport>"
    )
    admin = "<Admin><InetAddr>0</InetAddr></Admin>"
    xml = f"<AMPSConfig>{admin}<Transports>{transport}</Transports></AMPSConfig>"
    with BrokerProcess(f"config={xml}") as broker:
        found = listening_addresses(broker.pid)
        assert found
        assert found <= {LOOPBACK, LOOPBACK_6}


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_others_than_loopback_need_authentication_or_an_express_wish(host):
    if host == "::" and not socket.has_dualstack_ipv6():
        host = "0.0.0.0"
    with pytest.raises(pyamps.AMPSException) as refused, pyamps.Broker(host=host):
        pass
    assert "AllowAnonymous" in str(refused.value)
    with pyamps.Broker(host=host, authenticate=lambda *_: True):
        pass
    with pyamps.Broker(host=host, allow_anonymous=1):
        pass


def test_statistics_off_loopback_need_authentication_or_an_express_wish():
    with pytest.raises(pyamps.AMPSException) as refused, pyamps.Broker(admin="0.0.0.0:0"):
        pass
    assert "loopback" in str(refused.value)
