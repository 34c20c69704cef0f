# SPDX-License-Identifier: Apache-2.0
"""A real broker, clients, and native functions for the tests of the Python module."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from certificates import Authority

import pyamps
from pyamps import config
from pyamps.testing import Broker, logged_on

SAMPLES = Path(__file__).with_name("native_samples.cpp")


@pytest.fixture(scope="session")
def broker():
    with Broker() as running:
        yield running


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="session")
def tls_broker(authority):
    certificate, key = authority.issue("127.0.0.1")
    with Broker(certificate=certificate, private_key=key) as running:
        yield running


@pytest.fixture(params=["tcp", "tcps", "zlib"])
def uri_of(request, broker, tls_broker, authority):
    """URIs of a broker by message type: plain, encrypted, compressed."""
    served, options = {
        "tcp": (broker, ""),
        "tcps": (tls_broker, f"?tls_ca={authority.ca}"),
        "zlib": (broker, "?compression=zlib"),
    }[request.param]
    return lambda message_type="json": served.uri(message_type) + options


@pytest.fixture
def client(broker):
    with logged_on(broker) as connected:
        yield connected


@pytest.fixture
def other(broker):
    with logged_on(broker) as connected:
        yield connected


@pytest.fixture
def topic(request):
    """A topic of the test's own."""
    return request.node.name.replace("[", "/").replace("]", "")


@pytest.fixture
def ha_client(broker):
    chooser = pyamps.DefaultServerChooser().add(broker.uri("json"))
    with pyamps.HAClient(no_store=True) as connecting:
        connecting.set_server_chooser(chooser)
        connecting.set_timeout(10_000)
        connecting.connect_and_logon()
        yield connecting


@pytest.fixture(scope="session")
def samples_path(tmp_path_factory):
    """The chapter's functions, compiled as a user compiles them."""
    compiler = shutil.which("g++") or shutil.which("clang++")
    assert compiler is not None, "the tests of native handlers need a C++ compiler"
    path = tmp_path_factory.mktemp("native") / "libsamples.so"
    subprocess.run(
        [compiler, "-std=c++11", "-w", "-shared", "-fPIC", *config.get_compile_args(), str(SAMPLES),
         *config.get_link_args(), "-o", str(path)],
        check=True,
    )  # fmt: skip
    return path


@pytest.fixture(scope="session")
def samples(samples_path):
    import ctypes

    library = ctypes.CDLL(str(samples_path))
    for name in ("counted", "seen_userdata"):
        getattr(library, name).restype = ctypes.c_uint64
    return library
