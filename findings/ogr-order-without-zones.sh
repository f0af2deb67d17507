#!/bin/bash
# OGR's SQL sorts and compares times by their clock face, without their zones. Seen with GDAL 3.10.3 (Debian 13); 3.6.2 (Debian 12) does the
# same. Input, valid GPX 1.1: three points of 10:00, 10:30 and 11:00 UTC, the first written as 12:00:00+02:00. OGR reads and prints the
# zone, yet ORDER BY time and MAX(time) put that first point last, and WHERE time < '...10:15:00Z' selects none, all by OGR's own SQL;
# ORDER BY of -dialect SQLite does the same; nothing is said. Expected: the order of the instants, as OGR knows the zones.
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

point() { echo "<trkpt lat=\"$1\" lon=\"11\"><time>$2</time></trkpt>"; }
cat >"$work/zones.gpx" <<END
<?xml version="1.0" encoding="UTF-8"?>
<gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>
$(point 1 2026-07-01T12:00:00+02:00)
$(point 2 2026-07-01T10:30:00Z)
$(point 3 2026-07-01T11:00:00Z)
</trkseg></trk></gpx>
END
ask() { # the times in what a query gives, in one line
    run ogrinfo -ro -q "$work/zones.gpx" "$@" 2>"$work/said" | sed -n 's/.*time (DateTime) = [^ ]* //p' | tr '\n' ' '
    grep -v -e GPXUseExtensions -e '^$' "$work/said" >&2 || true
}
run ogrinfo --version
{
    echo "as read: $(ask -sql 'SELECT time FROM track_points')"
    echo "ORDER BY time: $(ask -sql 'SELECT time FROM track_points ORDER BY time')"
    echo "the same with -dialect SQLite: $(ask -dialect SQLite -sql 'SELECT time FROM track_points ORDER BY time')"
    echo "MIN and MAX: $(ask -sql 'SELECT MIN(time), MAX(time) FROM track_points')"
    echo "before 10:15 UTC: $(ask track_points -where "time < '2026-07-01T10:15:00Z'")"
    echo "before 11:30 UTC: $(ask track_points -where "time < '2026-07-01T11:30:00Z'")"
} | tee "$work/seen"
diff "$work/seen" - <<'END'
as read: 12:00:00+02 10:30:00+00 11:00:00+00 
ORDER BY time: 10:30:00+00 11:00:00+00 12:00:00+02 
the same with -dialect SQLite: 10:30:00+00 11:00:00+00 12:00:00+02 
MIN and MAX: 10:30:00+00 12:00:00+02 
before 10:15 UTC: 
before 11:30 UTC: 10:30:00+00 11:00:00+00 
END
