/* SPDX-License-Identifier: GPL-2.0-or-later
 * Reading and writing of files to the last byte, whatever signals come between. */
#ifndef IO_H
#define IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Both: false and errno on error. */
bool io_write(int descriptor, const void *data, size_t length);
bool io_write_at(int descriptor, uint64_t position, const void *data, size_t length);
/* As many bytes as there are, length at most: fewer at the end of the file, -1 and errno on error. */
ptrdiff_t io_read(int descriptor, void *data, size_t length);
/* All of them; zeros and false where that cannot be. */
bool io_read_at(int descriptor, uint64_t position, void *data, size_t length);

#endif
