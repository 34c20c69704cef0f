# SPDX-License-Identifier: Apache-2.0
"""Layers include only what stands below them (style.md 1, design 2)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from findings import CPP_SUFFIXES, Finding, project_files, read_lines, relative, run

# What each layer may include besides itself and the public headers.
BELOW = {
    "base": (),
    "wire": ("base",),
    "net": ("base",),
    "client": ("base", "wire", "net"),
    "broker": ("base", "wire", "net"),
    "abi": ("base", "wire", "net", "client"),
    "broker_abi": ("base", "wire", "net", "broker"),
}
# `wire` is bytes in, bytes out: no socket, thread or clock.
NOT_IN_WIRE = re.compile(r"^(sys/|netinet/|arpa/|poll\.h|unistd\.h|thread$|mutex$|condition_variable$|chrono$|future$)")
NOT_IN_WIRE_BASE = {"base/clock.h", "base/file_io.h", "base/interrupt.h", "base/sync.h"}

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
EXTERN = re.compile(r'cdef\s+extern\s+from\s+["<]([^">]+)[">]')


def find(root: Path) -> Iterator[Finding]:
    yield from _unknown_layers(root)
    for path in project_files(root):
        name = relative(path, root)
        parts = name.split("/")
        if path.suffix in CPP_SUFFIXES and name.startswith("libamps/src/") and len(parts) > 3:
            yield from _layer_file(path, name, parts[2])
        elif path.suffix in CPP_SUFFIXES and name.startswith("libamps/include/"):
            yield from _public_header(path, name)
        elif path.suffix in CPP_SUFFIXES and name.startswith("handlers/"):
            yield from _handler(path, name)
        elif path.suffix in {".pyx", ".pxd"}:
            yield from _binding(path, name)


def _unknown_layers(root: Path) -> Iterator[Finding]:
    for parent in ("libamps/src", "tests/unit"):
        for folder in sorted((root / parent).glob("*/")):
            if folder.is_dir() and folder.name not in BELOW:
                known = ", ".join(BELOW)
                yield Finding(f"{parent}/{folder.name}", 1, f"no such layer; move its files into one of {known}")


def _includes(path: Path) -> Iterator[tuple[int, str, str]]:
    for number, line in enumerate(read_lines(path), 1):
        match = INCLUDE.match(line)
        if match:
            yield number, match[1], match[2]


def _layer_file(path: Path, name: str, layer: str) -> Iterator[Finding]:
    if layer not in BELOW:
        return
    for number, bracket, included in _includes(path):
        target = included.split("/")[0]
        if ".." in included:
            yield Finding(name, number, f'"{included}" climbs out of its folder; write "layer/file.h"')
        elif target in BELOW and target not in (layer, *BELOW[layer]):
            allowed = ", ".join(BELOW[layer]) or "nothing"
            yield Finding(name, number, f"layer {layer} includes {included}; it may include {allowed} and itself")
        elif layer == "wire" and (included in NOT_IN_WIRE_BASE or NOT_IN_WIRE.match(included)):
            yield Finding(name, number, f"wire knows bytes only; take what {included} gives as an argument")
        elif bracket == '"' and "/" not in included:
            yield Finding(name, number, f'write the layer: "{layer}/{included}"')


def _public_header(path: Path, name: str) -> Iterator[Finding]:
    for number, bracket, included in _includes(path):
        if included.split("/")[0] in BELOW:
            yield Finding(name, number, f"a public header includes {included}, which is not installed; use amps/ only")
        elif bracket == '"' and not (path.parent / included).exists():
            yield Finding(name, number, f'"{included}" is not beside this header; public headers include each other')


def _handler(path: Path, name: str) -> Iterator[Finding]:
    for number, bracket, included in _includes(path):
        if included.split("/")[0] in BELOW or bracket == '"':
            yield Finding(name, number, f"handlers see installed headers only; write <amps/…>, not {included}")


def _binding(path: Path, name: str) -> Iterator[Finding]:
    for number, line in enumerate(read_lines(path), 1):
        match = EXTERN.search(line)
        if match and match[1].split("/")[0] in BELOW:
            yield Finding(name, number, f"bindings see include/amps/ only, not {match[1]}")


if __name__ == "__main__":
    run(find)
