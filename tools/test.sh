#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs the C and C++ tests of build/, then the Python tests against the installed package.
# What a failed suite printed comes last, so that the end of a long log says why it failed.
. "$(dirname "$0")/environment.sh"
failed=()
say "C and C++ tests"
"$venv/bin/meson" test -C build --no-rebuild --num-processes "$jobs" </dev/null || failed+=(meson)
say "Python tests"
"$venv/bin/python" -m pytest "$@" </dev/null || failed+=(pytest)
[ ${#failed[@]} -gt 0 ] || { say "all tests passed"; exit 0; }
"$venv/bin/python" tools/failed_suites.py build/meson-logs/testlog.json
fail "these tests failed: ${failed[*]}"
