#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the manual; every warning is an error.
. "$(dirname "$0")/environment.sh"
"$venv/bin/python" -m sphinx -W --keep-going -q -b html -d build-docs/doctrees -j "$jobs" docs build-docs/html
say "the manual is in build-docs/html/index.html"
