# SPDX-License-Identifier: Apache-2.0
"""TLS: verified by default, with certificates made for the test."""

from __future__ import annotations

import datetime
import subprocess
import sys

import pytest

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


def test_unknown_authority_is_refused(tls_broker):
    """Verification is on by default."""
    with pytest.raises(AMPS.ConnectionException) as refused:
        AMPS.Client().connect(tls_broker.uri("json"))
    assert "certificate" in str(refused.value).lower()


def test_verification_can_be_turned_off(tls_broker):
    """PY-007: by call and by URI."""
    assert works(f"{tls_broker.uri('json')}?tls_verify=false")
    AMPS.ssl_set_verify(False)
    assert works(tls_broker.uri("json"))


def test_wrong_host_is_refused(authority):
    certificate, key = authority.issue("elsewhere.example")
    with Broker(certificate=certificate, private_key=key) as broker, pytest.raises(AMPS.ConnectionException) as refused:
        AMPS.Client().connect(f"{broker.uri('json')}?tls_ca={authority.ca}")
    assert refused.value.args[0]


def test_expired_certificate_is_refused(authority):
    past = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=1)
    certificate, key = authority.issue("127.0.0.1", not_after=past)
    with Broker(certificate=certificate, private_key=key) as broker, pytest.raises(AMPS.ConnectionException) as refused:
        AMPS.Client().connect(f"{broker.uri('json')}?tls_ca={authority.ca}")
    assert "expired" in str(refused.value).lower()


def test_client_certificates(authority):
    """PY-009 PY-010: needed where the server asks."""
    certificate, key = authority.issue("127.0.0.1")
    with Broker(certificate=certificate, private_key=key, ca_file=authority.ca) as broker:
        AMPS.ssl_load_verify_locations(authority.ca)
        with pytest.raises(AMPS.AMPSException):
            works(broker.uri("json"))
        own_certificate, own_key = authority.issue("client")
        AMPS.ssl_use_certificate_file(own_certificate)
        AMPS.ssl_use_private_key_file(own_key)
        assert works(broker.uri("json"))


def test_filter_sees_plain_text(authority, tls_broker):
    """ADV-22: before encryption, after decryption."""
    seen = {True: b"", False: b""}

    def record(data, incoming):
        seen[incoming] += data

    AMPS.ssl_load_verify_locations(authority.ca)
    got = Collector()
    with AMPS.Client() as client:
        client.set_transport_filter(record)
        client.connect(tls_broker.uri("json"))
        client.logon(10_000)
        client.subscribe(got, "plain")
        client.publish("plain", "readable")
        got.wait_for(1)
    assert b"readable" in seen[True]
    assert b"readable" in seen[False]


def test_files_that_do_not_exist():
    """PY-012: a sentence with the file."""
    for function in (AMPS.ssl_load_verify_locations, AMPS.ssl_use_certificate_file, AMPS.ssl_use_private_key_file):
        try:
            function("/no/such/file.pem")
            with pytest.raises(AMPS.AMPSException) as refused:
                AMPS.Client().connect("tcps://127.0.0.1:1/amps/json")
        except AMPS.AMPSException as error:
            refused = type("refused", (), {"value": error})
        assert "file.pem" in str(refused.value)
        AMPS.ssl_free()
    assert isinstance(AMPS.ssl_get_error(), str)


def child(program, *arguments):
    result = subprocess.run(
        [sys.executable, "-c", "import sys, pyamps\n" + program, *arguments],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_ssl_init_of_a_library_that_is_none():
    """PY-005 ADV-27: missing files, and libraries that are no OpenSSL."""
    said = child(
        "for name in ('/no/such/libssl.so', 'libm.so.6'):\n"
        "    try: pyamps.ssl_init(name)\n"
        "    except pyamps.AMPSException as error: print(error)\n"
    )
    assert len(said.splitlines()) == 2
    assert "/no/such/libssl.so" in said
    assert "libm.so.6" in said


def test_ssl_init_with_a_name(authority, tls_broker):
    """ADV-28 ADV-29: before connecting; twice the same is fine; another one later is refused."""
    said = child(
        "try: import _ssl\nexcept ImportError: pass\n"
        "import ctypes.util, re\n"
        "maps = [line.split()[-1] for line in open('/proc/self/maps') if 'libssl' in line]\n"
        "path = maps[0] if maps else ctypes.util.find_library('ssl')\n"
        "pyamps.ssl_init(path)\npyamps.ssl_init(path)\n"
        "pyamps.ssl_load_verify_locations(sys.argv[2])\n"
        "client = pyamps.Client()\nclient.connect(sys.argv[1])\nclient.logon(10000)\nprint(pyamps.ssl_version())\n"
        "try: pyamps.ssl_init('libm.so.6')\nexcept pyamps.AMPSException as error: print('refused')\n"
        "client.flush(5000)\n",
        tls_broker.uri("json"), authority.ca,
    )  # fmt: skip
    assert "OpenSSL" in said
    assert "refused" in said


def test_ssl_init_from_context(authority, tls_broker):
    """PY-006: an SSL_CTX of the program's own."""
    said = child(
        "import ctypes, _ssl\n"
        "path = [line.split()[-1] for line in open('/proc/self/maps') if 'libssl' in line]\n"
        "if not path: print('static'); sys.exit()\n"
        "ssl = ctypes.CDLL(path[0])\n"
        "for name in ('TLS_client_method', 'SSL_CTX_new'):\n"
        "    getattr(ssl, name).restype = ctypes.c_void_p\n"
        "ssl.SSL_CTX_new.argtypes = [ctypes.c_void_p]\n"
        "context = ssl.SSL_CTX_new(ssl.TLS_client_method())\n"
        "ssl.SSL_CTX_load_verify_locations.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p]\n"
        "ssl.SSL_CTX_load_verify_locations(context, sys.argv[2].encode(), None)\n"
        "pyamps.ssl_init_from_context(context, path[0])\n"
        "client = pyamps.Client()\nclient.connect(sys.argv[1])\nclient.logon(10000)\nprint('works')\n",
        tls_broker.uri("json"), authority.ca,
    )  # fmt: skip
    assert said.strip() in ("works", "static")
