#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what the named groups need and this machine lacks: Debian packages of packages-<group>.txt
# and Python packages of requirements-<group>.txt. A second run finds nothing to do and takes a moment.
. "$(dirname "$0")/environment.sh"
groups=("$@")
python=${PYTHON:-python3}
command -v "$python" >/dev/null || fail "$python is not installed; install Python 3.9 or newer first"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 9))' || fail "$python is older than 3.9"

missing_packages() {
  local group package
  for group in "${groups[@]}"; do
    [ -f "tools/packages-$group.txt" ] || continue
    for package in $(words "tools/packages-$group.txt"); do
      dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || echo "$package"
    done
  done
  # An interpreter that does not come from Debian brings its own headers and ensurepip.
  "$python" -c 'import os, sysconfig; assert os.path.exists(sysconfig.get_path("include") + "/Python.h")' \
    2>/dev/null || echo python3-dev
  "$python" -c 'import ensurepip, venv' 2>/dev/null || echo python3-venv
}

install_packages() {
  local as_root=() packages=("$@")
  if [ "$(id -u)" != 0 ]; then
    sudo -n true 2>/dev/null || fail "system packages are missing; run: sudo apt-get install ${packages[*]}"
    as_root=(sudo -n)
  fi
  say "installing system packages: ${packages[*]}"
  export DEBIAN_FRONTEND=noninteractive
  local apt=("${as_root[@]}" apt-get -qq -o DPkg::Lock::Timeout=600)
  "${apt[@]}" update </dev/null >&2
  "${apt[@]}" install -y --no-install-recommends "${packages[@]}" </dev/null >&2
}

if command -v dpkg-query >/dev/null && command -v apt-get >/dev/null; then
  mapfile -t packages < <(missing_packages | sort -u)
  if [ ${#packages[@]} -gt 0 ]; then install_packages "${packages[@]}"; fi
else
  say "no apt-get here; tools/packages-*.txt names the libraries this build looks for"
fi

if ! "$venv/bin/python" -c '' 2>/dev/null; then
  say "making $venv"
  "$python" -m venv "$venv"
fi
for group in "${groups[@]}"; do
  list=tools/requirements-$group.txt
  [ -f "$list" ] || continue
  done_mark=$venv/.installed-$group
  if ! cmp -s "$list" "$done_mark"; then
    say "installing Python packages: $group"
    quiet=(); if [ ! -t 2 ]; then quiet=(-q --progress-bar off); fi
    "$venv/bin/python" -m pip install "${quiet[@]}" -r "$list" </dev/null >&2
    cp "$list" "$done_mark"
  fi
done
