#!/usr/bin/env bash
# Put Prometheus' promtool, out of the distribution's package, into .cache/promtool. The package is not installed: it would start a server.
set -euo pipefail
cd "$(dirname "$0")/.."

folder=.cache/promtool
[ -x "${folder}/promtool" ] && exit
mkdir -p "${folder}"
if command -v promtool > /dev/null; then
    ln -sfn "$(command -v promtool)" "${folder}/promtool"
    exit
fi
command -v apt-get > /dev/null || { echo "please install promtool, of Prometheus" >&2; exit 1; }
echo "fetching promtool out of the package prometheus"
[ "$(id -u)" != 0 ] || apt-get update -qq
# Whoever downloads as root is told that no sandbox was used; the folder is for this user only.
(cd "${folder}" && apt-get download -qq -o APT::Sandbox::User=root prometheus)
dpkg-deb --fsys-tarfile "${folder}"/prometheus_*.deb | tar -x -C "${folder}" --strip-components=3 ./usr/bin/promtool
rm "${folder}"/prometheus_*.deb
"${folder}/promtool" --version 2>&1 | head -1
