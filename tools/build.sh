#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds everything once in build/, C++ tests included, and installs the package into .venv.
. "$(dirname "$0")/environment.sh"
log=build/build.log
mkdir -p build
say "building (whole output in $log)"
# Keeps the log and shows how far the compiler has come: on one line of a terminal, else every tenth step.
show_progress() {
  awk -v log_file="$log" -v terminal="$([ -t 2 ] && echo 1 || echo 0)" '
    { print > log_file }
    match($0, /\[[0-9]+\/[0-9]+\]/) {
      step = substr($0, RSTART, RLENGTH); split(substr(step, 2, RLENGTH - 2), count, "/")
      if (terminal == 1) printf "\r\033[K    %s %.60s", step, substr($0, RSTART + RLENGTH + 1) > "/dev/stderr"
      else if (count[1] % 10 == 0 || count[1] == count[2]) print "    " step > "/dev/stderr"
      shown = 1
    }
    END { if (shown && terminal == 1) printf "\r\033[K" > "/dev/stderr" }'
}
if ! "$venv/bin/python" -m pip -v install . --no-build-isolation --no-deps --force-reinstall \
  -Cbuild-dir=build -Csetup-args=-Dtests=enabled -Ccompile-args=-j"$jobs" </dev/null 2>&1 | show_progress; then
  grep -nE 'error|FAILED|undefined reference' "$log" | head -40 >&2 || true
  tail -n 20 "$log" >&2
  fail "the build failed; $log has everything"
fi
say "installed $("$venv/bin/python" -m pip list --format freeze 2>/dev/null | grep '^libamps=') into ${venv#"$root"/}"
