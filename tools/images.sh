#!/usr/bin/env bash
# Build the image of the disposable targets of a Debian release: rampart-redis-target:SUITE. Does nothing when it is current.
# Usage: tools/images.sh [bookworm|trixie]
set -euo pipefail
cd "$(dirname "$0")/.."

suite=${1:-bookworm}
target="rampart-redis-target:${suite}"
base="rampart-redis-base:${suite}"
servers="redis-server redis-sentinel redis-tools"
[ "${suite}" = bookworm ] || servers+=" valkey-server valkey-sentinel valkey-tools"
recipe=$({ echo "${servers}"; cat molecule/_shared/Dockerfile; } | sha256sum | cut -c1-16)

has_image() {
    docker image inspect "$1" > /dev/null 2>&1
}

pull_base() {
    timeout 90 docker pull --quiet "debian:${suite}-slim" > /dev/null 2>&1 && docker tag "debian:${suite}-slim" "${base}"
}

make_base() {
    echo "images: no registry answered; building ${base} from Debian's packages (about a minute)"
    # setsid: mmdebstrap hangs up its whole process group when it fails.
    setsid --wait mmdebstrap --quiet --variant=minbase --aptopt='Acquire::Languages "none"' \
        --include=systemd-sysv,dbus,python3,python3-apt,ca-certificates,iproute2,procps,openssl,sudo,nftables \
        "${suite}" - | docker import --change 'CMD ["/sbin/init"]' - "${base}" > /dev/null
}

if has_image "${target}" && [ "$(docker image inspect --format '{{ index .Config.Labels "recipe" }}' "${target}")" = "${recipe}" ]; then
    exit 0
fi
has_image "${base}" || pull_base || make_base
echo "images: building ${target}"
docker build --quiet --build-arg "BASE=${base}" --build-arg "SERVERS=${servers}" --label "recipe=${recipe}" --tag "${target}" molecule/_shared > /dev/null
