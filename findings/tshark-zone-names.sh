#!/bin/bash
# A zone's name in a display filter is taken, and read as another time than it says. Seen with tshark 4.4.19 (Debian 13).
# Input: a packet an hour. With TZ=Europe/Berlin "12:00:00 CEST" (10:00 UTC) selects from 11:00 UTC on, an hour late,
# without a word; with TZ=Europe/London "12:00:00 BST" (11:00 UTC) from 12:00 UTC on; with TZ=Asia/Shanghai "12:00:00 CST"
# (04:00 UTC) from 18:00 UTC on. An offset, "+0200", is read right. Exit 0: as seen; 1: otherwise; 77: no such package.
set -euo pipefail
suite=trixie packages=(tshark=4.4.19-0+deb13u1 tzdata)
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

python3 - "$work/hourly.pcap" <<'END'
import struct, sys
with open(sys.argv[1], "wb") as file:
    file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
    for hour in range(24):  # of 2026-07-01, UTC
        file.write(struct.pack("<IIII", 1782864000 + 3600 * hour, 0, 14, 14) + bytes(12) + b"\x88\xb5")
END
first_hour() { # ZONE-OF-THE-MACHINE TIME: the first packet that the filter selects, as hour UTC
    TZ=$1 TZDIR=$work/root/usr/share/zoneinfo run tshark -n -r "$work/hourly.pcap" -Y "frame.time >= \"2026-07-01 $2\"" -T fields -e frame.time_epoch 2>"$work/log" |
        awk 'NR == 1 { print ($1 - 1782864000) / 3600 }'
}
seen="$(first_hour Europe/Berlin '12:00:00 CEST') $(first_hour Europe/London '12:00:00 BST') $(first_hour Asia/Shanghai '12:00:00 CST') $(first_hour Europe/Berlin '12:00:00 +0200')"
echo "selected from that hour UTC on: $seen (right: 10 11 4 10)"
[ "$seen" = "11 12 18 10" ]
