/* SPDX-License-Identifier: GPL-2.0-or-later
 * The spool: whatever order many files grow in, each gets its own bytes, with few descriptors and little memory too. */
#include "result/spool.h"

#include <glib/gstdio.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

#define FILES 600

struct growing {
    struct spool_file file;
    char name[32];
    GString *expected;
};

static char *folder;
static struct growing files[FILES];

static void open_files(struct output *output)
{
    for (unsigned i = 0; i < FILES; i++) {
        g_snprintf(files[i].name, sizeof files[i].name, "devices/%u.csv", i);
        files[i].expected = g_string_new(NULL);
        spool_open(output_spool(output), &files[i].file, files[i].name);
    }
}

static void append(struct output *output, struct growing *file, const GString *text)
{
    spool_append(output_spool(output), &file->file, text->str, text->len);
    g_string_append_len(file->expected, text->str, (gssize)text->len);
}

static void close_and_compare(struct output *output)
{
    for (unsigned i = 0; i < FILES; i++)
        spool_close(output_spool(output), &files[i].file);
    const GArray *published = output_publish(output, false);
    assert_null(output_error(output));
    unsigned written = 0;
    for (unsigned i = 0; i < FILES; i++) {
        g_autofree char *path = g_build_filename(folder, files[i].name, NULL);
        g_autofree char *text = NULL;
        gsize length = 0;
        if (files[i].expected->len > 0) {
            assert_true(g_file_get_contents(path, &text, &length, NULL));
            assert_int_equal(length, files[i].expected->len);
            assert_memory_equal(text, files[i].expected->str, length);
            assert_int_equal(g_unlink(path), 0);
            written++;
        }
        g_string_free(files[i].expected, TRUE);
    }
    assert_int_equal(published->len, written);
}

static void grow(unsigned rounds, size_t longest)
{
    g_autoptr(GError) error = NULL;
    struct output *output = output_open(folder, false, &error);
    assert_non_null(output);
    GRand *random = g_rand_new_with_seed(4);
    g_autoptr(GString) text = g_string_new(NULL);
    open_files(output);
    for (unsigned i = 0; i < rounds; i++) {
        /* Half of the rows are of one tenth of the files; the last file gets none. */
        gint32 end = g_rand_boolean(random) ? FILES / 10 : FILES - 1;
        gsize length = (gsize)g_rand_int_range(random, 0, (gint32)longest);
        g_string_set_size(text, length);
        memset(text->str, 'a' + (int)(i % 26), length);
        append(output, &files[g_rand_int_range(random, 0, end)], text);
    }
    g_rand_free(random);
    close_and_compare(output);
    output_close(output);
    g_autofree char *devices = g_build_filename(folder, "devices", NULL);
    assert_int_equal(g_rmdir(devices), 0);
}

static void each_file_gets_its_bytes(void **state)
{
    grow(20000, 2000); /* 20 MB: more than the spool holds */
}

static void long_texts_go_through(void **state)
{
    grow(200, 300000);
}

/* With fewer descriptors than files, files are opened again for each write. The last test: the limit stays. */
static void few_descriptors_are_enough(void **state)
{
    static const rlim_t limits[] = {400, 20};
    for (size_t i = 0; i < G_N_ELEMENTS(limits); i++) {
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &(struct rlimit){limits[i], limits[i]}), 0);
        grow(20000, 2000);
    }
}

static void an_error_is_kept(void **state)
{
    g_autoptr(GError) error = NULL;
    struct output *output = output_open(folder, false, &error);
    assert_non_null(output);
    struct spool_file file;
    spool_open(output_spool(output), &file, "no such folder/a.csv");
    spool_append(output_spool(output), &file, "text", 4);
    spool_close(output_spool(output), &file);
    assert_non_null(output_error(output));
    output_abandon(output);
}

static int set_up(void **state)
{
    folder = g_dir_make_tmp("spool-XXXXXX", NULL);
    return folder ? 0 : -1;
}

static int tear_down(void **state)
{
    int result = g_rmdir(folder);
    g_free(folder);
    return result;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_file_gets_its_bytes),
        cmocka_unit_test(long_texts_go_through),
        cmocka_unit_test(an_error_is_kept),
        cmocka_unit_test(few_descriptors_are_enough),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
