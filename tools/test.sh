#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs the C and C++ tests of build/, then the Python tests against the installed package.
. "$(dirname "$0")/environment.sh"
failed=()
say "C and C++ tests"
"$venv/bin/meson" test -C build --no-rebuild --print-errorlogs --num-processes "$jobs" </dev/null || failed+=(meson)
say "Python tests"
"$venv/bin/python" -m pytest "$@" </dev/null || failed+=(pytest)
[ ${#failed[@]} -eq 0 ] || fail "these tests failed: ${failed[*]}"
say "all tests passed"
