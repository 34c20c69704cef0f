#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs every test again and again with random delays where threads meet (tests/delays): a test, or a part of
# the library, that depends on an order of threads fails soon. Three times slower than without.
#
#   tools/shake.sh [ROUNDS]     default: 3
. "$(dirname "$0")/environment.sh"
rounds=${1:-3}
[[ $rounds =~ ^[1-9][0-9]*$ ]] || fail "usage: tools/shake.sh [ROUNDS]"
cc -std=c11 -Wall -Wextra -O2 -shared -fPIC -o build/delays.so tests/delays/delays.c
failed=()
for ((round = 1; round <= rounds; round++)); do
  say "round $round of $rounds: C and C++ tests"
  LD_PRELOAD=$root/build/delays.so "$venv/bin/meson" test -C build --no-rebuild --num-processes "$jobs" \
    --timeout-multiplier 5 --print-errorlogs </dev/null || failed+=("C and C++ in round $round")
  say "round $round of $rounds: Python tests"
  LD_PRELOAD=$root/build/delays.so "$venv/bin/python" -m pytest </dev/null || failed+=("Python in round $round")
done
[ ${#failed[@]} -eq 0 ] || fail "these tests failed: ${failed[*]}"
say "all tests passed, whatever came first"
