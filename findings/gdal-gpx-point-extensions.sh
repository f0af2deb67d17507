#!/bin/bash
# OGR loses the extensions of GPX track points unless a waypoint, a route or a track has some itself. Seen with GDAL 3.10.3
# (Debian 13); 3.6.2 (Debian 12) reads them. Input: a track with one point that has x:speed in its extensions; then the same with
# other extensions in the track. `ogrinfo -al -q` shows the field x_speed of the second only, and says nothing of the first.
# Exit 0: as seen; 1: otherwise; 77: no such package.
set -euo pipefail
suite=trixie packages=(gdal-bin=3.10.3+dfsg-1)
# The packages and what they need, of that suite of this machine's Debian mirror, unpacked; nothing is installed.
work=$(mktemp -d)
finish() { # 0 and 77 stay, all else is 1
    local status=$?
    rm -rf "$work"
    case $status in 0 | 77) ;; *) exit 1 ;; esac
}
trap finish EXIT
mkdir -p "$work"/etc/apt/{preferences.d,trusted.gpg.d} "$work"/var/{lib/apt/lists/partial,lib/dpkg,cache/apt/archives/partial} "$work/root"
: >"$work/var/lib/dpkg/status"
command -v apt-get >/dev/null && command -v dpkg >/dev/null || exit 77
site=$(apt-get indextargets --format '$(SITE) $(RELEASE)' 'Created-By: Packages' |
    awk -v own="$(. /etc/os-release && echo "$VERSION_CODENAME")" '$2 == own && !seen++ { print $1 }')
echo "deb $site $suite main" >"$work/etc/apt/sources.list"
apt=(apt-get -qq -o "Dir=$work" -o Dir::Etc::trustedparts=/etc/apt/trusted.gpg.d -o APT::Sandbox::User= -o APT::Install-Recommends=false
    -o "Dir::Cache=$work/var/cache/apt" -o "Dir::State=$work/var/lib/apt" -o "Dir::State::status=$work/var/lib/dpkg/status")
"${apt[@]}" update >"$work/log" 2>&1 && "${apt[@]}" install -y --download-only "${packages[@]}" >>"$work/log" 2>&1 || exit 77
for file in "$work"/var/cache/apt/archives/*.deb; do dpkg -x "$file" "$work/root"; done
libraries=$(find "$work/root" -name '*.so.*' -printf '%h\n' | sort -u | tr '\n' ':')
loader=$(find "$work/root" -name 'ld-linux-*.so.*' | head -n 1)
run() { "$loader" --library-path "$libraries" "$work/root/usr/bin/$1" "${@:2}"; }

gpx() { # $1: what stands in the track before its points
    cat <<END
<?xml version="1.0" encoding="UTF-8"?>
<gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1" xmlns:x="urn:x">
<trk>$1<trkseg><trkpt lat="1" lon="2"><extensions><x:speed>36</x:speed></extensions></trkpt></trkseg></trk>
</gpx>
END
}
gpx '' >"$work/point.gpx"
gpx '<extensions><x:other>1</x:other></extensions>' >"$work/track.gpx"
for name in point track; do
    run ogrinfo -al -q "$work/$name.gpx" track_points >"$work/$name.out" 2>/dev/null
    grep -q POINT "$work/$name.out"
    echo "extensions in the $name: $(grep -c x_speed "$work/$name.out" || true) fields x_speed"
done
! grep -q x_speed "$work/point.out" || exit 1
grep -q 'x_speed.*= 36' "$work/track.out"
