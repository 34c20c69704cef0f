# SPDX-License-Identifier: Apache-2.0
# Sourced by the scripts beside it: where things are, and how to say what goes on.
# shellcheck shell=bash
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
venv=${VENV:-$root/.venv}
export PATH="$venv/bin:$PATH" PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1
jobs=${JOBS:-$(nproc 2>/dev/null || echo 2)}

say() { printf '\033[1m==>\033[0m %s\n' "$*" >&2; }
if [ ! -t 2 ]; then say() { printf '==> %s\n' "$*" >&2; }; fi
fail() { printf 'error: %s\n' "$*" >&2; exit 1; }

# The words of a list file: one a line, comments after '#'.
words() { sed 's/#.*//' "$1" | awk 'NF'; }
