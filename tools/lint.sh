#!/usr/bin/env bash
# Run every linter of the house; all of them run even when one complains. Usage: tools/lint.sh [VENV_BIN]
set -euo pipefail
cd "$(dirname "$0")/.."

venv_bin=$(cd "${1:-.venv/bin}" && pwd)
failed=()

step() {
    local name=$1
    shift
    echo "lint: ${name}"
    "$@" || failed+=("${name}")
}

# mypy refuses a folder without Python files, and some plugin kinds may be empty.
python_folders() {
    local folder
    for folder in plugins/module_utils plugins/plugin_utils plugins/action plugins/filter tools tests; do
        [ -z "$(find "${folder}" -name '*.py' -print -quit 2> /dev/null)" ] || echo "${folder}"
    done
}

# Ansible's own tools resolve rampart.redis through this link (see ansible.cfg).
mkdir -p .ansible/collections/ansible_collections/rampart
ln -sfn ../../../.. .ansible/collections/ansible_collections/rampart/redis
mapfile -t folders < <(python_folders)
mapfile -t scripts < <(grep --recursive --files-with-matches --max-count=1 --exclude-dir=__pycache__ '^#!/usr/bin/env bash$' tools .ci)

export PATH="${venv_bin}:${PATH}"
step "ruff check" ruff check --quiet .
step "ruff format" ruff format --quiet --check .
step "mypy" mypy --strict "${folders[@]}"
step "shellcheck" shellcheck "${scripts[@]}"
step "yamllint" yamllint --strict .
step "ansible-lint" ansible-lint --offline --nocolor -q
step "changelog" antsibull-changelog lint
step "tables of the roles' READMEs" python tools/generate_role_docs.py --check

if [ "${#failed[@]}" -gt 0 ]; then
    echo "lint: failed: $(printf '%s; ' "${failed[@]}")" >&2
    exit 1
fi
echo "lint: clean"
