/* SPDX-License-Identifier: GPL-2.0-or-later
 * Reading and writing of files to the last byte, whatever signals come between. */
#include "base/io.h"

#include <errno.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

/* One call of the system. to: of reading; from: of writing. position: -1 = where the file stands. */
static ssize_t transfer(int descriptor, char *to, const char *from, size_t length, off_t position)
{
    if (to)
        return position < 0 ? read(descriptor, to, length) : pread(descriptor, to, length, position);
    return position < 0 ? write(descriptor, from, length) : pwrite(descriptor, from, length, position);
}

/* Bytes that went through before the end of the file or an error; errno is 0 without one. */
static size_t transfer_all(int descriptor, char *to, const char *from, size_t length, off_t position)
{
    size_t done = 0;
    errno = 0;
    while (done < length) {
        ssize_t some = transfer(descriptor, to ? to + done : NULL, from ? from + done : NULL, length - done,
                                position < 0 ? position : position + (off_t)done);
        if (some > 0) {
            done += (size_t)some;
        } else if (some == 0) {
            errno = 0;
            break;
        } else if (errno != EINTR) {
            break;
        }
    }
    if (done == length)
        errno = 0;
    return done;
}

bool io_write(int descriptor, const void *data, size_t length)
{
    return transfer_all(descriptor, NULL, data, length, -1) == length;
}

bool io_write_at(int descriptor, uint64_t position, const void *data, size_t length)
{
    return transfer_all(descriptor, NULL, data, length, (off_t)position) == length;
}

ptrdiff_t io_read(int descriptor, void *data, size_t length)
{
    size_t done = transfer_all(descriptor, data, NULL, length, -1);
    return done == 0 && errno != 0 ? -1 : (ptrdiff_t)done;
}

bool io_read_at(int descriptor, uint64_t position, void *data, size_t length)
{
    size_t done = transfer_all(descriptor, data, NULL, length, (off_t)position);
    memset((char *)data + done, 0, length - done);
    return done == length;
}
