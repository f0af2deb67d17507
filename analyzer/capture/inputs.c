/* SPDX-License-Identifier: GPL-2.0-or-later
 * Which captures are read, in which order: files and folders of the command line, by the time of their first packet. */
#include "capture/inputs.h"

#include "base/sha256.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* While collecting. */
struct search {
    struct inputs *inputs;
    const char *filter;
    GHashTable *seen; /* real path -> index in the list: a file that is named twice is read once */
    guint captures;   /* found so far, each as often as it is named */
    GError *error;    /* of the filter */
};

void inputs_pass(GArray *list, const char *path, const char *name, const char *why)
{
    /* The error text has the path in front, which is said in another way. */
    const char *said = strcmp(path, "-") == 0 ? "standard input" : path;
    size_t length = strlen(said);
    if (strncmp(why, said, length) == 0 && strncmp(why + length, ": ", 2) == 0)
        why += length + 2;
    struct passed passed = {g_strdup(said), g_strdup(name), g_strdup(why)};
    g_array_append_val(list, passed);
}

static bool is_stdin(const char *path)
{
    return strcmp(path, "-") == 0;
}

static bool read_state(const char *path, struct input_state *state)
{
    struct stat status;
    if (stat(path, &status) != 0)
        return false;
    *state = (struct input_state){status.st_dev, status.st_ino, (uint64_t)status.st_size,
                                  (int64_t)status.st_mtim.tv_sec * 1000000000 + status.st_mtim.tv_nsec};
    return true;
}

/* Opens the file and reads its first packet. With a filter it is first opened for the sake of the filter, so that a
 * wrong one is found early; the first packet is that of the file, whatever the filter says. */
static bool look(struct search *search, struct input *input, GError **error)
{
    input->once = is_stdin(input->path) ||
                  (g_file_test(input->path, G_FILE_TEST_EXISTS) && !g_file_test(input->path, G_FILE_TEST_IS_REGULAR));
    if (!input->once && read_state(input->path, &input->state)) /* before it is read: what comes later is a change */
        input->size = input->state.size;
    struct capture *capture = capture_open(input->path, 0, search->filter, error);
    if (capture && search->filter && !input->once) {
        capture_close(capture);
        capture = capture_open(input->path, 0, NULL, error);
    }
    if (!capture)
        return false;
    input->result = capture_next(capture, &input->record);
    input->has_first = input->result == CAPTURE_RECORD;
    input->first = input->has_first ? input->record.origin.time : INT64_MAX;
    input->format = g_strdup(capture_format(capture));
    if (input->once)
        input->capture = capture;
    else
        capture_close(capture);
    return true;
}

/* Is the file among the inputs already? Of its names the first in the alphabet stays, whichever came first. */
static bool is_seen(struct search *search, const char *real, const char *path, const char *name)
{
    gpointer index;
    if (!g_hash_table_lookup_extended(search->seen, real, NULL, &index))
        return false;
    struct input *input = &g_array_index(search->inputs->list, struct input, GPOINTER_TO_UINT(index));
    int order = strcmp(name, input->name);
    if (order < 0 || (order == 0 && strcmp(path, input->path) < 0)) {
        g_free(input->path);
        g_free(input->name);
        input->path = g_strdup(path);
        input->name = g_strdup(name);
    }
    search->captures++;
    return true;
}

static bool is_empty(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISREG(status.st_mode) && status.st_size == 0;
}

static void add_file(struct search *search, const char *path, const char *name, bool named)
{
    char *real = is_stdin(path) ? strdup("-") : realpath(path, NULL);
    if (real && is_seen(search, real, path, name)) {
        free(real);
        return;
    }
    g_autoptr(GError) error = NULL;
    struct input input = {.path = g_strdup(path), .name = g_strdup(name)};
    if (look(search, &input, &error)) {
        g_hash_table_insert(search->seen, g_strdup(real ? real : path), GUINT_TO_POINTER(search->inputs->list->len));
        g_array_append_val(search->inputs->list, input);
        search->captures++;
    } else {
        if (g_error_matches(error, CAPTURE_ERROR, CAPTURE_ERROR_FILTER)) {
            if (!search->error)
                search->error = g_error_copy(error);
        } else {
            /* In a folder a file that is no capture is passed over. Of one that is, or that may be one inside, it
             * would be wrong to say that all was read. */
            bool passed = !named && (g_error_matches(error, CAPTURE_ERROR, CAPTURE_ERROR_UNKNOWN) || is_empty(path));
            inputs_pass(passed ? search->inputs->passed : search->inputs->unreadable, path, name, error->message);
        }
        g_free(input.path);
        g_free(input.name);
    }
    free(real);
}

static int compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* All files below the folder, sorted; links to folders are not followed. name: "" or the path so far with its slash. */
static bool add_folder(struct search *search, const char *path, const char *name)
{
    GDir *folder = g_dir_open(path, 0, NULL);
    if (!folder)
        return false;
    GPtrArray *entries = g_ptr_array_new_with_free_func(g_free);
    const char *entry;
    while ((entry = g_dir_read_name(folder)) != NULL)
        g_ptr_array_add(entries, g_strdup(entry));
    g_dir_close(folder);
    g_ptr_array_sort(entries, compare_names);
    for (guint i = 0; i < entries->len; i++) {
        g_autofree char *child = g_build_filename(path, entries->pdata[i], NULL);
        g_autofree char *child_name = g_strconcat(name, entries->pdata[i], NULL);
        g_autofree char *prefix = g_strconcat(child_name, "/", NULL);
        if (!g_file_test(child, G_FILE_TEST_IS_DIR)) {
            if (g_file_test(child, G_FILE_TEST_IS_REGULAR))
                add_file(search, child, child_name, false);
        } else if (!g_file_test(child, G_FILE_TEST_IS_SYMLINK) && !add_folder(search, child, prefix)) {
            inputs_pass(search->inputs->unreadable, child, child_name, "the folder cannot be read");
        }
    }
    g_ptr_array_unref(entries);
    return true;
}

static void add_path(struct search *search, const char *path)
{
    g_autofree char *base = is_stdin(path) ? g_strdup("-") : g_path_get_basename(path);
    if (!g_file_test(path, G_FILE_TEST_IS_DIR)) {
        add_file(search, path, base, true);
        return;
    }
    guint before = search->captures;
    if (!add_folder(search, path, ""))
        inputs_pass(search->inputs->unreadable, path, base, "the folder cannot be read");
    else if (search->captures == before)
        inputs_pass(search->inputs->unreadable, path, base, "no capture in this folder");
}

/* By first packet, then by content, then by name: never by the order of the arguments. */
static int compare_inputs(gconstpointer left, gconstpointer right)
{
    struct input *a = *(struct input *const *)left, *b = *(struct input *const *)right;
    if (a->has_first != b->has_first)
        return a->has_first ? -1 : 1;
    if (a->has_first && a->first != b->first)
        return a->first < b->first ? -1 : 1;
    input_hash(a);
    input_hash(b);
    int order = g_strcmp0(a->sha256, b->sha256);
    return order ? order : strcmp(a->name, b->name);
}

/* The last parts of a path, so many of them. */
static const char *last_parts(const char *path, unsigned parts)
{
    const char *at = path + strlen(path);
    while (at > path && parts > 0)
        if (*--at == '/' && --parts == 0)
            return at + 1;
    return path[0] == '/' && parts > 0 ? path + 1 : path;
}

static unsigned count_parts(const char *path)
{
    unsigned parts = 1;
    for (; *path; path++)
        parts += *path == '/';
    return parts;
}

/* Inputs of one name get as much of their paths in front as tells them apart. */
static void tell_apart(GArray *list)
{
    for (bool more = true; more;) {
        g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
        g_autoptr(GHashTable) twice = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        for (guint i = 0; i < list->len; i++) {
            char *name = g_array_index(list, struct input, i).name;
            if (!g_hash_table_add(names, name))
                g_hash_table_add(twice, g_strdup(name));
        }
        more = false;
        for (guint i = 0; i < list->len; i++) {
            struct input *input = &g_array_index(list, struct input, i);
            char *real = input->once ? NULL : realpath(input->path, NULL);
            if (real && g_hash_table_contains(twice, input->name)) {
                char *name = g_strdup(last_parts(real, count_parts(input->name) + 1));
                more = more || strcmp(name, input->name) != 0;
                g_free(input->name);
                input->name = name;
            }
            free(real);
        }
    }
}

static int compare_passed(gconstpointer a, gconstpointer b)
{
    return strcmp(((const struct passed *)a)->name, ((const struct passed *)b)->name);
}

static void sort_inputs(struct inputs *inputs)
{
    GArray *old = inputs->list;
    GPtrArray *order = g_ptr_array_new();
    for (guint i = 0; i < old->len; i++)
        g_ptr_array_add(order, &g_array_index(old, struct input, i));
    g_ptr_array_sort(order, compare_inputs);
    inputs->list = g_array_new(FALSE, FALSE, sizeof(struct input));
    for (guint i = 0; i < order->len; i++) {
        struct input *input = order->pdata[i];
        input->number = i + 1;
        g_array_append_vals(inputs->list, input, 1);
    }
    g_ptr_array_unref(order);
    g_array_unref(old);
    g_array_sort(inputs->unreadable, compare_passed);
    g_array_sort(inputs->passed, compare_passed);
}

bool inputs_collect(struct inputs *inputs, char *const *paths, const char *filter, GError **error)
{
    inputs->list = g_array_new(FALSE, FALSE, sizeof(struct input));
    inputs->unreadable = g_array_new(FALSE, FALSE, sizeof(struct passed));
    inputs->passed = g_array_new(FALSE, FALSE, sizeof(struct passed));
    struct search search = {
        .inputs = inputs, .filter = filter, .seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL)};
    for (; *paths; paths++)
        add_path(&search, *paths);
    g_hash_table_unref(search.seen);
    tell_apart(inputs->list);
    sort_inputs(inputs);
    if (!search.error)
        return true;
    g_propagate_error(error, search.error);
    return false;
}

void input_hash(struct input *input)
{
    const int tries = 3;
    for (int i = 0; i < tries && !input->sha256 && !input->once; i++) {
        int descriptor = open(input->path, O_RDONLY | O_CLOEXEC);
        if (descriptor >= 0) {
            input->sha256 = sha256_file(descriptor);
            close(descriptor);
        }
        input_check(input);
    }
}

void input_damaged(struct input *input, const char *what)
{
    char *before = input->damage;
    input->damage = before ? g_strconcat(before, "; ", what, NULL) : g_strdup(what);
    g_free(before);
}

/* What became of the file; NULL if it is as it was. Sets *now to its state, if it is there. */
static char *find_change(const struct input *input, struct input_state *now)
{
    const struct input_state *state = &input->state;
    if (!read_state(input->path, now))
        return g_strdup("it was taken away while it was read");
    if (now->device != state->device || now->file != state->file)
        return g_strdup("it was replaced by another file while it was read");
    if (now->size != state->size || now->changed != state->changed)
        return g_strdup_printf("it was written to while it was read: %" G_GUINT64_FORMAT
                               " bytes at first, %" G_GUINT64_FORMAT " afterwards",
                               state->size, now->size);
    return NULL;
}

bool input_check(struct input *input)
{
    struct input_state now = input->state;
    g_autofree char *change = input->once ? NULL : find_change(input, &now);
    if (!change)
        return true;
    if (!input->altered)
        input_damaged(input, change);
    input->altered = true;
    input->state = now;
    input->size = now.size;
    g_clear_pointer(&input->sha256, g_free);
    return false;
}

static void clear_passed(GArray *list)
{
    for (guint i = 0; i < list->len; i++) {
        g_free(g_array_index(list, struct passed, i).path);
        g_free(g_array_index(list, struct passed, i).name);
        g_free(g_array_index(list, struct passed, i).why);
    }
    g_array_unref(list);
}

void inputs_clear(struct inputs *inputs)
{
    for (guint i = 0; i < inputs->list->len; i++) {
        struct input *input = &g_array_index(inputs->list, struct input, i);
        capture_close(input->capture);
        g_free(input->path);
        g_free(input->name);
        g_free(input->format);
        g_free(input->sha256);
        g_free(input->damage);
    }
    g_array_unref(inputs->list);
    clear_passed(inputs->unreadable);
    clear_passed(inputs->passed);
}
