/* SPDX-License-Identifier: GPL-2.0-or-later
 * A classic pcap file (Ethernet, microseconds, little endian) in memory.
 * Takes packets in any order, gives the bytes of the file with the packets sorted by time. */
#ifndef PCAP_WRITER_H
#define PCAP_WRITER_H

#include <glib.h>
#include <stdint.h>

struct pcap_writer;

struct pcap_writer *pcap_writer_new(void);

/* Adds a copy of the frame. time: microseconds since 1970 UTC. Packets of the same time keep the order in which they
 * came. */
void pcap_writer_add(struct pcap_writer *writer, int64_t time, const GByteArray *frame);

/* Gives the file (the caller frees it) and frees the writer. */
GByteArray *pcap_writer_finish(struct pcap_writer *writer);

#endif
