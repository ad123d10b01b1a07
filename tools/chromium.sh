#!/usr/bin/env bash
# Install Chromium, which looks at the audit report, unless there is one.
set -euo pipefail

command -v chromium > /dev/null && exit
if [ "$(id -u)" != 0 ] || ! command -v apt-get > /dev/null; then
    echo "please install chromium (needs root on Debian or Ubuntu)" >&2
    exit 1
fi
echo "installing Debian package: chromium"
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium > /dev/null
