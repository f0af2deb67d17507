#!/bin/sh
# Installs what is missing from Debian's packages. Usage: cmake/packages.sh build|package|demo|test|gui|page|map
# build: to compile; package: also to make packages; demo: also to run samples/run; test: also to run tests/run; gui, page, map:
# for tests/gui/run, tests/gui/page, tests/gui/map. Asks no question, does nothing and needs no network when all is there.
set -eu

build="gcc libc6-dev cmake ninja-build pkg-config libglib2.0-dev zlib1g-dev wireshark-dev libpcap-dev libssl-dev libsqlite3-dev"
package="dpkg-dev file"
demo="tshark"
test="libcmocka-dev python3 codespell mandoc git bash-completion"
# Programs that read the results.
test="$test gdal-bin gpsbabel libxml2-utils miller python3-gdal python3-jsonschema sqlite3"
# Layout and lint are judged on Debian 12 alone: tests/style/CMakeLists.txt
[ "$(. /etc/os-release 2>/dev/null && echo "${VERSION_CODENAME:-}")" != bookworm ] || test="$test clang-format-14 clang-tidy-14"
page="chromium fonts-dejavu-core imagemagick python3"
map="python3-qgis fonts-dejavu-core imagemagick"
gui="wireshark xvfb jwm xdotool imagemagick dbus-daemon at-spi2-core python3-gi gir1.2-atspi-2.0"

case "${1:-}" in
build) wanted="$build" ;;
package) wanted="$build $package" ;;
demo) wanted="$build $demo" ;;
test) wanted="$build $package $demo $test" ;;
gui) wanted="$build $gui" ;;
page) wanted="$build $page" ;;
map) wanted="$build $map" ;;
*)
    echo "usage: cmake/packages.sh build|package|demo|test|gui|page|map" >&2
    exit 2
    ;;
esac

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    echo "packages: this is no Debian; going on in the hope that these are there: $wanted"
    exit 0
fi

missing=
for package in $wanted; do
    status=$(dpkg-query -W -f='${db:Status-Status}\n' "$package" 2>/dev/null | head -n 1) || true
    [ "$status" = installed ] || missing="$missing $package"
done
if [ -z "$missing" ]; then
    echo "packages: all there"
    exit 0
fi

as_root=
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
        echo "packages: missing, and neither root nor sudo to install them:$missing" >&2
        exit 1
    fi
    as_root=sudo
fi
echo "packages: installing$missing"
apt() {
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@"
}
apt update || echo "packages: could not refresh the package lists, trying with those that are there" >&2
# shellcheck disable=SC2086 # a list of words
apt install -y --no-install-recommends $missing >/dev/null
echo "packages: installed"
