#!/usr/bin/env bash
# What the tests need besides Python packages: Debian's Chromium, for the browser tests.
set -euo pipefail
command -v chromium >/dev/null && exit 0
if [ "$(id -u)" -ne 0 ]; then
    echo "Les tests du navigateur demandent Chromium : sudo apt-get install chromium" >&2
    exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get -qq update
apt-get -qq install --yes --no-install-recommends chromium fonts-dejavu-core >/dev/null
