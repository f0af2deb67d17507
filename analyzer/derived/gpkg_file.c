/* SPDX-License-Identifier: GPL-2.0-or-later
 * A file of the results that SQLite writes. */
#include "derived/gpkg_file.h"

#include "base/io.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct gpkg_file {
    sqlite3_vfs vfs;
    struct output *output;
    const char *name;
    int descriptor; /* -1: not open */
};

/* What SQLite knows as a file: there is one alone. */
struct handle {
    sqlite3_file base;
    struct gpkg_file *file;
};

static struct gpkg_file *file_of(sqlite3_file *base)
{
    return ((struct handle *)base)->file;
}

static int fail(const struct gpkg_file *file, const char *what, int code)
{
    output_fail(file->output, what, file->name);
    return code;
}

static int close_file(sqlite3_file *base)
{
    struct gpkg_file *file = file_of(base);
    int descriptor = file->descriptor;
    file->descriptor = -1;
    return close(descriptor) == 0 ? SQLITE_OK : fail(file, "write", SQLITE_IOERR_CLOSE);
}

static int read_file(sqlite3_file *base, void *data, int length, sqlite3_int64 offset)
{
    struct gpkg_file *file = file_of(base);
    struct stat status;
    if (fstat(file->descriptor, &status) != 0)
        return fail(file, "read", SQLITE_IOERR_READ);
    size_t there = offset >= status.st_size ? 0 : (size_t)MIN(length, status.st_size - offset);
    if (there > 0 && !io_read_at(file->descriptor, (uint64_t)offset, data, there))
        return fail(file, "read", SQLITE_IOERR_READ);
    if (there == (size_t)length)
        return SQLITE_OK;
    memset((char *)data + there, 0, (size_t)length - there);
    return SQLITE_IOERR_SHORT_READ;
}

static int write_file(sqlite3_file *base, const void *data, int length, sqlite3_int64 offset)
{
    struct gpkg_file *file = file_of(base);
    if (output_error(file->output)) /* another file's, which ends the run */
        return SQLITE_IOERR_WRITE;
    if (!io_write_at(file->descriptor, (uint64_t)offset, data, (size_t)length))
        return fail(file, "write", errno == ENOSPC ? SQLITE_FULL : SQLITE_IOERR_WRITE);
    return SQLITE_OK;
}

static int truncate_file(sqlite3_file *base, sqlite3_int64 size)
{
    const struct gpkg_file *file = file_of(base);
    return ftruncate(file->descriptor, size) == 0 ? SQLITE_OK : fail(file, "write", SQLITE_IOERR_TRUNCATE);
}

static int size_of_file(sqlite3_file *base, sqlite3_int64 *size)
{
    const struct gpkg_file *file = file_of(base);
    struct stat status;
    if (fstat(file->descriptor, &status) != 0)
        return fail(file, "read", SQLITE_IOERR_FSTAT);
    *size = status.st_size;
    return SQLITE_OK;
}

/* A run that is killed leaves no results, so nothing is synchronised. Nobody else knows the file, so nothing is locked.
 */
static int do_nothing(sqlite3_file *base, int flags)
{
    return SQLITE_OK;
}

static int check_lock(sqlite3_file *base, int *locked)
{
    *locked = 0;
    return SQLITE_OK;
}

static int control(sqlite3_file *base, int operation, void *argument)
{
    return SQLITE_NOTFOUND;
}

static int sector_size(sqlite3_file *base)
{
    return 4096;
}

static int characteristics(sqlite3_file *base)
{
    return 0;
}

static const sqlite3_io_methods methods = {.iVersion = 1,
                                           .xClose = close_file,
                                           .xRead = read_file,
                                           .xWrite = write_file,
                                           .xTruncate = truncate_file,
                                           .xSync = do_nothing,
                                           .xFileSize = size_of_file,
                                           .xLock = do_nothing,
                                           .xUnlock = do_nothing,
                                           .xCheckReservedLock = check_lock,
                                           .xFileControl = control,
                                           .xSectorSize = sector_size,
                                           .xDeviceCharacteristics = characteristics};

static int open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *base, int flags, int *given)
{
    struct gpkg_file *file = vfs->pAppData;
    base->pMethods = NULL;
    if (!(flags & SQLITE_OPEN_MAIN_DB) || file->descriptor >= 0)
        return SQLITE_CANTOPEN;
    file->descriptor = output_create_random(file->output, file->name);
    if (file->descriptor < 0)
        return SQLITE_CANTOPEN;
    ((struct handle *)base)->file = file;
    base->pMethods = &methods;
    if (given)
        *given = flags;
    return SQLITE_OK;
}

static int delete_file(sqlite3_vfs *vfs, const char *name, int synchronised)
{
    return SQLITE_OK;
}

static int access_file(sqlite3_vfs *vfs, const char *name, int flags, int *there)
{
    *there = 0; /* neither a journal nor anything else */
    return SQLITE_OK;
}

static int full_name(sqlite3_vfs *vfs, const char *name, int size, char *full)
{
    sqlite3_snprintf(size, full, "%s", name);
    return SQLITE_OK;
}

static int randomness(sqlite3_vfs *vfs, int size, char *bytes)
{
    memset(bytes, 0, (size_t)size);
    return size;
}

static int sleep_for(sqlite3_vfs *vfs, int microseconds)
{
    return 0;
}

/* Noon of the first day of 1970, as a Julian day. */
static int current_time(sqlite3_vfs *vfs, double *day)
{
    *day = 2440588.0;
    return SQLITE_OK;
}

static int last_error(sqlite3_vfs *vfs, int size, char *text)
{
    return 0;
}

struct gpkg_file *gpkg_file_new(struct output *output, const char *name, sqlite3 **database)
{
    struct gpkg_file *file = g_new0(struct gpkg_file, 1);
    file->output = output;
    file->name = name;
    file->descriptor = -1;
    file->vfs = (sqlite3_vfs){.iVersion = 1,
                              .szOsFile = sizeof(struct handle),
                              .mxPathname = 64,
                              .zName = "s7timeline-results",
                              .pAppData = file,
                              .xOpen = open_file,
                              .xDelete = delete_file,
                              .xAccess = access_file,
                              .xFullPathname = full_name,
                              .xRandomness = randomness,
                              .xSleep = sleep_for,
                              .xCurrentTime = current_time,
                              .xGetLastError = last_error};
    /* One thread at a time uses it, and nobody asks how much memory it takes: both cost a lock for each value else. */
    sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    *database = NULL;
    if (sqlite3_vfs_register(&file->vfs, 0) != SQLITE_OK)
        return file;
    if (sqlite3_open_v2(name, database, flags, file->vfs.zName) != SQLITE_OK) {
        sqlite3_close(*database);
        *database = NULL;
    }
    return file;
}

void gpkg_file_free(struct gpkg_file *file)
{
    if (!file)
        return;
    sqlite3_vfs_unregister(&file->vfs);
    g_free(file);
}
