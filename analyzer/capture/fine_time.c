/* SPDX-License-Identifier: GPL-2.0-or-later
 * Times of pcapng interfaces whose unit is so small that libwiretap's arithmetic overflows (finer than 2^-34 s). */
#include "capture/fine_time.h"

#include <glib.h>
#include <unistd.h>

#define NANOSECONDS UINT64_C(1000000000)

struct fine_time {
    int descriptor;
    unsigned section;
    bool needed;       /* an interface of the file has so small a unit */
    GArray *units;     /* of uint64_t: by interface of the section */
    GArray *described; /* likewise: since the last packet */
};

struct fine_time *fine_time_new(int descriptor)
{
    struct fine_time *fine = g_new0(struct fine_time, 1);
    fine->descriptor = descriptor;
    fine->units = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    fine->described = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    return fine;
}

static bool is_fine(uint64_t units)
{
    return units > UINT64_MAX / NANOSECONDS;
}

void fine_time_interface(struct fine_time *fine, uint64_t units)
{
    g_array_append_val(fine->described, units);
    fine->needed = fine->needed || is_fine(units);
}

/* The time stamp of an enhanced packet block (type 6) or of an old packet block (2): both have it at the same place. */
static bool read_stamp(int descriptor, int64_t offset, uint64_t *stamp)
{
    uint8_t block[20];
    if (descriptor < 0 || offset < 0 || pread(descriptor, block, sizeof block, (off_t)offset) != sizeof block)
        return false;
    bool big_endian = block[0] == 0;
    *stamp = 0;
    for (int i = 0; i < 8; i++) {
        int place = big_endian ? i : i < 4 ? 3 - i : 11 - i;
        *stamp = *stamp << 8 | block[12 + place];
    }
    return true;
}

/* part * 10^9 / units in whole nanoseconds. Units are a multiple of 10^9 or a power of two (2^64 - 1 stands for all
 * that is larger). */
static uint64_t nanoseconds(uint64_t part, uint64_t units)
{
    if (units % NANOSECONDS == 0)
        return part / (units / NANOSECONDS);
    unsigned low = 0; /* bits of units beyond those that can be multiplied */
    while (units >> low > UINT64_C(1) << 34)
        low++;
    uint64_t rest = part & ((UINT64_C(1) << low) - 1);
    return ((part >> low) * NANOSECONDS + (rest * NANOSECONDS >> low)) >> 34;
}

bool fine_time_fraction(struct fine_time *fine, unsigned section, uint32_t interface, int64_t offset, int64_t *fraction)
{
    if (section != fine->section)
        g_array_set_size(fine->units, 0);
    fine->section = section;
    g_array_append_vals(fine->units, fine->described->data, fine->described->len);
    g_array_set_size(fine->described, 0);
    if (!fine->needed)
        return true;
    uint64_t stamp;
    uint64_t units = interface < fine->units->len ? g_array_index(fine->units, uint64_t, interface) : UINT64_MAX;
    if (!is_fine(units))
        return true;
    if (!read_stamp(fine->descriptor, offset, &stamp))
        return false;
    uint64_t part = stamp % units, right = nanoseconds(part, units);
    /* What overflowed proves that the interface is the right one; or it did not overflow, in a later libwiretap. */
    if ((uint64_t)*fraction != part * NANOSECONDS / units && (uint64_t)*fraction != right)
        return false;
    *fraction = (int64_t)right;
    return true;
}

void fine_time_free(struct fine_time *fine)
{
    if (!fine)
        return;
    if (fine->descriptor >= 0)
        close(fine->descriptor);
    g_array_unref(fine->units);
    g_array_unref(fine->described);
    g_free(fine);
}
