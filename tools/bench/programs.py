# SPDX-License-Identifier: Apache-2.0
"""Compiles the benchmark programs, and says what to install when one cannot be made."""

from __future__ import annotations

import shlex
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
NATIVE = HERE / "native"
CLIENTS = HERE / "clients"
PEERS_HINT = "run `make bench` as root, or see tools/packages-bench.txt and tools/requirements-bench.txt"


class Missing(Exception):
    """Something a measurement needs is not installed; the text says what to do."""


@dataclass(frozen=True)
class Program:
    source: Path
    libraries: tuple[str, ...] = ()
    ours: str = ""  # "client" or "broker": which of our libraries it links.
    shared: bool = False
    hint: str = "the program did not compile; its messages are above"


PROGRAMS = {
    "amps_client": Program(NATIVE / "amps_client.cpp", ours="client"),
    "amps_native": Program(NATIVE / "amps_native.cpp", ours="client", shared=True),
    "broker_host": Program(NATIVE / "broker_host.c", ours="broker"),
    "filters": Program(
        NATIVE / "filters.cpp", ("-lsimdjson",), ours="broker", hint=f"libsimdjson-dev is missing: {PEERS_HINT}"
    ),
    "limits": Program(NATIVE / "limits.cpp"),
    "durable": Program(NATIVE / "durable.cpp"),
    "load": Program(NATIVE / "load.cpp", ("-pthread",)),
    "nats_peer": Program(NATIVE / "nats_peer.cpp", ("-lnats",), hint=f"libnats-dev is missing: {PEERS_HINT}"),
    "relay": Program(NATIVE / "relay.cpp"),
    "sow": Program(NATIVE / "sow.cpp", ("-lhiredis",), "client", hint=f"libhiredis-dev is missing: {PEERS_HINT}"),
}


class Programs:
    """Makes each program when it is first asked for, and again only when a source is newer."""

    def __init__(self, output: Path, build: Path | None) -> None:
        self._output = output
        self._build = build
        self._failed: dict[str, Missing] = {}
        output.mkdir(parents=True, exist_ok=True)

    def path(self, name: str) -> str:
        if name in self._failed:
            raise self._failed[name]
        try:
            return self._binding() if name == "binding" else self._native(name, PROGRAMS[name])
        except Missing as error:
            self._failed[name] = error
            raise

    def _native(self, name: str, program: Program) -> str:
        target = self._output / (name + (".so" if program.shared else ""))
        flags, libraries = self._our_flags(program.ours)
        sources = [*NATIVE.glob("*.h"), program.source]
        if program.ours:
            sources += (ROOT / "libamps/include").rglob("*.h*")
        if not self._is_current(target, sources):
            language = ["cc", "-std=c11"] if program.source.suffix == ".c" else ["c++", "-std=c++17"]
            shared = ["-shared", "-fPIC"] if program.shared else []
            command = [*language, "-O2", "-Wall", "-Wextra", *shared, *flags, str(program.source), "-o", str(target)]
            compile_with([*command, *program.libraries, *libraries], program.hint)
        return str(target)

    def _our_flags(self, ours: str) -> tuple[list[str], list[str]]:
        if not ours:
            return [], []
        library = "-lamps" if ours == "client" else "-lamps-broker"
        if self._build:
            folder = self._build / "libamps/src" / ("abi" if ours == "client" else "broker_abi")
            return [f"-I{ROOT / 'libamps/include'}"], [f"-L{folder}", f"-Wl,-rpath,{folder}", library, "-pthread"]
        flags, libraries = (self._ask_package(option) for option in ("--cflags", "--libs"))
        folders = [f"-Wl,-rpath,{word[2:]}" for word in libraries if word.startswith("-L")]
        return flags, [library if word == "-lamps" else word for word in libraries] + [*folders, "-pthread"]

    @staticmethod
    def _ask_package(option: str) -> list[str]:
        said = subprocess.run([sys.executable, "-m", "pyamps", "config", option], capture_output=True, text=True)
        if said.returncode != 0:
            raise Missing("pyamps is not installed in this Python: run `make build`, or name a Meson build by --build")
        return shlex.split(said.stdout)

    def _is_current(self, target: Path, sources: list[Path]) -> bool:
        if not target.exists():
            return False
        made = target.stat().st_mtime
        return all(path.stat().st_mtime <= made for path in sources)

    def _binding(self) -> str:
        target = self._output / f"binding{sysconfig.get_config_var('EXT_SUFFIX')}"
        sources = [CLIENTS / "binding.pyx", CLIENTS / "binding_native.h"]
        if not self._is_current(target, sources):
            c_file = self._output / "binding.c"
            hint = "Cython is missing: run `make setup`"
            compile_with([sys.executable, "-m", "cython", str(sources[0]), "-o", str(c_file)], hint)
            include = [f"-I{sysconfig.get_path('include')}", f"-I{CLIENTS}"]
            compile_with(["cc", "-O2", "-shared", "-fPIC", "-pthread", *include, str(c_file), "-o", str(target)], hint)
        return str(target)


def compile_with(command: list[str], hint: str) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True)
    except FileNotFoundError as error:
        raise Missing(f"no {command[0]} on this machine: run `make setup`") from error
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if "error" in line] or done.stderr.splitlines()
        print("\n".join(lines[:5]), file=sys.stderr)
        raise Missing(hint)
