/* SPDX-License-Identifier: GPL-2.0-or-later
 * The folder of results. Files grow under their name with ".part" behind it and get their name only when all is done.
 */
#include "result/output.h"

#include "base/io.h"
#include "base/sha256.h"
#include "result/earlier.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* The journal until it is whole. */
#define NEW_JOURNAL "journal.new.part"
/* Where the timelines stand. Nothing stands in a folder of that one. */
#define DEVICES "devices/"

struct output {
    char *path;
    bool made;               /* the folder did not exist */
    int folder;              /* descriptor, which holds the lock */
    int devices;             /* descriptor of the folder of the timelines; -1 = not made yet */
    struct earlier *earlier; /* NULL = nothing there */
    struct scratch *scratch;
    GMutex lock;       /* of all that follows */
    int journal;       /* descriptor; -1 = not begun */
    GHashTable *names; /* of the files: name -> struct output_file */
    GArray *files;     /* of struct output_file, when they are published */
    char *error;
};

static struct output *refuse(const char *path, const char *why, GError **error)
{
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s: %s", path, why);
    return NULL;
}

static void free_file(gpointer data)
{
    struct output_file *file = data;
    g_free(file->name);
    g_free(file->sha256);
    g_free(file);
}

static bool is_empty(int folder)
{
    int copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *entries = copy >= 0 ? fdopendir(copy) : NULL;
    bool empty = entries != NULL;
    const struct dirent *entry;
    if (!entries && copy >= 0)
        close(copy);
    while (empty && (entry = readdir(entries)) != NULL)
        empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
    if (entries)
        closedir(entries);
    return empty;
}

/* Why the folder cannot be used; NULL if it can. */
static const char *take_folder(struct output *output, bool force)
{
    if (output->folder < 0 || faccessat(output->folder, ".", W_OK | X_OK, 0) != 0)
        return g_strerror(errno);
    /* File systems without locks have no two runs at a time, as far as can be told. */
    if (flock(output->folder, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        return "another run writes there";
    if (is_empty(output->folder))
        return NULL;
    if (!force)
        return "exists and is not empty (--force replaces earlier results)";
    output->earlier = earlier_read(output->folder);
    if (!output->earlier)
        return "is not empty and has no manifest.json of s7timeline: --force replaces only what that lists";
    return NULL;
}

struct output *output_open(const char *path, bool force, GError **error)
{
    bool existed = g_file_test(path, G_FILE_TEST_EXISTS);
    if (existed && !g_file_test(path, G_FILE_TEST_IS_DIR))
        return refuse(path, "exists and is no folder", error);
    if (g_mkdir_with_parents(path, 0777) != 0)
        return refuse(path, g_strerror(errno), error);
    struct output *output = g_new0(struct output, 1);
    output->path = g_strdup(path);
    output->made = !existed;
    output->journal = -1;
    output->devices = -1;
    output->folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    output->scratch = scratch_new(output->folder);
    g_mutex_init(&output->lock);
    output->names = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_file);
    output->files = g_array_new(FALSE, TRUE, sizeof(struct output_file));
    const char *why = take_folder(output, force);
    if (!why)
        return output;
    refuse(path, why, error);
    output_close(output);
    return NULL;
}

bool output_replaces(const struct output *output, const struct stat *file)
{
    return output->earlier && earlier_has(output->earlier, file->st_dev, file->st_ino);
}

static void keep_error(struct output *output, const char *what, const char *name, int error)
{
    g_mutex_lock(&output->lock);
    if (!output->error)
        output->error = g_strdup_printf("%s/%s: cannot %s: %s", output->path, name, what, g_strerror(error));
    g_mutex_unlock(&output->lock);
}

void output_fail(struct output *output, const char *what, const char *name)
{
    keep_error(output, what, name, errno);
}

const char *output_error(struct output *output)
{
    if (scratch_error(output->scratch) != 0)
        keep_error(output, "use", "records.part", scratch_error(output->scratch));
    g_mutex_lock(&output->lock);
    const char *error = output->error;
    g_mutex_unlock(&output->lock);
    return error;
}

struct scratch *output_scratch(struct output *output)
{
    return output->scratch;
}

/* Writes to the journal, of which there is only one. The lock is held. Returns an error number. */
static int write_journal(struct output *output, const char *text)
{
    if (output->journal < 0) {
        const int flags = O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC;
        output->journal = openat(output->folder, EARLIER_JOURNAL, flags | O_EXCL, 0666);
        if (output->journal < 0 || !io_write(output->journal, EARLIER_MAGIC, strlen(EARLIER_MAGIC)))
            return errno;
    }
    return io_write(output->journal, text, strlen(text)) ? 0 : errno;
}

/* The old list is written before anything of it goes, so that a run that is killed meanwhile can be replaced, too. */
static int replace_earlier(struct output *output)
{
    g_autoptr(GString) list = g_string_new(EARLIER_MAGIC);
    const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    earlier_list(output->earlier, list);
    if (unlinkat(output->folder, NEW_JOURNAL, 0) != 0 && errno != ENOENT)
        return errno;
    int descriptor = openat(output->folder, NEW_JOURNAL, flags | O_APPEND, 0666);
    if (descriptor < 0)
        return errno;
    output->journal = descriptor;
    if (!io_write(descriptor, list->str, list->len) ||
        renameat(output->folder, NEW_JOURNAL, output->folder, EARLIER_JOURNAL) != 0) {
        int error = errno;
        unlinkat(output->folder, NEW_JOURNAL, 0);
        return error;
    }
    return earlier_remove(output->earlier) ? 0 : errno;
}

void output_begin(struct output *output)
{
    int error = output->earlier ? replace_earlier(output) : write_journal(output, "");
    if (error != 0) {
        keep_error(output, "replace", "earlier results", error);
        return;
    }
    const char *base;
    output->devices = earlier_parent(output->folder, DEVICES, true, &base);
    if (output->devices < 0)
        output_fail(output, "make", "devices");
}

/* The folder that the file stands in; that of the timelines, in which most do, stays open. -1 on error. */
static int open_parent(const struct output *output, const char *name, bool make, const char **base)
{
    if (output->devices < 0 || !g_str_has_prefix(name, DEVICES))
        return earlier_parent(output->folder, name, make, base);
    *base = name + strlen(DEVICES);
    return output->devices;
}

static void close_parent(const struct output *output, int parent)
{
    if (parent >= 0 && parent != output->devices)
        close(parent);
}

/* Opens the unfinished file. */
static int open_part(struct output *output, const char *name, int flags)
{
    char part[EARLIER_NAME_SIZE];
    const char *base;
    bool making = (flags & O_CREAT) != 0;
    int parent = open_parent(output, name, making, &base);
    int descriptor = -1;
    if (parent >= 0) {
        struct stat status;
        g_snprintf(part, sizeof part, "%s.part", base);
        flags |= O_CLOEXEC | O_NOFOLLOW;
        if (making && fstatat(parent, base, &status, AT_SYMLINK_NOFOLLOW) == 0)
            errno = EEXIST; /* another's file would be replaced in the end */
        else
            descriptor = openat(parent, part, flags, 0666);
        if (descriptor < 0 && errno == EEXIST && making && fstatat(parent, base, &status, AT_SYMLINK_NOFOLLOW) != 0 &&
            unlinkat(parent, part, 0) == 0)
            descriptor = openat(parent, part, flags, 0666);
        int error = errno;
        close_parent(output, parent);
        errno = error;
    }
    if (descriptor < 0)
        output_fail(output, making ? "make" : "open", name);
    return descriptor;
}

/* Notes the name, first in the journal; true if it is new. */
static bool add_name(struct output *output, const char *name)
{
    int error = 0;
    g_mutex_lock(&output->lock);
    bool new = !g_hash_table_contains(output->names, name);
    if (new) {
        struct output_file *file = g_new0(struct output_file, 1);
        g_autofree char *line = g_strconcat(name, "\n", NULL);
        file->name = g_strdup(name);
        g_hash_table_insert(output->names, file->name, file);
        error = write_journal(output, line);
    }
    g_mutex_unlock(&output->lock);
    if (error != 0)
        keep_error(output, "write", EARLIER_JOURNAL, error);
    return new;
}

/* Opens an unfinished file for writing; the first call makes it. access: O_WRONLY or O_RDWR. */
static int open_writing(struct output *output, const char *name, int access)
{
    if (output_error(output))
        return -1;
    bool new = add_name(output, name);
    return output_error(output) ? -1 : open_part(output, name, access | (new ? O_CREAT | O_EXCL : 0));
}

static void close_writing(struct output *output, const char *name, int descriptor, bool good)
{
    if (!good)
        output_fail(output, "write", name);
    if (close(descriptor) != 0)
        output_fail(output, "write", name);
}

int output_create(struct output *output, const char *name)
{
    return open_writing(output, name, O_WRONLY);
}

int output_create_random(struct output *output, const char *name)
{
    return open_writing(output, name, O_RDWR);
}

void output_created(struct output *output, const char *name, uint64_t size, char *sha256)
{
    g_mutex_lock(&output->lock);
    struct output_file *file = g_hash_table_lookup(output->names, name);
    file->size = size;
    file->measured = true;
    file->sha256 = sha256;
    g_mutex_unlock(&output->lock);
}

/* False and errno where it cannot be copied whole. */
static bool copy_bytes(int from, int to)
{
    char bytes[65536];
    ptrdiff_t length;
    while ((length = io_read(from, bytes, sizeof bytes)) > 0)
        if (!io_write(to, bytes, (size_t)length))
            return false;
    return length == 0;
}

/* Makes the unfinished file a second name of the other one. False and errno where that cannot be. */
static bool link_part(const struct output *output, int folder, const char *name)
{
    char part[EARLIER_NAME_SIZE];
    const char *base, *other_base;
    int parent = earlier_parent(output->folder, name, true, &base);
    int other = earlier_parent(folder, name, false, &other_base);
    g_snprintf(part, sizeof part, "%s.part", base);
    bool linked = parent >= 0 && other >= 0 && linkat(other, other_base, parent, part, 0) == 0;
    int error = errno;
    if (parent >= 0)
        close(parent);
    if (other >= 0)
        close(other);
    errno = error;
    return linked;
}

/* The file in another folder of results: a descriptor; -1 and errno if it is no file of that size. */
static int open_other(int folder, const char *name, uint64_t size)
{
    const char *base;
    struct stat status;
    int parent = earlier_parent(folder, name, false, &base);
    int descriptor = parent >= 0 ? openat(parent, base, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC) : -1;
    int error = errno;
    if (parent >= 0)
        close(parent);
    if (descriptor >= 0 &&
        (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode) || (uint64_t)status.st_size != size)) {
        close(descriptor);
        descriptor = -1;
        error = ESTALE;
    }
    errno = error;
    return descriptor;
}

void output_adopt(struct output *output, int folder, const char *name, uint64_t size, char *sha256)
{
    int from = output_error(output) ? -1 : open_other(folder, name, size);
    if (from < 0 || !add_name(output, name)) {
        if (from < 0)
            output_fail(output, "take over", name);
        else
            keep_error(output, "take over twice", name, EEXIST);
        g_free(sha256);
    } else {
        if (!link_part(output, folder, name)) {
            int to = open_part(output, name, O_WRONLY | O_CREAT | O_EXCL);
            if (to >= 0)
                close_writing(output, name, to, copy_bytes(from, to));
        }
        output_created(output, name, size, sha256);
    }
    if (from >= 0)
        close(from);
}

void output_write_at(struct output *output, const char *name, uint64_t offset, const void *data, size_t length)
{
    int descriptor = open_writing(output, name, O_WRONLY);
    if (descriptor >= 0)
        close_writing(output, name, descriptor, io_write_at(descriptor, offset, data, length));
}

void output_read_at(struct output *output, const char *name, uint64_t offset, void *data, size_t length)
{
    int descriptor = output_error(output) ? -1 : open_part(output, name, O_RDONLY);
    if (descriptor < 0) {
        memset(data, 0, length);
        return;
    }
    if (!io_read_at(descriptor, offset, data, length))
        output_fail(output, "read", name);
    close(descriptor);
}

/* File systems that cannot rename without replacing are asked first. */
static int rename_new(int parent, const char *old, const char *new)
{
    struct stat status;
    int done = renameat2(parent, old, parent, new, RENAME_NOREPLACE);
    if (done == 0 || (errno != EINVAL && errno != ENOSYS))
        return done;
    if (fstatat(parent, new, &status, AT_SYMLINK_NOFOLLOW) == 0) {
        errno = EEXIST;
        return -1;
    }
    return renameat(parent, old, parent, new);
}

static void rename_part(struct output *output, const char *name)
{
    char old[EARLIER_NAME_SIZE];
    const char *base;
    if (output_error(output))
        return;
    int parent = open_parent(output, name, false, &base);
    g_snprintf(old, sizeof old, "%s.part", base);
    if (parent < 0 || rename_new(parent, old, base) != 0)
        output_fail(output, "rename", name);
    close_parent(output, parent);
}

char *output_sha256(struct output *output, const char *name)
{
    int descriptor = output_error(output) ? -1 : open_part(output, name, O_RDONLY);
    if (descriptor < 0)
        return NULL;
    char *hash = sha256_file(descriptor);
    if (!hash)
        output_fail(output, "read", name);
    close(descriptor);
    return hash;
}

void output_replace(struct output *output, const char *name, const char *by)
{
    char old[EARLIER_NAME_SIZE], new[EARLIER_NAME_SIZE];
    const char *base, *unused;
    if (output_error(output))
        return;
    int parent = earlier_parent(output->folder, by, false, &base);
    int target = earlier_parent(output->folder, name, false, &unused);
    g_snprintf(old, sizeof old, "%s.part", base);
    g_snprintf(new, sizeof new, "%s.part", unused);
    if (parent < 0 || target < 0 || renameat(parent, old, target, new) != 0)
        output_fail(output, "rename", by);
    if (parent >= 0)
        close(parent);
    if (target >= 0)
        close(target);
    g_mutex_lock(&output->lock);
    g_hash_table_remove(output->names, by);
    g_mutex_unlock(&output->lock);
}

/* Size and hash of an unfinished file. */
static void measure(struct output *output, struct output_file *file, bool hash)
{
    struct stat status;
    if (file->measured)
        return;
    int descriptor = open_part(output, file->name, O_RDONLY);
    if (descriptor < 0)
        return;
    if (fstat(descriptor, &status) != 0)
        output_fail(output, "read", file->name);
    else
        file->size = (uint64_t)status.st_size;
    close(descriptor);
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
    gpointer value;
    g_hash_table_iter_init(&iterator, output->names);
    while (g_hash_table_iter_next(&iterator, NULL, &value))
        g_array_append_vals(output->files, value, 1); /* the texts stay the table's */
    g_array_sort(output->files, compare_names);
    for (guint i = 0; i < output->files->len && !output_error(output); i++)
        measure(output, &g_array_index(output->files, struct output_file, i), hash);
    for (guint i = 0; i < output->files->len && !output_error(output); i++)
        rename_part(output, g_array_index(output->files, struct output_file, i).name);
    return output->files;
}

void output_write(struct output *output, const char *name, const GString *text)
{
    output_write_at(output, name, 0, text->str, text->len);
    rename_part(output, name);
}

void output_end(struct output *output)
{
    if (!output_error(output) && unlinkat(output->folder, EARLIER_JOURNAL, 0) != 0)
        output_fail(output, "remove", EARLIER_JOURNAL);
}

void output_close(struct output *output)
{
    if (!output)
        return;
    scratch_free(output->scratch);
    earlier_free(output->earlier);
    if (output->journal >= 0)
        close(output->journal);
    if (output->devices >= 0)
        close(output->devices);
    if (output->folder >= 0)
        close(output->folder);
    for (guint i = 0; i < output->files->len; i++)
        if (!g_array_index(output->files, struct output_file, i).measured)
            g_free(g_array_index(output->files, struct output_file, i).sha256);
    g_array_unref(output->files);
    g_hash_table_unref(output->names);
    g_mutex_clear(&output->lock);
    g_free(output->error);
    g_free(output->path);
    g_free(output);
}

void output_abandon(struct output *output)
{
    if (!output)
        return;
    if (output->made)
        rmdir(output->path);
    output_close(output);
}
