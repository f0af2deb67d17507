/* SPDX-License-Identifier: GPL-2.0-or-later
 * SHA-256 of the examples that the standard (FIPS 180-4) is published with, as bytes and as files. */
#include "base/sha256.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define MILLION ((size_t)1000000)

static const struct {
    const char *text, *expected;
} examples[] = {
    {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
};
static const char million_sum[] = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

static void expect_file(const char *bytes, size_t length, const char *expected)
{
    g_autofree char *path = NULL;
    int descriptor = g_file_open_tmp("sha256-XXXXXX", &path, NULL);
    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, bytes, length), length);
    assert_int_equal(lseek(descriptor, 0, SEEK_SET), 0);
    g_autofree char *sum = sha256_file(descriptor);
    assert_string_equal(sum, expected);
    g_autofree char *rest = sha256_file(descriptor); /* nothing is left */
    assert_string_equal(rest, examples[0].expected);
    assert_int_equal(close(descriptor), 0);
    assert_int_equal(g_unlink(path), 0);
}

static void examples_of_the_standard(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(examples); i++) {
        g_autofree char *sum = sha256_bytes(examples[i].text, strlen(examples[i].text));
        assert_string_equal(sum, examples[i].expected);
        expect_file(examples[i].text, strlen(examples[i].text), examples[i].expected);
    }
}

static void a_million_times_a(void **state)
{
    g_autofree char *bytes = g_malloc(MILLION);
    memset(bytes, 'a', MILLION);
    g_autofree char *sum = sha256_bytes(bytes, MILLION);
    assert_string_equal(sum, million_sum);
    expect_file(bytes, MILLION, million_sum);
}

static void a_file_that_cannot_be_read(void **state)
{
    errno = 0;
    assert_null(sha256_file(-1));
    assert_int_equal(errno, EBADF);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(examples_of_the_standard),
        cmocka_unit_test(a_million_times_a),
        cmocka_unit_test(a_file_that_cannot_be_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
