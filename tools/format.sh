#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Formats C, C++ and Python as the settings in the repository say; --check only says what is not so.
. "$(dirname "$0")/environment.sh"
mapfile -t sources < <(git ls-files '*.c' '*.cpp' '*.h' '*.hpp')
case "${1:-}" in
  --check)
    result=0
    "$venv/bin/clang-format" --dry-run --Werror "${sources[@]}" || result=1
    "$venv/bin/ruff" format --check --quiet . || result=1
    [ $result = 0 ] || fail "run tools/format.sh"
    ;;
  "")
    "$venv/bin/clang-format" -i "${sources[@]}"
    "$venv/bin/ruff" format --quiet .
    ;;
  *) fail "usage: tools/format.sh [--check]" ;;
esac
