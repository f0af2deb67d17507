#!/bin/bash
# tshark prints one field of one packet as two texts in JSON: by -T json a flag is "0" or "1", by -T json -e FIELD it is "False"
# or "True". Seen with tshark 4.4.19 (Debian 13); 4.6.9 does the same, 4.0.17 prints "0" both times, so that scripts broke with
# the version. Input: an IPv4 packet; field: ip.flags.df.
# Exit 0: as seen; 1: otherwise; 77: no such package.
set -euo pipefail
suite=trixie packages=(tshark=4.4.19-0+deb13u1)
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

python3 - "$work/ip.pcap" <<'END'
import socket, struct, sys
ends = socket.inet_aton("192.0.2.1") + socket.inet_aton("192.0.2.2")
udp = struct.pack(">HHHH", 40000, 9, 8, 0)
frame = bytes(12) + b"\x08\x00" + struct.pack(">BBHHHBBH", 0x45, 0, 28, 1, 0, 64, 17, 0) + ends + udp
with open(sys.argv[1], "wb") as file:
    file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
    file.write(struct.pack("<IIII", 1782864000, 0, len(frame), len(frame)) + frame)
END
value() { run tshark -n -r "$work/ip.pcap" -T json "$@" 2>"$work/log" | tr -d ' \n[' | grep -o '"ip.flags.df":"[^"]*"'; }
seen="$(value) $(value -e ip.flags.df)"
echo "by -T json, and by -T json -e ip.flags.df: $seen"
[ "$seen" = '"ip.flags.df":"0" "ip.flags.df":"False"' ]
