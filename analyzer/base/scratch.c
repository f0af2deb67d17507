/* SPDX-License-Identifier: GPL-2.0-or-later
 * A temporary file for what does not fit into memory. */
#include "base/scratch.h"

#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <string.h>
#include <unistd.h>

#define NAME "records.part"

struct scratch {
    int folder, descriptor; /* -1: not made yet */
    int error;
    uint64_t size;
    GMutex lock; /* of all but the bytes of the file */
};

struct scratch *scratch_new(int folder)
{
    struct scratch *scratch = g_new0(struct scratch, 1);
    scratch->folder = folder;
    scratch->descriptor = -1;
    g_mutex_init(&scratch->lock);
    return scratch;
}

static void fail(struct scratch *scratch, int error)
{
    g_mutex_lock(&scratch->lock);
    if (scratch->error == 0)
        scratch->error = error ? error : EIO;
    g_mutex_unlock(&scratch->lock);
}

/* It has no name where the file system can do that; else none for long: one that an interrupted run left is taken away.
 */
static int make_file(int folder)
{
    const int flags = O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
    int descriptor = openat(folder, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (descriptor >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT && errno != EINVAL))
        return descriptor;
    descriptor = openat(folder, NAME, flags, 0600);
    if (descriptor < 0 && errno == EEXIST && unlinkat(folder, NAME, 0) == 0)
        descriptor = openat(folder, NAME, flags, 0600);
    if (descriptor >= 0 && unlinkat(folder, NAME, 0) != 0) {
        int error = errno;
        close(descriptor);
        errno = error;
        return -1;
    }
    return descriptor;
}

uint64_t scratch_reserve(struct scratch *scratch, size_t length)
{
    g_mutex_lock(&scratch->lock);
    uint64_t position = scratch->size;
    scratch->size += length;
    if (scratch->descriptor < 0 && scratch->error == 0) {
        scratch->descriptor = make_file(scratch->folder);
        if (scratch->descriptor < 0)
            scratch->error = errno;
    }
    g_mutex_unlock(&scratch->lock);
    return position;
}

void scratch_write(struct scratch *scratch, uint64_t position, const void *data, size_t length)
{
    if (scratch_error(scratch) == 0 && !io_write_at(scratch->descriptor, position, data, length))
        fail(scratch, errno);
}

void scratch_read(struct scratch *scratch, uint64_t position, void *data, size_t length)
{
    if (scratch_error(scratch) != 0)
        memset(data, 0, length);
    else if (!io_read_at(scratch->descriptor, position, data, length))
        fail(scratch, errno);
}

void scratch_load(struct scratch *scratch, struct scratch_run *run, size_t size)
{
    size_t there = run->end - run->at;
    if (there >= size || run->left == 0)
        return;
    if (size > run->size) {
        uint8_t *larger = g_malloc(size);
        memcpy(larger, run->buffer + run->at, there);
        g_free(run->buffer);
        run->buffer = larger;
        run->size = size;
    } else {
        memmove(run->buffer, run->buffer + run->at, there);
    }
    size_t more = (size_t)MIN(run->left, run->size - there);
    scratch_read(scratch, run->position, run->buffer + there, more);
    run->position += more;
    run->left -= more;
    run->at = 0;
    run->end = there + more;
}

int scratch_error(const struct scratch *scratch)
{
    GMutex *lock = &((struct scratch *)(uintptr_t)scratch)->lock;
    g_mutex_lock(lock);
    int error = scratch->error;
    g_mutex_unlock(lock);
    return error;
}

void scratch_free(struct scratch *scratch)
{
    if (!scratch)
        return;
    if (scratch->descriptor >= 0)
        close(scratch->descriptor);
    g_mutex_clear(&scratch->lock);
    g_free(scratch);
}
