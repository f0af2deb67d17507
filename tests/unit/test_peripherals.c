/* SPDX-License-Identifier: GPL-2.0-or-later
 * What stands below the whole text of a peripheral: CMD-Z, OBD text, LTE cells, serial records.
 * Values by hand from docs/PROTOCOL.md 5.7, 5.8 and 6, and docs/STARTEK.md 5. */
#include "decoded.h"

#define PASSTHROUGH(payload) "#" ID ",CMD-Z," payload "#"
#define REMARK(text)         "#" ID ",WVWZZZ1JZXW000001," text ",CMD-X#"
#define LISTS(text)          REPORT("CMD-T", ",071-55,112.4,01.10," text ",>")
#define OBD_LINE             "34% 91^C 1210rpm 12km 48km/h 13V 0 3 5L/h 7L/100Km"
/* The frame has nothing in "details" but the vendor fields, the VIN among them. */
#define ONLY_VENDOR "!details.obd\n!details.extra\n"

/* A startek frame of code 710 with that data. */
static char *serial_frame(const char *data)
{
    GString *frame = g_string_new(NULL);
    g_string_printf(frame, "&&A%zu," ID ",710,%s", strlen("," ID ",710,") + strlen(data), data);
    guint8 sum = 0;
    for (gsize i = 0; i < frame->len; i++)
        sum = (guint8)(sum + (guint8)frame->str[i]);
    g_string_append_printf(frame, "%02X\r\n", (unsigned)sum);
    return g_string_free(frame, FALSE);
}

static void check_serial(const char *data, const char *expected)
{
    char *frame = serial_frame(data);
    check(frame, expected);
    g_free(frame);
}

static void decode_serial(const char *data)
{
    char *frame = serial_frame(data);
    decode(frame);
    g_free(frame);
}

static void check_number(const char *data, enum s7_field_id id, const char *expected)
{
    char *frame = serial_frame(data);
    check_spans(frame, id, expected);
    g_free(frame);
}

/* --- CMD-Z --- */

static void test_answer_in_text(void **state)
{
    check(PASSTHROUGH("$296=XW8AN2NE9FH018999"),
          "serial=$296=XW8AN2NE9FH018999\ndetails.selector=296\ndetails.vin=XW8AN2NE9FH018999\n!details.selector_text");
    check(PASSTHROUGH("$301=1.5,22.75,900"),
          "serial=$301=1.5,22.75,900\ndetails.selector=301\ndetails.selector_text=1.5,22.75,900\n!details.vin");
    assert_int_equal(s7_find(&decoded, S7_FIELD_SERIAL)->depth, 0);
    assert_int_equal(s7_find(&decoded, S7_FIELD_SELECTOR)->depth, 1);
    assert_int_equal(s7_find(&decoded, S7_FIELD_SELECTOR_TEXT)->depth, 1);
}

static void test_text_that_is_no_vin(void **state)
{
    check(PASSTHROUGH("$296=N/A"), "details.selector=296\ndetails.selector_text=N/A\n!details.vin");
    check(PASSTHROUGH("$296=XW8AN2NE9FH01899"), "details.selector_text=XW8AN2NE9FH01899\n!details.vin");
    check(PASSTHROUGH("$296=XW8AN2NE9FH0189999"), "details.selector_text=XW8AN2NE9FH0189999\n!details.vin");
    check(PASSTHROUGH("$297=XW8AN2NE9FH018999"), "details.selector_text=XW8AN2NE9FH018999\n!details.vin");
    check(PASSTHROUGH("$296="), "serial=$296=\ndetails.selector=296\n!details.selector_text\n!details.vin");
}

static void test_answer_in_bytes(void **state)
{
    /* 0x7294 = 7 * 4096 + 2 * 256 + 9 * 16 + 4 */
    check(PASSTHROUGH("85 00 00 72 94"),
          "serial=85 00 00 72 94\ndetails.selector=85\ndetails.obd_odometer=29332\n!odometer_m=");
    check(PASSTHROUGH("85 00"), "details.obd_odometer=0");
    check(PASSTHROUGH("85 ff"), "details.obd_odometer=255");
    check(PASSTHROUGH("85 7F FF FF FF FF FF FF FF"), "details.obd_odometer=9223372036854775807");
    check(PASSTHROUGH("8F 01 02 FF"), "serial=8F 01 02 FF\ndetails.selector=8F\n!details.obd\n!details.vin");
    check_spans(PASSTHROUGH("85 00 00 72 94"), S7_FIELD_OBD_ODOMETER, "0:00 00 72 94");
}

static void test_odometer_that_is_too_large(void **state)
{
    check(PASSTHROUGH("85 80 00 00 00 00 00 00 00"), "details.selector=85\n!details.obd_odometer");
    check(PASSTHROUGH("85 00 00 00 00 00 00 00 00 01"), "details.selector=85\n!details.obd_odometer");
}

static void test_vin_in_bytes(void **state)
{
    static const char frame[] = PASSTHROUGH("88 58 57 38 41 4E 32 4E 45 39 46 48 30 31 38 39 39 39");
    check(frame, "serial=88 58 57 38 41 4E 32 4E 45 39 46 48 30 31 38 39 39 39\ndetails.selector=88\n"
                 "details.vin=XW8AN2NE9FH018999");
    const struct s7_field *vin = s7_find(&decoded, S7_FIELD_VIN);
    assert_int_equal(vin->type, S7_TEXT);
    assert_int_equal(vin->attributes, S7_GENERATED | S7_INLINE | S7_STORED);
    assert_int_equal(vin->depth, 1);
    check_spans(frame, S7_FIELD_VIN, "0:58 57 38 41 4E 32 4E 45 39 46 48 30 31 38 39 39 39");
    check(PASSTHROUGH("88 58 57 38 41 4e 32 4e 45 39 46 48 30 31 38 39 39 39"), "details.vin=XW8AN2NE9FH018999");
}

static void test_bytes_that_are_no_vin(void **state)
{
    /* Not available, one byte too few, one too many, a byte that no VIN has. */
    check(PASSTHROUGH("88 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00"), "details.selector=88\n!details.vin");
    check(PASSTHROUGH("88 58 57 38 41 4E 32 4E 45 39 46 48 30 31 38 39 39"), "details.selector=88\n!details.vin");
    check(PASSTHROUGH("88 58 57 38 41 4E 32 4E 45 39 46 48 30 31 38 39 39 39 39"), "details.selector=88\n!details.vin");
    check(PASSTHROUGH("88 58 57 38 41 4E 32 4E 45 39 46 48 30 31 38 39 39 20"), "details.selector=88\n!details.vin");
    check(PASSTHROUGH("88 58 57 38 41 4E 32 4E 45 39 46 48 30 31 38 39 39 00"), "details.selector=88\n!details.vin");
}

static void test_other_payloads_stay_whole(void **state)
{
    static const char *const payloads[] = {
        "85",           "8500007294", "85  00 72", "85 0G",  "85 00 ", " 85 00", "85 0",  "850 00", "85,00,72",
        "85 00 72 94,", "$29=1",      "$2960=1",   "$29a=1", "$296",   "$",      "296=1", "hello",  "$ 96=1",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(payloads); i++) {
        char *frame = g_strdup_printf("#%s,CMD-Z,%s#", ID, payloads[i]);
        char *expected = g_strdup_printf("serial=%s\n!details.", payloads[i]);
        check(frame, expected);
        g_free(expected);
        g_free(frame);
    }
    check("#" ID ",CMD-Z,#", "kind=passthrough\n!serial=\n!details.");
}

/* --- OBD text --- */

static void test_obd_text(void **state)
{
    check(REMARK(OBD_LINE),
          "details.vendor=[\"WVWZZZ1JZXW000001\",\"" OBD_LINE "\"]\ndetails.vin=WVWZZZ1JZXW000001\n"
          "details.obd_percent=34\ndetails.obd_coolant_temperature=91\ndetails.obd_engine_speed=1210\n"
          "details.obd_distance=12\ndetails.obd_speed=48\ndetails.obd_voltage=13\n"
          "details.obd_fuel_rate=5\ndetails.obd_consumption=7\ndetails.extra=[\"0\",\"3\"]\n"
          "!speed_kmh=\n!fuel_pct=\n!external_v=\n!flags=");
    check_spans(REMARK(OBD_LINE), S7_FIELD_EXTRA, "7:0 8:3");
    check_spans(REMARK(OBD_LINE), S7_FIELD_OBD_CONSUMPTION, "0:7L/100Km");
    for (unsigned i = 0; i < decoded.count; i++)
        if (decoded.fields[i].id == S7_FIELD_EXTRA || decoded.fields[i].id == S7_FIELD_OBD_SPEED)
            assert_int_equal(decoded.fields[i].depth, 1);
}

static void test_obd_text_in_another_order(void **state)
{
    check(REMARK("7.25L/100Km -7^C 1210rpm 5 13.80V 34.5%"),
          "details.obd_consumption=7.25\ndetails.obd_coolant_temperature=-7\ndetails.obd_engine_speed=1210\n"
          "details.obd_voltage=13.80\ndetails.obd_percent=34.5\ndetails.extra=[\"5\"]\n!details.obd_fuel_rate");
}

static void test_text_that_is_no_obd_line(void **state)
{
    static const char *const texts[] = {
        "34% 34%",     "13V 0 3",           "0 3",          "13V",       "13V 48km/h 1 2 3",
        "13V  48km/h", "13V 48km/h ",       " 13V 48km/h",  "13V 48kmh", "13V 48KM/H",
        "V 48km/h",    "13V 1210.5rpm",     "13V -1210rpm", "13V x",     "Sorry Not Support",
        "13.V 48km/h", "13V 48 km/h speed", "13V --3^C",    "13V 4-8km", "1234567890123456789V 3km",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        char *frame = g_strdup_printf("#%s,PWR saved,%s,CMD-X#", ID, texts[i]);
        char *expected = g_strdup_printf("details.vendor=[\"PWR saved\",\"%s\"]\n" ONLY_VENDOR "!flags=", texts[i]);
        check(frame, expected);
        g_free(expected);
        g_free(frame);
    }
    check("#" ID "," OBD_LINE ",PWR saved,CMD-X#", "details.vendor=[\"" OBD_LINE "\",\"PWR saved\"]\n" ONLY_VENDOR);
    check("#" ID ",PWR saved,,CMD-X#", "details.vendor=[\"PWR saved\"]\n" ONLY_VENDOR);
}

/* --- LTE cells --- */

static void test_serving_and_neighbour_cell(void **state)
{
    check(LISTS("214~7~654321~99~1850~-101~-11~-72~4,1851~98~-12~-102~-70~-18"),
          "details.lte_cell=[\"214~7~654321~99~1850~-101~-11~-72~4\",\"1851~98~-12~-102~-70~-18\"]\n"
          "details.lte_mcc=[\"214\"]\ndetails.lte_mnc=[\"7\"]\ndetails.lte_cell_id=[\"654321\"]\n"
          "details.lte_pci=[\"99\",\"98\"]\ndetails.lte_earfcn=[\"1850\",\"1851\"]\n"
          "details.lte_rsrp=[\"-101\",\"-102\"]\ndetails.lte_rsrq=[\"-11\",\"-12\"]\n"
          "details.lte_rssi=[\"-72\",\"-70\"]\ndetails.lte_sinr=[\"4\"]\ndetails.lte_sinr_or_srxlev=[\"-18\"]\n"
          "details.extra=[\">\"]\n!mcc=\n!mnc=\n!cell_id=\n!lac=");
    const struct s7_field *cell = s7_find(&decoded, S7_FIELD_LTE_CELL);
    assert_int_equal(cell[0].depth, 0);
    for (int i = 1; i <= 9; i++)
        assert_int_equal(cell[i].depth, 1);
    assert_int_equal(cell[10].id, S7_FIELD_LTE_CELL);
    assert_int_equal(cell[16].id, S7_FIELD_LTE_SINR_OR_SRXLEV);
}

static void test_lists_of_another_length(void **state)
{
    check(LISTS("1~2~3~4~5~6~7"), "details.lte_cell=[\"1~2~3~4~5~6~7\"]\n!details.lte_pci\n!details.lte_mcc");
    check(LISTS("1~2~3~4~5~6~7~8"), "details.lte_cell=[\"1~2~3~4~5~6~7~8\"]\n!details.lte_pci\n!details.lte_mcc");
    check(LISTS("1~2~3~4~5~6~7~8~9~0"), "!details.lte_pci\n!details.lte_mcc");
    check(LISTS("1~2~3~4~5"), "details.extra=[\"1~2~3~4~5\",\">\"]\n!details.lte");
    check(LISTS("1~2~3~4~5~"), "details.extra=[\"1~2~3~4~5~\",\">\"]\n!details.lte");
    check(LISTS("1~2~3~4~5~x"), "details.extra=[\"1~2~3~4~5~x\",\">\"]\n!details.lte");
}

/* --- Serial records --- */

static void test_lines_and_columns(void **state)
{
    check_serial("T1,1,2,3,4,5,6,7,8,9,10,11,12,1.3b,14,15,16,17,18,19,20,21,22,23,24,25,1,27,28,0A,30\r\n",
                 "details.t1_speed=1\ndetails.t1_rpm=2\ndetails.t1_fuel_consumption=3\ndetails.t1_fuel_level=4\n"
                 "details.t1_axle_weight_1=5\ndetails.t1_axle_weight_2=6\ndetails.t1_axle_weight_3=7\n"
                 "details.t1_axle_weight_4=8\ndetails.t1_turbo_pressure=9\ndetails.t1_coolant_temperature=10\n"
                 "details.t1_accelerator=11\ndetails.t1_torque=12\ndetails.t1_firmware=1.3b\ndetails.t1_supply=14\n"
                 "details.t1_coolant_level=15\ndetails.t1_oil_temperature=16\ndetails.t1_oil_level=17\n"
                 "details.t1_throttle=18\ndetails.t1_air_inlet_pressure=19\ndetails.t1_second_tank=20\n"
                 "details.t1_gear=21\ndetails.t1_seat_belt=22\ndetails.t1_oil_pressure=23\n"
                 "details.t1_wet_tank_pressure=24\ndetails.t1_pto=25\ndetails.t1_ignition=1\ndetails.t1_brake=27\n"
                 "details.t1_catalyst_level=28\ndetails.t1_fuel_type=0A\n!details.not_available\n!details.extra\n"
                 "!details.t2\n!speed_kmh=\n!ignition=\n!fuel_pct=");
    check_serial(
        "T2,1.500,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\r\n",
        "details.t2_odometer=1.500\ndetails.t2_total_fuel=2\ndetails.t2_fuel_cruising=3\n"
        "details.t2_fuel_driving=4\ndetails.t2_idle_time=7\ndetails.t2_pto_time=8\ndetails.t2_cruise_time=9\n"
        "details.t2_brake_uses=15\ndetails.t2_clutch_uses=16\ndetails.t2_engine_hours=17\n"
        "details.t2_torque_time=18\ndetails.t2_consumption=19\ndetails.t2_cruise_distance=20\n"
        "details.t2_fuel_used=21\ndetails.t2_driving_time=22\n!details.not_available\n!details.t1\n!odometer_m=");
}

static void test_depth_of_lines_and_columns(void **state)
{
    decode_serial("T1,62.0,1450.0\r\nT5,7\r\nT2,9\r\n");
    const struct s7_field *serial = s7_find(&decoded, S7_FIELD_SERIAL);
    static const struct {
        enum s7_field_id id;
        unsigned depth;
    } wanted[] = {{S7_FIELD_SERIAL, 0},      {S7_FIELD_SERIAL_LINE, 1}, {S7_FIELD_T1_SPEED, 2},
                  {S7_FIELD_T1_RPM, 2},      {S7_FIELD_SERIAL_LINE, 1}, {S7_FIELD_SERIAL_LINE, 1},
                  {S7_FIELD_T2_ODOMETER, 2}, {S7_FIELD_CHECKSUM, 0}};
    for (size_t i = 0; i < G_N_ELEMENTS(wanted); i++) {
        assert_int_equal(serial[i].id, wanted[i].id);
        assert_int_equal(serial[i].depth, wanted[i].depth);
    }
    check_number("T1,62.0,1450.0\r\nT5,7\r\nT2,9\r\n", S7_FIELD_SERIAL_LINE, "0:T1,62.0,1450.0 0:T5,7 0:T2,9");
}

static void test_values_that_are_not_available(void **state)
{
    check_number("T1,*,4294967295,429496729,21474836.0,9223372036854775808.8\r\n", S7_FIELD_NOT_AVAILABLE,
                 "1:* 2:4294967295 3:429496729 4:21474836.0 5:9223372036854775808.8");
    check_serial("T1,*,4294967295,429496729,21474836.0,9223372036854775808.8,6\r\n",
                 "details.t1_axle_weight_2=6\n!details.t1_speed\n!details.t1_rpm\n!details.t1_fuel\n"
                 "!details.t1_axle_weight_1\n!flags=\n!details.extra");
    /* The text columns too; columns without a name have no field at all. */
    check_number("T1,,,,,,,,,,,,,*\r\nT2,,,,,*,4294967295,*\r\n", S7_FIELD_NOT_AVAILABLE, "13:* 7:*");
    /* The ignition of the adapter is known only as 0 and 1. */
    check_number("T1,,,,,,,,,,,,,,,,,,,,,,,,,,2\r\n", S7_FIELD_NOT_AVAILABLE, "26:2");
    check_number("T1,,,,,,,,,,,,,,,,,,,,,,,,,,3\r\n", S7_FIELD_T1_IGNITION, "");
    check_serial("T1,,,,,,,,,,,,,,,,,,,,,,,,,,0\r\n", "details.t1_ignition=0\n!details.not_available");
    /* 2 in another column is a value. */
    check_serial("T1,,,,,,,,,,,,,,,,,,,,,,,,,2\r\n", "details.t1_pto=2\n!details.not_available");
}

static void test_values_that_are_no_numbers(void **state)
{
    check_serial("T1,fast,1e3,0x10,-1.5,,+6,.7,8.,12345678901234567890\r\n",
                 "details.t1_fuel_level=-1.5\n!details.t1_speed\n!details.t1_rpm\n!details.t1_fuel_consumption\n"
                 "!details.t1_axle\n!details.t1_turbo\n!details.not_available\n!details.extra\n!flags=");
}

static void test_ends_of_lines(void **state)
{
    check_number("T1,1\r\nT5,a", S7_FIELD_SERIAL_LINE, "0:T1,1 0:T5,a");
    check_number("T1,1\r\n\r\nT5,a\r\n\r\n", S7_FIELD_SERIAL_LINE, "0:T1,1 0:T5,a");
    check_number("T6,1\nT5,a\r\n", S7_FIELD_SERIAL_LINE, "0:T6,1\nT5,a");
    check_number("T6,1\rx\r\r\nT5,\r", S7_FIELD_SERIAL_LINE, "0:T6,1\rx\r 0:T5,\r");
    check_serial("T1,1\r\nT2,5", "serial=T1,1\\r\\nT2,5\ndetails.t1_speed=1\ndetails.t2_odometer=5");
}

static void test_text_that_is_no_record(void **state)
{
    static const char *const texts[] = {"hello from the serial port",
                                        "hello world, again",
                                        "T1",
                                        "T1\r\n",
                                        ",1,2\r\n",
                                        "1T,5\r\n",
                                        "T-1,5\r\n",
                                        "",
                                        "ABCDEFGHI,1",
                                        "\r\n"};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        check_serial(texts[i], "kind=passthrough\n!details.");
    /* Other names, and names that only look alike, give the line alone; what is no record between them gives nothing.
     */
    check_serial(
        "Tx,1,*\r\nt1,5\r\nrest of something\r\nABCDEFGH,1\r\nT12,5\r\n",
        "details.serial_line=[\"Tx,1,*\",\"t1,5\",\"ABCDEFGH,1\",\"T12,5\"]\n!details.t1\n!details.not_available");
}

static void test_more_lines_than_fields(void **state)
{
    GString *data = g_string_new(NULL);
    for (unsigned i = 0; i < 1000; i++)
        g_string_append(data, "T1,1\r\n");
    decode_serial(data->str);
    assert_false(decoded.spilled);
    assert_int_equal(s7_find(&decoded, S7_FIELD_SERIAL)->length, data->len);
    assert_non_null(s7_find(&decoded, S7_FIELD_CHECKSUM));
    assert_non_null(s7_find(&decoded, S7_FIELD_TERMINATOR));
    assert_null(s7_find(&decoded, S7_FIELD_EXTRA));
    g_string_truncate(data, 0);
    for (unsigned i = 0; i < 80; i++)
        g_string_append(data, "T1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1\r\n");
    decode_serial(data->str);
    assert_false(decoded.spilled);
    assert_non_null(s7_find(&decoded, S7_FIELD_TERMINATOR));
    g_string_free(data, TRUE);
}

/* --- All of them --- */

/* A field lies within the one it belongs to, and each byte but the separators in one of the message's own. */
static void check_nesting(const guint8 *data, const struct s7_frame *frame)
{
    static guint8 covered[S7_ELEMENT_MAX];
    const struct s7_field *parents[8] = {NULL};
    s7_decode(data, frame, &decoded);
    memset(covered, 0, frame->length);
    for (unsigned i = 0; i < decoded.count; i++) {
        const struct s7_field *field = &decoded.fields[i];
        assert_true((guint)field->offset + field->length <= frame->length);
        if (field->id == S7_FIELD_FRAME || (field->attributes & S7_GENERATED && field->depth == 0))
            continue;
        assert_true(field->depth < G_N_ELEMENTS(parents));
        parents[field->depth] = field;
        if (field->depth == 0) {
            memset(covered + field->offset, 1, field->length);
            continue;
        }
        const struct s7_field *parent = parents[field->depth - 1];
        assert_non_null(parent);
        assert_true(field->offset >= parent->offset &&
                    field->offset + field->length <= parent->offset + parent->length);
    }
    for (guint i = frame->shape == S7_SHAPE_STARTEK ? 2 : 1; i < frame->length; i++)
        if (!covered[i] && data[i] != ',' && data[i] != ' ')
            fail_msg("byte %u of '%.*s' has no field", i, (int)frame->length, (const char *)data);
}

/* The frame with each byte replaced by some that mean something. */
static void check_mutations(const char *text)
{
    static const char bytes[] = ",.#$=~- %*08FTVZ\r\n\xFF";
    struct s7_scanner scanner = {0};
    struct s7_frame frame;
    size_t length = strlen(text);
    assert_int_equal(s7_scan(&scanner, (const guint8 *)text, length, true, &frame), S7_SCAN_FRAME);
    guint8 *copy = g_memdup2(text, length);
    check_nesting(guard_copy(copy, frame.length), &frame);
    for (guint i = 2; i < frame.length; i++) {
        for (size_t k = 0; k < sizeof bytes; k++) {
            copy[i] = (guint8)bytes[k];
            check_nesting(copy, &frame);
        }
        copy[i] = (guint8)text[i];
    }
    g_free(copy);
}

static void test_mutated_frames(void **state)
{
    static const char *const frames[] = {
        PASSTHROUGH("$296=XW8AN2NE9FH018999"),
        PASSTHROUGH("85 00 00 72 94"),
        PASSTHROUGH("88 58 57 38 41 4E 32 4E 45 39 46 48 30 31 38 39 39 39"),
        REMARK(OBD_LINE),
        LISTS("214~7~654321~99~1850~-101~-11~-72~4,1851~98~-12~-102~-70~-18"),
    };
    for (size_t i = 0; i < G_N_ELEMENTS(frames); i++)
        check_mutations(frames[i]);
    char *frame = serial_frame("T1,62.0,*,4294967295,71.0,0\r\nT2,125030.500,0.0\r\nTx,1\r\n");
    check_mutations(frame);
    g_free(frame);
}

/* s7_identify() says the same. */
static void test_identify(void **state)
{
    static struct s7_message brief;
    struct s7_scanner scanner = {0};
    struct s7_frame frame;
    const char *text = PASSTHROUGH("88 58 57 38 41 4E 32 4E 45 39 46 48 30 31 38 39 39 39");
    assert_int_equal(s7_scan(&scanner, (const guint8 *)text, strlen(text), true, &frame), S7_SCAN_FRAME);
    s7_identify((const guint8 *)text, &frame, &brief);
    assert_int_equal(brief.kind, S7_KIND_PASSTHROUGH);
    assert_true(brief.proven && brief.listed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answer_in_text),
        cmocka_unit_test(test_text_that_is_no_vin),
        cmocka_unit_test(test_answer_in_bytes),
        cmocka_unit_test(test_odometer_that_is_too_large),
        cmocka_unit_test(test_vin_in_bytes),
        cmocka_unit_test(test_bytes_that_are_no_vin),
        cmocka_unit_test(test_other_payloads_stay_whole),
        cmocka_unit_test(test_obd_text),
        cmocka_unit_test(test_obd_text_in_another_order),
        cmocka_unit_test(test_text_that_is_no_obd_line),
        cmocka_unit_test(test_serving_and_neighbour_cell),
        cmocka_unit_test(test_lists_of_another_length),
        cmocka_unit_test(test_lines_and_columns),
        cmocka_unit_test(test_depth_of_lines_and_columns),
        cmocka_unit_test(test_values_that_are_not_available),
        cmocka_unit_test(test_values_that_are_no_numbers),
        cmocka_unit_test(test_ends_of_lines),
        cmocka_unit_test(test_text_that_is_no_record),
        cmocka_unit_test(test_more_lines_than_fields),
        cmocka_unit_test(test_mutated_frames),
        cmocka_unit_test(test_identify),
    };
    return cmocka_run_group_tests_name("peripherals", tests, NULL, NULL);
}
