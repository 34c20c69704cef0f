# SPDX-License-Identifier: Apache-2.0
"""Where headers and libraries are: for programs and handlers in C and C++.

``python -m pyamps config --cflags --libs`` prints it for a compiler.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Sequence
from importlib.resources import files
from pathlib import Path

__all__ = [
    "get_compile_args",
    "get_handlers_dir",
    "get_include",
    "get_library_dir",
    "get_link_args",
    "get_pkgconfig_dir",
]

USAGE = """usage: python -m pyamps config [--cflags] [--libs] [--rpath] [--includedir] [--libdir]
                               [--pkgconfigdir] [--handlersdir] [--version]

Prints, on one line, what a C or C++ compiler needs:
  --cflags        where the headers are
  --libs          how to link with libamps
  --rpath         how to find the library when the program runs
  --includedir    folder of amps/amps.h
  --libdir        folder of libamps.so
  --pkgconfigdir  folder of amps.pc, for PKG_CONFIG_PATH
  --handlersdir   folder of sample handlers to copy
  --version       version of the package

Example: g++ -shared -fPIC count.cpp $(python -m pyamps config --cflags --libs) -o libcount.so
"""


def _folder_of(*sentinel: str) -> Path:
    """Folder of an installed file. An editable install has no folder of its own: ask for the file."""
    resource = files(__package__)
    for name in sentinel:
        resource = resource / name
    path = Path(str(resource))
    if not path.is_file():
        raise FileNotFoundError(f"{'/'.join(sentinel)} is not part of this installation of pyamps")
    return path.absolute().parent


def get_include() -> list[str]:
    """Folders of the headers: for ``<amps/amps.h>`` and for ``<ampsplusplus.hpp>``."""
    amps = _folder_of("include", "amps", "amps.h")
    return [str(amps.parent), str(amps)]


def get_library_dir() -> str:
    """Folder of ``libamps.so``."""
    return str(_folder_of("lib", "libamps.so.1"))


def get_pkgconfig_dir() -> str:
    """Folder of ``amps.pc``."""
    return str(_folder_of("lib", "pkgconfig", "amps.pc"))


def get_handlers_dir() -> str:
    """Folder of the sample handlers and their README."""
    return str(_folder_of("handlers", "README.md"))


def get_compile_args() -> list[str]:
    """Compiler arguments."""
    return [f"-I{folder}" for folder in get_include()]


def get_link_args(rpath: bool = False) -> list[str]:
    """Linker arguments. A handler loaded into Python needs no ``rpath``; a program does."""
    folder = get_library_dir()
    return [f"-L{folder}", "-lamps", *([f"-Wl,-rpath,{folder}"] if rpath else [])]


def main(arguments: Sequence[str]) -> int:
    """Print what the options ask for; returns the exit code."""
    from . import __version__

    answers: dict[str, Callable[[], list[str]]] = {
        "--cflags": get_compile_args,
        "--libs": get_link_args,
        "--rpath": lambda: [f"-Wl,-rpath,{get_library_dir()}"],
        "--includedir": lambda: get_include()[:1],
        "--libdir": lambda: [get_library_dir()],
        "--pkgconfigdir": lambda: [get_pkgconfig_dir()],
        "--handlersdir": lambda: [get_handlers_dir()],
        "--version": lambda: [__version__],
    }
    if "-h" in arguments or "--help" in arguments:
        print(USAGE, end="")
        return 0
    unknown = [argument for argument in arguments if argument not in answers]
    if unknown or not arguments:
        print(USAGE if not unknown else f"unknown option {unknown[0]}\n\n{USAGE}", end="", file=sys.stderr)
        return 2
    print(" ".join(shlex.quote(word) for argument in arguments for word in answers[argument]()))
    return 0
