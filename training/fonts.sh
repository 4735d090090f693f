#!/usr/bin/env bash
# Fetches the open fonts that plates are printed in, into data/fonts/ (outside git). Needs npm, and
# Debian's or Ubuntu's apt with its lists (apt-get update); nothing is installed.
set -euo pipefail
cd "$(dirname "$0")"
npm ci --silent --no-audit --no-fund --ignore-scripts
fonts=../data/fonts
mkdir -p "$fonts/debian" "$fonts/npm"
for package in node_modules/@fontsource/*/; do
  mkdir -p "$fonts/npm/$(basename "$package")"
  cp "$package"files/*-{latin,arabic,thai}-[4-8]00-normal.woff "$fonts/npm/$(basename "$package")/" 2>/dev/null || true
done
downloads="$(mktemp -d)"
trap 'rm -rf "$downloads"' EXIT
cd "$downloads"
apt-get -o APT::Sandbox::User="$(id -un)" download -qq fonts-roadgeek fonts-opendin fonts-routed-gothic fonts-national-park fonts-wqy-microhei
cd - >/dev/null
for package in "$downloads"/*.deb; do dpkg -x "$package" "$downloads/unpacked"; done
find "$downloads/unpacked" \( -name '*.ttf' -o -name '*.otf' -o -name '*.ttc' \) -exec cp {} "$fonts/debian/" \;
