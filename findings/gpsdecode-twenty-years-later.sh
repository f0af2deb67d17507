#!/bin/bash
# gpsdecode adds 1,024 weeks, nearly twenty years, to NMEA dates before 2017. Seen with gpsd 3.25 (Debian 13); 3.22 (Debian 12) does the
# same. Input: RMC sentences, whose dates are whole (day, month, year) and need no guess. `gpsdecode -j` prints 2035-05-17 for 2015-10-01,
# 2026-02-14 for 2006-07-01 and 2018-08-16 for 1998-12-31, all on another day of the year, and the right date for 2017-01-01; it returns
# 0 and says nothing on standard error. The clock of the machine makes no difference (3.22 run at 2016,
# 2025 and 2037), and the manual of gpsd says that dates of the receiver are not corrected but for rollovers while it runs.
# Exit 0: as seen; 1: otherwise; 77: no such package.
set -euo pipefail
suite=trixie packages=(gpsd-tools=3.25-5+deb13u2)
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
# gpsd-clients itself without the graphical things that its other programs need
(cd "$work/var/cache/apt/archives" && "${apt[@]}" download gpsd-clients=3.25-5+deb13u2) >>"$work/log" 2>&1 || exit 77
for file in "$work"/var/cache/apt/archives/*.deb; do dpkg -x "$file" "$work/root"; done
libraries=$(find "$work/root" -name '*.so.*' -printf '%h\n' | sort -u | tr '\n' ':')
loader=$(find "$work/root" -name 'ld-linux-*.so.*' | head -n 1)
run() { "$loader" --library-path "$libraries" "$work/root/usr/bin/$1" "${@:2}"; }

sentences() { # $1: ddmmyy; two, as the first is not printed
    python3 - "$1" <<'END'
import sys
for second in range(2):
    text = f"GPRMC,12000{second}.000,A,4807.4074020,N,01106.0000000,E,10.0,90.0,{sys.argv[1]},,,A"
    check = 0
    for byte in text.encode():
        check ^= byte
    print(f"${text}*{check:02X}", end="\r\n")
END
}
run gpsdecode -V 2>&1 | head -n 1
: >"$work/said"
for date in 311298 010706 011015 010117 010726; do
    sentences "$date" >"$work/$date.nmea"
    run gpsdecode -j <"$work/$date.nmea" >"$work/$date.json" 2>>"$work/said"
    echo "$date: $(grep -o '"time":"[^T]*' "$work/$date.json" | cut -d '"' -f 4)"
done | tee "$work/seen"
diff "$work/seen" - <<'END'
311298: 2018-08-16
010706: 2026-02-14
011015: 2035-05-17
010117: 2017-01-01
010726: 2026-07-01
END
[ ! -s "$work/said" ]
