# SPDX-License-Identifier: Apache-2.0
"""TLS: verified by default, with certificates made for the test."""

from __future__ import annotations

import datetime

import pytest
from certificates import Authority, self_signed

import pyamps as AMPS
from pyamps.testing import Broker, Collector


@pytest.fixture(autouse=True)
def forget_settings():
    yield
    AMPS.ssl_free()
    AMPS.ssl_set_verify(True)


def works(uri):
    got = Collector()
    with AMPS.Client() as client:
        client.connect(uri)
        client.logon(10_000)
        client.subscribe(got, "tls")
        client.publish("tls", "x" * 100_000)
        client.publish("tls", "y")
        assert len(got.wait_for(2)[0].get_data()) == 100_000
    return True


def test_trusted_by_call(authority, tls_broker):
    """PY-336 PY-008 ADV-26: tcps with the OpenSSL of this Python."""
    AMPS.ssl_load_verify_locations(authority.ca)
    assert tls_broker.uri("json").startswith("tcps://")
    assert works(tls_broker.uri("json"))
    assert "OpenSSL" in AMPS.ssl_version()


def test_trusted_by_uri(authority, tls_broker):
    """4.2: tls_ca."""
    assert works(f"{tls_broker.uri('json')}?tls_ca={authority.ca}")


def test_verification_can_be_turned_off(tls_broker):
    """PY-007: by call and by URI."""
    assert works(f"{tls_broker.uri('json')}?tls_verify=false")
    AMPS.ssl_set_verify(False)
    assert works(tls_broker.uri("json"))


def in_days(days):
    return datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)


def of_unknown_authority(authority, folder):
    (folder / "other").mkdir()
    return Authority(folder / "other").issue("127.0.0.1")


# What is wrong with a server's certificate: how it is made, and the reason the client gives.
REFUSED = {
    "unknown authority": (of_unknown_authority, "of an unknown authority"),
    "self-signed": (lambda authority, folder: self_signed("127.0.0.1", folder), "self-signed and not trusted"),
    "wrong host": (lambda authority, folder: authority.issue("elsewhere.example"), "for another host"),
    "wrong address": (lambda authority, folder: authority.issue("127.0.0.2"), "for another host"),
    "expired": (
        lambda authority, folder: authority.issue("127.0.0.1", not_after=in_days(-1)),
        "has expired",
    ),
    "of tomorrow": (
        lambda authority, folder: authority.issue("127.0.0.1", not_before=in_days(1), not_after=in_days(2)),
        "not valid yet",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_refused_with_the_reason(authority, tmp_path, what):
    """PY-336: verification is on by default; nothing is sent to such a server."""
    make, reason = REFUSED[what]
    certificate, key = make(authority, tmp_path)
    sent = []
    with Broker(certificate=certificate, private_key=key) as broker, AMPS.Client() as client:
        client.set_transport_filter(lambda data, incoming: sent.append(data))
        with pytest.raises(AMPS.ConnectionException, match=reason) as refused:
            client.connect(f"{broker.uri('json')}?tls_ca={authority.ca}")
        assert "127.0.0.1" in str(refused.value)
        assert reason in AMPS.ssl_get_error()
        with pytest.raises(AMPS.DisconnectedException):
            client.publish("t", "x")
    assert sent == []


def test_refused_without_any_setting(tls_broker):
    """The authorities of the system do not know the test's authority."""
    with pytest.raises(AMPS.ConnectionException, match="unknown authority"):
        AMPS.Client().connect(tls_broker.uri("json"))


def test_self_signed_certificate_that_is_trusted(tmp_path):
    certificate, key = self_signed("127.0.0.1", tmp_path)
    with Broker(certificate=certificate, private_key=key) as broker:
        assert works(f"{broker.uri('json')}?tls_ca={certificate}")


def test_servers_that_speak_no_tls(broker):
    """The reason says what to look at."""
    with pytest.raises(AMPS.ConnectionException, match="does it speak TLS"):
        AMPS.Client().connect(broker.uri("json").replace("tcp:", "tcps:"))


@pytest.fixture
def asking_broker(authority):
    """A broker whose clients must show a certificate."""
    certificate, key = authority.issue("127.0.0.1")
    with Broker(certificate=certificate, private_key=key, ca_file=authority.ca) as running:
        yield running


def test_client_certificates(authority, asking_broker):
    """PY-009 PY-010: by call."""
    certificate, key = authority.issue("client")
    AMPS.ssl_load_verify_locations(authority.ca)
    AMPS.ssl_use_certificate_file(certificate)
    AMPS.ssl_use_private_key_file(key)
    assert works(asking_broker.uri("json"))


def test_client_certificates_by_uri(authority, asking_broker):
    """4.2: tls_cert and tls_key."""
    certificate, key = authority.issue("client")
    uri = f"{asking_broker.uri('json')}?tls_ca={authority.ca}&tls_cert={certificate}"
    assert works(f"{uri}&tls_key={key}")
    with pytest.raises(AMPS.InvalidTransportOptionsException, match="needs 'tls_key'"):
        AMPS.Client().connect(uri)


def test_refused_clients(authority, tmp_path):
    """A client without a certificate, or with one of another authority, has no session; the broker's log says why."""
    lines = []
    certificate, key = authority.issue("127.0.0.1")
    with Broker(
        certificate=certificate, private_key=key, ca_file=authority.ca, log=lambda level, line: lines.append(line)
    ) as broker:
        uri = f"{broker.uri('json')}?tls_ca={authority.ca}"
        own_certificate, own_key = Authority(tmp_path).issue("client")
        for client_uri in (uri, f"{uri}&tls_cert={own_certificate}&tls_key={own_key}"):
            with pytest.raises(AMPS.ConnectionException):
                works(client_uri)
    log = "\n".join(lines)
    assert "it showed no certificate, and one is required" in log
    assert "its certificate is of an unknown authority" in log


def test_certificate_of_another_key(authority, asking_broker):
    """Found before anything is sent."""
    certificate, _ = authority.issue("client")
    _, key = authority.issue("client")
    with pytest.raises(AMPS.ConnectionException, match="key values mismatch"):
        AMPS.Client().connect(f"{asking_broker.uri()}?tls_ca={authority.ca}&tls_cert={certificate}&tls_key={key}")


@pytest.mark.parametrize("name", ["ssl_load_verify_locations", "ssl_use_certificate_file", "ssl_use_private_key_file"])
def test_files_that_do_not_exist(name):
    """PY-012: a sentence with the file."""
    with pytest.raises(AMPS.AMPSException, match=r"no/such/file\.pem"):
        getattr(AMPS, name)("/no/such/file.pem")
    assert "file.pem" in AMPS.ssl_get_error()


def test_settings_are_forgotten(authority, tls_broker):
    """PY-011: ssl_free() leaves the library loaded and trusts the system's authorities again."""
    AMPS.ssl_load_verify_locations(authority.ca)
    AMPS.ssl_free()
    with pytest.raises(AMPS.ConnectionException, match="unknown authority"):
        AMPS.Client().connect(tls_broker.uri("json"))
