# shellcheck shell=sh
# A bare Debian root to try things in, for scripts that root runs; source it. Needs debootstrap and the network.
# root_make DIR SUITE [LINE]: makes it, with the mirror and the proxy of this machine's apt, or from that line of
# sources.list; root_run DIR COMMAND: runs a shell command in it as its root and returns its status; root_remove DIR:
# unmounts and deletes it. step TEXT: prints the time and TEXT.

step() {
    printf '%s  %s\n' "$(date +%T)" "$1"
}

# The lines of sources.list for suite $1: this machine's own ones where it has them, else its mirror's main archive.
root_sources() {
    targets=$(apt-get indextargets --format '$(SITE) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' | sort -u)
    echo "$targets" | awk -v suite="$1" '$2 ~ "^" suite "(-|$)" { print "deb", $1, $2, $3; found = 1 } END { exit !found }' && return
    own=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
    echo "$targets" | awk -v own="$own" -v suite="$1" '$2 == own { print "deb", $1, suite, "main"; exit }'
}

# Ends the script with status 2 when a root cannot be made here, with 1 when making it fails.
root_make() {
    [ "$(id -u)" -eq 0 ] || {
        echo "$0: run it as root" >&2
        exit 2
    }
    command -v debootstrap >/dev/null || {
        echo "$0: install debootstrap first" >&2
        exit 2
    }
    sources=${3:-$(root_sources "$2")}
    mirror=$(echo "$sources" | awk -v suite="$2" '$3 == suite { print $2; exit }')
    [ -n "$mirror" ] || {
        echo "$0: no source for $2 in this machine's apt configuration" >&2
        exit 2
    }
    step "debootstrap $2 into $1"
    # The root must be readable for everybody in it: tshark runs as nobody, apt as _apt.
    mkdir -p "$1"
    chmod 755 "$1"
    script=
    [ -e "/usr/share/debootstrap/scripts/$2" ] || script=gutsy # that of all of Ubuntu's suites
    # shellcheck disable=SC2086 # no script is no argument
    debootstrap --variant=minbase "$2" "$1" "$mirror" $script >"$1.log" 2>&1 || {
        tail -n 20 "$1.log" >&2
        rm -f "$1.log"
        exit 1
    }
    rm -f "$1.log"
    echo "$sources" >"$1/etc/apt/sources.list"
    apt-config dump | grep -E '^Acquire::(http|https|Check-)' >"$1/etc/apt/apt.conf.d/99machine" || true
    cp /etc/hosts /etc/resolv.conf "$1/etc/"
    mount -t proc proc "$1/proc"
    mount --bind /dev "$1/dev"
}

root_run() {
    chroot "$1" env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 sh -c "$2"
}

root_unmount() {
    umount "$1/proc" 2>/dev/null || true
    umount "$1/dev" 2>/dev/null || true
}

root_remove() {
    root_unmount "$1"
    # --one-file-system: what is still mounted is not ours to delete
    rm -rf --one-file-system "$1"
}
