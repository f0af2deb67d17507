/* SPDX-License-Identifier: GPL-2.0-or-later
 * The decoder of the startek dialect: tails of reports, commands, answers, frames that prove nothing. Expected values
 * come from docs/STARTEK.md 3, 4.3, 5 and 6, worked by hand. */
#include "startek_check.h"

static void test_tail_sensors(void **state)
{
    UP(TAIL("1,0104B0|020258|030000,01013D|028135|038000|10FFFF"));
    check(S7_FIELD_PRO_CODE, "1");
    check_numbered(S7_FIELD_FUEL, 0, 1, "120.0");
    check_numbered(S7_FIELD_FUEL, 1, 2, "60.0");
    check_numbered(S7_FIELD_FUEL, 2, 3, "0.0");
    check_numbered(S7_FIELD_TEMPERATURE, 0, 1, "31.7");
    check_numbered(S7_FIELD_TEMPERATURE, 1, 2, "-30.9");
    check_numbered(S7_FIELD_TEMPERATURE, 2, 3, "0.0");
    check_numbered(S7_FIELD_TEMPERATURE, 3, 16, "-3276.7");
    assert_int_equal(message.flags, 0);
}

static void test_tail_bad_sensors(void **state)
{
    UP(TAIL("1,0104B|020258,01013D|02813x"));
    check_nth(S7_FIELD_EXTRA, 0, "0104B");
    assert_int_equal(nth(S7_FIELD_EXTRA, 0)->concerns, S7_FIELD_FUEL + 1);
    check_numbered(S7_FIELD_FUEL, 0, 2, "60.0");
    check_numbered(S7_FIELD_TEMPERATURE, 0, 1, "31.7");
    check_nth(S7_FIELD_EXTRA, 1, "02813x");
    assert_int_equal(nth(S7_FIELD_EXTRA, 1)->concerns, S7_FIELD_TEMPERATURE + 1);
    assert_int_equal(message.flags, FLAGS(BAD_VALUE));
    UP(TAIL("x,,"));
    check_bad(S7_FIELD_PRO_CODE, "x", FLAGS(BAD_VALUE));
}

static void test_tail_obd(void **state)
{
    UP(TAIL("1,,,812|31||98|67|15|121|27|43%"));
    check(S7_FIELD_OBD, "812|31||98|67|15|121|27|43%");
    check(S7_FIELD_OBD_ENGINE_SPEED, "812");
    check(S7_FIELD_OBD_ENGINE_LOAD, "31");
    check_none(S7_FIELD_OBD_AIR_FLOW);
    check(S7_FIELD_OBD_INTAKE_PRESSURE, "98");
    check(S7_FIELD_OBD_INTAKE_TEMPERATURE, "27");
    check(S7_FIELD_OBD_THROTTLE, "15");
    check(S7_FIELD_OBD_COOLANT_TEMPERATURE, "81");
    check(S7_FIELD_OBD_FUEL_RATE, "2.7");
    check(S7_FIELD_FUEL_LEVEL, "43");
    assert_int_equal(nth(S7_FIELD_OBD_ENGINE_SPEED, 0)->depth, 1);
    check_none(S7_FIELD_EXTRA);

    UP(TAIL("1,,,812|31|6|98|10|15|40|127|38L"));
    check(S7_FIELD_OBD_AIR_FLOW, "6");
    check(S7_FIELD_OBD_INTAKE_TEMPERATURE, "-30");
    check(S7_FIELD_OBD_COOLANT_TEMPERATURE, "0");
    check(S7_FIELD_OBD_FUEL_RATE, "12.7");
    check(S7_FIELD_OBD_FUEL_LITRES, "38");
    check_none(S7_FIELD_FUEL);

    UP(TAIL("1,,,||||||||52"));
    check(S7_FIELD_OBD_FUEL_UNKNOWN, "52");
    UP(TAIL("1,,,|||||||0|"));
    check(S7_FIELD_OBD_FUEL_RATE, "0.0");
    check_none(S7_FIELD_OBD_FUEL_UNKNOWN);
    assert_int_equal(message.flags, 0);
}

static void test_tail_bad_obd(void **state)
{
    UP(TAIL("1,,,812|31|27"));
    check_bad(S7_FIELD_OBD, "812|31|27", FLAGS(BAD_VALUE));
    UP(TAIL("1,,,x||||-1||||%"));
    check_nth(S7_FIELD_EXTRA, 0, "x");
    check_nth(S7_FIELD_EXTRA, 1, "-1");
    check_nth(S7_FIELD_EXTRA, 2, "%");
    assert_int_equal(nth(S7_FIELD_EXTRA, 1)->concerns, S7_FIELD_OBD_INTAKE_TEMPERATURE + 1);
    check(S7_FIELD_OBD, "x||||-1||||%");
    assert_int_equal(message.flags, FLAGS(BAD_VALUE));
}

static void test_tail_driver_and_time(void **state)
{
    UP(TAIL("131,,,,3100  2  51234567  10200  ?"));
    check(S7_FIELD_DRIVER_ID, "3100  2  51234567  10200  ?");
    check_none(S7_FIELD_DRIVER_TEXT);
    UP(TAIL("129,,,,12345"));
    check(S7_FIELD_ACC_ON_TIME, "12345");
    check_none(S7_FIELD_DRIVER_ID);
    UP(TAIL("129,,,12345")); /* T4 without a bar */
    check(S7_FIELD_ACC_ON_TIME, "12345");
    UP(TAIL("131,,,,text,12345,other,67,,12345678901"));
    check(S7_FIELD_DRIVER_ID, "text");
    check(S7_FIELD_ACC_ON_TIME, "12345");
    check_numbered(S7_FIELD_EXTRA, 0, 25, "other"); /* the 18 fields, then T7 */
    check_numbered(S7_FIELD_EXTRA, 1, 26, "67");
    check_numbered(S7_FIELD_EXTRA, 2, 28, "12345678901");
    UP(TAIL("131,,,,12345678901")); /* more than ten digits are text */
    check(S7_FIELD_DRIVER_ID, "12345678901");
    UP(EVENT("53,0A678C") ",131,,,,text,12345");
    check(S7_FIELD_DRIVER_ID, "0A678C");
    check(S7_FIELD_DRIVER_TEXT, "text");
    check(S7_FIELD_ACC_ON_TIME, "12345");
    assert_int_equal(message.flags, 0);
}

static void test_undefined_codes(void **state)
{
    UP(ID ",020,\x01\x02,\r\n&&");
    check_message(S7_KIND_UNKNOWN, S7_EVENT_NONE, 0);
    assert_true(message.listed);
    check(S7_FIELD_EXTRA, "\x01\x02,\r\n&&");
    UP(ID ",030");
    check_message(S7_KIND_UNKNOWN, S7_EVENT_NONE, 0);
    check_none(S7_FIELD_EXTRA);
    UP(ID ",030,a,b");
    check(S7_FIELD_EXTRA, "a,b");
    UP(ID ",030,3," AFTER);
    check_message(S7_KIND_UNKNOWN, S7_EVENT_NONE, 0);
    check(S7_FIELD_LATITUDE, "41.123457");
    check(S7_FIELD_EVENT_CODE, "3");
    UP(ID ",888,0," AFTER);
    check_message(S7_KIND_UNKNOWN, S7_EVENT_NONE, FLAGS(UNKNOWN_CODE));
    check(S7_FIELD_LATITUDE, "41.123457");
    assert_false(message.listed);
    UP(ID ",888,a,b,,c");
    check_message(S7_KIND_UNKNOWN, S7_EVENT_NONE, FLAGS(UNKNOWN_CODE));
    assert_int_equal(nth(S7_FIELD_CODE, 0)->flags, FLAGS(UNKNOWN_CODE));
    check_numbered(S7_FIELD_EXTRA, 0, 1, "a");
    check_numbered(S7_FIELD_EXTRA, 1, 2, "b");
    check_numbered(S7_FIELD_EXTRA, 2, 3, ""); /* keeps its place */
    check_numbered(S7_FIELD_EXTRA, 3, 4, "c");
}

static void test_serial_records(void **state)
{
    UP(ID ",710,T1,62.0,*\r\nT2,1\r\n");
    check_message(S7_KIND_PASSTHROUGH, S7_EVENT_NONE, 0);
    check(S7_FIELD_SERIAL, "T1,62.0,*\r\nT2,1\r\n");
    UP(ID ",710,");
    check_message(S7_KIND_PASSTHROUGH, S7_EVENT_NONE, 0);
    check_none(S7_FIELD_SERIAL);
}

static void test_answers(void **state)
{
    UP(ID ",129,OK");
    check_message(S7_KIND_ANSWER, S7_EVENT_NONE, 0);
    check_numbered(S7_FIELD_ARGUMENT, 0, 1, "OK");
    UP(ID ",211,Unsupport");
    check_message(S7_KIND_REJECTED, S7_EVENT_NONE, 0);
    check(S7_FIELD_ARGUMENT, "Unsupport");
    UP(ID ",265,Failed");
    check_message(S7_KIND_REJECTED, S7_EVENT_NONE, 0);
    UP(ID ",125,Failed,1");
    check_message(S7_KIND_ANSWER, S7_EVENT_NONE, 0);
    UP(ID ",802,0000000F,,01,31,");
    check_numbered(S7_FIELD_ARGUMENT, 0, 1, "0000000F");
    check_numbered(S7_FIELD_ARGUMENT, 1, 2, "");
    check_numbered(S7_FIELD_ARGUMENT, 4, 5, "");
    assert_null(nth(S7_FIELD_ARGUMENT, 5));
    UP(ID ",271,41,0C|x");
    check(S7_FIELD_ARGUMENT, "41,0C|x");
    UP(ID ",991,\x01");
    check_message(S7_KIND_ANSWER, S7_EVENT_NONE, 0);
    check(S7_FIELD_EXTRA, "\x01");
    UP(ID ",990,\x01\x2C,1.0");
    check(S7_FIELD_EXTRA, "\x01\x2C,1.0");
}

/* The numbers of an update, big-endian, below the data; data of another form says nothing. */
static void test_updates(void **state)
{
    static const enum s7_field_id none[] = {S7_FIELD_UPDATE_ANSWER, S7_FIELD_UPDATE_OFFSET, S7_FIELD_UPDATE_SIZE,
                                            S7_FIELD_UPDATE_MACHINE, S7_FIELD_ARGUMENT};
    UP(ID ",990,\x02\x12\x34\x04\x00V1.06,b");
    check_message(S7_KIND_ANSWER, S7_EVENT_NONE, 0);
    check(S7_FIELD_UPDATE_ANSWER, "2");
    check(S7_FIELD_UPDATE_MACHINE, "0x1234");
    check(S7_FIELD_UPDATE_BLOCK_SIZE, "1024");
    check(S7_FIELD_UPDATE_VERSION, "V1.06,b");
    assert_int_equal(nth(S7_FIELD_EXTRA, 0)->length, 12); /* all of it */
    assert_int_equal(nth(S7_FIELD_UPDATE_ANSWER, 0)->depth, 1);
    UP(ID ",990,\x01\x00\x0C\x02\x00");
    check(S7_FIELD_UPDATE_BLOCK_SIZE, "512");
    check_none(S7_FIELD_UPDATE_VERSION);
    UP(ID ",991,\xFF");
    check(S7_FIELD_UPDATE_ANSWER, "255");
    UP(ID ",994,\x01");
    check(S7_FIELD_UPDATE_ANSWER, "1");
    check(S7_FIELD_EXTRA, "\x01");
    UP(ID ",995,,");
    check(S7_FIELD_UPDATE_ANSWER, "44");
    UP(ID ",992,\xFF\x00\x00\x01\x04\x00\x01");
    check(S7_FIELD_UPDATE_OFFSET, "4278190081");
    check(S7_FIELD_UPDATE_SIZE, "1024");
    check(S7_FIELD_UPDATE_ANSWER, "1");
    UP(ID ",993,\x01");
    check(S7_FIELD_UPDATE_ANSWER, "1");
    DOWN(ID ",992,\x00\x00\x04\x00\x00\x03,\r\n");
    check_message(S7_KIND_COMMAND, S7_EVENT_NONE, 0);
    check(S7_FIELD_UPDATE_OFFSET, "1024");
    check(S7_FIELD_UPDATE_SIZE, "3");
    check(S7_FIELD_UPDATE_DATA, ",\r\n");
    DOWN(ID ",993,\x00\x01\x00\x00\xAB\xCD");
    check(S7_FIELD_UPDATE_SIZE, "65536");
    check(S7_FIELD_UPDATE_CHECK, "0xabcd");
    static const char *const other[] = {"990,abcd", "991,OK", "992,abcdef", "993,ab", "995,ab"};
    for (size_t i = 0; i < sizeof other / sizeof *other; i++) {
        char body[100];
        int n = snprintf(body, sizeof body, ID ",%s", other[i]);
        decode('&', body, (size_t)n);
        check(S7_FIELD_EXTRA, other[i] + 4);
        for (size_t k = 0; k < sizeof none / sizeof *none; k++)
            check_none(none[k]);
    }
    DOWN(ID ",993,abcdefg");
    check_none(S7_FIELD_UPDATE_SIZE);
    DOWN(ID ",992,abcde");
    check_none(S7_FIELD_UPDATE_SIZE);
}

static void test_picture_parts(void **state)
{
    UP(ID ",265,p1.jpg,1024,8,\xFF\xD8,\r\n&&#");
    check_message(S7_KIND_ANSWER, S7_EVENT_NONE, 0);
    check(S7_FIELD_PICTURE, "p1.jpg");
    check_nth(S7_FIELD_ARGUMENT, 0, "1024");
    check_nth(S7_FIELD_ARGUMENT, 1, "8");
    check(S7_FIELD_EXTRA, "\xFF\xD8,\r\n&&#");
    static const char *const other[] = {"p1.jpg,0,3,abcd", "p1.jpg,x,4,abcd", "p1.jpg,0,4", "p1.jpg", ",0,4,abcd"};
    for (size_t i = 0; i < sizeof other / sizeof *other; i++) {
        char body[100];
        int n = snprintf(body, sizeof body, ID ",265,%s", other[i]);
        decode('&', body, (size_t)n);
        check(S7_FIELD_EXTRA, other[i]);
        check_none(S7_FIELD_PICTURE);
    }
    UP(ID ",265,p1.jpg,2048,0,");
    check(S7_FIELD_PICTURE, "p1.jpg");
}

static void test_commands(void **state)
{
    DOWN(ID ",100,1,d.plaspy.com,8888");
    check_message(S7_KIND_COMMAND, S7_EVENT_NONE, 0);
    check(S7_FIELD_CODE, "100");
    check_numbered(S7_FIELD_ARGUMENT, 0, 1, "1");
    check_numbered(S7_FIELD_ARGUMENT, 1, 2, "d.plaspy.com");
    check_numbered(S7_FIELD_ARGUMENT, 2, 3, "8888");
    assert_int_equal(nth(S7_FIELD_ARGUMENT, 2)->attributes, 0);
    DOWN(ID ",801");
    check_message(S7_KIND_COMMAND, S7_EVENT_NONE, 0);
    check_none(S7_FIELD_ARGUMENT);
    DOWN(ID ",992,\x01,\x02\r\n");
    check(S7_FIELD_EXTRA, "\x01,\x02\r\n");
    DOWN(ID ",777,x");
    check_message(S7_KIND_COMMAND, S7_EVENT_NONE, FLAGS(UNKNOWN_CODE));
    check(S7_FIELD_ARGUMENT, "x");
}

/* The first secret argument, from 1; 0: there is none, and all arguments behind it are secret too. */
static void check_secret_from(unsigned first)
{
    unsigned n = 0;
    for (const struct s7_field *f = nth(S7_FIELD_ARGUMENT, 0); f; f = s7_find_next(&message, f), n++)
        assert_int_equal(f->attributes & S7_SECRET ? 1 : 0, first && n + 1 >= first);
    assert_true(n >= first);
}

static void test_secrets(void **state)
{
    DOWN(ID ",600,PW37");
    check_secret_from(1);
    DOWN(ID ",602,1234,5678");
    check_secret_from(1);
    DOWN(ID ",109,internet,user,pass,word");
    check_secret_from(3);
    DOWN(ID ",280,1,ssid,key");
    check_secret_from(3);
    DOWN(ID ",109,internet,user");
    check_secret_from(0);
    DOWN(ID ",601,60");
    check_secret_from(0);
    DOWN(ID ",808,600");
    check_secret_from(0);
    UP(ID ",808,600,PW37");
    check_secret_from(2);
    UP(ID ",808,602,1234");
    check_secret_from(2);
    UP(ID ",808,109,internet,user,pass");
    check_secret_from(4);
    UP(ID ",808,280,1,ssid,key");
    check_secret_from(4);
    UP(ID ",808,100,1,host,8011");
    check_secret_from(0);
}

static void test_secret_behind_many_arguments(void **state)
{
    static char body[3000];
    size_t n = (size_t)snprintf(body, sizeof body, ID ",600");
    memset(body + n, ',', 1500);
    n += 1500;
    n += (size_t)snprintf(body + n, sizeof body - n, "PW37");
    decode('$', body, n);
    assert_false(message.spilled);
    uint32_t secret = 0;
    for (const struct s7_field *f = nth(S7_FIELD_ARGUMENT, 0); f; f = s7_find_next(&message, f))
        if (f->attributes & S7_SECRET)
            secret = (uint32_t)f->offset + f->length;
    assert_int_equal(secret, frame.length - 4);
}

static void test_unproven_frames(void **state)
{
    static const char wrong_sum[] = "&&o143" ID ",000,3," AFTER ",1,00\r\n";
    decode_frame(wrong_sum, sizeof wrong_sum - 1);
    check_message(S7_KIND_UNKNOWN, S7_EVENT_NONE, FLAGS(CHECKSUM_BAD));
    assert_false(message.proven);
    static const char cut[] = "&&k142" ID ",000,0,," TIME ",A,41.1";
    decode_frame(cut, sizeof cut - 1);
    check_message(S7_KIND_UNKNOWN, S7_EVENT_NONE, FLAGS(TRUNCATED));
    check(S7_FIELD_DEVICE_ID, "356789012345672");
    static const char damaged[] = "$$F99" ID ",600,PW37\r\n";
    decode_frame(damaged, sizeof damaged - 1);
    check_message(S7_KIND_UNKNOWN, S7_EVENT_NONE, FLAGS(DAMAGED));
    check_secret_from(1);
    check(S7_FIELD_TERMINATOR, "\r\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tail_sensors),
        cmocka_unit_test(test_tail_bad_sensors),
        cmocka_unit_test(test_tail_obd),
        cmocka_unit_test(test_tail_bad_obd),
        cmocka_unit_test(test_tail_driver_and_time),
        cmocka_unit_test(test_undefined_codes),
        cmocka_unit_test(test_serial_records),
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_updates),
        cmocka_unit_test(test_picture_parts),
        cmocka_unit_test(test_commands),
        cmocka_unit_test(test_secrets),
        cmocka_unit_test(test_secret_behind_many_arguments),
        cmocka_unit_test(test_unproven_frames),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
