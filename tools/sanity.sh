#!/usr/bin/env bash
# Run every ansible-test sanity test on the files of this checkout, without containers.
# Usage: tools/sanity.sh [VENV_BIN] [ansible-test arguments, such as --test pylint]
#
# Three things make that possible:
#  - ansible-test wants the collection below ansible_collections/NAMESPACE/NAME, so the files git knows (or would add) are copied there;
#  - it makes virtual environments without pip and downloads a script to add it; a small script of that name, found first in its
#    cache, takes the pip that Python itself carries, so nothing but the package index is needed. Its cache lives in an own HOME;
#  - compile and import run with every Python from 3.9 on that is found here and really runs; the others are skipped with a warning.
set -euo pipefail
cd "$(dirname "$0")/.."

venv_bin=$(cd "${1:-.venv/bin}" && pwd)
shift || true
cache="${PWD}/.cache/sanity"
home="${cache}/home"
copy="${cache}/ansible_collections/rampart/redis"

copy_checkout() {
    rm -rf "${copy}"
    mkdir -p "${copy}"
    git ls-files --cached --others --exclude-standard -z | while IFS= read -r -d '' path; do
        [ ! -e "${path}" ] || printf '%s\0' "${path}"
    done | tar --null --files-from=- --create | tar --extract --directory "${copy}"
    # ansible-test asks the nearest repository what belongs to the collection; to that of the checkout .cache is ignored.
    git init --quiet --template= "${copy}"
}

# ansible-test looks for get_pip_<the version it wants>.py; its own source says which.
provide_pip() {
    local package version
    package=$("${venv_bin}/python" -c 'import ansible_test; print(ansible_test.__path__[0])')
    version=$(sed -nE "s/^ +pip='([0-9.]+)',$/\1/p" "${package}/_internal/python_requirements.py")
    [ -n "${version}" ] || { echo "sanity: cannot find out which pip this ansible-test wants" >&2; exit 1; }
    mkdir -p "${home}/.ansible/test/cache"
    cp tools/get_pip.py "${home}/.ansible/test/cache/get_pip_${version//./_}.py"
    # The pip settings of this user (index, certificates) come along: neither HOME nor the environment reaches those pips.
    mkdir -p "${home}/.config/pip"
    (
        umask 077
        echo '[global]'
        "${venv_bin}/python" -m pip config list | sed -nE "s/^(:env:|global)\\.([a-z-]+)='(.*)'$/\\2 = \\3/p" | awk '!seen[$1]++'
    ) > "${home}/.config/pip/pip.conf"
}

# Version managers leave shims that only print an error: a Python counts when it runs, and its own folder is used, not the shim's.
python_folders() {
    local minor candidate
    for minor in 9 10 11 12 13 14; do
        for candidate in "${HOME}/.pyenv/versions/3.${minor}."*/bin/"python3.${minor}" "/usr/local/bin/python3.${minor}" "/usr/bin/python3.${minor}"; do
            if "${candidate}" -c 'import ensurepip, venv' > /dev/null 2>&1; then
                printf ':%s' "$(dirname "${candidate}")"
                break
            fi
        done
    done
}

copy_checkout
provide_pip
path="${venv_bin}$(python_folders):/usr/bin:/bin"
cd "${copy}"
HOME="${home}" PATH="${path}" LC_ALL=C.UTF-8 ansible-test sanity --color no "$@"
