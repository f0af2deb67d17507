/* SPDX-License-Identifier: GPL-2.0-or-later
 * Rows: how values, text, secrets and details are printed, cell by cell. */
#include "result/row.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define SECOND INT64_C(1000000000)

static struct s7_message message;

/* Scans and decodes one whole frame and describes it as packet 7 of file 1, captured 2026-11-22T19:45:00.123456789Z. */
static struct report decode(const char *text, size_t length)
{
    static struct origin packets[] = {{.time = INT64_C(1795376700123456789), .number = 7, .file = 1}};
    struct s7_scanner scanner = {0};
    struct s7_frame frame;
    assert_int_equal(s7_scan(&scanner, (const uint8_t *)text, length, true, &frame), S7_SCAN_FRAME);
    s7_decode((const uint8_t *)text, &frame, &message);
    static const struct endpoint source = {.version = 4, .port = 5000, .address = {[10] = 0xff, 0xff, 192, 0, 2, 1}};
    static const struct endpoint destination = {
        .version = 4, .port = 8888, .address = {[10] = 0xff, 0xff, 192, 0, 2, 2}};
    return (struct report){.data = (const uint8_t *)text,
                           .length = frame.length,
                           .message = &message,
                           .source = source,
                           .destination = destination,
                           .transport = TRANSPORT_UDP,
                           .stream = 3,
                           .packets = packets,
                           .packet_count = 1,
                           .completed = packets[0],
                           .device_id = "353327020115804"};
}

/* The line of a report, as printer.c has it printed; exactly as much room as row_bound() says. */
static char *line_of(const struct report *report, struct row_options options)
{
    struct row_writer writer;
    struct row_path path;
    char id[DEVICE_ID_MAX + 1] = {0};
    memcpy(id, report->device_id, strlen(report->device_id));
    row_writer_init(&writer, &options);
    row_path_set(&path, &report->source, &report->destination, TRANSPORT_UDP, report->stream);
    const struct row_facts facts = {.data = report->data,
                                    .length = report->length,
                                    .context = report->context,
                                    .time = report->completed.time,
                                    .device_id = id,
                                    .path = &path,
                                    .packets = report->packets,
                                    .packet_count = report->packet_count,
                                    .file = report->completed.file,
                                    .answers = report->answers};
    size_t bound = row_bound(report->message, report->packet_count);
    char *line = g_malloc(bound + 1), *end = row_print(&writer, line, report->message, &facts);
    assert_in_range(end - line, 1, bound);
    *end = '\0';
    return line;
}

/* Splits a CSV line (RFC 4180) into cells. */
static GPtrArray *split(const char *line)
{
    GPtrArray *cells = g_ptr_array_new_with_free_func(g_free);
    GString *cell = g_string_new(NULL);
    bool quoted = false;
    for (const char *p = line;; p++) {
        if (quoted && p[0] == '"' && p[1] == '"') {
            g_string_append_c(cell, *p++);
        } else if (*p == '"') {
            quoted = !quoted;
        } else if (!quoted && (*p == ',' || *p == '\n')) {
            g_ptr_array_add(cells, g_strdup(cell->str));
            g_string_truncate(cell, 0);
        } else {
            assert_true(*p != '\0');
            g_string_append_c(cell, *p);
        }
        if (!quoted && *p == '\n' && p[1] == '\0')
            break;
    }
    g_string_free(cell, TRUE);
    return cells;
}

static char *cell_of(const struct report *report, struct row_options options, const char *column)
{
    GString *head = g_string_new(NULL);
    g_autofree char *line = line_of(report, options);
    row_header(head);
    GPtrArray *names = split(head->str), *cells = split(line);
    assert_int_equal(names->len, cells->len);
    char *found = NULL;
    for (guint i = 0; i < names->len; i++)
        if (strcmp(names->pdata[i], column) == 0)
            found = g_strdup(cells->pdata[i]);
    assert_non_null(found);
    g_ptr_array_unref(names);
    g_ptr_array_unref(cells);
    g_string_free(head, TRUE);
    return found;
}

static void expect(const struct report *report, const char *column, const char *expected)
{
    g_autofree char *cell = cell_of(report, (struct row_options){.csv_guard = true}, column);
    assert_string_equal(cell, expected);
}

static void header_is_the_contract(void **state)
{
    GString *head = g_string_new(NULL);
    row_header(head);
    assert_string_equal(
        head->str,
        "capture_time,device_time,skew_s,device_id,dialect,direction,kind,code,event,valid,latitude,longitude,"
        "altitude_m,speed_kmh,course_deg,satellites,hdop,odometer_m,ignition,external_power,charging,external_v,"
        "battery_v,battery_pct,gsm_signal,mcc,mnc,lac,cell_id,status,inputs,outputs,adc_v,fuel_l,fuel_pct,"
        "temperature_c,driver_id,serial,answers,flags,source,destination,transport,stream,stream_offset,"
        "capture_file,packets,details,raw\n");
    g_string_free(head, TRUE);
}

#define POSITION                                                                                                       \
    "#353327020115804,CMD-T,A,DATE:090329,TIME:223252,LAT:22.7634066N,LOT:114.3964783W,Speed:000.0,84-20,000#"

static void values_are_printed_exactly(void **state)
{
    struct report report = decode(POSITION, strlen(POSITION));
    expect(&report, "capture_time", "2026-11-22T19:45:00.123456789Z");
    expect(&report, "device_time", "2009-03-29T22:32:52");
    /* 2026-11-22T19:45:00 is 1795376700, 2009-03-29T22:32:52 is 1238365972. */
    expect(&report, "skew_s", "557010728.123456789");
    expect(&report, "dialect", "gotop");
    expect(&report, "direction", "up");
    expect(&report, "kind", "position");
    expect(&report, "code", "CMD-T");
    expect(&report, "event", "");
    expect(&report, "valid", "1");
    expect(&report, "latitude", "22.7634066");
    expect(&report, "longitude", "-114.3964783");
    expect(&report, "speed_kmh", "0.0");
    expect(&report, "battery_pct", "84");
    expect(&report, "gsm_signal", "20");
    expect(&report, "source", "192.0.2.1:5000");
    expect(&report, "destination", "192.0.2.2:8888");
    expect(&report, "transport", "udp");
    expect(&report, "stream", "3");
    expect(&report, "capture_file", "1");
    expect(&report, "packets", "7");
    expect(&report, "answers", "");
    expect(&report, "flags", "");
    expect(&report, "raw", POSITION);
}

static void skew_of_a_clock_ahead_is_negative(void **state)
{
    struct report report = decode(POSITION, strlen(POSITION));
    report.completed.time = INT64_C(1238365971) * SECOND + 1; /* one nanosecond after the second before */
    expect(&report, "skew_s", "-0.999999999");
}

static void packets_of_other_files_carry_their_number(void **state)
{
    struct report report = decode(POSITION, strlen(POSITION));
    const struct origin packets[] = {{.number = 9, .file = 1}, {.number = 2, .file = 2}, {.number = 17, .file = 2}};
    report.packets = packets;
    report.packet_count = 3;
    report.completed = packets[2];
    report.answers = (struct origin){.number = 245, .file = 1};
    expect(&report, "capture_file", "2");
    expect(&report, "packets", "f1:9;2;17");
    expect(&report, "answers", "f1:245");
}

/* STARTEK.md 4 and 4.3; checksum worked by hand as the sum of the bytes. */
static char *startek(char head, const char *content)
{
    GString *frame = g_string_new(NULL);
    g_string_append_printf(frame, "%c%c:%u%s", head, head, (unsigned)strlen(content), content);
    unsigned sum = 0;
    for (size_t i = 0; i < frame->len; i++)
        sum += (unsigned char)frame->str[i];
    g_string_append_printf(frame, "%02X\r\n", sum & 255);
    return g_string_free(frame, FALSE);
}

static void repeated_values_stand_by_number(void **state)
{
    g_autofree char *frame =
        startek('&', ",356789012345670,000,0,,240517061233,A,41.123457,-2.765432,11,0.9,40,118,-5,482913,"
                     "214|07|1A2B|01234567,23,0000001D,02,01,0512|0199|01C8|0000,1,0104B0|020000,01013D|028135");
    struct report report = decode(frame, strlen(frame));
    expect(&report, "adc_v", "1=4.56;2=0.00");
    expect(&report, "fuel_l", "1=120.0;2=0.0");
    expect(&report, "temperature_c", "1=31.7;2=-30.9");
    expect(&report, "status", "0x0000001d");
    expect(&report, "inputs", "0x02");
    expect(&report, "ignition", "1");
    expect(&report, "external_v", "12.98");
    expect(&report, "battery_v", "4.09");
    expect(&report, "mnc", "07");
    expect(&report, "lac", "6699");
    expect(&report, "altitude_m", "-5");
    expect(&report, "longitude", "-2.765432");
}

static void text_that_a_spreadsheet_would_run_is_guarded(void **state)
{
    g_autofree char *frame = startek('&', ",356789012345670,710,=cmd()\r\n");
    struct report report = decode(frame, strlen(frame));
    expect(&report, "serial", "'=cmd()\\r\\n");
    g_autofree char *bare = cell_of(&report, (struct row_options){.csv_guard = false}, "serial");
    assert_string_equal(bare, "=cmd()\\r\\n");
    struct report position = decode(POSITION, strlen(POSITION));
    expect(&position, "longitude", "-114.3964783"); /* a number is never touched */
}

static void guard_knows_all_first_characters(void **state)
{
    static const char *const cases[][2] = {{"=1", "'=1"},         {"+1", "'+1"},      {"-a", "'-a"},
                                           {"@x", "'@x"},         {"a=", "a="},       {"", ""},
                                           {"\tx", "'\tx"},       {"a,b", "\"a,b\""}, {"x", "x"},
                                           {"=\"", "\"'=\"\"\""}, {"\r", "\"'\r\""},  {"a\"b", "\"a\"\"b\""}};
    GString *out = g_string_new(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_string_truncate(out, 0);
        text_cell(out, cases[i][0], strlen(cases[i][0]), true);
        assert_string_equal(out->str, cases[i][1]);
    }
    g_string_free(out, TRUE);
}

static void bytes_are_escaped(void **state)
{
    static const uint8_t bytes[] = {'a', '\r', '\n', '\\', 0, 0x7f, 0xc3, 0xa9, 0xff, '\t', '"'};
    GString *out = g_string_new(NULL);
    text_escape(out, bytes, sizeof bytes, TEXT_ASCII);
    assert_string_equal(out->str, "a\\r\\n\\\\\\x00\\x7F\\xC3\\xA9\\xFF\\x09\"");
    g_string_truncate(out, 0);
    text_escape(out, bytes, sizeof bytes, TEXT_UTF8);
    assert_string_equal(out->str, "a\\r\\n\\\\\\x00\\x7F\xc3\xa9\\xFF\\x09\"");
    g_string_truncate(out, 0);
    text_json(out, "a\"\\\n", 4);
    assert_string_equal(out->str, "\"a\\\"\\\\\\u000a\"");
    g_string_free(out, TRUE);
}

static void secrets_are_masked(void **state)
{
    static const char command[] = ":123456M1,005S#";
    struct report report = decode(command, strlen(command));
    expect(&report, "code", "M");
    expect(&report, "raw", ":******M1,005S#");
    expect(&report, "details",
           "{\"argument\":[\"1\",\"005S\"],\"parameters\":{\"interval\":\"5 "
           "s\",\"tracking\":\"on\"},\"password\":\"******\"}");
    struct row_options show = {.csv_guard = true, .show_secrets = true};
    g_autofree char *raw = cell_of(&report, show, "raw");
    assert_string_equal(raw, command);
    g_autofree char *details = cell_of(&report, show, "details");
    assert_string_equal(details, "{\"argument\":[\"1\",\"005S\"],\"parameters\":{\"interval\":\"5 "
                                 "s\",\"tracking\":\"on\"},\"password\":\"123456\"}");
}

/* Names in alphabetical order, a repeated one as an array, secrets masked. (docs/STARTEK.md 6) */
static void parameters_say_what_arguments_mean(void **state)
{
    static const struct {
        const char *content, *expected;
    } cases[] = {
        {",356789012345670,100,1,198.51.100.7,8888",
         "\"parameters\":{\"host\":\"198.51.100.7\",\"mode\":\"TCP\",\"port\":\"8888\"}"},
        {",356789012345670,109,net,user,hidden",
         "\"parameters\":{\"apn\":\"net\",\"apn_password\":\"******\",\"user\":\"user\"}"},
        {",356789012345670,264,a.jpg,b.jpg", "\"parameters\":{\"picture\":[\"a.jpg\",\"b.jpg\"]}"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *frame = startek('$', cases[i].content);
        struct report report = decode(frame, strlen(frame));
        g_autofree char *details = cell_of(&report, (struct row_options){0}, "details");
        if (!strstr(details, cases[i].expected))
            fail_msg("%s lacks %s", details, cases[i].expected);
    }
}

/* Whatever the decoder marks as secret disappears from raw, from details and from text around it. */
static void masks_join_and_cut_other_fields(void **state)
{
    static const char text[] = "abcdefgh";
    message = (struct s7_message){.count = 3};
    message.fields[0] = (struct s7_field){.offset = 4, .length = 2, .attributes = S7_SECRET};
    message.fields[1] = (struct s7_field){.offset = 2, .length = 2, .attributes = S7_SECRET};
    message.fields[2] = (struct s7_field){.offset = 3, .length = 2, .attributes = S7_SECRET};
    const struct row_facts facts = {.data = (const uint8_t *)text, .length = 8};
    const struct row_source source = {.message = &message, .facts = &facts, .masks = true};
    char out[64];
    *row_put_masked(&source, out, 0, 8, TEXT_ASCII, TEXT_BARE) = '\0';
    assert_string_equal(out, "ab******gh");
    *row_put_masked(&source, out, 3, 4, TEXT_ASCII, TEXT_BARE) = '\0'; /* begins inside a secret */
    assert_string_equal(out, "******g");
}

static void frames_that_are_not_proven_give_no_values(void **state)
{
    g_autofree char *frame =
        startek('&', ",356789012345670,000,0,,240517061233,A,41.123457,-2.765432,11,0.9,40,118,-5,482913,"
                     "214|07|1A2B|01234567,23,0000001D,02,01,0512|0199|01C8|0000");
    size_t length = strlen(frame);
    frame[length - 4] = frame[length - 4] == '0' ? '1' : '0'; /* the checksum */
    struct report report = decode(frame, length);
    static const char *const empty[] = {"device_time", "skew_s", "code", "event", "valid", "latitude", "longitude"};
    for (size_t i = 0; i < G_N_ELEMENTS(empty); i++)
        expect(&report, empty[i], "");
    expect(&report, "kind", "unknown");
    expect(&report, "flags", "checksum_bad");
    g_autofree char *details = cell_of(&report, (struct row_options){0}, "details");
    assert_non_null(strstr(details, "\"claimed_id\":\"356789012345670\""));
    assert_null(strstr(details, "event_code"));
}

static void details_name_the_fields_of_a_flag(void **state)
{
    /* Latitude 95 does not exist; the month 13 neither. */
    static const char text[] =
        "#353327020115804,CMD-T,A,DATE:091329,TIME:223252,LAT:95.7634066N,LOT:114.3964783E,Speed:000.0,84-20,000#";
    struct report report = decode(text, strlen(text));
    expect(&report, "latitude", "95.7634066");
    expect(&report, "device_time", "");
    expect(&report, "skew_s", "");
    expect(&report, "flags", "bad_time;out_of_range");
    g_autofree char *details = cell_of(&report, (struct row_options){0}, "details");
    assert_non_null(
        strstr(details, "\"flag_fields\":{\"bad_time\":[\"device_time\"],\"out_of_range\":[\"latitude\"]}"));
}

/* Text in details is escaped as in the other cells, then a JSON string, then part of a quoted cell. */
static void details_hold_any_text(void **state)
{
    static const char head[] =
        "#353327020115804,CMD-T,A,DATE:090329,TIME:223252,LAT:22.7634066N,LOT:114.3964783E,Speed:000.0,84-20,000,";
    static const struct {
        const char *sent, *expected;
    } cases[] = {{"plain text; with = and '", "plain text; with = and '"},
                 {"a\"b", "a\\\"b"},
                 {"a\\b", "a\\\\\\\\b"},
                 {"caf\xc3\xa9", "caf\xc3\xa9"},
                 {"\xc3", "\\\\xC3"},
                 {"tab\tend", "tab\\\\x09end"},
                 {"=1+1", "=1+1"}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = g_strconcat(head, cases[i].sent, "#", NULL);
        g_autofree char *expected = g_strdup_printf("\"extra\":[\"000\",\"%s\"]", cases[i].expected);
        struct report report = decode(text, strlen(text));
        g_autofree char *details = cell_of(&report, (struct row_options){.csv_guard = true}, "details");
        if (!strstr(details, expected))
            fail_msg("%s lacks %s", details, expected);
    }
}

static void flags_of_both_lists_are_sorted(void **state)
{
    GString *out = g_string_new(NULL);
    report_flags(out, S7_FLAG_BIT(BAD_TIME) | S7_FLAG_BIT(STALE_FIX) | S7_FLAG_BIT(UNKNOWN_EVENT),
                 CONTEXT_BIT(AFTER_GAP) | CONTEXT_BIT(STORED));
    assert_string_equal(out->str, "after_gap;bad_time;stale_fix;stored;unknown_event");
    g_string_truncate(out, 0);
    report_flags(out, 0, 0);
    assert_string_equal(out->str, "");
    g_string_free(out, TRUE);
}

static void times_before_1970_and_far_ahead(void **state)
{
    static const struct {
        int64_t time;
        const char *expected;
    } cases[] = {{0, "1970-01-01T00:00:00.000000000Z"},
                 {-1, "1969-12-31T23:59:59.999999999Z"},
                 {INT64_C(951782400) * SECOND, "2000-02-29T00:00:00.000000000Z"},
                 {INT64_C(4102444799) * SECOND, "2099-12-31T23:59:59.000000000Z"}};
    GString *out = g_string_new(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_string_truncate(out, 0);
        text_time(out, cases[i].time);
        assert_string_equal(out->str, cases[i].expected);
    }
    g_string_free(out, TRUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(header_is_the_contract),
        cmocka_unit_test(values_are_printed_exactly),
        cmocka_unit_test(skew_of_a_clock_ahead_is_negative),
        cmocka_unit_test(packets_of_other_files_carry_their_number),
        cmocka_unit_test(repeated_values_stand_by_number),
        cmocka_unit_test(text_that_a_spreadsheet_would_run_is_guarded),
        cmocka_unit_test(guard_knows_all_first_characters),
        cmocka_unit_test(bytes_are_escaped),
        cmocka_unit_test(secrets_are_masked),
        cmocka_unit_test(parameters_say_what_arguments_mean),
        cmocka_unit_test(masks_join_and_cut_other_fields),
        cmocka_unit_test(frames_that_are_not_proven_give_no_values),
        cmocka_unit_test(details_name_the_fields_of_a_flag),
        cmocka_unit_test(details_hold_any_text),
        cmocka_unit_test(flags_of_both_lists_are_sorted),
        cmocka_unit_test(times_before_1970_and_far_ahead),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
