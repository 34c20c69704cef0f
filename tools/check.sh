#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Lint, types, structure, thread safety and documentation. Runs all of them, then says what failed.
. "$(dirname "$0")/environment.sh"
failed=()
check() {
  local name=$1 started=$SECONDS
  shift
  say "$name"
  "$@" </dev/null || failed+=("$name")
  [ $((SECONDS - started)) -lt 10 ] || say "$name took $((SECONDS - started)) s"
}
check ruff "$venv/bin/ruff" check --quiet .
check formats tools/format.sh --check
check mypy "$venv/bin/python" -m mypy
check "mypy of a program" "$venv/bin/python" -m mypy --strict tests/python/typed_program.py
check "stubs against modules" "$venv/bin/python" -m mypy.stubtest pyamps --concise --ignore-disjoint-bases \
  --allowlist tools/exceptions/stubs.txt
for script in tools/check_*.py; do
  check "${script#tools/}" "$venv/bin/python" "$script"
done
check documentation tools/docs.sh
[ ${#failed[@]} -eq 0 ] || fail "these checks failed: ${failed[*]}"
say "all checks passed"
