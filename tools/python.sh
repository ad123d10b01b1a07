#!/usr/bin/env bash
# Print the newest Python >= 3.11 that really runs. $PYTHON goes first; version managers leave shims that only print an error,
# so every candidate is run.
set -euo pipefail

candidates=("${PYTHON:-}")
while IFS= read -r path; do
    candidates+=("${path}")
done < <(find "${HOME}/.pyenv/versions" -maxdepth 3 -path '*/bin/python3' 2> /dev/null | sort --version-sort --reverse)
candidates+=(python3.13 python3.12 python3.11 python3)

for candidate in "${candidates[@]}"; do
    [ -n "${candidate}" ] || continue
    if "${candidate}" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' > /dev/null 2>&1; then
        echo "${candidate}"
        exit 0
    fi
done
echo "bootstrap: no Python from 3.11 to 3.14 with venv found; install one (Debian: apt-get install python3-venv) or set PYTHON" >&2
exit 1
