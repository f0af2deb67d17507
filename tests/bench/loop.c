/* SPDX-License-Identifier: GPL-2.0-or-later
 * The yardstick of the benchmarks: libpcap reading a capture and a callback that only counts packets. */
#include <pcap/pcap.h>
#include <stdbool.h>
#include <stdio.h>

static void count(u_char *user, const struct pcap_pkthdr *header, const u_char *data)
{
    (void)header;
    (void)data;
    ++*(unsigned long *)user;
}

int main(int argc, char **argv)
{
    char error[PCAP_ERRBUF_SIZE];
    unsigned long packets = 0;
    pcap_t *pcap = argc == 2 ? pcap_open_offline(argv[1], error) : NULL;
    if (!pcap) {
        fprintf(stderr, "usage: %s CAPTURE\n", argv[0]);
        return 2;
    }
    bool whole = pcap_loop(pcap, -1, count, (u_char *)&packets) == 0;
    pcap_close(pcap);
    printf("%lu\n", packets);
    return whole ? 0 : 1;
}
