/* SPDX-License-Identifier: GPL-2.0-or-later
 * Memory that ends at a page nobody may touch: code that reads one byte too far dies at once. */
#include "guard.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { REGION = 1 << 20 };

static uint8_t *region_end(void)
{
    static uint8_t *end;
    if (end)
        return end;
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    uint8_t *start = mmap(NULL, REGION + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (start == MAP_FAILED || mprotect(start + REGION, page, PROT_NONE) != 0)
        abort();
    end = start + REGION;
    return end;
}

const uint8_t *guard_copy(const uint8_t *data, size_t length)
{
    if (length > REGION)
        abort();
    uint8_t *copy = region_end() - length;
    memcpy(copy, data, length);
    return copy;
}
