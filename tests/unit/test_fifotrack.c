/* SPDX-License-Identifier: GPL-2.0-or-later
 * The reports of the fifotrack dialect, field by field. Expected values come from docs/FIFOTRACK.md 4 and 5, worked by
 * hand; the tests of its doubtful cases bear their numbers. */
#include "fifotrack_check.h"

/* A report with these fields in place of the usual ones. */
#define ALARM(text)   "A01," text "," WHOLE
#define STATUS(text)  "A01,," SPEED "," text ",02,0,460|0|25FC|AC2AB0B,19A|4E0|6C"
#define LINES(in_out) "A01,," SPEED ",0," in_out ",460|0|25FC|AC2AB0B,19A|4E0|6C"
#define CELL(text)    "A01,," STATES "," text ",19A|4E0|6C"
#define VOLTS(text)   "A01,," PLACE "," text
#define TAIL(text)    "A01,," WHOLE "," text
#define NO_VOLTS      "!external_v=\n!battery_v=\n!adc_v=\n!details.voltage_scale=\n!flags=\n"
#define ASSET(behind) "A03,,210414055249,460|0|25FC|104C,4.18,100,000F," behind

static void a_whole_report(void **state)
{
    check_up("A01,," WHOLE, "kind=position\ncode=A01\ndevice_time=2026-02-02T02:40:03\nvalid=1\nlatitude=22.600000\n"
                            "longitude=114.000000\nspeed_kmh=35\ncourse_deg=90\naltitude_m=12\nodometer_m=123456\n"
                            "details.run_time=3600\nstatus=0x900000c0\nsatellites=9\ngsm_signal=24\ninputs=0x02\n"
                            "ignition=1\noutputs=0x0\nmcc=460\nmnc=0\nlac=9724\ncell_id=180529931\n"
                            "battery_v=4.10\nexternal_v=12.48\nadc_v=1=1.08\ndetails.voltages=19A|4E0|6C\n"
                            "details.voltage_scale=hundredths\ndetails.checksum_type=xor\n!flags=\n!event=\n"
                            "!details.extra=\n!details.event_code=\n!external_power=\n!charging=\n!hdop=\n");
    assert_true(decoded.listed && decoded.proven);
    const struct s7_field *index = s7_find(&decoded, S7_FIELD_INDEX), *length = s7_find(&decoded, S7_FIELD_LENGTH);
    assert_int_equal(decoded_data[index->offset], '1');
    assert_int_equal(index->length, 1);
    assert_int_equal(length->value.integer, strlen("," ID ",1,A01,," WHOLE));
    /* What is inferred stands below what was sent. */
    static const enum s7_field_id inferred[] = {S7_FIELD_IGNITION,        S7_FIELD_SATELLITES,       S7_FIELD_SIGNAL,
                                                S7_FIELD_BATTERY_VOLTAGE, S7_FIELD_EXTERNAL_VOLTAGE, S7_FIELD_ADC,
                                                S7_FIELD_VOLTAGE_SCALE};
    for (gsize i = 0; i < G_N_ELEMENTS(inferred); i++) {
        assert_int_equal(s7_find(&decoded, inferred[i])->depth, 1);
        assert_int_equal(s7_find(&decoded, inferred[i])->attributes, S7_GENERATED);
    }
}

static void each_field_has_its_form_and_range(void **state)
{
    static const struct fifotrack_row rows[] = {
        {"A01,,260202024003,A,-90.0,-180.000000,500,360,-500,4294967295,9999999999,0,FF,FF,0|0|0|0,0",
         "latitude=-90.0\nlongitude=-180.000000\nspeed_kmh=500\ncourse_deg=360\naltitude_m=-500\n"
         "odometer_m=4294967295\ndetails.run_time=9999999999\nsatellites=0\ngsm_signal=0\ninputs=0xff\n"
         "outputs=0xff\ndetails.cell=0|0|0|0\n!mcc=\n!mnc=\n!lac=\n!cell_id=\n!flags=\n"},
        {"A01,,260202024003,A,90.000001,-180.000001,501,361,9001,4294967296,0,0,100,1FF,460|0|1|1,0",
         "latitude=90.000001\nlongitude=-180.000001\nspeed_kmh=501\ncourse_deg=361\naltitude_m=9001\n"
         "odometer_m=4294967296\ninputs=0x100\noutputs=0x1ff\nflags=out_of_range\n"},
        {"A01,,26020202400,X,N22,114.,3.5,-1,1.5,x,y,G,0x,z,460|0|1,0",
         "!device_time=\n!valid=\n!latitude=\n!longitude=\n!speed_kmh=\n!course_deg=\n!altitude_m=\n!odometer_m=\n"
         "!details.run_time=\n!status=\n!inputs=\n!ignition=\n!outputs=\n!mcc=\nflags=bad_time;bad_value\n"
         "details.cell=460|0|1\n"
         "details.extra=[\"26020202400\",\"X\",\"N22\",\"114.\",\"3.5\",\"-1\",\"1.5\",\"x\",\"y\",\"G\",\"0x\",\"z\"]"
         "\n"},
        {"A01,,260202024003,A,,,,,,,,,,,,", "kind=position\nvalid=1\n!latitude=\n!speed_kmh=\n!status=\n!inputs=\n"
                                            "!details.voltages=\n!details.cell=\n!flags=\n!details.extra=\n"},
        {CELL("460|00|FFFF|ABCDEF0"), "mcc=460\nmnc=00\nlac=65535\ncell_id=180150000\n!flags=\n"},
        {CELL("4600|0000|12345|123456789"), "!mcc=\n!mnc=\n!lac=\n!cell_id=\nflags=bad_value\n"
                                            "details.extra=[\"4600\",\"0000\",\"12345\",\"123456789\"]\n"},
    };
    CHECK_ROWS(check_up, rows);
}

/* Each number of the table, those between, and what may stand behind them. */
static void alarms(void **state)
{
    static const struct fifotrack_row rows[] = {
        {ALARM("2"), "kind=event\nevent=sos\ndetails.event_code=2\n!flags=\n"},
        {ALARM("14|11.4"), "kind=event\nevent=power_low\ndetails.event_code=14\ndetails.event_data=11.4\n!flags=\n"},
        {ALARM("15"), "event=power_cut\n"},
        {ALARM("16"), "event=power_restored\n"},
        {ALARM("17"), "event=low_battery\n"},
        {ALARM("18"), "event=overspeed\n"},
        {ALARM("20"), "event=antenna_cut\n"},
        {ALARM("21"), "event=vibration\n"},
        {ALARM("22"), "event=no_movement\n"},
        {ALARM("23"), "event=harsh_acceleration\n"},
        {ALARM("24"), "event=harsh_braking\n"},
        {ALARM("25"), "event=tilt\n"},
        {ALARM("27"), "event=fatigue\n"},
        {ALARM("30"), "event=jamming\n"},
        {ALARM("31"), "event=fall\n"},
        {ALARM("32"), "event=jamming\n"},
        {ALARM("33|2"), "event=geofence_exit\ndetails.event_data=2\ndetails.geofence=2\n!flags=\n"},
        {ALARM("34|04"), "event=geofence_enter\ndetails.event_data=04\ndetails.geofence=4\n!flags=\n"},
        {ALARM("34|home"), "event=geofence_enter\ndetails.event_data=home\n!details.geofence=\n!flags=\n"},
        {ALARM("35|7"), "event=idling\ndetails.event_data=7\n!details.geofence=\n"},
        {ALARM("38"), "event=driver_card\n"},
        {ALARM("39"), "event=driver_card\n"},
        {ALARM("40"), "event=temperature_alarm\n"},
        {ALARM("41"), "event=temperature_alarm\n"},
        {ALARM("53"), "event=device_on\n"},
        {ALARM("54"), "event=device_off\n"},
        {ALARM("002"), "event=sos\ndetails.event_code=2\n"},
        {ALARM("14|8|2"), "event=power_low\ndetails.event_data=8|2\n"},
        {ALARM("1234"), "kind=event\n!event=\n!details.event_code=\ndetails.extra=[\"1234\"]\nflags=bad_value\n"},
        {ALARM("x|5"), "kind=event\n!event=\n!details.event_data=\ndetails.extra=[\"x|5\"]\nflags=bad_value\n"},
        {ALARM("|5"), "kind=event\n!event=\ndetails.extra=[\"|5\"]\nflags=bad_value\n"},
    };
    static const unsigned unlisted[] = {0,  1,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 19, 26, 28,  29,
                                        36, 37, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 55, 56, 255, 999};
    CHECK_ROWS(check_up, rows);
    for (gsize i = 0; i < G_N_ELEMENTS(unlisted); i++) {
        g_autofree char *content = g_strdup_printf(ALARM("%u"), unlisted[i]);
        g_autofree char *expected =
            g_strdup_printf("kind=event\n!event=\ndetails.event_code=%u\nflags=unknown_event\n", unlisted[i]);
        check_up(content, expected);
    }
}

/* Each row of 4.2 at both of its ends, and beside them. Volts: hexadecimal words by hand. */
static void voltages(void **state)
{
    static const struct fifotrack_row rows[] = {
        {VOLTS("FA|0|0"), "battery_v=2.50\nexternal_v=0.00\nadc_v=1=0.00\ndetails.voltage_scale=hundredths\n"},
        {VOLTS("1C2|FFFF|1|2|3"), "battery_v=4.50\nexternal_v=655.35\nadc_v=1=0.01;2=0.02;3=0.03\n!flags=\n"},
        {VOLTS("F9|4E0|6C"), "details.voltages=F9|4E0|6C\n" NO_VOLTS},
        {VOLTS("1C3|4E0|6C"), NO_VOLTS},
        {VOLTS("19A|4E0"), NO_VOLTS},
        /* 1700 * 6.6 / 4096 = 2.739; 321 * 158.4 / 4096 = 12.413; 2700 * 6.6 / 4096 = 4.350; 4095: 158.361 */
        {VOLTS("6A4|141|2D"), "battery_v=2.74\nexternal_v=12.41\n!adc_v=\ndetails.voltage_scale=adc12_48\n"},
        {VOLTS("A8C|FFF|0"), "battery_v=4.35\nexternal_v=158.36\n!adc_v=\ndetails.voltage_scale=adc12_48\n"},
        {VOLTS("6A3|141|2D"), NO_VOLTS},
        {VOLTS("A8D|141|2D"), NO_VOLTS},
        /* 2592 * 6.6 / 4096 = 4.176; 933 * 52.8 / 4096 = 12.026 */
        {VOLTS("A20|3A5|3|0"), "battery_v=4.18\nexternal_v=12.03\n!adc_v=\ndetails.voltage_scale=adc12_16\n"},
        {VOLTS("A20|3A5|3|0|0"), NO_VOLTS},
        {VOLTS("A20"), NO_VOLTS},
        /* 2358 * 6.6 / 4096 = 3.7995 */
        {VOLTS("936|0"), "battery_v=3.80\nexternal_v=0.00\ndetails.voltage_scale=adc12\n"},
        {VOLTS("936|1"), "battery_v=3.80\n!external_v=\ndetails.voltage_scale=adc12\n"},
        /* Half up: 2048 * 6.6 / 4096 = 3.3 exactly; 32 * 158.4 / 4096 = 1.2375; 8 * 52.8 / 4096 = 0.103125 */
        {VOLTS("800|20|0"), "battery_v=3.30\nexternal_v=1.24\n"},
        {VOLTS("800|8|0|0"), "battery_v=3.30\nexternal_v=0.10\n"},
        {VOLTS("0019a|4E0|6C"), "details.voltages=0019a|4E0|6C\nflags=bad_value\n!battery_v=\n"},
        {VOLTS("019a|04e0|006c"), "battery_v=4.10\nexternal_v=12.48\nadc_v=1=1.08\n!flags=\n"},
        {VOLTS("19A||6C"), "details.voltages=19A||6C\nflags=bad_value\n!external_v=\n"},
        {VOLTS("19A|4E0|6G"), "details.voltages=19A|4E0|6G\nflags=bad_value\n!external_v=\n"},
    };
    CHECK_ROWS(check_up, rows);
}

static void driver_and_sensors(void **state)
{
    static const struct fifotrack_row rows[] = {
        {TAIL("B4A067,"), "driver_id=B4A067\ndetails.driver_number=11837543\n!details.extra=\n"},
        {TAIL("0a678c"), "driver_id=0a678c\ndetails.driver_number=681868\n"},
        {TAIL("1234567890"), "driver_id=1234567890\ndetails.driver_number=78187493520\n"},
        {TAIL("7FFFFFFFFFFFFFFF"), "driver_id=7FFFFFFFFFFFFFFF\ndetails.driver_number=9223372036854775807\n"},
        {TAIL("8000000000000000"), "driver_id=8000000000000000\n!details.driver_number=\n!flags=\n"},
        {TAIL("12345678901234567"), "driver_id=12345678901234567\n!details.driver_number=\n!flags=\n"},
        {TAIL("B4A06"), "!driver_id=\ndetails.extra=[\"B4A06\"]\n!flags=\n"},
        {TAIL("B4A0G"), "driver_id=B4A0G\n!details.extra=\n!details.driver_number=\n"},
        {TAIL("%  ^NAME$A.^^?;6007=1=?+  14   ?,"), "driver_id=%  ^NAME$A.^^?;6007=1=?+  14   ?\n!details.extra=\n"},
        {TAIL(",31.76|30.98"), "temperature_c=1=31.76;2=30.98\n!driver_id=\n!details.extra=\n"},
        {TAIL(",-5.25||21.00"), "temperature_c=1=-5.25;3=21.00\n!details.extra=\n!flags=\n"},
        {TAIL(",-0.00"), "temperature_c=1=0.00\n"},
        {TAIL(",7|21.5|x|3.00"), "temperature_c=4=3.00\ndetails.extra=[\"7\",\"21.5\",\"x\"]\n!flags=\n"},
        {TAIL(",,77,,x|y,"), "details.extra=[\"77\",\"x|y\"]\n!flags=\n"},
    };
    CHECK_ROWS(check_up, rows);
    check_up(TAIL("1,x|2.00,,8"), "kind=position\n");
    check_numbered(S7_FIELD_EXTRA, "16:1 17:x 19:8");
    check_numbered(S7_FIELD_TEMPERATURE, "2:2.00");
}

static void the_short_form_has_no_ignition(void **state)
{
    check_up("A00,,161007085534,A,54.738791,25.271918,0,350,151,0,17929,0000,02,,246|1|65|96DB,936|0",
             "kind=position\ncode=A00\ninputs=0x02\n!ignition=\n!outputs=\nbattery_v=3.80\n!flags=\n");
    check_up("A00,17,161007085534,V,54.738791,25.271918,0,350,151,0,17929,0000,02,,246|1|65|96DB,936|0",
             "kind=event\nevent=low_battery\nvalid=0\nflags=stale_fix\n");
}

static void reports_of_asset_units(void **state)
{
    static const struct fifotrack_row rows[] = {
        {ASSET("0,A,2,9,22.643175,114.018150"),
         "kind=position\ncode=A03\ndevice_time=2021-04-14T05:52:49\nvalid=1\nspeed_kmh=2\nsatellites=9\n"
         "latitude=22.643175\nlongitude=114.018150\nbattery_v=4.18\nbattery_pct=100\nstatus=0x000f\nmcc=460\nmnc=0\n"
         "lac=9724\ncell_id=4172\ndetails.location_type=0\n!gsm_signal=\n!ignition=\n!flags=\n!details.extra=\n"},
        {ASSET("0,A,2,9,22.643175,114.018150,7,,8"), "valid=1\ndetails.extra=[\"7\",\"8\"]\n!flags=\n"},
        {ASSET("0,A,2,9,22.643175"), "kind=position\nflags=report_too_short\n!valid=\n!battery_v=\n"},
        {ASSET("1"), "kind=position\nflags=report_too_short\n!details.location_type=\n"},
        {ASSET("1,94D9B377EB53:-60|EC6C9FA4CAD8:55|x|94D9B377EB53:|94D9B377EB5G:-1|94D9B377EB53:-1.5,9"),
         "details.wifi=[\"94D9B377EB53:-60\",\"EC6C9FA4CAD8:55\"]\n"
         "details.wifi_mac=[\"94D9B377EB53\",\"EC6C9FA4CAD8\"]\ndetails.wifi_rssi=[\"-60\",\"55\"]\nflags=bad_value\n"
         "details.extra=[\"x\",\"94D9B377EB53:\",\"94D9B377EB5G:-1\",\"94D9B377EB53:-1.5\",\"9\"]\n"},
        {ASSET("1,"), "kind=position\ndetails.location_type=1\n!details.wifi=\n!flags=\n!details.extra=\n"},
        {ASSET("2,A,b|c"), "kind=position\ndevice_time=2021-04-14T05:52:49\nbattery_v=4.18\nmcc=460\n"
                           "details.location_type=2\ndetails.extra=[\"A\",\"b|c\"]\n!valid=\n!flags=\n"},
        {ASSET("x,A"), "details.extra=[\"x\",\"A\"]\n!details.location_type=\nflags=bad_value\n"},
        {"A03,31,260202024003,460|0|25FC|AC2AB0B,100.01,101,00210,0,A,501,61,90.1,180.1",
         "kind=event\nevent=fall\nbattery_v=100.01\nbattery_pct=101\nstatus=0x00210\nspeed_kmh=501\nsatellites=61\n"
         "flags=out_of_range;status_count\n"},
        {"A03,,260202024003,460|0|25FC|AC2AB0B,x,5%,002G,0,X,a,b,c,d",
         "details.extra=[\"x\",\"5%\",\"002G\",\"X\",\"a\",\"b\",\"c\",\"d\"]\nflags=bad_value\n!battery_v=\n!status="
         "\n"},
        {"A03,2,260202024003", "kind=event\n!event=\nflags=report_too_short\ndetails.extra=[\"2\",\"260202024003\"]\n"},
        {"A03", "kind=position\nflags=report_too_short\n"},
    };
    CHECK_ROWS(check_up, rows);
    check_up(ASSET("2,A,,x"), "!flags=\n");
    check_numbered(S7_FIELD_EXTRA, "8:A 10:x");
}

static void fifotrack_9_6_a_serial_like_a_code(void **state)
{
    static const char *const serials[] = {"258", "100", "B25", "A12", "FFFF", "1"};
    for (gsize i = 0; i < G_N_ELEMENTS(serials); i++) {
        g_autofree char *body = g_strdup_printf("," ID ",%s,B03,OK", serials[i]);
        g_autofree char *text = g_strdup_printf("%u%s", (unsigned)strlen(body), body);
        guint8 all = 0;
        for (const char *c = text; *c; c++)
            all ^= (guint8)*c;
        g_autofree char *frame = g_strdup_printf("$$%s*%02X\r\n", text, (unsigned)all);
        decode_bytes(frame, strlen(frame));
        check_lines(frame, "kind=answer\ncode=B03\ndialect=fifotrack\ndetails.argument=[\"OK\"]\n!flags=\n");
        const struct s7_field *index = s7_find(&decoded, S7_FIELD_INDEX);
        assert_int_equal(index->length, strlen(serials[i]));
        assert_memory_equal(decoded_data + index->offset, serials[i], index->length);
    }
}

static void fifotrack_9_8_no_fix_with_satellites(void **state)
{
    check_up("A01,,201007231735,V,3.067783,101.672858,0,176,96,189890,0,900000C0,03,0,502|19|5C1|93349F,196|4E0|6C",
             "kind=position\nvalid=0\nlatitude=3.067783\nlongitude=101.672858\nsatellites=9\nflags=stale_fix\n");
}

static void fifotrack_9_9_course_without_speed(void **state)
{
    check_up("A01,,260202024003,A,22.600000,114.000000,0,182,-12,0,0,0,02,0,460|0|1|1,0",
             "speed_kmh=0\ncourse_deg=182\naltitude_m=-12\n!flags=\n");
}

static void fifotrack_9_10_the_width_of_the_status(void **state)
{
    static const struct fifotrack_row rows[] = {
        {STATUS("0000"), "status=0x0000\n!satellites=\n!gsm_signal=\n!flags=\n"},
        {STATUS("0004"), "status=0x0004\n!satellites=\n!gsm_signal=\n"},
        {STATUS("1234"), "status=0x1234\n!satellites=\n!gsm_signal=\n!flags=\n"},
        {STATUS("A0"), "status=0xa0\nsatellites=0\ngsm_signal=20\n!flags=\n"},
        {STATUS("0"), "status=0x0\nsatellites=0\ngsm_signal=0\n"},
        {STATUS("8A"), "satellites=0\ngsm_signal=17\n"},
        {STATUS("12345"), "satellites=0\ngsm_signal=8\n"}, /* 0x12345 >> 3 & 31 */
        {STATUS("B00000F8"), "satellites=11\ngsm_signal=31\n"},
        {STATUS("FFFFFFFF"), "satellites=15\ngsm_signal=31\n!external_power=\n!charging=\n"},
        {STATUS("00000000A"), "status=0x00000000a\n!satellites=\n!gsm_signal=\nflags=status_count\n"},
        {STATUS("12345678901234567"), "!status=\nflags=bad_value\ndetails.extra=[\"12345678901234567\"]\n"},
        {STATUS(""), "!status=\n!satellites=\n!flags=\n"},
    };
    CHECK_ROWS(check_up, rows);
}

static void fifotrack_9_11_voltages_that_fit_nothing(void **state)
{
    check_up(VOLTS("13C|0"), "details.voltages=13C|0\n" NO_VOLTS);
    check_up(VOLTS("0|4D2|70"), "details.voltages=0|4D2|70\n" NO_VOLTS);
    check_up(VOLTS("19A"), "details.voltages=19A\n" NO_VOLTS);
}

static void fifotrack_9_12_a_driver_that_is_none(void **state)
{
    check_up(TAIL("1,"), "!driver_id=\n!details.driver_number=\ndetails.extra=[\"1\"]\n!flags=\n");
    check_up(TAIL("0A678C,"), "driver_id=0A678C\n");
}

static void fifotrack_9_13_a_bar_and_nothing_more(void **state)
{
    check_up(ALARM("14|"), "kind=event\nevent=power_low\ndetails.event_code=14\n!details.event_data=\n!flags=\n");
}

static void fifotrack_9_14_two_readings_of_the_supply(void **state)
{
    /* D6 = 214: 214 * 158.4 / 4096 = 8.276 */
    check_up("A01,14|8.2," PLACE ",9E0|D6|63", "details.event_data=8.2\nexternal_v=8.28\n!flags=\n");
}

static void fifotrack_9_15_a_place_by_wifi(void **state)
{
    check_up(ASSET("1,94D9B377EB53:-60|EC6C9FA4CAD8:-55"),
             "kind=position\ndevice_time=2021-04-14T05:52:49\n!valid=\n!latitude=\n!longitude=\n!speed_kmh=\n!flags=\n"
             "details.location_type=1\ndetails.wifi_rssi=[\"-60\",\"-55\"]\n");
}

static void fifotrack_9_16_equal_serials_different_places(void **state)
{
    check_up(ASSET("0,A,2,9,22.643175,114.018150"), "device_time=2021-04-14T05:52:49\nvalid=1\n");
    check_up(ASSET("1,94D9B377EB53:-60"), "device_time=2021-04-14T05:52:49\n!valid=\n");
}

static void fifotrack_9_19_a_form_that_is_not_known(void **state)
{
    static const struct fifotrack_row rows[] = {
        {"A02,1,2,,3", "kind=unknown\ncode=A02\nflags=unknown_code\ndetails.extra=[\"1\",\"2\",\"\",\"3\"]\n!valid=\n"},
        {"A02", "kind=unknown\nflags=unknown_code\n!details.extra=\n"},
        {"A02,,260202024003,A,22.6,114", "flags=unknown_code\n!latitude=\n"},
        {"A02,,260202024003,A,22.1234567,114.0", "flags=unknown_code\n!latitude=\n"},
        {"A02,,260202024003,A,1000.0,114.0", "flags=unknown_code\n!latitude=\n"},
        {"A02,,260202024003,B,22.6,114.0", "flags=unknown_code\n!latitude=\n"},
        {"A02,,26020202400,A,22.6,114.0", "flags=unknown_code\n!latitude=\n"},
        {"S09,90,1,2,3", "kind=unknown\ncode=S09\nflags=unknown_code\ndetails.extra=[\"90\",\"1\",\"2\",\"3\"]\n"},
        {"S09", "kind=unknown\nflags=unknown_code\n"},
        {"A04,OK", "kind=unknown\nflags=unknown_code\ndetails.extra=[\"OK\"]\n"},
        {"B72,1,2", "kind=unknown\nflags=unknown_code\ndetails.extra=[\"1\",\"2\"]\n"},
        {"D08,OK", "kind=unknown\nflags=unknown_code\ndetails.extra=[\"OK\"]\n"},
        {"Z99,x,,", "kind=unknown\nflags=unknown_code\ndetails.extra=[\"x\"]\n"},
    };
    CHECK_ROWS(check_up, rows);
    assert_false(decoded.listed);
}

static void fifotrack_9_22_the_run_time(void **state)
{
    check_up("A01,," WHOLE, "details.run_time=3600\n!fuel_l=\n!fuel_pct=\n");
}

static void fifotrack_9_23_inputs_that_were_not_sent(void **state)
{
    static const struct fifotrack_row rows[] = {
        {LINES(","), "!inputs=\n!ignition=\n!outputs=\n!flags=\n"},
        {LINES("03,1"), "inputs=0x03\nignition=1\noutputs=0x1\n"},
        {LINES("01,"), "inputs=0x01\nignition=0\n!outputs=\n"},
        {LINES(",2"), "!inputs=\n!ignition=\noutputs=0x2\n"},
        {LINES("2,0"), "inputs=0x2\nignition=1\n"},
        {LINES("FD,0"), "inputs=0xfd\nignition=0\n"},
    };
    CHECK_ROWS(check_up, rows);
}

static void fifotrack_9_27_fewer_than_fifteen_fields(void **state)
{
    static const struct fifotrack_row rows[] = {
        {"A01,,260202024003,A,22.600000,114.000000,35",
         "kind=position\ncode=A01\nflags=report_too_short\n!device_time=\n!valid=\n!latitude=\n!event=\n"
         "details.extra=[\"\",\"260202024003\",\"A\",\"22.600000\",\"114.000000\",\"35\"]\n"},
        {"A01,2,260202024003", "kind=event\n!event=\n!details.event_code=\nflags=report_too_short\n"},
        {"A01,," PLACE, "kind=position\nflags=report_too_short\n!latitude=\n"},
        {"A00,x", "kind=event\nflags=report_too_short\n"},
        {"A01", "kind=position\nflags=report_too_short\n!details.extra=\n"},
        {"A01,", "kind=position\nflags=report_too_short\n!details.extra=\n"},
    };
    CHECK_ROWS(check_up, rows);
    check_up("A01,,260202024003,A", "flags=report_too_short\n");
    check_numbered(S7_FIELD_EXTRA, "1: 2:260202024003 3:A");
}

static void fifotrack_9_28_a02_read_as_a01(void **state)
{
    static const struct fifotrack_row rows[] = {
        {"A02,," WHOLE ",B4A067", "kind=unknown\ncode=A02\nflags=unknown_code\nvalid=1\nlatitude=22.600000\n"
                                  "device_time=2026-02-02T02:40:03\ninputs=0x02\n!ignition=\nexternal_v=12.48\n"
                                  "driver_id=B4A067\n"},
        {"A02,2," WHOLE, "kind=unknown\n!event=\ndetails.event_code=2\nflags=unknown_code\n"},
        {"A02,4," WHOLE, "kind=unknown\n!event=\ndetails.event_code=4\nflags=unknown_code;unknown_event\n"},
        {"A02,,260202024003,V,22.6,114.0", "kind=unknown\nflags=report_too_short;unknown_code\n!valid=\n"},
    };
    CHECK_ROWS(check_up, rows);
    assert_false(decoded.listed);
}

static void fifotrack_9_28_a03_without_a_fix(void **state)
{
    check_up(ASSET("0,V,0,0,22.600000,114.000000"), "valid=0\nlatitude=22.600000\nflags=stale_fix\n");
}

static void fifotrack_9_29_impossible_values(void **state)
{
    check_up("A01,,261332250000,A,122.600000,114.000000,35,90,12,123456,3600,900000C0,02,0,0|0|0|0,19A|4E0|6C",
             "!device_time=\nlatitude=122.600000\nlongitude=114.000000\nspeed_kmh=35\n!mcc=\n"
             "flags=bad_time;out_of_range\ndetails.extra=[\"261332250000\"]\n");
}

/* More items than a message has room for: what is too much stays as one piece, and nothing is read past the frame. */
static void more_fields_than_fit(void **state)
{
    GString *content = g_string_new(TAIL(","));
    for (unsigned i = 0; i < 1200; i++)
        g_string_append(content, "1.00|");
    g_string_append_c(content, '2');
    check_up(content->str, "kind=position\nvalid=1\n");
    assert_true(decoded.spilled);
    g_string_free(content, TRUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_report),
        cmocka_unit_test(each_field_has_its_form_and_range),
        cmocka_unit_test(alarms),
        cmocka_unit_test(voltages),
        cmocka_unit_test(driver_and_sensors),
        cmocka_unit_test(the_short_form_has_no_ignition),
        cmocka_unit_test(reports_of_asset_units),
        cmocka_unit_test(fifotrack_9_6_a_serial_like_a_code),
        cmocka_unit_test(fifotrack_9_8_no_fix_with_satellites),
        cmocka_unit_test(fifotrack_9_9_course_without_speed),
        cmocka_unit_test(fifotrack_9_10_the_width_of_the_status),
        cmocka_unit_test(fifotrack_9_11_voltages_that_fit_nothing),
        cmocka_unit_test(fifotrack_9_12_a_driver_that_is_none),
        cmocka_unit_test(fifotrack_9_13_a_bar_and_nothing_more),
        cmocka_unit_test(fifotrack_9_14_two_readings_of_the_supply),
        cmocka_unit_test(fifotrack_9_15_a_place_by_wifi),
        cmocka_unit_test(fifotrack_9_16_equal_serials_different_places),
        cmocka_unit_test(fifotrack_9_19_a_form_that_is_not_known),
        cmocka_unit_test(fifotrack_9_22_the_run_time),
        cmocka_unit_test(fifotrack_9_23_inputs_that_were_not_sent),
        cmocka_unit_test(fifotrack_9_27_fewer_than_fifteen_fields),
        cmocka_unit_test(fifotrack_9_28_a02_read_as_a01),
        cmocka_unit_test(fifotrack_9_28_a03_without_a_fix),
        cmocka_unit_test(fifotrack_9_29_impossible_values),
        cmocka_unit_test(more_fields_than_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
