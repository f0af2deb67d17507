/* SPDX-License-Identifier: GPL-2.0-or-later
 * Secrets in bytes that are in no frame: masked as far as they can be told (docs/PROTOCOL.md 7, docs/STARTEK.md 6). */
#include "result/leftover_row.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* The cell raw of a stretch. */
static char *raw_of(const char *text, size_t length, const char *direction, bool show_secrets)
{
    struct stretch stretch = {.origin = {.number = 1, .file = 1}, .end = length};
    struct element piece = {
        .data = (const uint8_t *)text, .length = (uint32_t)length, .stretches = &stretch, .stretch_count = 1};
    struct leftover leftover = {0};
    leftover_add(&leftover, &piece, S7_LEFTOVER_JUNK, true);
    const struct row_options options = {.show_secrets = show_secrets};
    leftover.down = strcmp(direction, "down") == 0;
    leftover.protocol = "";
    g_autoptr(GString) out = g_string_new(NULL);
    leftover_row_print(out, &leftover, 1, &options);
    leftover_clear(&leftover);
    const char *cell = out->str;
    for (unsigned column = 0; column < 10; column++)
        cell = strchr(cell, ',') + 1;
    size_t size = (size_t)(strrchr(cell, ',') - cell); /* raw_refused is empty */
    return cell[0] == '"' ? g_strndup(cell + 1, size - 2) : g_strndup(cell, size);
}

static void secrets_are_masked(void **state)
{
    static const struct {
        const char *direction, *text, *expected;
    } cases[] = {
        /* gotop: the password behind the colon, also cut; the arguments of H, O and W */
        {"down", ":123456M1,030S", ":******M1,030S"},
        {"down", "x:123456H654321#y", "x:******H******#y"},
        {"down", ":123456Oinet,word#", ":******O******#"},
        {"down", ":123456WW,net,key#:123456F#", ":******W******#:******F#"},
        {"down", ":1234", ":******"},
        {"up", "A,DATE:210314,TIME:151817,LAT:41.1N", "A,DATE:210314,TIME:151817,LAT:41.1N"},
        {"up", "ME:151817,LAT:41.1", "ME:151817,LAT:41.1"}, /* the stretch begins within the word */
        {"up", "IME:151817", "IME:151817"},
        {"up", "XME:151817", "XME:******"},
        {"up", ":151817", ":******"},
        {"down", "TIME:151817", "TIME:******"}, /* nothing from the platform has these words */
        {"down", "a:12b", "a:12b"},
        /* a stretch that begins within a command */
        {"down", "456M1,030S#", "******M1,030S#"},
        {"down", "56H654321#", "******H******#"},
        {"up", "456M1,030S#", "456M1,030S#"},
        /* startek: 600, 602, 109, 280, and the answers of 808 */
        {"down", "$$A29,356789012345670,600,12349F\r\n", "$$A29,356789012345670,600,******\\r\\n"},
        {"down", "$$A29,356789012345670,602,4711", "$$A29,356789012345670,602,******"},
        {"down", ",356789012345670,109,net,user,word", ",356789012345670,109,******"},
        {"down", "2345670,280,1,ssid,word", "2345670,280,******"},
        {"down", "600,1234,x", "600,1234,x"},
        {"up", "&&A29,356789012345670,808,600,1234", "&&A29,356789012345670,808,600,******"},
        {"up", "&&A29,356789012345670,808,100,1,host", "&&A29,356789012345670,808,100,1,host"},
        /* fifotrack: a command that lost bytes of its head or its code: all behind its id */
        {"down", "##40,353327020115804,1,B0,net,user,word*0A\r\n", "##40,353327020115804,******\\r\\n"},
        {"down", "##40,353327020115804,1,01,net,user,word*0A", "##40,353327020115804,******"},
        {"down", "##40,353327020115804,1net,user,word*0A\r\n:1", "##40,353327020115804,******\\r\\n:******"},
        {"down", "##40,353327 115804,1,B01,net,user,word", "##40,******"},
        {"down", "x##4,net,user,word", "x##4,net,******"},
        {"down", "##40,353327020115804,1,B03,60,600*0A", "##40,353327020115804,1,B03,60,600*0A"},
        {"down", "##40,353327020115804,1,B01,net,user,word", "##40,353327020115804,1,B01,******"},
        {"up", "##,imei:123456789012345,A;", "##,imei:123456789012345,A;"},
        {"up", "##1#0000#AUT#01#260001", "##1#0000#AUT#01#260001"},
        /* other text stays */
        {"up", "102,60,600", "102,60,600"},
        {"up", "*HQ,4106012345,V1,060000,A", "*HQ,4106012345,V1,060000,A"},
        {"up", "imei:123456789012345,tracker", "imei:123456789012345,tracker"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *found = raw_of(cases[i].text, strlen(cases[i].text), cases[i].direction, false);
        if (strcmp(found, cases[i].expected) != 0)
            fail_msg("%s: %s instead of %s", cases[i].text, found, cases[i].expected);
        g_autofree char *shown = raw_of(cases[i].text, strlen(cases[i].text), cases[i].direction, true);
        if (!strchr(cases[i].text, '\r'))
            assert_string_equal(shown, cases[i].text);
    }
}

static void a_secret_ends_with_its_line(void **state)
{
    static const char text[] = ",356789012345670,600,1234\r\n*HQ,1#";
    g_autofree char *found = raw_of(text, strlen(text), "down", false);
    assert_string_equal(found, ",356789012345670,600,******\\r\\n*HQ,1#");
}

/* Every prefix and suffix is printed without reading outside of it (AddressSanitizer), and no digit of the key stays.
 */
static void no_cut_shows_a_secret(void **state)
{
    static const char text[] = "zz:123456H987987#";
    for (size_t length = 1; length < sizeof text; length++) {
        g_autofree char *copy = g_memdup2(text, length);
        g_autofree char *found = raw_of(copy, length, "down", false);
        assert_null(strpbrk(found, "0123456789"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(secrets_are_masked),
        cmocka_unit_test(a_secret_ends_with_its_line),
        cmocka_unit_test(no_cut_shows_a_secret),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
