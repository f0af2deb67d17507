/* SPDX-License-Identifier: GPL-2.0-or-later
 * Downlink commands of the gotop dialect: code, arguments, secrets. Expected values from docs/PROTOCOL.md 3.2, 7 and 8.
 */
#include "decoded.h"

/* Command behind the password, its code, its arguments as check_spans() prints them. */
static const struct {
    const char *command, *code, *arguments;
} commands[] = {
    {"A1,+1555555", "A1", "1:+1555555"},
    {"A8,+861314,Ann", "A8", "1:+861314 2:Ann"},
    {"A1,D", "A1", "1:D"},
    {"B", "B", ""},
    {"B1", "B", "1:1"},
    {"CCMNET,183.12.181.141:19003", "C", "1:CMNET 2:183.12.181.141:19003"},
    {"Cnet,U,1.2.3.4:80", "C", "1:net 2:U 3:1.2.3.4:80"},
    {"C,1.2.3.4:80", "C", "1: 2:1.2.3.4:80"},
    {"D", "D", ""},
    {"E", "E", ""},
    {"F", "F", ""},
    {"F1", "F1", ""},
    {"F2", "F", "1:2"},
    {"G", "G", ""},
    {"I2,1,0,41070000N002450000E41060000N002460000E", "I", "1:2 2:1 3:0 4:41070000N002450000E41060000N002460000E"},
    {"J1,080", "J", "1:1 2:080"},
    {"K", "K", ""},
    {"KH050", "KH", "1:050"},
    {"KH,050", "KH", "1:050"},
    {"KL0", "KL", "1:0"},
    {"L+08", "L", "1:+08"},
    {"L-03:30", "L", "1:-03:30"},
    {"L1,210314,151617", "L1", "1:210314 2:151617"},
    {"L2", "L2", ""},
    {"L3,090", "L3", "1:090"},
    {"L4", "L4", ""},
    {"L5,07:30", "L5", "1:07:30"},
    {"L5,", "L5", "1:"},
    {"M1,005S", "M", "1:1 2:005S"},
    {"M0,045H", "M", "1:0 2:045H"},
    {"M2,180", "M2", "1:180"},
    {"M3,060", "M3", "1:060"},
    {"M4,1", "M4", "1:1"},
    {"N1,40", "N", "1:1 2:40"},
    {"N2,1", "N", "1:2 2:1"},
    {"P1,250", "P", "1:1 2:250"},
    {"P0", "P", "1:0"},
    {"Q1", "Q1", ""},
    {"Q5,1", "Q5", "1:1"},
    {"Rhttp://host.example;8888", "R", "1:http://host.example;8888"},
    {"R;", "R", "1:;"},
    {"S1", "S", "1:1"},
    {"T1", "T1", ""},
    {"T0", "T0", ""},
    {"U0", "U0", ""},
    {"U9", "U9", ""},
    {"UV", "UV", ""},
    {"UV01", "UV", "1:01"},
    {"V30,9963", "V", "1:30 2:9963"},
    {"V55", "V", "1:55"},
    {"X1,2", "X", "1:1 2:2"},
    {"Z08", "Z", "1:08"},
    {"Z2,car", "Z", "1:2 2:car"},
};

static void test_codes_and_arguments(void **state)
{
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        char *frame = g_strdup_printf(":123456%s#", commands[i].command);
        char *code = g_strdup_printf("direction=down\ndialect=gotop\nkind=command\ncode=%s\n!flags=\n!device_id=\n"
                                     "details.password=******\n",
                                     commands[i].code);
        check(frame, code);
        assert_true(decoded.listed);
        check_spans(frame, S7_FIELD_ARGUMENT, commands[i].arguments);
        for (const struct s7_field *f = s7_find(&decoded, S7_FIELD_ARGUMENT); f; f = s7_find_next(&decoded, f))
            assert_false(f->attributes & S7_SECRET);
        g_free(frame);
        g_free(code);
    }
}

/* A digit that the table does not have for that letter is no part of the code. */
static void test_digits_outside_the_table(void **state)
{
    check(":123456A9,D#", "code=A\ndetails.argument=[\"9\",\"D\"]\nflags=out_of_range\n");
    check(":123456Q6,1#", "code=Q\ndetails.argument=[\"6\",\"1\"]\nflags=out_of_range\n");
    check(":123456T2#", "code=T\ndetails.argument=[\"2\"]\nflags=out_of_range\n");
    check(":123456U10#", "code=U\ndetails.argument=[\"10\"]\nflags=out_of_range\n");
}

static void test_password(void **state)
{
    check_spans(":555555M1,010S#", S7_FIELD_PASSWORD, "0:555555");
    assert_true(s7_find(&decoded, S7_FIELD_PASSWORD)->attributes & S7_SECRET);
}

static void test_secrets(void **state)
{
    check(":123456H456789#", "code=H\ndetails.argument=[\"******\"]\nraw=:******H******#\n");
    check(":123456H,456789#", "code=H\nraw=:******H,******#\n");
    check(":123456Ointernet,internet123#",
          "code=O\ndetails.argument=[\"internet\",\"******\"]\nraw=:******Ointernet,******#\n");
    check(":123456O,internet123#", "code=O\nraw=:******O,******#\n");
    check(":123456WW,my net,key#",
          "code=W\ndetails.argument=[\"W\",\"my net\",\"******\"]\nraw=:******WW,my net,******#\n");
    check(":123456W,my net,key#", "code=W\nraw=:******W,my net,******#\n");
    check(":123456Wmy net,key#", "code=W\nraw=:******Wmy net,******#\n");
}

static void test_unknown_letter(void **state)
{
    check(":123456Y1,2#", "kind=command\ncode=Y\ndetails.argument=[\"1\",\"2\"]\nflags=unknown_code\n");
    check(":123456f#", "kind=command\ncode=f\nflags=unknown_code\n");
}

static void test_reset(void **state)
{
    check("RESET!", "kind=command\ndirection=down\ncode=RESET!\n!flags=\n!details.\n");
    check("RESET!1", "kind=command\ncode=RESET!1\n!flags=\n!details.\n");
    assert_true(decoded.listed);
}

static void decode_command(const char *text, uint32_t flags)
{
    struct s7_frame frame = {.length = (uint32_t)strlen(text),
                             .flags = flags,
                             .dialect = S7_GOTOP,
                             .direction = S7_DOWN,
                             .shape = S7_SHAPE_COMMAND};
    s7_decode((const uint8_t *)text, &frame, &decoded);
}

static void test_command_without_its_end(void **state)
{
    decode_command(":123456M1,005S", S7_FLAG_BIT(TERMINATOR_MISSING));
    assert_int_equal(decoded.kind, S7_KIND_COMMAND);
    assert_null(s7_find(&decoded, S7_FIELD_TERMINATOR));
    assert_int_equal(s7_find_next(&decoded, s7_find(&decoded, S7_FIELD_ARGUMENT))->length, 4);

    decode_command(":123456H4567", S7_FLAG_BIT(TRUNCATED));
    assert_false(decoded.proven);
    assert_int_equal(decoded.kind, S7_KIND_UNKNOWN);
    assert_true(s7_find(&decoded, S7_FIELD_PASSWORD)->attributes & S7_SECRET);
    assert_true(s7_find(&decoded, S7_FIELD_ARGUMENT)->attributes & S7_SECRET);

    decode_command(":123", S7_FLAG_BIT(TRUNCATED));
    assert_int_equal(s7_find(&decoded, S7_FIELD_PASSWORD)->length, 3);
    assert_null(s7_find(&decoded, S7_FIELD_CODE));
}

static void test_terminator(void **state)
{
    check_spans(":123456F#", S7_FIELD_TERMINATOR, "0:#");
    assert_int_equal(s7_find(&decoded, S7_FIELD_TERMINATOR)->offset, 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_codes_and_arguments),
        cmocka_unit_test(test_digits_outside_the_table),
        cmocka_unit_test(test_password),
        cmocka_unit_test(test_secrets),
        cmocka_unit_test(test_unknown_letter),
        cmocka_unit_test(test_reset),
        cmocka_unit_test(test_command_without_its_end),
        cmocka_unit_test(test_terminator),
    };
    return cmocka_run_group_tests_name("gotop_command", tests, NULL, NULL);
}
