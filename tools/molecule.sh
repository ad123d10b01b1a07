#!/usr/bin/env bash
# Run molecule scenarios with a HOME of their own: molecule keys its folders on the checkout's name only.
# Usage: tools/molecule.sh VENV_BIN [SCENARIO ...]; without a scenario, all of them, two at a time.
set -euo pipefail
cd "$(dirname "$0")/.."

bin=$(cd "$1" && pwd) # molecule changes the directory
shift

export HOME="${PWD}/.cache/home"
export MOLECULE_GLOB='molecule/*/molecule.yml'
export PATH="${bin}:${PATH}"
export PYTHONDONTWRITEBYTECODE=1
mkdir -p "${HOME}" build/molecule

run_one() {
    local start=${SECONDS}
    if molecule -c .config/molecule/config.yml test --scenario-name "$1" > "build/molecule/$1.log" 2>&1; then
        echo "molecule: $1 passed in $((SECONDS - start)) s"
    else
        echo "molecule: $1 FAILED after $((SECONDS - start)) s; the end of build/molecule/$1.log:"
        tail -n 60 "build/molecule/$1.log"
        return 1
    fi
}

if [ $# = 1 ]; then
    run_one "$1"
    exit
fi
if [ $# = 0 ]; then
    for file in molecule/*/molecule.yml; do
        set -- "$@" "$(basename "$(dirname "${file}")")"
    done
fi
printf '%s\n' "$@" | xargs -P 2 -n 1 tools/molecule.sh "${bin}"
