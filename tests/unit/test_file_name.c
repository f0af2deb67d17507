/* SPDX-License-Identifier: GPL-2.0-or-later
 * Names of files that are the same on every file system (docs/COLUMNS.md, devices). */
#include "base/device.h"
#include "base/file_name.h"
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void names_of_devices(void **state)
{
    static const char *const names[][3] = {
        {"353327020115804", "353327020115804", "353327020115804-"},
        {"", "_unknown", "_unknown"},
        {"ABC12", "ABC12", "ABC12-"},
        {"abc12", "abc12", "a-b-c-12-"},
        {"CON", "CON_", "CON-"},
        {"con", "con_", "c-o-n--"},
        {"COM1", "COM1_", "COM1-"},
        {"COM10", "COM10", "COM10-"},
        {"LPT0", "LPT0_", "LPT0-"},
        {"NUL1", "NUL1", "NUL1-"},
        {"abcdefghijklmnopq", "abcdefghijklmnopq", "a-b-c-d-e-f-g-h-i-j-k-l-m-n-o-p-q--"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        char name[FILE_NAME_DEVICE_SIZE];
        file_name_device(names[i][0], false, name);
        assert_string_equal(name, names[i][1]);
        file_name_device(names[i][0], true, name);
        assert_string_equal(name, names[i][2]);
    }
}

/* All ids of three of these letters, one behind the other: no two names are equal when case does not count. */
static void no_two_names_fall_together(void **state)
{
    static const char letters[] = "aAnNuUlL1";
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    struct devices *devices = devices_new(DEVICES_MAX);
    for (const char *a = letters; *a; a++)
        for (const char *b = letters; *b; b++)
            for (const char *c = letters; *c; c++) {
                const char id[] = {*a, *b, *c, '\0'};
                char name[FILE_NAME_DEVICE_SIZE];
                file_name_device(id, devices_get(devices, id)->marked, name);
                assert_false(file_name_reserved(name));
                assert_true(g_hash_table_add(seen, g_ascii_strdown(name, -1)));
            }
    devices_free(devices);
}

/* Ids beyond the limit are no devices; those that are there still are. */
static void too_many_devices(void **state)
{
    struct devices *devices = devices_new(2);
    const struct device *first = devices_get(devices, "111");
    devices_get(devices, "222");
    assert_int_equal(devices_get(devices, "333")->number, 0);
    assert_int_equal(devices_get(devices, "333")->number, 0);
    assert_ptr_equal(devices_get(devices, "111"), first);
    assert_null(devices_find(devices, "333"));
    assert_int_equal(devices_count(devices), 2);
    assert_int_equal(devices_refused(devices), 2);
    devices_free(devices);
}

/* What could move the cursor, or change what stands beside it, is escaped on the terminal. */
static void what_a_terminal_shows(void **state)
{
    static const char *const texts[][2] = {
        {"plain \\ \"name\".pcap", "plain \\ \"name\".pcap"},
        {"\x1b[31mred", "\\x1B[31mred"},
        {"two\nlines\r", "two\\nlines\\r"},
        {"\xff\x80", "\\xFF\\x80"},
        {"\xc2\x9b"
         "1m",
         "\\xC2\\x9B1m"}, /* CSI of eight bits */
        {"a\xe2\x80\xae"
         "b",
         "a\\xE2\\x80\\xAEb"}, /* right to left */
        {"\xd0\xb6\xc3\xbc\xe6\xbc\xa2", "\xd0\xb6\xc3\xbc\xe6\xbc\xa2"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autofree char *shown = text_visible(texts[i][0]);
        assert_string_equal(shown, texts[i][1]);
    }
}

/* Spreadsheets take the full-width forms of the four for the four. */
static void cells_that_a_spreadsheet_would_run(void **state)
{
    static const char *const cells[][2] = {
        {"=1", "'=1"},
        {"\xef\xbc\x9d"
         "1",
         "'\xef\xbc\x9d"
         "1"}, /* U+FF1D */
        {"\xef\xbc\x8b"
         "1",
         "'\xef\xbc\x8b"
         "1"}, /* U+FF0B */
        {"\xef\xbc\x8d"
         "1",
         "'\xef\xbc\x8d"
         "1"}, /* U+FF0D */
        {"\xef\xbc\xa0"
         "1",
         "'\xef\xbc\xa0"
         "1"}, /* U+FF20 */
        {"\xef\xbc\x8b,", "\"'\xef\xbc\x8b,\""},
        {"\xef\xbc\x8c"
         "1",
         "\xef\xbc\x8c"
         "1"}, /* a comma */
        {"\xef\xbc", "\xef\xbc"},
        {"1\xef\xbc\x9d", "1\xef\xbc\x9d"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cells); i++) {
        g_autoptr(GString) out = g_string_new(NULL);
        text_cell(out, cells[i][0], strlen(cells[i][0]), true);
        assert_string_equal(out->str, cells[i][1]);
        g_string_truncate(out, 0);
        text_cell(out, cells[i][0], strlen(cells[i][0]), false);
        assert_null(strchr(out->str, '\''));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_devices),
        cmocka_unit_test(no_two_names_fall_together),
        cmocka_unit_test(too_many_devices),
        cmocka_unit_test(what_a_terminal_shows),
        cmocka_unit_test(cells_that_a_spreadsheet_would_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
