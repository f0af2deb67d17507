/* SPDX-License-Identifier: GPL-2.0-or-later
 * fifotrack: answers, pictures, commands and their arguments, secrets, the end of the frame. Expected values come from
 * docs/FIFOTRACK.md 1.1, 6 and 7, worked by hand. */
#include "fifotrack_check.h"

#include "arguments.h"

/* --- Answers --- */

static void words_of_result(void **state)
{
    static const struct fifotrack_row rows[] = {
        {"B03,OK", "kind=answer\ncode=B03\ndetails.argument=[\"OK\"]\n!flags=\n"},
        {"B24,UNSUPPORT", "kind=rejected\ndetails.argument=[\"UNSUPPORT\"]\n!flags=\n"},
        {"S09,FAILED", "kind=rejected\ncode=S09\n!flags=\n"},
        {"S19,OK", "kind=answer\n!flags=\n"},
        {"C01,UNSUPPORT", "kind=rejected\n!flags=\n"},
        {"D05,OK", "kind=answer\n!event=\n!details.picture=\n!flags=\n"},
        {"D06,FAILED", "kind=rejected\n!details.picture=\n!flags=\n"},
        {"D07,OK", "kind=answer\n!flags=\n"},
        {"B01,OK", "kind=answer\ndetails.argument=[\"OK\"]\n!flags=\n"},
        {"C06,FAILED", "kind=rejected\ndetails.argument=[\"FAILED\"]\n"},
        {"C03,UNSUPPORT", "kind=rejected\n!battery_v=\n!flags=\n"},
        {"B03,OK,1", "kind=answer\ndetails.argument=[\"OK\",\"1\"]\n!flags=\n"},
        {"B03,Ok", "kind=answer\ndetails.argument=[\"Ok\"]\n"},
        {"B03", "kind=answer\n!details.argument=\n!flags=\n"},
        {"B99,ftp: no, such file", "kind=answer\ndetails.argument=[\"ftp: no, such file\"]\n!flags=\n"},
        {"B99,OK", "kind=answer\ndetails.argument=[\"OK\"]\n"},
        {"C07,*102#,12 EUR", "kind=answer\ndetails.argument=[\"*102#\",\"12 EUR\"]\n!flags=\n"},
    };
    CHECK_ROWS(check_up, rows);
}

static void fifotrack_9_28_an_unlisted_code_with_a_result(void **state)
{
    static const struct fifotrack_row rows[] = {
        {"B72,OK", "kind=answer\nflags=unknown_code\ndetails.argument=[\"OK\"]\n"},
        {"C44,UNSUPPORT", "kind=rejected\nflags=unknown_code\n"},
        {"S20,FAILED", "kind=rejected\nflags=unknown_code\n"},
    };
    CHECK_ROWS(check_up, rows);
    assert_false(decoded.listed);
}

static void fifotrack_9_28_the_supply(void **state)
{
    static const struct fifotrack_row rows[] = {
        {"C03,3.80,50%", "kind=answer\nbattery_v=3.80\nbattery_pct=50\n!charging=\n!details.argument=\n!flags=\n"},
        {"C03,3.80,50%,Charging", "battery_v=3.80\nbattery_pct=50\ncharging=1\n!details.argument=\n!flags=\n"},
        {"C03,3.80,50%,Full,x", "!charging=\ndetails.argument=[\"Full\",\"x\"]\n!flags=\n"},
        {"C03,100.1,101%", "battery_v=100.1\nbattery_pct=101\nflags=out_of_range\n"},
        {"C03,3.8V,50", "!battery_v=\n!battery_pct=\nflags=bad_value\ndetails.extra=[\"3.8V\",\"50\"]\n"},
        {"C03,,%", "!battery_v=\n!battery_pct=\nflags=bad_value\ndetails.extra=[\"%\"]\n"},
        {"C03,4.1,", "battery_v=4.1\n!battery_pct=\n!flags=\n"},
    };
    CHECK_ROWS(check_up, rows);
}

#define BASICS "C06,867688039944529,203.0.113.108:40063,TCP;APN:internet,"
#define BEFORE "details.argument=[\"867688039944529\",\"203.0.113.108:40063\",\"TCP\",\"APN:internet\","

static void basic_settings(void **state)
{
    static const struct fifotrack_row rows[] = {
        {BASICS ",,EXT:0.00V,BAT:3.97V;B03:30,50,ACC OFF",
         "kind=answer\nexternal_v=0.00\nbattery_v=3.97\nignition=0\n" BEFORE "\"\",\"\",\"B03:30\",\"50\"]\n!raw=\n"},
        {BASICS "user7,secret9,EXT:12.41V,BAT:3.97V;B03:30,50,ACC ON",
         "external_v=12.41\nbattery_v=3.97\nignition=1\n" BEFORE "\"******\",\"******\",\"B03:30\",\"50\"]\n"},
        /* A password may have anything in it. */
        {BASICS "user7,a;b,BAT:1.00V,ACC ON,EXT:12.41V,BAT:3.97V",
         "external_v=12.41\nbattery_v=3.97\n!ignition=\n" BEFORE
         "\"******\",\"******\",\"******\",\"******\",\"******\"]\n"},
        {BASICS "user7,secret9", BEFORE "\"******\",\"******\"]\n!external_v=\n"},
        {"C06,EXT:1V,EXT:2V,BAT:V,BAT:xV,BAT:3.9,ACC,ACC ON,ACC OFF",
         "external_v=1\n!battery_v=\nignition=1\n"
         "details.argument=[\"EXT:2V\",\"BAT:V\",\"BAT:xV\",\"BAT:3.9\",\"ACC\",\"ACC OFF\"]\n!flags=\n"},
    };
    CHECK_ROWS(check_up, rows);
}

/* More settings than are told apart: what is left is hidden as a whole. */
static void more_settings_than_arguments(void **state)
{
    GString *content = g_string_new("C06,a");
    for (unsigned i = 0; i < 600; i++)
        g_string_append(content, ",b");
    check_up(content->str, "kind=answer\n");
    unsigned count = 0;
    const struct s7_field *last = NULL;
    for (const struct s7_field *f = s7_find(&decoded, S7_FIELD_ARGUMENT); f; f = s7_find_next(&decoded, f), count++)
        last = f;
    assert_int_equal(count, 512);
    assert_int_equal(last->number, 512);
    assert_true(last->attributes & S7_SECRET);
    assert_int_equal(last->length, 2 * (601 - 511) - 1);
    assert_false(decoded.spilled);
    g_string_free(content, TRUE);
}

/* --- Pictures --- */

static void announcement_of_a_picture(void **state)
{
    static const struct fifotrack_row rows[] = {
        {"D05,190220085833,22.643210,114.018176,1,1,1,13152,23FFD339",
         "kind=event\nevent=picture\ncode=D05\ndevice_time=2019-02-20T08:58:33\nlatitude=22.643210\n"
         "longitude=114.018176\n!valid=\ndetails.picture=23FFD339\ndetails.picture_size=13152\n"
         "details.picture_time=2019-02-20T08:58:33\ndetails.extra=[\"1\",\"1\",\"1\"]\n!flags=\n"},
        {"D05,190220085833,90.5,x,1,,1,y,23FFD33G,more",
         "latitude=90.5\n!longitude=\n!details.picture=\n"
         "!details.picture_size=\nflags=bad_value;out_of_range\n"
         "details.extra=[\"x\",\"1\",\"1\",\"y\",\"23FFD33G\",\"more\"]\n"},
        {"D05,190220085833,1.0,1.0,1,1,1,1,123456789", "!details.picture=\nflags=bad_value\n"},
        {"D05,190220085833,22.643210,114.018176,1,1,1,13152",
         "kind=unknown\n!event=\nflags=unknown_code\n!latitude=\n!device_time=\n"},
    };
    CHECK_ROWS(check_up, rows);
}

/* Seconds since 2000: leap days, ends of years, the last second of 2099, and what lies behind. */
static void times_of_pictures(void **state)
{
    static const struct {
        unsigned seconds;
        const char *time;
    } times[] = {
        {0, "2000-01-01T00:00:00"},
        {5097599, "2000-02-28T23:59:59"},
        {5097600, "2000-02-29T00:00:00"},
        {5184000, "2000-03-01T00:00:00"},
        {31622399, "2000-12-31T23:59:59"},
        {31622400, "2001-01-01T00:00:00"},
        {36720000, "2001-03-01T00:00:00"},
        {126230399, "2003-12-31T23:59:59"},
        {126230400, "2004-01-01T00:00:00"},
        {131328000, "2004-02-29T00:00:00"},
        {3155759999U, "2099-12-31T23:59:59"},
        {3155760000U, NULL},
        {4294967295U, NULL},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(times); i++) {
        g_autofree char *content = g_strdup_printf("D06,%X,0,0,", times[i].seconds);
        g_autofree char *expected = times[i].time ? g_strdup_printf("details.picture_time=%s\n", times[i].time)
                                                  : g_strdup("!details.picture_time=\n");
        check_up(content, expected);
    }
}

static void fifotrack_9_20_an_impossible_time(void **state)
{
    check_up("D05,191320085833,22.643210,114.018176,1,1,1,13152,23FFD339",
             "kind=event\nevent=picture\n!device_time=\nflags=bad_time\ndetails.picture=23FFD339\n"
             "details.picture_time=2019-02-20T08:58:33\nlatitude=22.643210\n"
             "details.extra=[\"191320085833\",\"1\",\"1\",\"1\"]\n");
}

static void fifotrack_9_21_a_package_that_was_not_announced(void **state)
{
    check_up("D06,2444BD86,1024,5,a,*\n#",
             "kind=answer\ndetails.picture=2444BD86\ndetails.picture_offset=1024\n"
             "details.picture_bytes=5\ndetails.argument=[\"5\"]\n!details.extra=\n!flags=\n");
}

static void packages_of_another_form(void **state)
{
    static const struct fifotrack_row rows[] = {
        {"D06,2444BD86,0,6,abcde", "details.picture=2444BD86\ndetails.picture_offset=0\ndetails.picture_bytes=5\n"
                                   "details.argument=[\"6\"]\nflags=bad_value\n"},
        {"D06,2444BD86,0,4,abcde", "details.picture_bytes=5\nflags=bad_value\n"},
        {"D06,2444BD86,0,1", "details.picture_bytes=0\nflags=bad_value\n"},
        {"D06,2444BD86,0,0,", "details.picture_bytes=0\n!flags=\n"},
        {"D06,2444BD86,0", "kind=answer\n!details.picture=\nflags=bad_value\ndetails.extra=[\"2444BD86,0\"]\n"},
        {"D06,2444BD8G,0,1,a", "!details.picture=\nflags=bad_value\n!details.picture_bytes=\n"},
        {"D06,2444BD86,x,1,a", "!details.picture=\nflags=bad_value\n"},
        {"D06,2444BD86,0,x,a", "!details.picture=\nflags=bad_value\n"},
        {"D06,,0,1,a", "!details.picture=\nflags=bad_value\n"},
        {"D06", "kind=answer\n!details.picture=\n!flags=\n"},
    };
    CHECK_ROWS(check_up, rows);
}

/* --- Commands: what the arguments mean --- */

/* "name=meaning", "; " between; behind it "!" if it is out of range, "!!" if it is not of its type. */
static void expect_arguments(const char *content, const char *expected)
{
    GString *out = g_string_new(NULL);
    for (const struct s7_field *f = s7_find(&decoded, S7_FIELD_ARGUMENT); f; f = s7_find_next(&decoded, f)) {
        g_autofree char *text = g_malloc(S7_ARGUMENT_SIZE(f->length));
        s7_argument_print(decoded_data, f, text, S7_ARGUMENT_SIZE(f->length));
        g_string_append_printf(
            out, "%s%s=%s%s%s", out->len ? "; " : "", f->value.argument ? f->value.argument->name : "?", text,
            f->flags & S7_FLAG_BIT(OUT_OF_RANGE) ? "!" : "", f->flags & S7_FLAG_BIT(BAD_VALUE) ? "!!" : "");
    }
    if (strcmp(out->str, expected) != 0)
        fail_msg("%s\nis       %s\nexpected %s", content, out->str, expected);
    g_string_free(out, TRUE);
}

static void arguments_of_commands(void **state)
{
    static const struct fifotrack_row rows[] = {
        {"A03,260202024003", "server_time=2026-02-02 02:40:03"},
        {"A03,260230024003", "server_time=2026-02-30 02:40:03!"},
        {"A03,260202244003", "server_time=2026-02-02 24:40:03!"},
        {"A03,26020202400", "server_time=26020202400!!"},
        {"A03,2602020240x3", "server_time=2602020240x3!!"},
        {"A03,26020x024003", "server_time=26020x024003!!"},
        {"B00,a,1", "?=a; ?=1"},
        {"B03,30,50", "interval=30; interval=50"},
        {"B03,30,x,", "interval=30; interval=x!!; interval="},
        {"B11,0123456", "?=0123456"},
        {"B23,2,1101", "alarm=2; actions=GPRS, SMS, monitor call"},
        {"B23,2,0000", "alarm=2; actions=none"},
        {"B23,2,0010", "alarm=2; actions=two-way call"},
        {"B23,2,110", "alarm=2; actions=110!!"},
        {"B23,2,11011", "alarm=2; actions=11011!!"},
        {"B23,2,1102", "alarm=2; actions=1102!!"},
        {"B26,2,0123456789abcdef", "alarm=2; text=0123456789abcdef"},
        {"B26,2,0123456789abcdefg", "alarm=2; text=0123456789abcdefg!"},
        {"B76,600,08:00,18:00,60,,23:59,12345,30", "time_1_s=600 s; from_1=08:00; to_1=18:00; time_2_s=60 s; from_2=; "
                                                   "to_2=23:59; weekdays=12345; pre_alarm_s=30 s"},
        {"B76,600,24:00,8:00", "time_1_s=600 s; from_1=24:00!; to_1=8:00!!"},
        {"B99,a.bin", "file=a.bin"},
        {"B99,a.bin,1,h,65536,u,p", "file=a.bin; n=1; host=h; port=65536!; user=u; ftp_password=p"},
        {"C04,B03,1", "command=B03; key=1"},
        {"C04,B03x", "command=B03x!"},
        {"C07,*102#", "ussd=*102#"},
        {"C08,1", "?=1"},
        {"D05,1", "size=160x128"},
        {"D05,2", "size=320x240"},
        {"D05,3", "size=640x480"},
        {"D05,4", "size=4!"},
        {"D06,2444BD86,1024,1024", "picture=2444BD86; offset_bytes=1024 bytes; count_bytes=1024 bytes"},
        {"D06,2444BD86,0,1025", "picture=2444BD86; offset_bytes=0 bytes; count_bytes=1025 bytes!"},
        {"D07,600,2", "interval_s=600 s; size=320x240"},
        {"D07,0,2", "interval_s=off; size=320x240"},
        {"D07,300,2", "interval_s=300 s!; size=320x240"},
        {"D07,301", "interval_s=301 s"},
        {"S09,60,0", "moving_s=60 s; stopped_s=none"},
        {"S09,90", "moving_s=90 s"},
        {"S17,RING.wav,h,0,u,p", "file=RING.wav; host=h; port=0!; user=u; ftp_password=p"},
        {"S19,2,1", "gprs_mode=2; sms_mode=1"},
        {"S19,3", "gprs_mode=3!"},
        {"C01", ""},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        check_down(rows[i].content, "kind=command\n!event=\n");
        assert_true(decoded.listed);
        expect_arguments(rows[i].content, rows[i].expected);
    }
}

static void values_of_answers(void **state)
{
    static const struct fifotrack_row rows[] = {
        {"C02,356789012345670,0123,V1.00,V1.0",
         "device_id=356789012345670; serial_number=0123; firmware=V1.00; hardware=V1.0"},
        {"B03,OK", "result=OK"},
        {"B03,UNSUPPORT", "result=UNSUPPORT"},
        {"B72,FAILED", "result=FAILED"},
        {"B03,Failed", "?=Failed"},
        {"B99,a, b", "text=a, b"},
        {"C04,B03,30,50", "command=B03; ?=30; ?=50"},
        {"D06,2444BD86,0,2,ab", "count_bytes=2 bytes"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        check_up(rows[i].content, "!event=\n");
        expect_arguments(rows[i].content, rows[i].expected);
    }
}

static void commands_that_no_list_has(void **state)
{
    static const struct fifotrack_row rows[] = {
        {"B72,1,2", "kind=command\nflags=unknown_code\ndetails.argument=[\"1\",\"2\"]\n"},
        {"A01,1", "kind=command\nflags=unknown_code\n!valid=\n"},
        {"A00", "kind=command\nflags=unknown_code\n"},
        {"A02,,260202024003,A,22.6,114.0", "kind=command\nflags=unknown_code\n!latitude=\n"},
        {"S20,OK", "kind=command\nflags=unknown_code\ndetails.argument=[\"OK\"]\n"},
        {"B24,UNSUPPORT", "kind=command\n!flags=\n"}, /* 9.25: the head decides */
    };
    CHECK_ROWS(check_down, rows);
}

static void fifotrack_9_5_an_asterisk_among_the_parameters(void **state)
{
    check_down("C07,*102#*99", "kind=command\ndetails.argument=[\"*102#*99\"]\n!flags=\n");
    const struct s7_field *checksum = s7_find(&decoded, S7_FIELD_CHECKSUM);
    assert_int_equal(decoded_data[checksum->offset - 1], '*');
    assert_int_equal(checksum->length, 2);
}

static void fifotrack_9_25_the_head_decides(void **state)
{
    check_up("D06,2444BD86,1024,1024", "direction=up\nkind=answer\nflags=bad_value\n");
    check_down("D06,2444BD86,1024,1024", "direction=down\nkind=command\n!flags=\n");
}

/* --- Secrets --- */

static void secrets_of_proven_frames(void **state)
{
    static const struct fifotrack_row down[] = {
        {"B01,internet,user7,secret9", "details.argument=[\"******\",\"******\",\"******\"]\n"},
        {"B99,a.bin,1,h,21,user7,sec,ret",
         "details.argument=[\"a.bin\",\"1\",\"h\",\"21\",\"******\",\"******\",\"******\"]\n"},
        {"S17,a.wav,h,21,user7,secret9", "details.argument=[\"a.wav\",\"h\",\"21\",\"******\",\"******\"]\n"},
        {"C04,B01,key", "details.argument=[\"B01\",\"key\"]\n!raw=\n"},
        {"B01", "!details.argument=\n!raw=\n"},
        {"B11,0123", "details.argument=[\"0123\"]\n!raw=\n"},
    };
    static const struct fifotrack_row up[] = {
        {"C04,B01,internet,user7,secret9", "details.argument=[\"B01\",\"******\",\"******\",\"******\"]\n"},
        {"C04,B03,30", "details.argument=[\"B03\",\"30\"]\n!raw=\n"},
        {"C04,B99,a,1,h,21,u,p", "details.argument=[\"B99\",\"a\",\"1\",\"h\",\"21\",\"******\",\"******\"]\n"},
        {"C04,S17,a,h,21,u,p", "details.argument=[\"S17\",\"a\",\"h\",\"21\",\"******\",\"******\"]\n"},
        {"C04", "kind=answer\n!details.argument=\n"},
        {"B01,internet,user7", "kind=answer\ndetails.argument=[\"******\",\"******\"]\n"},
    };
    CHECK_ROWS(check_down, down);
    CHECK_ROWS(check_up, up);
}

/* Decodes as a frame that the scanner found damaged: its body reaches up to the end of its line. */
static void decode_damaged(const char *text, uint32_t flag)
{
    struct s7_frame frame = {.length = (uint32_t)strlen(text),
                             .flags = flag,
                             .dialect = S7_FIFOTRACK,
                             .direction = text[0] == '$' ? S7_UP : S7_DOWN,
                             .shape = S7_SHAPE_FIFOTRACK,
                             .head_length = (uint8_t)strcspn(text, ","),
                             .id_length = 15};
    frame.body_length = (uint32_t)strcspn(text, "\r") - frame.head_length;
    decoded_data = guard_copy((const guint8 *)text, frame.length);
    s7_decode(decoded_data, &frame, &decoded);
    assert_false(decoded.proven);
    assert_int_equal(decoded.kind, S7_KIND_UNKNOWN);
    assert_int_equal(decoded.flags, flag);
}

/* The arguments are secret, and with their commas they are that text. */
static void check_secret(const char *expected)
{
    GString *text = g_string_new(NULL);
    for (const struct s7_field *f = s7_find(&decoded, S7_FIELD_ARGUMENT); f; f = s7_find_next(&decoded, f)) {
        assert_true(f->attributes & S7_SECRET);
        g_string_append(text, text->len ? "," : "");
        g_string_append_len(text, (const char *)decoded_data + f->offset, f->length);
    }
    assert_string_equal(text->str, expected);
    g_string_free(text, TRUE);
}

static void fifotrack_9_28_secrets_of_damaged_frames(void **state)
{
    static const struct {
        const char *before, *behind;
    } rows[] = {
        {"##57," ID ",1,B01", ",internet,user7,secret9*57"},
        {"##57," ID ",1,B99", ",a.bin*00"},
        {"##57," ID ",1,S17", ",x"},
        {"$$57," ID ",1,C04", ",B0x,user7"},
        {"$$57," ID ",1,C06", ",EXT:1.00V,BAT:2.00V"},
        {"$$57," ID ",1,B01", ",OK"},
    };
    static const char *const ends[] = {"", "\r\n"};
    /* Without the right checksum an asterisk tells nothing: what is behind it may be more than a checksum. */
    decode_damaged("##57," ID ",1,B01*internet,user7,secret9*57\r\n", S7_FLAG_BIT(DAMAGED));
    assert_int_equal(s7_find(&decoded, S7_FIELD_CODE)->length, 3);
    check_secret("*internet,user7,secret9*57");
    for (gsize i = 0; i < 2 * G_N_ELEMENTS(rows); i++) {
        const char *before = rows[i / 2].before, *behind = rows[i / 2].behind;
        g_autofree char *text = g_strconcat(before, behind, ends[i % 2], NULL);
        decode_damaged(text, i % 2 ? S7_FLAG_BIT(DAMAGED) : S7_FLAG_BIT(TRUNCATED));
        check_secret(behind + 1);
        assert_null(s7_find(&decoded, S7_FIELD_BATTERY_VOLTAGE));
    }
    decode_damaged("##57," ID ",1,B03,30,50*57\r\n", S7_FLAG_BIT(DAMAGED));
    assert_false(s7_find(&decoded, S7_FIELD_ARGUMENT)->attributes & S7_SECRET);
}

/* A wrong checksum: where the frame ends is known, what is in it is not used. */
static void a_wrong_checksum(void **state)
{
    static const char *const texts[] = {"$$25," ID ",1,B03,OK*00\r\n", "##40," ID ",1,B01,net,user7,secret9*00\r\n"};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        decode_bytes(texts[i], strlen(texts[i]));
        check_lines(texts[i], "kind=unknown\nflags=checksum_bad\n!code=\n!details.argument=\n");
        assert_null(s7_find(&decoded, S7_FIELD_CHECKSUM_TYPE));
    }
    assert_true(s7_find(&decoded, S7_FIELD_ARGUMENT)->attributes & S7_SECRET);
}

/* What is left of a header. */
static void pieces_of_a_header(void **state)
{
    static const char *const texts[] = {"$$",
                                        "$$1",
                                        "$$12,",
                                        "$$12,,",
                                        "$$12,353327020115804",
                                        "$$12,353327020115804,",
                                        "$$12,353327020115804,1,",
                                        "$$12,353327020115804,1,A0",
                                        "$$12,1,1,A01,\r\n",
                                        "##12,353327020115804,1,B01",
                                        "$$12,353327020115804,1,A01*4"};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        decode_damaged(texts[i], S7_FLAG_BIT(TRUNCATED));
}

static void fifotrack_9_4_sum_and_xor(void **state)
{
    static const struct {
        const char *frame, *type;
    } rows[] = {
        {"##24,123456789012345,1,D05,3*9F\r\n", "sum"},
        {"##24,123456789012345,1,D05,3*75\r\n", "xor"},
        {"##24,356789012345670,1,D05,3*73\r\n", "xor"},
        {"##36,356789012345670,7F,A03,260202024003*11\r\n", "sum"},
        {"##36,356789012345670,7F,A03,260202024003*01\r\n", "xor"},
        {"$$25,863003046473534,1,B03,OK*4D\r\n", "xor"},
        {"$$25,863003046473534,1,B03,OK*4d\r\n", "xor"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *expected = g_strdup_printf("details.checksum_type=%s\n", rows[i].type);
        decode_bytes(rows[i].frame, strlen(rows[i].frame));
        check_lines(rows[i].frame, expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_of_result),
        cmocka_unit_test(fifotrack_9_28_an_unlisted_code_with_a_result),
        cmocka_unit_test(fifotrack_9_28_the_supply),
        cmocka_unit_test(basic_settings),
        cmocka_unit_test(more_settings_than_arguments),
        cmocka_unit_test(announcement_of_a_picture),
        cmocka_unit_test(times_of_pictures),
        cmocka_unit_test(fifotrack_9_20_an_impossible_time),
        cmocka_unit_test(fifotrack_9_21_a_package_that_was_not_announced),
        cmocka_unit_test(packages_of_another_form),
        cmocka_unit_test(arguments_of_commands),
        cmocka_unit_test(values_of_answers),
        cmocka_unit_test(commands_that_no_list_has),
        cmocka_unit_test(fifotrack_9_5_an_asterisk_among_the_parameters),
        cmocka_unit_test(fifotrack_9_25_the_head_decides),
        cmocka_unit_test(secrets_of_proven_frames),
        cmocka_unit_test(fifotrack_9_28_secrets_of_damaged_frames),
        cmocka_unit_test(a_wrong_checksum),
        cmocka_unit_test(pieces_of_a_header),
        cmocka_unit_test(fifotrack_9_4_sum_and_xor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
