# SPDX-License-Identifier: Apache-2.0
"""Each structure check passes a good tree and names the place in a bad one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

LICENCE = "// SPDX-License-Identifier: Apache-2.0\n"
SOURCE_CHECKS = ("check_includes", "check_mirror", "check_names", "check_comments", "check_lengths", "check_locks")
NOTE = "TO" + "DO"


@pytest.mark.parametrize("check", [*SOURCE_CHECKS, "check_headers"])
def test_good_tree_passes(tree, check):
    assert tree.found(check) == []


@pytest.mark.parametrize(
    ("path", "line", "says"),
    [
        ("libamps/src/wire/a.h", '#include "net/uri.h"', "layer wire includes net/uri.h"),
        ("libamps/src/base/a.h", '#include "wire/frame.h"', "layer base includes wire/frame.h"),
        ("libamps/src/abi/a.h", '#include "broker/session.h"', "layer abi includes broker/session.h"),
        ("libamps/src/client/a.h", '#include "broker/session.h"', "layer client includes"),
        ("libamps/src/wire/a.h", "#include <thread>", "wire knows bytes only"),
        ("libamps/src/wire/a.h", '#include "base/clock.h"', "wire knows bytes only"),
        ("libamps/src/wire/a.h", '#include "../base/status.h"', "climbs out"),
        ("libamps/src/wire/a.h", '#include "frame.h"', 'write the layer: "wire/frame.h"'),
        ("libamps/include/amps/a.h", '#include "base/status.h"', "not installed"),
        ("handlers/a.cpp", '#include "client/client.h"', "handlers see installed headers only"),
        ("pyamps/src/pyamps/_a.pyx", 'cdef extern from "client/client.h":', "bindings see include/amps/ only"),
    ],
)
def test_include_against_the_layers_is_found(tree, path, line, says):
    tree.write(path, f"{LICENCE}{line}\n")
    (found,) = tree.found("check_includes")
    assert found.startswith(f"{path}:2: ")
    assert says in found


def test_unknown_layer_is_found(tree):
    tree.write("libamps/src/extras/a.h", LICENCE)
    assert "libamps/src/extras:1: no such layer" in tree.found("check_includes")[0]


def test_source_without_test_is_found(tree):
    tree.write("libamps/src/wire/other.cpp", LICENCE)
    (found,) = tree.found("check_mirror")
    assert "write tests/unit/wire/other_test.cpp" in found


def test_test_without_source_is_found(tree):
    tree.write("tests/unit/wire/gone_test.cpp", LICENCE)
    (found,) = tree.found("check_mirror")
    assert found.startswith("tests/unit/wire/gone_test.cpp:1: tests no file")


def test_exception_silences_and_goes_stale(tree):
    tree.write("libamps/src/wire/other.cpp", LICENCE)
    tree.write("tools/exceptions/mirror.txt", "libamps/src/wire/other.cpp: only a table\n")
    assert tree.found("check_mirror") == []
    (tree.root / "libamps/src/wire/other.cpp").unlink()
    assert "does not exist; remove the line" in tree.found("check_mirror")[0]


def test_exception_without_reason_is_found(tree):
    tree.write("libamps/src/wire/other.cpp", LICENCE)
    tree.write("tools/exceptions/mirror.txt", "libamps/src/wire/other.cpp\n")
    assert any("has no reason" in found for found in tree.found("check_mirror"))


@pytest.mark.parametrize("name", ["string_utils.cpp", "common/a.cpp", "FileHelper.py", "session_manager.h", "misc.md"])
def test_empty_name_is_found(tree, name):
    tree.write(f"libamps/src/wire/{name}", LICENCE)
    (found,) = tree.found("check_names")
    assert "name it after what is in it" in found


@pytest.mark.parametrize("name", ["utilisation.cpp", "newline.cpp", "commons_test.py"])
def test_word_that_contains_an_empty_name_passes(tree, name):
    tree.write(f"libamps/src/wire/{name}", LICENCE)
    assert tree.found("check_names") == []


def test_missing_licence_is_found(tree):
    tree.write("libamps/meson.build", "project('x')\n")
    assert "libamps/meson.build:1: no licence line" in tree.found("check_comments")[0]


def test_unfinished_note_is_found(tree):
    tree.append("libamps/src/wire/frame.cpp", f"// {NOTE}: later\n")
    (found,) = tree.found("check_comments")
    assert found.startswith("libamps/src/wire/frame.cpp:4: ")


def test_long_file_is_found(tree):
    tree.write("libamps/src/wire/frame.cpp", LICENCE + "int x;\n" * 500)
    (found,) = tree.found("check_lengths")
    assert "501 lines, limit 500" in found


BODY = "  work();\n" * 69
LONG_FUNCTIONS = {
    "cpp": ("libamps/src/wire/long.cpp", "namespace a {\nint f(int x) {\n" + BODY + "}\n}\n", 3),
    "method": ("libamps/src/wire/long.h", "class A {\n public:\n  int f() const noexcept\n  {\n" + BODY + "}\n};\n", 4),
    "initialisers": ("libamps/src/wire/long.cpp", "A::A()\n    : b_(1) {\n" + BODY + "}\n", 2),
    "literals": ("libamps/src/wire/long.cpp", "int f() { // {\n  auto c = '{'; auto s = \"}{\";\n" + BODY + "}\n", 2),
    "python": ("pyamps/long.py", "def f():\n" + "    work()\n" * 70, 2),
    "cython": ("pyamps/long.pyx", "cdef class A:\n    cdef int f(self) except -1:\n" + "        work()\n" * 70, 3),
}


@pytest.mark.parametrize("kind", LONG_FUNCTIONS)
def test_long_function_is_found(tree, kind):
    path, text, line = LONG_FUNCTIONS[kind]
    tree.write(path, LICENCE.replace("//", "#") + text if path.startswith("pyamps") else LICENCE + text)
    (found,) = tree.found("check_lengths")
    assert found.startswith(f"{path}:{line}: function of 7")


def test_function_of_seventy_lines_passes(tree):
    tree.write("libamps/src/wire/long.cpp", LICENCE + "int f() {\n" + "  work();\n" * 68 + "}\nint g() { return 1; }\n")
    assert tree.found("check_lengths") == []


def test_flat_function_passes(tree):
    tree.write("libamps/src/wire/long.cpp", LICENCE + "int f() {  // flat: a table of cases\n" + BODY * 2 + "}\n")
    assert tree.found("check_lengths") == []


def test_header_that_needs_another_is_found(tree):
    tree.append("libamps/src/wire/frame.h", "std::string text();\n")
    (found,) = tree.found("check_headers")
    assert found.startswith("libamps/src/wire/frame.h:5: does not compile alone as c++17")


def test_public_header_that_is_no_c_is_found(tree):
    tree.append("libamps/include/amps/amps_noun.h", "class Noun;\n")
    found = tree.found("check_headers")
    assert ["as c11" in text for text in found] == [True]


def test_header_without_guard_is_found(tree):
    tree.write("libamps/src/wire/frame.h", LICENCE)
    assert "`#pragma once`" in tree.found("check_headers")[0]


def test_rank_missing_in_the_manual_is_found(tree):
    tree.append("libamps/src/base/sync.h", "  kOther = 5,\n")
    (found,) = tree.found("check_locks")
    assert found == "libamps/src/base/sync.h:6: kOther is not in docs/internals/locks.md; add its row"


def build_library(tree, source: str) -> None:
    tree.write("source.c", source)
    (tree.root / "build").mkdir(exist_ok=True)
    for name in ("libamps.so.1", "libamps-broker.so.1"):
        command = ["cc", "-shared", "-fPIC", "-o", tree.root / "build" / name, tree.root / "source.c"]
        subprocess.run(command, check=True)


def test_exports_are_compared_with_declarations(tree):
    tree.write("libamps/include/amps/amps_broker.h", "AMPS_API int amps_broker_go(void);\n")
    build_library(tree, "int amps_noun_verb(int x) { return x; } int stray(void) { return 0; }")
    found = tree.found("check_exports")
    assert any("exports stray, which no public header declares" in text for text in found)
    assert any("amps_broker.h:1: amps_broker_go is not exported by libamps-broker.so.1" in text for text in found)
    assert not any("amps_noun_verb is not exported" in text for text in found)


def test_library_that_is_not_built_is_found(tree):
    tree.write("libamps/include/amps/amps_broker.h", "")
    assert "run `make build` first" in tree.found("check_exports")[0]


def test_unlocked_access_is_found(tree):
    real = Path(__file__).resolve().parents[2] / "libamps/src/base/sync.h"
    tree.write("libamps/src/base/sync.h", real.read_text(encoding="utf-8"))
    tree.write(
        "libamps/src/base/counter.cpp",
        LICENCE + '#include "base/sync.h"\nstruct Counter {\n  amps::Mutex mutex{amps::LockRank::kLeaf};\n'
        "  int count AMPS_GUARDED_BY(mutex) = 0;\n};\nint read(Counter& counter) { return counter.count; }\n",
    )
    (found,) = tree.found("check_thread_safety")
    assert found.startswith("libamps/src/base/counter.cpp:7: ")
    assert "take the lock" in found


def test_script_prints_findings_and_fails(tree):
    tree.write("libamps/src/wire/misc.h", LICENCE)
    script = Path(__file__).resolve().parents[2] / "tools" / "check_names.py"
    done = subprocess.run([sys.executable, script, tree.root], capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stdout.startswith("libamps/src/wire/misc.h:1: `misc`")


def test_rows_and_tests_name_each_other(tree):
    rows = "docs/reference/broker_rows.txt"
    tree.write(rows, "SOW-01|1|done|keys\nSOW-02|1|partly: no order|queries\nSOW-03|1|not yet|expiry\n")
    tree.write("tests/unit/wire/a_test.cpp", 'TEST_CASE("SOW-01 a key "\n          "SOW-09 wins") {}\n')
    tree.write("tests/python/test_a.py", "def test_SOW_02_queries():\n    pass\n")
    (found,) = tree.found("check_rows")
    assert found.startswith("tests/unit/wire/a_test.cpp:1: SOW-09 is no row")
    tree.write("tests/unit/wire/a_test.cpp", "")
    (found,) = tree.found("check_rows")
    assert found.startswith(f"{rows}:1: SOW-01 is done, but no test carries its id")
    tree.write(rows, "SOW-02|1|partly|queries\n")
    assert "write `id|tier|state|title`" in tree.found("check_rows")[0]
