#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes a wheel in dist/ from a release build without tests.
. "$(dirname "$0")/environment.sh"
mkdir -p dist
say "building a wheel"
"$venv/bin/python" -m pip wheel . --no-build-isolation --no-deps -w dist -Cbuild-dir=build-wheel </dev/null >&2
ls -l dist/*.whl
