#!/bin/bash
# mergecap does not put back together what editcap has cut: of packets with equal times it takes the one of the last file named first.
# Seen with mergecap 4.4.19 (Debian 13); 4.0.17 and 4.6.9 do the same. Input: packets 1 to 12 whose times are of whole seconds, as a
# device with a coarse clock writes them, four a second; `editcap -c 2` cuts the file into six. `mergecap` of the six in their order
# returns 0 without a word and gives 3 1 2 7 5 6 4 11 9 10 8 12, an answer before its question; its manual speaks of order by time, and
# the merged file is in strict time order for capinfos. `mergecap -a`, which looks at no time, gives 1 to 12.
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

python3 - "$work/whole.pcap" <<'END'
import socket, struct, sys
ends = socket.inet_aton("192.0.2.1") + socket.inet_aton("192.0.2.2")
with open(sys.argv[1], "wb") as file:
    file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
    for number in range(1, 13):  # is the id of its IPv4 header
        data = b"#860000000000001,%02d#" % number
        udp = struct.pack(">HHHH", 40000, 8888, 8 + len(data), 0) + data
        frame = bytes(12) + b"\x08\x00" + struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(udp), number, 0, 64, 17, 0) + ends + udp
        file.write(struct.pack("<IIII", 1782864000 + number // 4, 0, len(frame), len(frame)) + frame)
END
numbers() { run tshark -n -r "$1" -T fields -e ip.id 2>"$work/log" | while read -r number; do printf '%d ' "$number"; done; }
run mergecap --version 2>"$work/log" | head -n 1
run editcap -c 2 "$work/whole.pcap" "$work/part.pcap"
run mergecap -w "$work/merged.pcapng" "$work"/part_*.pcap >"$work/said" 2>&1
run mergecap -a -w "$work/appended.pcapng" "$work"/part_*.pcap >>"$work/said" 2>&1
order=$(run capinfos -o -T -r "$work/merged.pcapng" | cut -f 2)
seen="$(numbers "$work/merged.pcapng"); $(numbers "$work/appended.pcapng"); $order"
echo "expected of both: $(numbers "$work/whole.pcap")"
echo "merged; appended; strict time order of the merged file: $seen"
[ ! -s "$work/said" ] && [ "$seen" = "3 1 2 7 5 6 4 11 9 10 8 12 ; 1 2 3 4 5 6 7 8 9 10 11 12 ; True" ]
