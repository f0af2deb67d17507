/* SPDX-License-Identifier: GPL-2.0-or-later
 * Who gives the records of the second step: the store of this run, or records that other runs wrote. */
#ifndef SOURCE_H
#define SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct source {
    void *user;
    /* Goes on to the next device that has records, in ascending order of their numbers. False behind the last. */
    bool (*next_part)(void *user, uint32_t *device);
    /* The next record of that device, valid until the next call; NULL behind its last. */
    const uint8_t *(*next_record)(void *user, size_t *length);
};

#endif
