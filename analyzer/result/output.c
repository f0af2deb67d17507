/* SPDX-License-Identifier: GPL-2.0-or-later
 * The folder of results. Files grow under their name with ".part" behind it and get their name only when all is done.
 */
#include "result/output.h"

#include "base/sha256.h"
#include "result/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* Of the files that may be open, so many are left for others than those that grow; and no more are asked for. */
#define OPEN_RESERVE 256
#define OPEN_MAX     65536
/* Keys of rows that are written to the scratch file at once. */
#define SCRATCH_BUFFER ((size_t)65536)

struct output {
    char *path;
    bool made;             /* the folder did not exist */
    int folder;            /* descriptor */
    int scratch;           /* descriptor, -1 until it is needed */
    uint64_t scratch_size; /* what stands in the buffer included */
    char *scratch_buffer;
    size_t scratch_used;
    struct spool *spool;
    unsigned growing, growing_max; /* open descriptors */
    GHashTable *names;             /* of the files, owned; the value is NULL */
    GArray *files;                 /* of struct output_file */
    char *error;
};

/* Names that are ours: what --force may remove. */
static bool is_result(const char *name)
{
    static const char *const tables[] = {"devices.csv", "streams.csv", "leftovers.csv", "pictures.csv",
                                         "manifest.json"};
    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++) {
        size_t length = strlen(tables[i]);
        if (strncmp(name, tables[i], length) == 0 && (name[length] == '\0' || g_str_has_prefix(name + length, ".part")))
            return true;
    }
    return false;
}

static bool is_timeline(const char *name)
{
    size_t length = strspn(name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_");
    const char *rest = name + length;
    return length > 0 && g_str_has_prefix(rest, ".csv") && (rest[4] == '\0' || g_str_has_prefix(rest + 4, ".part"));
}

static void remove_results(const char *path, bool (*ours)(const char *name))
{
    GDir *folder = g_dir_open(path, 0, NULL);
    if (!folder)
        return;
    const char *name;
    while ((name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *file = g_build_filename(path, name, NULL);
        if (ours(name) && g_file_test(file, G_FILE_TEST_IS_REGULAR))
            unlink(file);
    }
    g_dir_close(folder);
}

static bool is_anything(const char *name)
{
    return true;
}

/* Pictures have any name; their folders are called as devices are. */
static void remove_pictures(const char *path)
{
    GDir *folder = g_dir_open(path, 0, NULL);
    if (!folder)
        return;
    const char *name;
    while ((name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *device = g_build_filename(path, name, NULL);
        if (strspn(name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_") == strlen(name) &&
            !g_file_test(device, G_FILE_TEST_IS_SYMLINK)) {
            remove_results(device, is_anything);
            rmdir(device);
        }
    }
    g_dir_close(folder);
    rmdir(path);
}

/* Only where a table of pictures stands is the folder of that name ours. */
static bool has_pictures(const char *path)
{
    g_autofree char *table = g_build_filename(path, "pictures.csv", NULL);
    g_autofree char *part = g_build_filename(path, "streams.csv.part", NULL); /* a run that did not get that far */
    return g_file_test(table, G_FILE_TEST_IS_REGULAR) || g_file_test(part, G_FILE_TEST_IS_REGULAR);
}

static bool is_empty(const char *path)
{
    GDir *folder = g_dir_open(path, 0, NULL);
    bool empty = folder != NULL && g_dir_read_name(folder) == NULL;
    if (folder)
        g_dir_close(folder);
    return empty;
}

static struct output *refuse(const char *path, const char *why, GError **error)
{
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s: %s", path, why);
    return NULL;
}

/* How many growing files may be open at once; asks for as many as the system allows the user. */
static unsigned open_files_max(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return 0;
    rlim_t wanted = MIN(limit.rlim_max, OPEN_MAX);
    if (limit.rlim_cur < wanted) {
        struct rlimit raised = {wanted, limit.rlim_max};
        if (setrlimit(RLIMIT_NOFILE, &raised) == 0)
            limit = raised;
    }
    rlim_t files = MIN(limit.rlim_cur, OPEN_MAX);
    return files > OPEN_RESERVE ? (unsigned)files - OPEN_RESERVE : 0;
}

struct output *output_open(const char *path, bool force, GError **error)
{
    bool existed = g_file_test(path, G_FILE_TEST_EXISTS);
    if (existed && !g_file_test(path, G_FILE_TEST_IS_DIR))
        return refuse(path, "exists and is no folder", error);
    if (existed && !force && !is_empty(path))
        return refuse(path, "exists and is not empty (--force replaces earlier results)", error);
    if (g_mkdir_with_parents(path, 0777) != 0)
        return refuse(path, g_strerror(errno), error);

    /* The manifest goes first: from now on nothing here looks like a whole result. */
    g_autofree char *devices = g_build_filename(path, "devices", NULL);
    g_autofree char *manifest = g_build_filename(path, "manifest.json", NULL);
    g_autofree char *pictures = g_build_filename(path, "pictures", NULL);
    if (existed && force) {
        bool had_pictures = has_pictures(path);
        unlink(manifest);
        remove_results(path, is_result);
        remove_results(devices, is_timeline);
        if (had_pictures)
            remove_pictures(pictures);
    }
    int folder = -1;
    if ((mkdir(devices, 0777) != 0 && errno != EEXIST) ||
        (folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0 || faccessat(folder, "devices", W_OK, 0) != 0) {
        refuse(path, g_strerror(errno), error);
        if (folder >= 0)
            close(folder);
        return NULL;
    }
    struct output *output = g_new0(struct output, 1);
    output->path = g_strdup(path);
    output->made = !existed;
    output->folder = folder;
    output->scratch = -1;
    output->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    output->files = g_array_new(FALSE, TRUE, sizeof(struct output_file));
    output->growing_max = open_files_max();
    output->spool = spool_new(output);
    return output;
}

void output_fail(struct output *output, const char *what, const char *name)
{
    if (!output->error)
        output->error = g_strdup_printf("%s/%s: cannot %s: %s", output->path, name, what, g_strerror(errno));
}

const char *output_error(const struct output *output)
{
    return output->error;
}

bool output_write_all(int descriptor, const void *data, size_t length)
{
    const char *from = data;
    while (length > 0) {
        ssize_t written = write(descriptor, from, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        from += written;
        length -= (size_t)written;
    }
    return true;
}

/* Opens the unfinished file: its name with suffix. */
static int open_part(struct output *output, const char *name, const char *suffix, int flags)
{
    char part[128];
    g_snprintf(part, sizeof part, "%s%s", name, suffix);
    int descriptor = openat(output->folder, part, flags | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (descriptor < 0)
        output_fail(output, "open", part);
    return descriptor;
}

/* Opens an unfinished file for writing; the first call makes it. */
static int open_writing(struct output *output, const char *name, int flags)
{
    if (output->error)
        return -1;
    flags |= O_WRONLY;
    if (!g_hash_table_contains(output->names, name)) {
        g_hash_table_add(output->names, g_strdup(name));
        flags |= O_CREAT | O_EXCL;
    }
    return open_part(output, name, ".part", flags);
}

static void close_writing(struct output *output, const char *name, int descriptor, bool good)
{
    if (!good)
        output_fail(output, "write", name);
    if (close(descriptor) != 0)
        output_fail(output, "write", name);
}

struct spool *output_spool(struct output *output)
{
    return output->spool;
}

/* Writes all of the parts; false and errno on error. */
static bool write_parts(int descriptor, struct iovec *parts, int count)
{
    while (count > 0) {
        ssize_t written = writev(descriptor, parts, count);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        size_t left = (size_t)written;
        while (count > 0 && left >= parts->iov_len) {
            left -= parts->iov_len;
            parts++;
            count--;
        }
        if (count > 0) {
            parts->iov_base = (char *)parts->iov_base + left;
            parts->iov_len -= left;
        }
    }
    return true;
}

void output_grow(struct output *output, struct output_growing *file, struct iovec *parts, int count)
{
    if (file->descriptor < 0) {
        file->descriptor = open_writing(output, file->name, O_APPEND);
        output->growing += file->descriptor >= 0;
    }
    if (output->error)
        return;
    if (!write_parts(file->descriptor, parts, count))
        output_fail(output, "write", file->name);
    if (output->growing > output->growing_max)
        output_grown(output, file);
}

void output_grown(struct output *output, struct output_growing *file)
{
    if (file->descriptor < 0)
        return;
    if (close(file->descriptor) != 0)
        output_fail(output, "write", file->name);
    file->descriptor = -1;
    output->growing--;
}

void output_append(struct output *output, const char *name, const void *data, size_t length)
{
    int descriptor = open_writing(output, name, O_APPEND);
    if (descriptor >= 0)
        close_writing(output, name, descriptor, output_write_all(descriptor, data, length));
}

void output_write_at(struct output *output, const char *name, uint64_t offset, const void *data, size_t length)
{
    int descriptor = open_writing(output, name, 0);
    if (descriptor < 0)
        return;
    bool good = lseek(descriptor, (off_t)offset, SEEK_SET) >= 0 && output_write_all(descriptor, data, length);
    close_writing(output, name, descriptor, good);
}

void output_folder(struct output *output, const char *name)
{
    if (!output->error && mkdirat(output->folder, name, 0777) != 0 && errno != EEXIST)
        output_fail(output, "make", name);
}

/* Reads it whole; zeros and false where that cannot be. */
static bool read_all(int descriptor, uint64_t position, void *data, size_t length)
{
    char *to = data;
    while (length > 0) {
        ssize_t got = pread(descriptor, to, length, (off_t)position);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            memset(to, 0, length);
            return false;
        }
        to += got;
        position += (uint64_t)got;
        length -= (size_t)got;
    }
    return true;
}

void output_read_at(struct output *output, const char *name, uint64_t offset, void *data, size_t length)
{
    int descriptor = output->error ? -1 : open_part(output, name, ".part", O_RDONLY);
    if (descriptor < 0) {
        memset(data, 0, length);
        return;
    }
    if (!read_all(descriptor, offset, data, length))
        output_fail(output, "read", name);
    close(descriptor);
}

int output_reopen(struct output *output, const char *name)
{
    return output->error ? -1 : open_part(output, name, ".part", O_RDONLY);
}

int output_replacement(struct output *output, const char *name)
{
    return output->error ? -1 : open_part(output, name, ".part.sorted", O_WRONLY | O_CREAT | O_EXCL);
}

static void rename_part(struct output *output, const char *name, const char *from, const char *to)
{
    if (output->error)
        return;
    char old[128], new[128];
    g_snprintf(old, sizeof old, "%s%s", name, from);
    g_snprintf(new, sizeof new, "%s%s", name, to);
    if (renameat(output->folder, old, output->folder, new) != 0)
        output_fail(output, "rename", old);
}

void output_replace(struct output *output, const char *name)
{
    rename_part(output, name, ".part.sorted", ".part");
}

char *output_sha256(struct output *output, const char *name)
{
    int descriptor = output_reopen(output, name);
    if (descriptor < 0)
        return NULL;
    char *hash = sha256_file(descriptor);
    if (!hash)
        output_fail(output, "read", name);
    close(descriptor);
    return hash;
}

/* Size and hash of an unfinished file. */
static void measure(struct output *output, struct output_file *file, bool hash)
{
    char part[128];
    struct stat status;
    g_snprintf(part, sizeof part, "%s.part", file->name);
    if (fstatat(output->folder, part, &status, AT_SYMLINK_NOFOLLOW) != 0)
        output_fail(output, "read", file->name);
    else
        file->size = (uint64_t)status.st_size;
    if (hash)
        file->sha256 = output_sha256(output, file->name);
}

static int compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(((const struct output_file *)a)->name, ((const struct output_file *)b)->name);
}

const GArray *output_publish(struct output *output, bool hash)
{
    GHashTableIter iterator;
    gpointer name;
    g_hash_table_iter_init(&iterator, output->names);
    while (g_hash_table_iter_next(&iterator, &name, NULL)) {
        struct output_file file = {.name = g_strdup(name)};
        g_array_append_val(output->files, file);
    }
    g_array_sort(output->files, compare_names);
    for (guint i = 0; i < output->files->len && !output->error; i++)
        measure(output, &g_array_index(output->files, struct output_file, i), hash);
    for (guint i = 0; i < output->files->len && !output->error; i++)
        rename_part(output, g_array_index(output->files, struct output_file, i).name, ".part", "");
    return output->files;
}

void output_write(struct output *output, const char *name, const GString *text)
{
    output_append(output, name, text->str, text->len);
    rename_part(output, name, ".part", "");
}

/* Writes what the buffer of the scratch file holds. */
static void write_scratch(struct output *output, const void *data, size_t length)
{
    static const char name[] = "index.part";
    if (output->scratch < 0 && !output->error) {
        output->scratch = open_part(output, name, "", O_RDWR | O_CREAT | O_EXCL);
        if (output->scratch >= 0 && unlinkat(output->folder, name, 0) != 0)
            output_fail(output, "write", name);
    }
    if (!output->error && !output_write_all(output->scratch, data, length))
        output_fail(output, "write", name);
}

static void flush_scratch(struct output *output)
{
    if (output->scratch_used > 0)
        write_scratch(output, output->scratch_buffer, output->scratch_used);
    output->scratch_used = 0;
}

uint64_t output_scratch_append(struct output *output, const void *data, size_t length)
{
    uint64_t position = output->scratch_size;
    if (length > SCRATCH_BUFFER - output->scratch_used)
        flush_scratch(output);
    if (length > SCRATCH_BUFFER) {
        write_scratch(output, data, length);
    } else {
        if (!output->scratch_buffer)
            output->scratch_buffer = g_malloc(SCRATCH_BUFFER);
        memcpy(output->scratch_buffer + output->scratch_used, data, length);
        output->scratch_used += length;
    }
    output->scratch_size += length;
    return position;
}

void output_scratch_read(struct output *output, uint64_t position, void *data, size_t length)
{
    flush_scratch(output);
    if (output->error)
        memset(data, 0, length);
    else if (!read_all(output->scratch, position, data, length))
        output_fail(output, "read", "index.part");
}

void output_close(struct output *output)
{
    if (!output)
        return;
    close(output->folder);
    if (output->scratch >= 0)
        close(output->scratch);
    g_free(output->scratch_buffer);
    spool_free(output->spool);
    g_hash_table_unref(output->names);
    for (guint i = 0; i < output->files->len; i++) {
        g_free(g_array_index(output->files, struct output_file, i).name);
        g_free(g_array_index(output->files, struct output_file, i).sha256);
    }
    g_array_unref(output->files);
    g_free(output->error);
    g_free(output->path);
    g_free(output);
}

void output_abandon(struct output *output)
{
    if (!output)
        return;
    unlinkat(output->folder, "devices", AT_REMOVEDIR); /* fails if there is something in it, as it should */
    if (output->made)
        rmdir(output->path);
    output_close(output);
}
