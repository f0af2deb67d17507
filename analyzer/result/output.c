/* SPDX-License-Identifier: GPL-2.0-or-later
 * The folder of results. Files grow under their name with ".part" behind it and get their name only when all is done.
 */
#include "result/output.h"

#include "base/io.h"
#include "base/sha256.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct output {
    char *path;
    bool made;  /* the folder did not exist */
    int folder; /* descriptor */
    struct scratch *scratch;
    GMutex lock;       /* of all that follows */
    GHashTable *names; /* of the files: name -> struct output_file */
    GArray *files;     /* of struct output_file, when they are published */
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

static void free_file(gpointer data)
{
    struct output_file *file = data;
    g_free(file->name);
    g_free(file->sha256);
    g_free(file);
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
    output->scratch = scratch_new(folder);
    g_mutex_init(&output->lock);
    output->names = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_file);
    output->files = g_array_new(FALSE, TRUE, sizeof(struct output_file));
    return output;
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

/* Opens the unfinished file. */
static int open_part(struct output *output, const char *name, int flags)
{
    char part[128];
    g_snprintf(part, sizeof part, "%s.part", name);
    int descriptor = openat(output->folder, part, flags | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (descriptor < 0)
        output_fail(output, "open", part);
    return descriptor;
}

/* Notes the name; true if it is new. */
static bool add_name(struct output *output, const char *name)
{
    g_mutex_lock(&output->lock);
    bool new = !g_hash_table_contains(output->names, name);
    if (new) {
        struct output_file *file = g_new0(struct output_file, 1);
        file->name = g_strdup(name);
        g_hash_table_insert(output->names, file->name, file);
    }
    g_mutex_unlock(&output->lock);
    return new;
}

/* Opens an unfinished file for writing; the first call makes it. */
static int open_writing(struct output *output, const char *name)
{
    if (output_error(output))
        return -1;
    return open_part(output, name, O_WRONLY | (add_name(output, name) ? O_CREAT | O_EXCL : 0));
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
    return open_writing(output, name);
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

void output_write_at(struct output *output, const char *name, uint64_t offset, const void *data, size_t length)
{
    int descriptor = open_writing(output, name);
    if (descriptor >= 0)
        close_writing(output, name, descriptor, io_write_at(descriptor, offset, data, length));
}

void output_folder(struct output *output, const char *name)
{
    if (!output_error(output) && mkdirat(output->folder, name, 0777) != 0 && errno != EEXIST)
        output_fail(output, "make", name);
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

static void rename_part(struct output *output, const char *name)
{
    if (output_error(output))
        return;
    char old[128];
    g_snprintf(old, sizeof old, "%s.part", name);
    if (renameat(output->folder, old, output->folder, name) != 0)
        output_fail(output, "rename", old);
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

/* Size and hash of an unfinished file. */
static void measure(struct output *output, struct output_file *file, bool hash)
{
    char part[128];
    struct stat status;
    if (file->measured)
        return;
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

void output_close(struct output *output)
{
    if (!output)
        return;
    scratch_free(output->scratch);
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
    unlinkat(output->folder, "devices", AT_REMOVEDIR); /* fails if there is something in it, as it should */
    if (output->made)
        rmdir(output->path);
    output_close(output);
}
