#!/usr/bin/env bash
# Bring the servers of Debian 13 (Redis 8.0, Valkey 8.1) with their libraries into .cache/trixie, out of the image of the test targets, so that
# live tests run them here, whatever this machine's C library is. Does nothing when they are current.
set -euo pipefail
cd "$(dirname "$0")/.."

image=rampart-redis-target:trixie
servers=.cache/trixie

# The packages of tools start no service. Each holds the server as check-rdb: the program looks at the name by which it was called.
pack() {
    docker run --rm --interactive --entrypoint sh "${image}" -eu <<'END'
apt-get install --yes -qq --no-install-recommends redis-tools valkey-tools > /dev/null 2>&1
for product in redis valkey; do
    folder=/out/${product}
    mkdir -p "${folder}/lib"
    cp -L "/usr/bin/${product}-check-rdb" "${folder}/server"
    ldd "${folder}/server" | grep -o '/[^ ]*' | xargs -I '{}' cp -L '{}' "${folder}/lib"
    mv "${folder}"/lib/ld-linux* "${folder}/lib/loader"
done
tar -C /out -c .
END
}

wrap() {
    cat > "$1" <<'END'
#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
exec "${here}/lib/loader" --argv0 "$0" --library-path "${here}/lib" "${here}/server" "$@"
END
    chmod 0755 "$1"
}

current=$(docker image inspect --format '{{.Id}}' "${image}")
[ "$(cat "${servers}/image.id" 2> /dev/null || true)" = "${current}" ] && exit 0
echo "servers: taking Debian 13's Redis and Valkey out of ${image}"
rm -rf "${servers}"
mkdir -p "${servers}"
pack | tar -C "${servers}" -x
for product in redis valkey; do
    wrap "${servers}/${product}/${product}-server"
    "${servers}/${product}/${product}-server" --version
done
echo "${current}" > "${servers}/image.id"
