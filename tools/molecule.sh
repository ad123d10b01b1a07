#!/usr/bin/env bash
# Run molecule scenarios with a HOME of their own: molecule keys its folders on the checkout's name only.
# Usage: tools/molecule.sh VENV_BIN [SCENARIO ...]; without a scenario, all of them, two at a time.
set -euo pipefail
cd "$(dirname "$0")/.."

bin=$(cd "$1" && pwd) # molecule changes the directory
shift
scenarios=("$@")
if [ ${#scenarios[@]} = 0 ]; then
    for file in molecule/*/molecule.yml; do
        scenarios+=("$(basename "$(dirname "${file}")")")
    done
fi

export HOME="${PWD}/.cache/home"
export MOLECULE_GLOB='molecule/*/molecule.yml'
export PATH="${bin}:${PATH}"
export PYTHONDONTWRITEBYTECODE=1
mkdir -p "${HOME}" build/molecule

run_one() {
    local start=${SECONDS}
    if "$1/molecule" -c .config/molecule/config.yml test --scenario-name "$2" > "build/molecule/$2.log" 2>&1; then
        echo "molecule: $2 passed in $((SECONDS - start)) s"
    else
        echo "molecule: $2 FAILED after $((SECONDS - start)) s; the end of build/molecule/$2.log:"
        tail -n 60 "build/molecule/$2.log"
        return 1
    fi
}
export -f run_one

printf '%s\n' "${scenarios[@]}" | xargs -P 2 -I{} bash -c 'run_one "$0" "$1"' "${bin}" {}
