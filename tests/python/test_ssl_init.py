# SPDX-License-Identifier: Apache-2.0
"""Which OpenSSL a process uses. Each test is a process of its own, because the choice is for its life."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import textwrap

import pytest

# A Python that was built without OpenSSL, on a system without one: nothing finds a libssl by its usual name.
NO_OPENSSL = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <string.h>
void *dlopen(const char *name, int flags) {
  static void *(*real)(const char *, int);
  if (!real) real = (void *(*)(const char *, int))dlsym(RTLD_NEXT, "dlopen");
  return name && !strchr(name, '/') && strstr(name, "libssl") ? real("/hidden/libssl.so", flags) : real(name, flags);
}
"""
WITHOUT_SSL = "import sys; sys.modules['_ssl'] = None\n"
USE = """
def use(uri, authority):
    pyamps.ssl_load_verify_locations(authority)
    client = pyamps.Client()
    client.connect(uri)
    client.logon(10_000)
    client.flush(10_000)
    return client
"""


def child(program, *arguments, before="", preload=None):
    environment = {**os.environ, **({"LD_PRELOAD": str(preload)} if preload else {})}
    text = f"{before}import sys, pyamps\n{USE}\n{textwrap.dedent(program)}"
    done = subprocess.run(
        [sys.executable, "-c", text, *map(str, arguments)],
        capture_output=True, text=True, check=False, timeout=60, env=environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def libssl():
    """Path of the OpenSSL that this Python uses."""
    program = "import _ssl; print(open('/proc/self/maps').read())"
    maps = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    found = re.search(r"/\S*libssl\S*\.so\S*", maps)
    if found is None:  # Linked into Python: the system's is another copy, but good enough for loading.
        import ctypes.util

        return ctypes.util.find_library("ssl")
    return found[0]


@pytest.fixture(scope="module")
def hidden_openssl(tmp_path_factory):
    """A library to preload that hides every libssl from searches by name."""
    folder = tmp_path_factory.mktemp("hidden")
    (folder / "hide.c").write_text(NO_OPENSSL)
    subprocess.run(["cc", "-shared", "-fPIC", folder / "hide.c", "-ldl", "-o", folder / "hide.so"], check=True)
    return folder / "hide.so"


def test_the_one_of_python_without_any_call(authority, tls_broker, libssl):
    """ADV-26 PY-336: tcps just works, with the library that Python itself has loaded."""
    program = """
        use(*sys.argv[1:])
        print(pyamps.ssl_version())
        import ssl
        print(ssl.OPENSSL_VERSION)
        print(len({line.split()[-1] for line in open("/proc/self/maps") if "libssl" in line}))
    """
    used, of_python, copies = child(program, tls_broker.uri("json"), authority.ca).splitlines()
    assert os.path.basename(libssl) in used
    assert of_python.split()[1] in used
    assert copies == "1"


@pytest.mark.parametrize("kind", ["path", "name"])
def test_ssl_init_before_connecting(authority, tls_broker, libssl, kind):
    """ADV-28 PY-005: by full path or by name; the same twice is fine."""
    program = """
        pyamps.ssl_init(sys.argv[1])
        pyamps.ssl_init(sys.argv[1])
        use(*sys.argv[2:])
        print(pyamps.ssl_version())
    """
    named = libssl if kind == "path" else os.path.basename(libssl)
    assert "OpenSSL" in child(program, named, tls_broker.uri("json"), authority.ca)


def test_ssl_init_after_connecting(authority, tls_broker, libssl, tmp_path):
    """ADV-29: another library is refused then, and the connection goes on."""
    other = shutil.copy(libssl, tmp_path / "other_ssl.so")
    program = """
        client = use(*sys.argv[2:])
        try:
            pyamps.ssl_init(sys.argv[1])
        except pyamps.AMPSException as error:
            print(error)
        client.flush(10_000)
    """
    said = child(program, other, tls_broker.uri("json"), authority.ca)
    assert "other_ssl.so" in said
    assert "already" in said


@pytest.mark.parametrize(
    ("name", "reason"), [("/no/such/libssl.so", "cannot open shared object"), ("libm.so.6", "no OpenSSL"), ("", "")]
)
def test_ssl_init_of_what_is_no_openssl(authority, tls_broker, name, reason):
    """PY-005: the loader's text, or what is wrong with the library; after that tcps works as if nothing was said."""
    program = """
        try:
            pyamps.ssl_init(sys.argv[1])
        except pyamps.AMPSException as error:
            print(type(error).__name__, error)
        use(*sys.argv[2:])
    """
    said = child(program, name, tls_broker.uri("json"), authority.ca)
    assert name in said
    assert reason in said
    assert "Exception" in said


def test_python_without_openssl(authority, tls_broker, hidden_openssl):
    """ADV-27: the module imports, tcp works, and tcps says what to do."""
    program = """
        try:
            pyamps.Client().connect(sys.argv[1])
        except pyamps.TransportTypeException as error:
            print(error)
        broker = pyamps.Broker().start()
        pyamps.Client().connect(broker.uri())
    """
    said = child(program, tls_broker.uri("json"), before=WITHOUT_SSL, preload=hidden_openssl)
    assert "ssl_init" in said


def test_python_without_openssl_loads_one(authority, tls_broker, hidden_openssl, libssl, tmp_path):
    """ADV-27 ADV-28: the library of a company, under a name of its own."""
    vetted = shutil.copy(libssl, tmp_path / "vetted_ssl.so")
    program = """
        pyamps.ssl_init(sys.argv[1])
        use(*sys.argv[2:])
        print(pyamps.ssl_version())
    """
    said = child(program, vetted, tls_broker.uri("json"), authority.ca, before=WITHOUT_SSL, preload=hidden_openssl)
    assert "vetted_ssl.so" in said


def test_ssl_init_from_context(authority, tls_broker, libssl):
    """PY-006: an SSL_CTX of the program's own."""
    program = """
        import ctypes
        ssl = ctypes.CDLL(sys.argv[1])
        ssl.TLS_client_method.restype = ssl.SSL_CTX_new.restype = ctypes.c_void_p
        ssl.SSL_CTX_new.argtypes = [ctypes.c_void_p]
        ssl.SSL_CTX_load_verify_locations.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p]
        context = ssl.SSL_CTX_new(ssl.TLS_client_method())
        ssl.SSL_CTX_load_verify_locations(context, sys.argv[3].encode(), None)
        pyamps.ssl_init_from_context(context, sys.argv[1])
        client = pyamps.Client()
        client.connect(sys.argv[2])
        client.logon(10_000)
        print("works")
    """
    assert child(program, libssl, tls_broker.uri("json"), authority.ca) == "works\n"
