#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""C and C++ programs build and run with nothing but an installation, which says itself where it is.

E-17: over tcps they use the system's OpenSSL, which nothing links. CPP-338, CPP-341: pkg-config and, where the
package is installed, ``python -m pyamps config`` give the flags. The installation is staged, then moved to
another folder: the flags must follow it.
Usage: installed_test.py BUILD_DIRECTORY MESON [PYTHON]
"""

from __future__ import annotations

import contextlib
import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
C_COMPILER = ["cc", "-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]
CPP_COMPILER = ["c++", "-std=c++11", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]
CLIENTS = ((C_COMPILER, "installed_program.c"), (CPP_COMPILER, "installed_program.cpp"))


def stage(build: Path, meson: str, folder: Path) -> Path:
    """Installs and moves the result; where it is then."""
    command = [meson, "install", "-C", build, "--no-rebuild", "--quiet", "--destdir", folder / "first"]
    subprocess.run(command, check=True)
    return (folder / "first").rename(folder / "moved")


def only(root: Path, name: str) -> Path:
    found = list(root.rglob(name))
    if len(found) != 1:
        raise SystemExit(f"one {name} wanted, found {found}")
    return found[0]


def output_of(*command: str | Path, **environment: str) -> list[str]:
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, **environment})
    return shlex.split(done.stdout)


def compile_program(compiler: list[str], source: str, flags: list[str], program: Path) -> Path:
    subprocess.run([*compiler, HERE / source, *flags, "-o", program], check=True)
    return program


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """A self-signed certificate for localhost, and its key."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    how = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=test"]
    where = ["-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate]
    subprocess.run(["openssl", "req", "-x509", *how, *where], check=True, capture_output=True)
    return certificate, key


@contextlib.contextmanager
def serving(program: Path, certificate: Path, key: Path) -> Iterator[list[str]]:
    """Runs the embedding program; where it serves, over tcp and tcps."""
    command = [program, certificate, key]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        plain, tls = (process.stdout.readline().strip() for _ in range(2))
        yield [f"{plain}/amps/json", f"{tls}/amps/json?tls_ca={certificate}"]
        process.communicate(timeout=60)
    if process.returncode != 0:
        raise SystemExit(f"the embedding program ended with {process.returncode}")


def main() -> int:
    os.environ.pop("LD_LIBRARY_PATH", None)  # Meson sets it, and what is installed has to do without.
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        root = stage(Path(sys.argv[1]).resolve(), sys.argv[2], folder)
        pkgconfig = only(root, "amps.pc").parent

        def flags_of(package: str) -> list[str]:
            found = output_of("pkg-config", "--cflags", "--libs", package, PKG_CONFIG_PATH=str(pkgconfig))
            return [*found, f"-Wl,-rpath,{pkgconfig.parent}"]

        ways = {"pkg-config": flags_of("amps")}
        for python in sys.argv[3:]:
            command = [python, "-m", "pyamps", "config", "--cflags", "--libs", "--rpath"]
            ways["pyamps config"] = output_of(*command, PYTHONPATH=str(only(root, "py.typed").parents[1]))
        for way, flags in ways.items():
            outside = [flag for flag in flags if "/" in flag and str(root) not in flag]
            if outside:
                raise SystemExit(f"{way}: {outside} do not lead into {root}")

        failed = False
        broker = compile_program(C_COMPILER, "installed_broker.c", flags_of("amps-broker"), folder / "broker")
        with serving(broker, *make_certificate(folder)) as uris:
            for way, flags in ways.items():
                for compiler, source in CLIENTS:
                    program = compile_program(compiler, source, flags, folder / "program")
                    for uri in uris:
                        done = subprocess.run([program, uri], capture_output=True, text=True, timeout=60)
                        print(way, source, uri[:4], done.returncode, done.stdout.strip(), done.stderr.strip())
                        failed = failed or done.returncode != 0
        print("ampsd:", *output_of(only(root, "ampsd"), "--version"))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
