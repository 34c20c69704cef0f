# SPDX-License-Identifier: Apache-2.0
"""Runs the real broker in a process of its own, through its C interface alone.

usage: broker_host.py LIBRARY [NUMBER=VALUE...] [port=N] [config=XML]   e.g. LOGON_TIMEOUT_MS=500
Prints its port, then its log, a line each; ends when standard input closes.
"""

from __future__ import annotations

import ctypes
import re
import sys
from pathlib import Path


class Span(ctypes.Structure):
    _fields_ = [("ptr", ctypes.POINTER(ctypes.c_char)), ("len", ctypes.c_size_t)]

    def text(self) -> str:
        return ctypes.string_at(self.ptr, self.len).decode(errors="replace")


def span(text: str) -> Span:
    data = text.encode()
    return Span(ctypes.cast(ctypes.c_char_p(data), ctypes.POINTER(ctypes.c_char)), len(data))


class Transport(ctypes.Structure):
    _fields_ = [("struct_size", ctypes.c_uint32)] + [
        (name, ctypes.c_char_p)
        for name in ("name", "type", "address", "message_type", "certificate", "private_key", "ca_file")
    ]


class Address(ctypes.Structure):
    _fields_ = [
        ("struct_size", ctypes.c_uint32),
        *[(name, Span) for name in ("name", "type", "host", "message_type", "path")],
        ("port", ctypes.c_uint32),
    ]


LOG_FUNCTION = ctypes.CFUNCTYPE(None, ctypes.c_int, Span, ctypes.c_void_p)


class Log(ctypes.Structure):
    _fields_ = [
        ("struct_size", ctypes.c_uint32),
        ("fn", LOG_FUNCTION),
        ("userdata", ctypes.c_void_p),
        ("release", ctypes.c_void_p),
    ]


def numbers() -> list[str]:
    """Names of the broker's settings in the order of the public header, which is their number."""
    header = Path(__file__).parents[2] / "libamps/include/amps/amps_broker.h"
    table = header.read_text().split("#define AMPS_BROKER_NUMBER_TABLE(X)")[1].split("typedef enum")[0]
    return re.findall(r"X\((\w+), *\w+,", table)


def main() -> None:
    library = ctypes.CDLL(sys.argv[1])
    settings = dict(word.split("=", 1) for word in sys.argv[2:])
    broker = ctypes.c_void_p()

    def check(code: int) -> None:
        if code:
            text = Span()
            library.amps_broker_last_error(None, ctypes.byref(text))
            sys.exit(f"broker: {text.text()}")

    @LOG_FUNCTION
    def write_log(level, line, _userdata) -> None:
        print(level, line.text(), flush=True)

    check(library.amps_broker_new(ctypes.byref(broker)))
    log = Log(ctypes.sizeof(Log), write_log)
    check(library.amps_broker_set_log(broker, ctypes.byref(log)))
    if config := settings.pop("config", ""):
        check(library.amps_broker_configure(broker, span(config), b"config", None))
    address = f"127.0.0.1:{settings.pop('port', 0)}".encode()
    transport = Transport(ctypes.sizeof(Transport), address=address)
    check(library.amps_broker_add_transport(broker, ctypes.byref(transport)))
    for name, value in settings.items():
        check(library.amps_broker_set_number(broker, numbers().index(name), ctypes.c_uint64(int(value))))
    check(library.amps_broker_start(broker))
    where = Address(ctypes.sizeof(Address))
    check(library.amps_broker_address(broker, ctypes.c_size_t(0), ctypes.byref(where)))
    print(f"LISTENING {where.port}", flush=True)
    sys.stdin.read()
    library.amps_broker_free(broker)


main()
