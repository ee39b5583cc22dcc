#!/usr/bin/env bash
# What the tests need besides Python packages: Debian's Chromium, for the browser tests, and tesseract with its
# French, for those of scanned pages.
set -euo pipefail
packages=()
command -v chromium >/dev/null || packages+=(chromium fonts-dejavu-core)
tesseract --list-langs 2>/dev/null | grep -qx fra || packages+=(tesseract-ocr tesseract-ocr-fra)
[ "${#packages[@]}" -eq 0 ] && exit 0
if [ "$(id -u)" -ne 0 ]; then
    echo "Ces tests demandent des programmes : sudo apt-get install ${packages[*]}" >&2
    exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get -qq update
apt-get -qq install --yes --no-install-recommends "${packages[@]}" >/dev/null
