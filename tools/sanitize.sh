#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the C and C++ suites with sanitizers, each in a folder of its own, assertions on, and runs them.
. "$(dirname "$0")/environment.sh"
failed=()
export ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1:abort_on_error=1
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
# die_after_fork: a test starts a thread in a forked child.
export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1:die_after_fork=0
# Reports need lines, not variables; and building takes longer than running.
run_suites() {
  local name=$1 sanitizers=$2 optimization=$3
  say "$name: building"
  [ -f "build-$name/build.ninja" ] || "$venv/bin/meson" setup "build-$name" -Doptimization="$optimization" -Dc_args=-g1 -Dcpp_args=-g1 \
    -Db_ndebug=false -Db_lundef=false -Db_sanitize="$sanitizers" -Dpython=disabled -Dtests=enabled >/dev/null
  "$venv/bin/ninja" -C "build-$name" -j "$jobs"
  say "$name: testing"
  "$venv/bin/meson" test -C "build-$name" --no-rebuild --print-errorlogs --num-processes "$jobs" \
    --timeout-multiplier 5 </dev/null || failed+=("$name")
}
suites=("$@")
[ $# -gt 0 ] || suites=(asan tsan)
for suite in "${suites[@]}"; do
  case $suite in
    asan) run_suites asan address,undefined 0 ;;
    tsan) run_suites tsan thread 1 ;;
    *) fail "no suite $suite; there are asan and tsan" ;;
  esac
done
[ ${#failed[@]} -eq 0 ] || fail "these suites failed: ${failed[*]}"
say "sanitizers found nothing"
