#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""C and C++ programs build and run with nothing but an installation, found by pkg-config.

The installation is staged, then moved to another folder: its flags must follow it.
Usage: installed_test.py BUILD_DIRECTORY MESON
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROGRAMS = (
    (["cc", "-std=c99", "-Wall", "-Wextra", "-Werror"], "installed_program.c"),
    (["c++", "-std=c++11", "-Wall", "-Wextra", "-Werror"], "installed_program.cpp"),
)


class Span(ctypes.Structure):
    _fields_ = [("ptr", ctypes.c_void_p), ("len", ctypes.c_size_t)]


class Address(ctypes.Structure):
    _fields_ = [
        ("struct_size", ctypes.c_uint32),
        *[(name, Span) for name in ("name", "type", "host", "message_type", "path")],
        ("port", ctypes.c_uint32),
    ]


def stage(build: Path, meson: str, folder: Path) -> Path:
    """Installs and moves the result; the directory with amps.pc."""
    subprocess.run(
        [meson, "install", "-C", build, "--no-rebuild", "--quiet", "--destdir", folder / "first"], check=True
    )
    (folder / "first").rename(folder / "moved")
    found = list((folder / "moved").rglob("amps.pc"))
    if len(found) != 1:
        raise SystemExit(f"one amps.pc wanted, found {found}")
    return found[0].parent


@contextlib.contextmanager
def broker(library: Path) -> Iterator[str]:
    """The installed broker, in this process."""
    functions = ctypes.CDLL(str(library))
    handle = ctypes.c_void_p()
    address = Address(struct_size=ctypes.sizeof(Address))
    assert functions.amps_broker_new(ctypes.byref(handle)) == 0
    try:
        assert functions.amps_broker_start(handle) == 0
        assert functions.amps_broker_address(handle, ctypes.c_size_t(0), ctypes.byref(address)) == 0
        yield f"tcp://127.0.0.1:{address.port}/amps/json"
    finally:
        functions.amps_broker_free(handle)


def flags(pkgconfig: Path) -> list[str]:
    environment = {**os.environ, "PKG_CONFIG_PATH": str(pkgconfig)}
    done = subprocess.run(
        ["pkg-config", "--cflags", "--libs", "amps"], capture_output=True, text=True, check=True, env=environment
    )
    return done.stdout.split()


def main() -> int:
    build = Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as name:
        pkgconfig = stage(build, sys.argv[2], Path(name))
        libraries = pkgconfig.parent
        options = flags(pkgconfig)
        failed = False
        with broker(libraries / "libamps-broker.so.1") as uri:
            for compiler, source in PROGRAMS:
                program = Path(name) / Path(source).suffix[1:]
                subprocess.run([*compiler, HERE / source, *options, "-o", program], check=True)
                done = subprocess.run(
                    [program, uri],
                    env={**os.environ, "LD_LIBRARY_PATH": str(libraries)},
                    capture_output=True,
                    text=True,
                    timeout=60,
                )
                print(source, done.returncode, done.stdout.strip(), done.stderr.strip())
                failed = failed or done.returncode != 0
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
