/* SPDX-License-Identifier: GPL-2.0-or-later
 * What earlier runs left in a folder, and nothing else there. */
#include "result/earlier.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The results lie at most in a folder of a folder. */
#define DEPTH_MAX 3

struct earlier {
    int folder;       /* not owned */
    GPtrArray *names; /* in order, each may stand there twice */
    GHashTable *set;  /* of struct identity, when it was asked for */
};

struct identity {
    dev_t device;
    ino_t inode;
};

/* Names of results are made of few characters; nothing else that a list says is believed. */
static bool is_result_name(const char *name)
{
    unsigned depth = 1;
    size_t length = strspn(name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "._-/");
    if (length == 0 || name[length] != '\0' || length + sizeof ".part" > EARLIER_NAME_SIZE || name[length - 1] == '/')
        return false;
    for (const char *c = name; *c; c++) {
        if ((c == name || c[-1] == '/') && (*c == '.' || *c == '/'))
            return false;
        depth += *c == '/';
    }
    return depth <= DEPTH_MAX;
}

int earlier_parent(int folder, const char *name, bool make, const char **base)
{
    int here = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    for (const char *slash; here >= 0 && (slash = strchr(name, '/')) != NULL; name = slash + 1) {
        char part[EARLIER_NAME_SIZE];
        g_snprintf(part, sizeof part, "%.*s", (int)(slash - name), name);
        if (make)
            mkdirat(here, part, 0777); /* what is wrong shows next */
        int below = openat(here, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        int error = errno;
        close(here);
        errno = error;
        here = below;
    }
    *base = name;
    return here;
}

/* Opens a file of the folder for reading; NULL if it is not there or no file. */
static FILE *open_text(int folder, const char *name)
{
    struct stat status;
    int descriptor = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (descriptor < 0)
        return NULL;
    FILE *file = fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) ? fdopen(descriptor, "r") : NULL;
    if (!file)
        close(descriptor);
    return file;
}

static void add_name(struct earlier *earlier, const char *name)
{
    if (is_result_name(name))
        g_ptr_array_add(earlier->names, g_strdup(name));
}

/* The list of outputs, from lines as json.c writes them: a text of an input cannot look like one, for it has no line
 * ends. Returns whether it is a manifest. */
static bool read_manifest(struct earlier *earlier)
{
    static const char version[] = "  \"version\": \"s7timeline ", key[] = "      \"name\": \"";
    FILE *file = open_text(earlier->folder, MANIFEST_NAME);
    char *line = NULL;
    size_t size = 0;
    bool ours = false, listing = false;
    if (!file)
        return false;
    for (unsigned number = 1; getline(&line, &size, file) > 0; number++) {
        if (number == 2 && !(ours = g_str_has_prefix(line, version)))
            break;
        if (strcmp(line, "  \"outputs\": [\n") == 0)
            listing = true;
        else if (line[0] == ' ' && line[1] == ' ' && line[2] == ']')
            listing = false;
        if (!listing || !g_str_has_prefix(line, key))
            continue;
        char *name = line + sizeof key - 1;
        name[strcspn(name, "\"")] = '\0';
        add_name(earlier, name);
    }
    free(line);
    fclose(file);
    if (ours)
        add_name(earlier, MANIFEST_NAME);
    return ours;
}

static bool read_journal(struct earlier *earlier)
{
    FILE *file = open_text(earlier->folder, EARLIER_JOURNAL);
    char *line = NULL;
    size_t size = 0;
    if (!file)
        return false;
    ssize_t length = getline(&line, &size, file);
    bool ours = length <= 0 || g_str_has_prefix(EARLIER_MAGIC, line); /* cut short on a full disk: nothing is listed */
    while (ours && getline(&line, &size, file) > 0) {
        char *end = strchr(line, '\n');
        if (!end) /* a line that was not finished: its file was not made */
            break;
        *end = '\0';
        add_name(earlier, line);
    }
    free(line);
    fclose(file);
    return ours;
}

struct earlier *earlier_read(int folder)
{
    struct earlier *earlier = g_new0(struct earlier, 1);
    earlier->folder = folder;
    earlier->names = g_ptr_array_new_with_free_func(g_free);
    bool has_manifest = read_manifest(earlier);
    bool has_journal = read_journal(earlier);
    if (has_manifest || has_journal)
        return earlier;
    earlier_free(earlier);
    return NULL;
}

void earlier_free(struct earlier *earlier)
{
    if (!earlier)
        return;
    if (earlier->set)
        g_hash_table_unref(earlier->set);
    g_ptr_array_unref(earlier->names);
    g_free(earlier);
}

static guint hash_identity(gconstpointer key)
{
    const struct identity *identity = key;
    return g_int64_hash(&(gint64){(gint64)(identity->inode ^ (identity->device << 20))});
}

static gboolean equal_identities(gconstpointer left, gconstpointer right)
{
    const struct identity *a = left, *b = right;
    return a->device == b->device && a->inode == b->inode;
}

/* Calls do_it for the place of each file, with and without ".part". Stops when it returns false. */
static bool for_each(const struct earlier *earlier, bool (*do_it)(int parent, const char *base, void *user), void *user)
{
    for (guint i = 0; i < earlier->names->len; i++) {
        const char *base;
        char part[EARLIER_NAME_SIZE];
        int parent = earlier_parent(earlier->folder, earlier->names->pdata[i], false, &base);
        if (parent < 0) /* it is not there, or what is there is not ours */
            continue;
        g_snprintf(part, sizeof part, "%s.part", base);
        bool good = do_it(parent, base, user) && do_it(parent, part, user);
        int error = errno;
        close(parent);
        errno = error;
        if (!good)
            return false;
    }
    return true;
}

static bool note_identity(int parent, const char *base, void *user)
{
    struct stat status;
    if (fstatat(parent, base, &status, AT_SYMLINK_NOFOLLOW) == 0) {
        struct identity *identity = g_new(struct identity, 1);
        *identity = (struct identity){status.st_dev, status.st_ino};
        g_hash_table_add(user, identity);
    }
    return true;
}

bool earlier_has(struct earlier *earlier, dev_t device, ino_t inode)
{
    if (!earlier->set) {
        earlier->set = g_hash_table_new_full(hash_identity, equal_identities, g_free, NULL);
        for_each(earlier, note_identity, earlier->set);
    }
    return g_hash_table_contains(earlier->set, &(struct identity){device, inode});
}

void earlier_list(const struct earlier *earlier, GString *journal)
{
    for (guint i = 0; i < earlier->names->len; i++)
        g_string_append_printf(journal, "%s\n", (const char *)earlier->names->pdata[i]);
}

/* What is no file was not made by us; it stays. */
static bool remove_file(int parent, const char *base, void *user)
{
    struct stat status;
    if (fstatat(parent, base, &status, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(status.st_mode))
        return true;
    return unlinkat(parent, base, 0) == 0 || errno == ENOENT;
}

/* The folder of the file, and that in which it lies, if they are empty. */
static void remove_folders(int folder, const char *name)
{
    char path[EARLIER_NAME_SIZE];
    g_strlcpy(path, name, sizeof path);
    for (char *slash; (slash = strrchr(path, '/')) != NULL;) {
        const char *base;
        *slash = '\0';
        int parent = earlier_parent(folder, path, false, &base);
        bool removed = parent >= 0 && unlinkat(parent, base, AT_REMOVEDIR) == 0;
        if (parent >= 0)
            close(parent);
        if (!removed)
            break;
    }
}

bool earlier_remove(const struct earlier *earlier)
{
    if (!remove_file(earlier->folder, MANIFEST_NAME, NULL) || !for_each(earlier, remove_file, NULL))
        return false;
    for (guint i = 0; i < earlier->names->len; i++)
        remove_folders(earlier->folder, earlier->names->pdata[i]);
    return true;
}
