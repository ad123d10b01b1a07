#!/usr/bin/env bash
# Build the collection into build/ and check what is in the tarball, and what is not. Usage: tools/check_build.sh [VENV_BIN]
set -euo pipefail
cd "$(dirname "$0")/.."

venv_bin=$(cd "${1:-.venv/bin}" && pwd)

# The files git knows are copied first, so that nothing that merely lies about in this checkout can be shipped.
source="${PWD}/.cache/build"
rm -rf "${source}"
mkdir -p "${source}" build
git ls-files --cached --others --exclude-standard -z | while IFS= read -r -d '' path; do
    [ ! -e "${path}" ] || printf '%s\0' "${path}"
done | tar --null --files-from=- --create | tar --extract --directory "${source}"

PATH="${venv_bin}:${PATH}" ansible-galaxy collection build --force --output-path build "${source}"
tarball=$(find build -maxdepth 1 -name 'rampart-redis-*.tar.gz' -newer "${source}" -print -quit)
[ -n "${tarball}" ] || { echo "build: no tarball in build/" >&2; exit 1; }
"${venv_bin}/python" tools/check_tarball.py "${tarball}"
