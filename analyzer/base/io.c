/* SPDX-License-Identifier: GPL-2.0-or-later
 * Reading and writing of files to the last byte, whatever signals come between. */
#include "base/io.h"

#include <errno.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

/* One call of the system. position: -1 = where the file stands. */
static ssize_t transfer(int descriptor, bool writes, void *bytes, size_t length, off_t position)
{
    if (writes)
        return position < 0 ? write(descriptor, bytes, length) : pwrite(descriptor, bytes, length, position);
    return position < 0 ? read(descriptor, bytes, length) : pread(descriptor, bytes, length, position);
}

/* Bytes that went through before the end of the file or an error; errno is 0 without one. */
static size_t transfer_all(int descriptor, bool writes, void *bytes, size_t length, off_t position)
{
    size_t done = 0;
    int error = 0;
    while (done < length && error == 0) {
        off_t at = position < 0 ? position : position + (off_t)done;
        ssize_t some = transfer(descriptor, writes, (char *)bytes + done, length - done, at);
        if (some == 0)
            break;
        if (some > 0)
            done += (size_t)some;
        else if (errno != EINTR)
            error = errno;
    }
    errno = error;
    return done;
}

/* Writing changes nothing. */
static void *from(const void *data)
{
    return (void *)(uintptr_t)data;
}

bool io_write(int descriptor, const void *data, size_t length)
{
    return transfer_all(descriptor, true, from(data), length, -1) == length;
}

bool io_write_at(int descriptor, uint64_t position, const void *data, size_t length)
{
    return transfer_all(descriptor, true, from(data), length, (off_t)position) == length;
}

ptrdiff_t io_read(int descriptor, void *data, size_t length)
{
    size_t done = transfer_all(descriptor, false, data, length, -1);
    return done == 0 && errno != 0 ? -1 : (ptrdiff_t)done;
}

bool io_read_at(int descriptor, uint64_t position, void *data, size_t length)
{
    size_t done = transfer_all(descriptor, false, data, length, (off_t)position);
    memset((char *)data + done, 0, length - done);
    return done == length;
}
