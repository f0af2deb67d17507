#!/bin/bash
# A packet without a time becomes one of 1970. Seen with editcap and mergecap 4.0.17 (Debian 12); 4.4.19 and 4.6.9 do the same.
# Input: a pcapng file with two simple packet blocks, which have no time, and a pcap file with a packet of 2026. `editcap -F
# pcap` and `mergecap` (to pcapng, which can say "no time") return 0 without a word; what they write says 1970-01-01 00:00:00
# of both packets, which capinfos calls n/a in the input. Exit 0: as seen; 1: otherwise; 77: no such package.
set -euo pipefail
suite=bookworm packages=(tshark=4.0.17-0+deb12u3)
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

python3 - "$work/simple.pcapng" "$work/timed.pcap" <<'END'
import struct, sys
def block(kind, body):
    return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)
frame = bytes(12) + b"\x88\xb5" + bytes(46)
start = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)) + block(1, struct.pack("<HHI", 1, 0, 0))
with open(sys.argv[1], "wb") as file:
    file.write(start + 2 * block(3, struct.pack("<I", len(frame)) + frame))
with open(sys.argv[2], "wb") as file:
    file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
    file.write(struct.pack("<IIII", 1782864000, 0, len(frame), len(frame)) + frame)
END
times() { run tshark -n -r "$1" -T fields -e frame.time_epoch 2>"$work/log" | tr '\n' ' '; }
run editcap -F pcap "$work/simple.pcapng" "$work/edited.pcap" >"$work/said" 2>&1
run mergecap -w "$work/merged.pcapng" "$work/simple.pcapng" "$work/timed.pcap" >>"$work/said" 2>&1
first=$(run capinfos -a -T -r "$work/simple.pcapng" | cut -f 2)
seen="$first; $(times "$work/edited.pcap"); $(times "$work/merged.pcapng")"
echo "first time in the input; times that editcap wrote; mergecap: $seen"
[ ! -s "$work/said" ] && [ "$seen" = "n/a; 0.000000000 0.000000000 ; 0.000000000 0.000000000 1782864000.000000000 " ]
