/* SPDX-License-Identifier: GPL-2.0-or-later
 * The mapping file: what it refuses and where, every source, every target, exact numbers (docs/MAPPING.md). */
#include "mapping.h"

#include "decoded.h"

#include <stdio.h>

#define FIVE     REPORT("CMD-T", ",1-0-X-63-17")
#define SIX      REPORT("CMD-T", ",1-0-0-0-63-17")
#define TAIL(r)  "#" ID ",CMD-T,A,210314,151617,41.1234567N,002.7654321E,Speed:012.5,77-18," r "#"
#define LONG_T6  TAIL("0.9,7,11,21407-1A2B-3C4D,24,0-1,03.25")
#define SHORT_T6 TAIL("0.9,03.25")
/* adc 1: 2.00 V, adc 2: 36.00 V; inputs 1 and 2; output 1; field 24 is unnamed: 2.5 */
#define STARTEK                                                                                                        \
    "000,0,,240517061233,A,41.123457,2.765432,11,0.9,63,118,64,482913,214|07|1A2B|01234567,23,0000001D,03,01,"         \
    "0512|0199|00C8|0E10,1,,,,7200,card,2.5"

static struct s7_mapping mapping;
static struct s7_mapping_error error;

static void parse(const char *rules)
{
    /* Flush against a protected page: nothing is read behind the end. */
    size_t length = strlen(rules);
    const char *copy = (const char *)guard_copy((const guint8 *)rules, length);
    if (!s7_mapping_parse(copy, length, &mapping, &error))
        fail_msg("%s: line %u: %s, at '%s'", rules, error.line, error.reason, error.near);
}

/* The fields of the message that no frame has without a mapping, and the columns that are asked for. */
static void expect(const char *expected)
{
    GString *text = g_string_new(NULL);
    render_message(text, decoded_data, &decoded);
    char **lines = g_strsplit(text->str, "\n", -1), **wanted = g_strsplit(expected, "\n", -1);
    for (char **line = wanted; *line; line++)
        if (**line && !line_in(lines, *line))
            fail_msg("lacks %s in\n%s", *line, text->str);
    g_strfreev(lines);
    g_strfreev(wanted);
    g_string_free(text, TRUE);
}

static void map(const char *rules, const char *text, const char *expected)
{
    parse(rules);
    decode(text);
    s7_mapping_apply(&mapping, decoded_data, &decoded);
    expect(expected);
}

static void map_startek(const char *rules, const char *data, const char *expected)
{
    char frame[512];
    int n = snprintf(frame, sizeof frame, "&&A%zu," ID ",%s", strlen("," ID ",") + strlen(data), data);
    unsigned sum = 0;
    for (int i = 0; i < n; i++)
        sum += (unsigned char)frame[i];
    snprintf(frame + n, sizeof frame - (size_t)n, "%02X\r\n", sum & 0xFF);
    map(rules, frame, expected);
}

#define NOTHING "!details.mapped=\n!details.mapped_value=\n!details.unmapped=\n"

static void refuse(const char *rules, unsigned line, const char *reason, const char *near)
{
    size_t length = strlen(rules);
    mapping.count = 7;
    assert_false(s7_mapping_parse((const char *)guard_copy((const guint8 *)rules, length), length, &mapping, &error));
    if (error.line != line || !strstr(error.reason, reason) || strcmp(error.near, near) != 0)
        fail_msg("%s: line %u: %s, at '%s'", rules, error.line, error.reason, error.near);
    assert_int_equal(mapping.count, 0);
}

static void test_what_is_no_rule_is_refused_where_it_stands(void **state)
{
    refuse("flag E = ignition", 1, "A, B, C or D", "E");
    refuse("# comment\n\nflag A ignition", 3, "\"=\"", "ignition");
    refuse("flag A = ignition\nflag A = igniton", 2, "no field with that name", "igniton");
    refuse("flag A = latitude", 1, "no field with that name", "latitude");
    refuse("door = ignition", 1, "a source is", "door");
    refuse("R = hdop", 1, "a source is", "R");
    refuse("R0 = hdop", 1, "number of a field", "R0");
    refuse("R1000 = hdop", 1, "number of a field", "R1000");
    refuse("R6. = hdop", 1, "number of a field", "R6.");
    refuse("extra = hdop", 1, "number of a field", "=");
    refuse("adc x = fuel", 1, "a number from 1", "x");
    refuse("input = ignition", 1, "a number from 1", "=");
    refuse("word = fuel", 1, "a number from 1", "=");
    refuse("run_time 1 = odometer", 1, "\"=\"", "1");
    refuse("R1 =", 1, "no field", "");
    refuse("R1 = adc", 1, "a number from 1", "");
    refuse("R1 = fuel tank", 1, "a number from 1", "");
    refuse("R1 = fuel sensor 1", 1, "too much", "sensor");
    refuse("R1 = hdop hdop", 1, "too much", "hdop");
    refuse("R1 = named Door", 1, "small letters", "Door");
    refuse("R1 = named", 1, "a word", "");
    refuse("R1 = named 1st", 1, "small letters", "1st");
    refuse("R1 = named a_name_of_more_than_31_characters", 1, "at most 31", "a_name_of_more_than_31_characte");
}

static void test_conditions_are_checked(void **state)
{
    refuse("when : R1 = hdop", 1, "a condition is", ":");
    refuse("when model 7: R1 = hdop", 1, "a condition is", "model");
    refuse("when dialect h02: R1 = hdop", 1, "gotop, startek or fifotrack", "h02");
    refuse("when profile T7: R1 = hdop", 1, "T0 to T6", "T7");
    refuse("when device *: R1 = hdop", 1, "a device id", "*");
    refuse("when device 86-7: R1 = hdop", 1, "letters and digits", "86-7");
    refuse("when device 8*6: R1 = hdop", 1, "letters and digits", "8*6");
    refuse("when fields none: R1 = hdop", 1, "a number", "none");
    refuse("when fields 2, fields 3: R1 = hdop", 1, "only once", "fields");
    refuse("when fields 2 R1 = hdop", 1, "\":\"", "R1");
}

static void test_transforms_are_checked(void **state)
{
    refuse("flag A = ignition, 0 off 1 yes", 1, "on and off", "yes");
    refuse("flag A = ignition, 0 off 0 on", 1, "has a word already", "0");
    refuse("flag A = ignition, 0", 1, "on and off", "");
    refuse("flag A = ignition,", 1, "must stand behind the comma", "");
    refuse("flag A = ignition, scale 2", 1, "no number", "scale");
    refuse("R1 = driver_id, points 1:1 2:2", 1, "no number", "1");
    refuse("R1 = driver_id, 1 me", 1, "only scale", "1");
    refuse("R1 = hdop, 1 good", 1, "only scale", "1");
    refuse("adc 1 = ignition, 0 off", 1, "analog input", "0");
    refuse("adc 1 = driver_id", 1, "an input is no text", "");
    refuse("input 1 = driver_id", 1, "an input is no text", "");
    refuse("word 3 = ignition, 0 off", 1, "analog input", "0");
    refuse("word 3 = driver_id", 1, "an input is no text", "");
    refuse("R1 = hdop, scale", 1, "a number such as", "");
    refuse("R1 = hdop, scale 0.0", 1, "a scale of 0", "");
    refuse("R1 = hdop, scale .5", 1, "a number such as", ".5");
    refuse("R1 = hdop, scale +5", 1, "a number such as", "+5");
    refuse("R1 = hdop, scale 1e3", 1, "a number such as", "1e3");
    refuse("R1 = hdop, scale 1234567890", 1, "at most 9 digits", "1234567890");
    refuse("R1 = hdop, scale 0.0000000001", 1, "at most 9 digits", "0.0000000001");
    refuse("R1 = hdop, offset 1 scale 2", 1, "too much", "scale");
    refuse("adc 1 = fuel, points", 1, "two points", "");
    refuse("adc 1 = fuel, points 1:1", 1, "two points", "");
    refuse("adc 1 = fuel, points 1 1", 1, "a point is", "1");
    refuse("adc 1 = fuel, points 1:1 1.0:2", 1, "ascending", "1.0");
    refuse("adc 1 = fuel, points 1:1 0.999999999:2", 1, "ascending", "0.999999999");
}

static void test_limits_are_said(void **state)
{
    GString *text = g_string_new(NULL);
    for (unsigned i = 0; i < 64; i++)
        g_string_append(text, "flag A = ignition\n");
    parse(text->str);
    assert_int_equal(mapping.count, 64);
    g_string_append(text, "flag A = ignition\n");
    refuse(text->str, 65, "at most 64 rules", "");
    g_string_assign(text, "R1 = named gear,");
    for (unsigned i = 0; i <= 16; i++)
        g_string_append_printf(text, " %u w", i);
    refuse(text->str, 1, "at most 16 words", "16");
    g_string_assign(text, "R1 = fuel, points");
    for (unsigned i = 0; i <= 32; i++)
        g_string_append_printf(text, " %u:%u", i, i);
    refuse(text->str, 1, "at most 32 points", "32");
    g_string_set_size(text, 0);
    while (text->len < S7_MAPPING_FILE_MAX)
        g_string_append(text, "#\n");
    parse(text->str);
    g_string_append(text, "\n");
    refuse(text->str, 1, "longer than", "");
    g_string_free(text, TRUE);
}

static void test_bytes_that_are_no_text_are_refused(void **state)
{
    static const char nul[] = "flag A = ignition\nflag\0A = ignition";
    assert_false(s7_mapping_parse(nul, sizeof nul - 1, &mapping, &error));
    assert_int_equal(error.line, 2);
    refuse("\x7F"
           "ELF",
           1, "printable", "");
    refuse("flag A = ignition\rflag B = charging", 1, "printable", "");
    refuse("flag A = named t\xC3\xBCr", 1, "printable", "");
    refuse("\xD4\xC3\xB2\xA1", 1, "printable", "");
}

static void test_blanks_comments_and_line_ends(void **state)
{
    static const char *const same[] = {
        "flag A = ignition, 0 off 1 on",
        "\xEF\xBB\xBF# of the van \xC3\xA9\r\n\tflag   A=ignition,0 off\t1 on  # yes\r\n\r\n",
        "flag A = ignition, 0 off 1 on\r\n",
        "\n\n  flag A = ignition , 0 off 1 on#",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(same); i++)
        map(same[i], FIVE, "ignition=1\ndetails.mapped=[\"ignition\"]\ndetails.status_flag_a=1\n!details.unmapped=");
    parse(same[3]);
    assert_int_equal(mapping.rules[0].line, 3);
    assert_memory_equal(same[3] + mapping.rules[0].offset, "flag A = ignition , 0 off 1 on", mapping.rules[0].length);
    map("", FIVE, "!ignition=\n" NOTHING);
    map("# nothing", FIVE, "!ignition=\n" NOTHING);
}

static void test_flags_stand_where_they_stand(void **state)
{
    map("flag B = ignition", FIVE, "ignition=0\ndetails.mapped=[\"ignition\"]\ndetails.status_flag_b=0");
    /* The named ones of a group of six stay; the mapping only adds. */
    map("flag A = ignition", SIX, "ignition=1\nexternal_power=1\ndetails.mapped=[\"ignition\"]");
    map("flag D = named relay, 0 open", SIX, "details.mapped_value=[\"relay=open\"]\n!details.mapped=");
    /* Battery and signal are no flags; X is "not available", never 0 and never an error. */
    map("flag D = ignition", FIVE, "!ignition=\n" NOTHING);
    map("flag C = ignition, 0 off 1 on", FIVE, "!ignition=\n" NOTHING);
    map("flag C = named door, X unknown", FIVE, "details.mapped_value=[\"door=unknown\"]");
    map("flag A = ignition", REPORT("CMD-T", ",63-17"), "!ignition=\n" NOTHING);
    map("flag A = ignition", REPORT("CMD-T", ""), "!ignition=\n" NOTHING);
}

static void test_tail_fields_by_number(void **state)
{
    map("R2 = satellites\nR3 = signal\nR5 = external_voltage\nR6.1 = ignition\nR6.2 = charging", LONG_T6,
        "satellites=7\nexternal_v=24\nignition=0\ncharging=1\ngsm_signal=18\n"
        "details.mapped=[\"satellites\",\"external_v\",\"ignition\",\"charging\"]\n"
        "details.extra=[\"0.9\",\"7\",\"11\",\"21407-1A2B-3C4D\",\"24\",\"0-1\",\"03.25\"]\n!details.unmapped=");
    map("last = adc 1", LONG_T6, "adc_v=1=3.25\ndetails.mapped=[\"adc_v 1\"]");
    map("last = adc 1\nextra 1 = hdop", SHORT_T6, "adc_v=1=3.25\nhdop=0.9\ndetails.mapped=[\"adc_v 1\",\"hdop\"]");
    map("R9 = satellites\nR6.3 = satellites\nR4.4 = hdop\ntail 1 = course\nadc 1 = fuel\ninput 1 = ignition", LONG_T6,
        "!satellites=\n!hdop=\n!course_deg=\n!fuel_l=\n!ignition=\n" NOTHING);
    /* What profile T1 leaves: R3. R1 is the course and has its name. */
    map("R3 = satellites\nR1 = hdop", REPORT("CMD-T", ",63-17,118,21407-1A2B-3C4D,9"),
        "satellites=9\ncourse_deg=118\n!hdop=\ndetails.mapped=[\"satellites\"]");
}

static void test_startek_sources(void **state)
{
    map_startek(
        "input 1 = named sos, 0 no 1 yes\ninput 3 = named door, 0 closed 1 open\noutput 1 = charging\n"
        "tail 7 = named sensor\nextra 25 = driver_id\nadc 2 = named mains\ninput 9 = named far",
        STARTEK,
        "details.mapped=[\"charging\"]\ncharging=1\ndriver_id=card\n"
        "details.mapped_value=[\"sos=yes\",\"door=closed\",\"sensor=2.5\",\"mains=36.00\"]\n!details.unmapped=");
    map_startek("last = hdop\nR25 = course\nflag A = charging", STARTEK, "!charging=\nhdop=0.9\n" NOTHING);
}

/* FU024 of tests/data: three words of twelve bits, run time 2239, inputs 02, outputs 0. */
static void test_fifotrack_sources(void **state)
{
#define FIFOTRACK                                                                                                      \
    "$$120,867688039948074,2D,A01,,190624033703,A,13.904353,100.529748,0,54,24,0,2239,90000060,02,0,"                  \
    "520|5|430|1341700,9F3|14A|6C,,*71\r\n"
    map("when dialect fifotrack: word 3 = adc 1, scale 0.01\nrun_time = named engine_s\nword 4 = named far\n"
        "word 2 = named raw\ninput 2 = named acc, 0 off 1 on\noutput 1 = named relay, 0 open 1 closed\n"
        "word 3 = fuel tank 1, points 0:0 100:10.0 200:30.0",
        FIFOTRACK,
        "details.mapped=[\"adc_v 1\",\"fuel_l 1\"]\nadc_v=1=1.08\nfuel_l=1=11.6\n"
        "details.mapped_value=[\"engine_s=2239\",\"raw=330\",\"acc=on\",\"relay=open\"]\n!details.unmapped=");
    /* What was inferred stays, too; the sources of the other dialects have nothing here. */
    map("word 1 = battery_voltage, scale 0.01\ninput 1 = ignition\ntail 1 = hdop\nR1 = hdop\nflag A = charging\n"
        "when dialect startek: word 3 = adc 1",
        FIFOTRACK, "battery_v=4.10\nignition=1\n!hdop=\n!charging=\n!adc_v=\n" NOTHING);
    map_startek("word 1 = adc 3\nrun_time = named engine_s", STARTEK, NOTHING);
#undef FIFOTRACK
    /* FU018: hundredths of a volt, 1.08 V on the first analog input. What a rule gave is no source. */
    map("adc 1 = fuel tank 1, points 1.00:0.0 2.00:100.0\nword 3 = adc 2, scale 0.01\nadc 2 = named again",
        "$$128,356789012345670,A12,A01,,260202024003,A,22.600000,114.000000,35,90,12,123456,3600,900000C0,02,0,"
        "460|0|25FC|AC2AB0B,19A|4E0|6C,,*7B\r\n",
        "fuel_l=1=8.0\nadc_v=1=1.08;2=1.08\n!details.mapped_value=\n");
}

static void test_every_target(void **state)
{
    static const char *const numbers[][2] = {
        {"altitude", "altitude_m"},       {"course", "course_deg"},
        {"satellites", "satellites"},     {"hdop", "hdop"},
        {"odometer", "odometer_m"},       {"external_voltage", "external_v"},
        {"battery_voltage", "battery_v"}, {"battery", "battery_pct"},
        {"signal", "gsm_signal"},         {"fuel", "fuel_l"},
        {"fuel_level", "fuel_pct"},       {"temperature", "temperature_c"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
        g_autofree char *rule = g_strdup_printf("R1 = %s", numbers[i][0]);
        g_autofree char *wanted = g_strdup_printf("%s=12\ndetails.mapped=[\"%s\"]", numbers[i][1], numbers[i][1]);
        map(rule, "#" ID ",CMD-T,A,210314,151617,41.1234567N,002.7654321E,Speed:012.5,X-X,12,0#", wanted);
    }
    map("R1 = ignition\nR2 = external_power\nR3 = charging, a on b off", TAIL("1,0,b"),
        "ignition=1\nexternal_power=0\ncharging=0");
    map("R1 = fuel tank 2\nR2 = fuel tank 1\nR3 = temperature sensor 999\nR4 = adc 3\nR5 = driver_id",
        TAIL("1.5,2,-3.0,4,A1B2"),
        "fuel_l=2=1.5;1=2\ntemperature_c=999=-3.0\nadc_v=3=4\ndriver_id=A1B2\n"
        "details.mapped=[\"fuel_l 2\",\"fuel_l 1\",\"temperature_c 999\",\"adc_v 3\",\"driver_id\"]");
}

static void test_what_the_device_sent_stays(void **state)
{
    map("R3 = course", REPORT("CMD-T", ",63-17,118,21407-1A2B-3C4D,9"), "course_deg=118\n" NOTHING);
    map("flag B = external_power", SIX, "external_power=1\n" NOTHING);
    map_startek("input 3 = ignition\nadc 2 = adc 1", STARTEK, "ignition=1\nadc_v=1=2.00;2=36.00\n" NOTHING);
    /* Sent, but without its form: that is shown, not replaced. */
    map_startek("tail 7 = fuel",
                "000,0,,240517061233,A,41.123457,2.765432,11,0.9,63,118,64,482913,214|07|1A2B|01234567,23,"
                "0000001D,03,01,0512|0199|00C8|0E10,1,XX,,,7200,card,2.5",
                "!fuel_l=\n" NOTHING);
    /* The first rule that gives a value. */
    map("R1 = hdop\nR2 = hdop\nR1 = named a\nR2 = named a\nR2 = named ab", TAIL("1.5,2"),
        "hdop=1.5\ndetails.mapped=[\"hdop\"]\ndetails.mapped_value=[\"a=1.5\",\"ab=2\"]");
    map("R9 = hdop\nR2 = hdop", TAIL("1.5,2"), "hdop=2\ndetails.mapped=[\"hdop\"]\n!details.unmapped=");
    /* A mapped input is no source. */
    map("R1 = adc 1\nadc 1 = fuel", TAIL("1.5,2"), "adc_v=1=1.5\n!fuel_l=");
}

static void test_conditions_choose(void **state)
{
    static const char *const fit[] = {"dialect gotop",
                                      "device 353327020115804",
                                      "device 3533*",
                                      "device 353327020115804*",
                                      "profile T6",
                                      "fields 7",
                                      "dialect gotop, device 35*, profile T6, fields 7"};
    static const char *const miss[] = {"dialect startek",
                                       "device 353327020115805",
                                       "device 3533",
                                       "device 3534*",
                                       "device 3533270201158040*",
                                       "profile T1",
                                       "fields 6",
                                       "fields 8",
                                       "profile T6, fields 2"};
    for (size_t i = 0; i < G_N_ELEMENTS(fit); i++) {
        g_autofree char *rule = g_strdup_printf("when %s: R2 = satellites", fit[i]);
        map(rule, LONG_T6, "satellites=7");
    }
    for (size_t i = 0; i < G_N_ELEMENTS(miss); i++) {
        g_autofree char *rule = g_strdup_printf("when %s: R2 = satellites", miss[i]);
        map(rule, LONG_T6, "!satellites=\n" NOTHING);
    }
    map_startek(
        "when dialect startek: tail 7 = named a\nwhen profile T6: tail 7 = named b\nwhen fields 25: tail 7 = named c",
        STARTEK, "details.mapped_value=[\"a=2.5\"]");
}

static void test_words(void **state)
{
    const char *rules = "R1 = named door, 0 closed 1 open\nR2 = ignition, 00 off 01 on";
    map(rules, TAIL("1,01"), "ignition=1\ndetails.mapped_value=[\"door=open\"]\ndetails.mapped=[\"ignition\"]");
    map(rules, TAIL("2,1"),
        "!ignition=\n!details.mapped=\n!details.mapped_value=\n"
        "details.unmapped=[\"door: no word for this value\",\"ignition: no word for this value\"]");
    map("R1 = ignition", TAIL("2,1"), "!ignition=\ndetails.unmapped=[\"ignition: no word for this value\"]");
    map("R1 = named a", TAIL("a\x01,1"), "details.unmapped=[\"a: no short plain text\"]");
    map("R1 = named a", TAIL("12345678901234567890123456789012,1"),
        "details.mapped_value=[\"a=12345678901234567890123456789012\"]");
    map("R1 = named a", TAIL("123456789012345678901234567890123,1"), "details.unmapped=[\"a: no short plain text\"]");
}

/* One field that is no profile, mapped to the named value "n". */
static void number(const char *transform, const char *sent, const char *expected)
{
    g_autofree char *rule = g_strdup_printf("R1 = named n, %s", transform);
    g_autofree char *frame = g_strdup_printf(TAIL("%s,0"), sent);
    g_autofree char *wanted = strchr(expected, ' ')
                                  ? g_strdup_printf("!details.mapped_value=\ndetails.unmapped=[\"n: %s\"]", expected)
                                  : g_strdup_printf("!details.unmapped=\ndetails.mapped_value=[\"n=%s\"]", expected);
    map(rule, frame, wanted);
}

static void test_scaling_is_exact(void **state)
{
    number("scale 0.1 offset -40", "235", "-16.5");
    number("scale 0.1", "0.3", "0.03");
    number("scale 0.1 offset -40", "400", "0.0");
    number("scale 3", "0.1", "0.3");
    number("scale -1", "5.50", "-5.50");
    number("scale 0.001", "7", "0.007");
    number("offset 0.5", "-0.5", "0.0");
    number("offset 2.25", "1", "3.25");
    number("scale 999999999", "123456789", "123456788876543211");
    number("scale 0.000000001", "1", "0.000000001");
    number("scale 0.000000001", "999999999999999999", "999999999.999999999");
    number("scale 999999999", "999999999999999999", "too many digits");
    number("scale 1 offset 0.1", "999999999999999999", "too many digits");
    number("scale 0.000000001", "0.0000000001", "too many digits");
    number("scale 2", "1.", "not a number");
    number("scale 2", "12a", "not a number");
    number("scale 2", "1234567890123456789", "not a number");
}

static void test_whole_numbers_and_ranges(void **state)
{
    map("R1 = course, scale 0.1", TAIL("1180,0"), "course_deg=118\ndetails.mapped=[\"course_deg\"]");
    map("R1 = course, scale 0.1", TAIL("1185,0"),
        "!course_deg=\ndetails.unmapped=[\"course_deg: not a whole number\"]");
    map("R1 = course", TAIL("361,0"), "!course_deg=\ndetails.unmapped=[\"course_deg: out of range\"]");
    map("R1 = satellites", TAIL("-1,0"), "!satellites=\ndetails.unmapped=[\"satellites: out of range\"]");
    map("R1 = fuel_level", TAIL("100.01,0"), "!fuel_pct=\ndetails.unmapped=[\"fuel_pct: out of range\"]");
    map("R1 = fuel_level", TAIL("100.00,0"), "fuel_pct=100.00\n!details.unmapped=");
    map("R1 = fuel tank 1", TAIL("full,0"), "!fuel_l=\ndetails.unmapped=[\"fuel_l 1: not a number\"]");
    map("R1 = odometer", TAIL("999999999999999999,0"), "odometer_m=999999999999999999");
}

static void test_calibration_by_points(void **state)
{
    const char *points = "points 0.5:0 2.0:30 4.5:60";
    number(points, "0.5", "0");
    number(points, "2", "30");
    number(points, "4.50", "60");
    number(points, "1.25", "15");
    number(points, "1.00", "10");
    number(points, "3.25", "45");
    /* 0.525 V is 0.5 L, 0.52 V 0.4 L: rounded as finely as the points are written, half away from zero. */
    number(points, "0.525", "1");
    number(points, "0.52", "0");
    number("points 0.5:0.00 2.0:30 4.5:60", "0.525", "0.50");
    number("points 0:10 3:0.0", "1", "6.7");
    number("points -1:-3 1:0", "0", "-2");
    number("points -1:-3 1:0", "-0.5", "-2");
    number("points -1:3 1:0", "0", "2");
    number("points -1:0 1:-1", "0", "-1");
    number("points -10:5 10:-5.0", "10", "-5.0");
    /* Nothing is extrapolated. */
    number(points, "0.4999", "outside the points");
    number(points, "4.501", "outside the points");
    number(points, "-1", "outside the points");
    number("points 0:-999999999 999999999:999999999", "500000000", "1");
    number("points 0:0 1:1", "0.00000000000000001", "0");
    number("points 0:0 999999999:1", "0.00000000000000001", "too many digits");
    map_startek("adc 1 = fuel tank 1, points 0.5:0 2.0:30 4.5:60\nadc 2 = fuel tank 2, points 0.5:0 2.0:30 4.5:60",
                STARTEK,
                "fuel_l=1=30\ndetails.mapped=[\"fuel_l 1\"]\ndetails.unmapped=[\"fuel_l 2: outside the points\"]");
}

static void test_spans_and_attributes(void **state)
{
    parse("R6.2 = ignition\nR5 = named a\nR1 = course");
    decode(LONG_T6);
    unsigned count = decoded.count;
    s7_mapping_apply(&mapping, decoded_data, &decoded);
    assert_int_equal(decoded.count, count + 4);
    const struct s7_field *field = &decoded.fields[count];
    static const struct {
        enum s7_field_id id;
        unsigned depth;
        const char *source;
    } wanted[] = {{S7_FIELD_IGNITION, 0, "1"},
                  {S7_FIELD_MAPPED, 1, "1"},
                  {S7_FIELD_MAPPED_VALUE, 0, "24"},
                  {S7_FIELD_UNMAPPED, 0, "0.9"}};
    for (size_t i = 0; i < G_N_ELEMENTS(wanted); i++, field++) {
        assert_int_equal(field->id, wanted[i].id);
        assert_int_equal(field->depth, wanted[i].depth);
        assert_true(field->attributes & S7_GENERATED);
        assert_int_equal(field->length, strlen(wanted[i].source));
        assert_memory_equal(decoded_data + field->offset, wanted[i].source, field->length);
        assert_ptr_equal(s7_find(&decoded, wanted[i].id), field);
    }
    assert_memory_equal(decoded_data + decoded.fields[count].offset - 2, "0-1,", 4);
    /* The next frame has nothing of it. */
    decode(LONG_T6);
    expect("!ignition=\n" NOTHING);
}

static void test_only_good_frames_of_a_device(void **state)
{
    parse("extra 1 = named a\nflag A = ignition\nR1 = hdop");
    decode("#" ID ",CMD-T,A,DATE:210314,TIME:1516");
    assert_false(decoded.proven);
    unsigned count = decoded.count;
    s7_mapping_apply(&mapping, decoded_data, &decoded);
    assert_int_equal(decoded.count, count);
    decode(":123456M1,030S#");
    count = decoded.count;
    s7_mapping_apply(&mapping, decoded_data, &decoded);
    assert_int_equal(decoded.count, count);
}

static void test_the_fullest_message_has_room_for_all_rules(void **state)
{
    GString *frame = g_string_new("#" ID ",CMD-T,A,210314,151617,41.1234567N,002.7654321E,Speed:012.5,77-18");
    for (unsigned i = 0; i < 900; i++)
        g_string_append(frame, ",5");
    g_string_append_c(frame, '#');
    GString *rules = g_string_new(NULL);
    for (unsigned i = 1; i <= 64; i++)
        g_string_append_printf(rules, i % 2 ? "R%u = fuel tank %u\n" : "R%u = named a_name_of_just_31_characters_%u\n",
                               i, i % 2 ? i : i + 10);
    parse(rules->str);
    decode(frame->str);
    unsigned count = decoded.count;
    s7_mapping_apply(&mapping, decoded_data, &decoded);
    assert_int_equal(decoded.count, count + 32 * 2 + 32);
    assert_true(decoded.count < S7_FIELDS_MAX);
    g_string_free(frame, TRUE);
    g_string_free(rules, TRUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_no_rule_is_refused_where_it_stands),
        cmocka_unit_test(test_conditions_are_checked),
        cmocka_unit_test(test_transforms_are_checked),
        cmocka_unit_test(test_limits_are_said),
        cmocka_unit_test(test_bytes_that_are_no_text_are_refused),
        cmocka_unit_test(test_blanks_comments_and_line_ends),
        cmocka_unit_test(test_flags_stand_where_they_stand),
        cmocka_unit_test(test_tail_fields_by_number),
        cmocka_unit_test(test_startek_sources),
        cmocka_unit_test(test_fifotrack_sources),
        cmocka_unit_test(test_every_target),
        cmocka_unit_test(test_what_the_device_sent_stays),
        cmocka_unit_test(test_conditions_choose),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_scaling_is_exact),
        cmocka_unit_test(test_whole_numbers_and_ranges),
        cmocka_unit_test(test_calibration_by_points),
        cmocka_unit_test(test_spans_and_attributes),
        cmocka_unit_test(test_only_good_frames_of_a_device),
        cmocka_unit_test(test_the_fullest_message_has_room_for_all_rules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
