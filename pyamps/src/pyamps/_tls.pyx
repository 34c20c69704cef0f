# SPDX-License-Identifier: Apache-2.0
"""Which OpenSSL ``tcps`` uses, whom it trusts, who we are. Settings are process-wide."""

from libc.stdint cimport uintptr_t

from pyamps cimport libamps as c
from pyamps._errors cimport check
from pyamps._text cimport c_string


def path_bytes(path):
    """The bytes of a path or name; None stays None."""
    import os

    return None if path is None else os.fsencode(path)


def ssl_init(path):
    """Load an OpenSSL by library name or path, before the first ``tcps`` connection.

    Without it the OpenSSL of the running Python is used.

    :raises ConnectionException: it cannot be loaded, is no OpenSSL, or another one is in use.
    """
    text = path_bytes(path)
    check(c.amps_ssl_init(c_string(text)))


def ssl_init_from_context(context, path=None):
    """Use an existing ``SSL_CTX``, given as its address.

    :param path: the OpenSSL library the context belongs to; None: the one already loaded.
    """
    text = path_bytes(path)
    check(c.amps_ssl_init_from_context(<void*><uintptr_t>context, c_string(text)))


def ssl_set_verify(mode):
    """Verify the server's certificate chain and host name (the default), or do not."""
    check(c.amps_ssl_set_verify(1 if mode else 0))


def ssl_load_verify_locations(ca_file=None, ca_path=None):
    """Trust the certificates of a PEM file or directory; both None: those of the system."""
    file_text = path_bytes(ca_file)
    path_text = path_bytes(ca_path)
    check(c.amps_ssl_load_verify_locations(c_string(file_text), c_string(path_text)))


def ssl_use_certificate_file(path):
    """Present this certificate chain (PEM) to servers that ask."""
    text = path_bytes(path)
    check(c.amps_ssl_use_certificate_file(c_string(text)))


def ssl_use_private_key_file(path):
    """The private key (PEM) of our certificate."""
    text = path_bytes(path)
    check(c.amps_ssl_use_private_key_file(c_string(text)))


def ssl_free():
    """Forget these settings; the library stays loaded."""
    c.amps_ssl_free()


def ssl_get_error():
    """Text of the latest TLS failure on this thread."""
    return c.amps_ssl_get_error().decode("utf-8", "replace")


def ssl_version():
    """Version and file of the OpenSSL in use, "" when none is loaded."""
    return c.amps_ssl_version().decode("utf-8", "replace")
