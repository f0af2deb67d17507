/* SPDX-License-Identifier: GPL-2.0-or-later
 * Fuzz target: captures as files, packed with gzip or not, through the readers of classic pcap and pcapng. Formats that
 * libwiretap reads are left out: what it does with them is not ours. */
#include "capture/capture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition, const char *what)
{
    if (condition)
        return;
    fprintf(stderr, "%s\n", what);
    abort();
}

/* By their first bytes. */
static bool is_ours(const uint8_t *data, size_t size)
{
    static const uint8_t section[] = {0x0a, 0x0d, 0x0d, 0x0a}, gzip[] = {0x1f, 0x8b};
    if (size < 12)
        return false;
    return memcmp(data, section, 4) == 0 || memcmp(data, gzip, 2) == 0 || data[0] == 0xa1 || data[3] == 0xa1;
}

static void check_record(const struct record *record, uint64_t *number)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < record->captured; i++)
        sum += record->data[i];
    require(sum <= UINT8_MAX * (uint64_t)record->captured, "data");
    require(record->origin.number > *number, "numbers do not rise");
    require(record->origin.time >= -(INT64_C(1) << 62) && record->origin.time <= INT64_C(1) << 62, "time");
    *number = record->origin.number;
}

/* Reads all, one by one or many at a time; returns how many packets there were. */
static uint64_t read_all(const char *path, bool many, const char *filter)
{
    struct capture *capture = capture_open(path, 1, filter, NULL);
    if (!capture)
        return 0;
    struct record records[7];
    uint64_t packets = 0, number = 0;
    enum capture_result result;
    size_t count;
    do {
        if (many) {
            count = capture_some(capture, records, G_N_ELEMENTS(records), &result);
        } else {
            result = capture_next(capture, records);
            count = result == CAPTURE_RECORD ? 1 : 0;
        }
        for (size_t i = 0; i < count; i++)
            check_record(&records[i], &number);
        packets += count;
    } while (count > 0);
    require(result == (capture_damage(capture) ? CAPTURE_DAMAGED : CAPTURE_END), "end");
    require(capture_packets(capture) >= number, "count");
    require(capture_format(capture) != NULL, "format");
    capture_close(capture);
    return packets;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[32];
    if (!is_ours(data, size))
        return 0;
    int descriptor = memfd_create("capture", MFD_CLOEXEC);
    require(descriptor >= 0 && write(descriptor, data, size) == (ssize_t)size, "file");
    snprintf(path, sizeof path, "/dev/fd/%d", descriptor);
    uint64_t packets = read_all(path, false, NULL);
    require(read_all(path, true, NULL) == packets, "one by one and many at a time differ");
    require(read_all(path, false, "udp or tcp") <= packets, "a filter adds packets");
    close(descriptor);
    return 0;
}
