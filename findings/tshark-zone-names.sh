#!/bin/bash
# A zone's name in a display filter is taken, and read as another time than it says. tshark 4.4.19 (Debian 13,
# 4.4.19-0+deb13u1), zone files of tzdata. One packet an hour; wanted: those from 12:00 in Berlin's summer time on, 10:00 UTC.
# Seen with TZ=Europe/Berlin: "12:00:00 CEST" selects from 11:00 UTC on, an hour late, without a word; with TZ=Europe/London
# "12:00:00 BST" from 12:00 UTC (right: 11:00); with TZ=Asia/Shanghai "12:00:00 CST" from 18:00 UTC (right: 04:00). An
# offset, +0200, is read right. Exit 0: as seen. 1: otherwise. 77: the package is not to be had.
set -euo pipefail
suite=trixie package=tshark version=4.4.19-0+deb13u1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
