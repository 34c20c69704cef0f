#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the fuzz targets with libFuzzer, ASan and UBSan, and searches with each for a while.
#
#   tools/fuzz.sh [SECONDS] [TARGET...]     default: 60 seconds, every target
. "$(dirname "$0")/environment.sh"
seconds=${1:-60}
[ $# -eq 0 ] || shift
targets=("$@")
if [ $# -eq 0 ]; then
  for source in tests/fuzz/*_fuzz.cpp; do targets+=("$(basename "$source" _fuzz.cpp)"); done
fi
programs=("${targets[@]/#/tests/fuzz/}")
[ -f build-fuzz/build.ninja ] || CC=clang CXX=clang++ "$venv/bin/meson" setup build-fuzz \
  -Dfuzz=enabled -Dpython=disabled -Db_lundef=false >/dev/null
say "building"
"$venv/bin/ninja" -C build-fuzz -j "$jobs" "${programs[@]/%/_fuzz}" >build-fuzz/build.log || {
  grep -nE 'error|cannot find' build-fuzz/build.log >&2 || true
  fail "the build failed; build-fuzz/build.log has everything"
}
failed=()
for target in "${targets[@]}"; do
  found=build-fuzz/found/$target
  mkdir -p "$found"
  seeds=()
  for folder in tests/fuzz/corpus tests/fuzz/regress; do
    if [ -d "$folder/$target" ]; then seeds+=("$folder/$target"); fi
  done
  say "$target: $seconds s"
  "build-fuzz/tests/fuzz/${target}_fuzz" -max_total_time="$seconds" -print_final_stats=0 -verbosity=0 \
    -artifact_prefix="$found/crash-" "$found" "${seeds[@]}" </dev/null || failed+=("$target")
done
[ ${#failed[@]} -eq 0 ] || fail "found something: ${failed[*]}; the inputs are in build-fuzz/found"
say "nothing found"
