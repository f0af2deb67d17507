/* SPDX-License-Identifier: GPL-2.0-or-later
 * Random uplink frames of the gotop dialect: codes, position body, status group. (docs/PROTOCOL.md 2 to 4 and 6) */
#include "encode.h"

#include <string.h>

/* Answers with a body (3.2) and reports (3.1). */
static const char *const answers[] = {
    "A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8", "C",  "G",  "H",  "I",  "J",  "K",  "K0", "K1", "K2", "K3",
    "L",  "L1", "L2", "L3", "L4", "L5", "M",  "M2", "M3", "M4", "N",  "O",  "P",  "Q1", "Q2", "Q3", "Q4", "Q5",
    "R",  "T0", "T1", "U",  "U0", "U1", "U2", "U3", "U4", "U5", "U6", "U7", "U8", "U9", "V",  "V3", "Z1", "Z2",
};
static const char *const reports[] = {"T", "T", "T", "F", "F1", "D"};
/* Tokens that no table lists (10.11), and those that stand there as reserved (3.2, 3.3). */
static const char *const unlisted[] = {"CMD-A", "CMD-S", "CMD-Y", "CMD-TT", "CMD-A9", "CMD-W7", "HELLO", "x"};
static const char *const reserved[] = {"ALM-I", "ALM-K", "ALM-L", "ALM-O", "ALM-P", "ALM-Z", "ALM-D2", "ALM-B6"};
static const struct {
    const char *code, *event;
} alarms[] = {{"ALM-A", "sos"},  {"ALM-C", "overspeed"}, {"ALM-D", "low_battery"}, {"ALM-H", "displacement"},
              {"ALM-M", "fall"}, {"ALM-N", "impact"},    {"ALM-U", "update_done"}, {"ALM-V", "update_failed"}};

void encode_number(GRand *random, struct sample *sample, const char *name, const char *prefix, gint32 low, gint32 high,
                   gint32 beyond, gint width, gint decimals)
{
    gboolean outside = beyond > high && chance(random, 4);
    gint32 whole = outside ? draw(random, high + 1, beyond) : draw(random, low, high);
    GString *text = g_string_new(whole < 0 ? "-" : "");
    g_string_append_printf(text, "%0*d", width, ABS(whole));
    for (gint i = 0; i < decimals; i++)
        g_string_append_printf(text, "%s%d", i ? "" : ".", whole == high || whole == low ? 0 : draw(random, 0, 9));
    sample_put(sample, "%s%s", prefix, text->str);
    sample_number(sample, name, text->str);
    if (outside)
        sample_flag(sample, "out_of_range");
    g_string_free(text, TRUE);
}

void encode_gotop_head(GRand *random, struct sample *sample)
{
    char *id = chance(random, 90) ? draw_imei(random) : draw_pattern(random, "1<d 9>");
    if (strlen(id) != 15)
        sample_flag(sample, "id_unusual");
    sample_put(sample, "#%s", id);
    sample_set(sample, "device_id", "%s", id);
    sample_set(sample, "dialect", "gotop");
    sample_set(sample, "direction", "up");
    g_free(id);
}

static void put_code(struct sample *sample, const char *code, const char *kind)
{
    sample_put(sample, ",%s", code);
    sample_set(sample, "code", "%s", code);
    sample_set(sample, "kind", "%s", kind);
}

/* Degrees with the letter of the hemisphere. */
static void put_degrees(GRand *random, struct sample *sample, const char *name, const char *label, gint32 limit,
                        gint width, const char *hemispheres)
{
    gboolean outside = chance(random, 2), negative = chance(random, 50);
    char *whole = g_strdup_printf("%0*d", chance(random, 70) ? width : 1,
                                  outside ? draw(random, limit, limit + 9) : draw(random, 0, limit - 1));
    char *pattern = g_strdup_printf("%s.<d %d>", whole, draw(random, 1, 8));
    char *text = draw_pattern(random, pattern);
    text[strlen(text) - 1] = outside ? '1' : text[strlen(text) - 1];
    char *sign = g_strconcat(negative ? "-" : "", text, NULL);
    sample_put(sample, ",%s%s%c", label, text, hemispheres[negative]);
    sample_number(sample, name, sign);
    if (outside)
        sample_flag(sample, "out_of_range");
    g_free(whole);
    g_free(pattern);
    g_free(text);
    g_free(sign);
}

/* Validity, date, time, position and speed, without the comma in front. far: with the label of Farnear units. */
static void put_position(GRand *random, struct sample *sample, gboolean labelled, gboolean far)
{
    gboolean valid = chance(random, 75);
    int date[3] = {draw(random, 0, 99), draw(random, 1, 12), draw(random, 1, 28)};
    int time[3] = {draw(random, 0, 23), draw(random, 0, 59), draw(random, 0, 59)};
    sample_put(sample, "%c,%s%02d%02d%02d,%s%02d%02d%02d", valid ? 'A' : 'V', labelled ? "DATE:" : "", date[0], date[1],
               date[2], labelled ? "TIME:" : "", time[0], time[1], time[2]);
    sample_set(sample, "valid", "%d", valid);
    sample_set(sample, "device_time", "20%02d-%02d-%02dT%02d:%02d:%02d", date[0], date[1], date[2], time[0], time[1],
               time[2]);
    if (!valid)
        sample_flag(sample, "stale_fix");
    put_degrees(random, sample, "latitude", labelled ? "LAT:" : "", 90, 2, "NS");
    put_degrees(random, sample, "longitude", !labelled ? "" : far ? "LON:" : "LOT:", 180, 3, "EW");
    encode_number(random, sample, "speed_kmh", ",Speed:", 0, 500, 999, draw(random, 1, 3), draw(random, 0, 2));
}

/* Flag number i of a status group of count elements. */
static void put_status_flag(GRand *random, struct sample *sample, int i, int count, GString *group)
{
    static const char *const named[] = {"external_power", "details.gps_enabled", "charging"};
    static const char *const raw[] = {"details.status_flag_a", "details.status_flag_b", "details.status_flag_c",
                                      "details.status_flag_d"};
    char *flag = draw_pattern(random, "<o 0|1|0|1|X|2>");
    g_string_append_printf(group, "%s-", flag);
    if (count == 6 && i < 3 && (*flag == '0' || *flag == '1'))
        sample_set(sample, named[i], "%s", flag);
    else if (i < 4)
        sample_set(sample, raw[i], "%s", flag);
    else
        sample_text_item(sample, "extra", flag);
    g_free(flag);
}

static void put_status(GRand *random, struct sample *sample)
{
    static const int counts[] = {2, 2, 5, 5, 6, 6, 6, 6, 3, 4, 7};
    int count = counts[draw(random, 0, (gint32)G_N_ELEMENTS(counts) - 1)];
    GString *group = g_string_new(NULL);
    for (int i = 0; i < count - 2; i++)
        put_status_flag(random, sample, i, count, group);
    int battery = chance(random, 3) ? draw(random, 101, 999) : draw(random, 0, 100), signal = draw(random, 0, 99);
    g_string_append_printf(group, "%0*d-%0*d", draw(random, 1, 3), battery, draw(random, 1, 2), signal);
    sample_put(sample, ",%s", group->str);
    sample_set(sample, "details.status_group", "%s", group->str);
    sample_set(sample, "battery_pct", "%d", battery);
    sample_set(sample, "gsm_signal", "%d", signal);
    if (battery > 100)
        sample_flag(sample, "out_of_range");
    if (count != 2 && count != 5 && count != 6)
        sample_flag(sample, "status_count");
    g_string_free(group, TRUE);
}

/* The body up to the closing "#", with any tail; returns the form of the tail. */
static enum encode_tail put_body(GRand *random, struct sample *sample, gboolean far)
{
    enum encode_tail tail = (enum encode_tail)draw(random, 0, TAILS - 1);
    /* A date with its label is what T4, T5 and a tail that fits nothing differ in from T6; the label of the longitude
     * is what far means. */
    gboolean needs_label = far || tail == TAIL_T4 || tail == TAIL_T5 || tail == TAIL_NONE;
    gboolean labelled = tail != TAIL_T6 && (needs_label || chance(random, 80));
    if (far && !labelled) {
        tail = TAIL_T0;
        labelled = TRUE;
    }
    put_position(random, sample, labelled, far);
    if (tail == TAIL_T0 && chance(random, 30)) { /* no status group either */
        sample_put(sample, "#");
        return TAIL_NONE;
    }
    put_status(random, sample);
    encode_tail(random, sample, tail);
    sample_put(sample, "#");
    return tail;
}

void encode_gotop_report(GRand *random, struct sample *sample)
{
    encode_gotop_head(random, sample);
    gint32 sort = draw(random, 0, 9);
    if (sort < 1) {
        put_code(sample, unlisted[draw(random, 0, (gint32)G_N_ELEMENTS(unlisted) - 1)], "unknown");
        sample_flag(sample, "unknown_code");
    } else {
        const char *const *letters = sort < 5 ? answers : reports;
        gsize count = sort < 5 ? G_N_ELEMENTS(answers) : G_N_ELEMENTS(reports);
        char *code = g_strconcat("CMD-", letters[draw(random, 0, (gint32)count - 1)], NULL);
        put_code(sample, code, sort < 5 ? "answer" : "position");
        g_free(code);
    }
    sample_put(sample, ",");
    put_body(random, sample, FALSE);
}

/* ALM-B with its digit: direction known with a suffix or the label LON (10.4). Returns whether the label is needed. */
static gboolean put_fence(GRand *random, struct sample *sample)
{
    gboolean suffixed = chance(random, 40), far = chance(random, 40);
    int digit = draw(random, 1, suffixed || far ? 9 : 5), subcode = draw(random, 0, 9);
    sample_put(sample, ",ALM-B%d", digit);
    if (suffixed) {
        sample_put(sample, "-%d", subcode);
        sample_set(sample, "details.subcode", "%d", subcode);
        sample_set(sample, "code", "ALM-B%d-%d", digit, subcode);
    } else {
        sample_set(sample, "code", "ALM-B%d", digit);
    }
    const char *way = digit % 2 ? "geofence_enter" : "geofence_exit";
    sample_set(sample, "event", "%s", suffixed || far ? way : "geofence");
    sample_set(sample, "details.geofence", "%d", digit);
    sample_put(sample, ",");
    return far;
}

/* A code with two meanings, or none: no event (10.5). */
static void put_alarm_without_event(GRand *random, struct sample *sample)
{
    static const char *const ambiguous[] = {"ALM-F", "ALM-G", "ALM-J", "ALM-D1"};
    if (chance(random, 30)) {
        put_code(sample, reserved[draw(random, 0, (gint32)G_N_ELEMENTS(reserved) - 1)], "event");
        sample_flag(sample, "unknown_code");
        sample_put(sample, ",");
        put_body(random, sample, FALSE);
        return;
    }
    const char *code = ambiguous[draw(random, 0, (gint32)G_N_ELEMENTS(ambiguous) - 1)];
    put_code(sample, code, "event");
    sample_put(sample, ",");
    if (put_body(random, sample, FALSE) == TAIL_T3 && g_str_equal(code, "ALM-F"))
        sample_set(sample, "event", "battery_full");
    else
        sample_flag(sample, "ambiguous_code");
}

void encode_gotop_alarm(GRand *random, struct sample *sample)
{
    encode_gotop_head(random, sample);
    sample_set(sample, "kind", "event");
    gint32 sort = draw(random, 0, 9);
    if (sort < 3) {
        put_body(random, sample, put_fence(random, sample));
    } else if (sort < 5) {
        put_alarm_without_event(random, sample);
    } else if (sort < 6) {
        put_code(sample, "CMD-KEY", "event");
        sample_set(sample, "event", "sos");
        sample_put(sample, ",");
        put_body(random, sample, FALSE);
    } else {
        gint32 i = draw(random, 0, (gint32)G_N_ELEMENTS(alarms) - 1);
        put_code(sample, alarms[i].code, "event");
        sample_set(sample, "event", "%s", alarms[i].event);
        sample_put(sample, ",");
        put_body(random, sample, FALSE);
    }
}

/* Codes without a body. */
void encode_gotop_short(GRand *random, struct sample *sample)
{
    static const struct {
        const char *code, *kind, *event, *flag;
    } codes[] = {
        {"CMD-X", "heartbeat", NULL, NULL},
        {"CMD-D", "hello", NULL, NULL},
        {"CMD-D,", "hello", NULL, NULL},
        {"ALM-E", "event", "gps_lost", NULL},
        {"ALM-F", "event", "battery_full", NULL},
        {"ALM-F,", "event", "battery_full", NULL},
        {"CMD-T0", "answer", NULL, NULL},
        {"CMD-T1,", "answer", NULL, NULL},
        {"ALM-V", "event", NULL, "unknown_code"},
        {"ALM-X", "event", NULL, "unknown_code"},
        {"ALM-C", "event", "overspeed", "report_too_short"},
        {"CMD-T,", "position", NULL, "report_too_short"},
        {"CMD-QQ", "unknown", NULL, "unknown_code"},
    };
    gint32 i = draw(random, 0, 2 * (gint32)G_N_ELEMENTS(codes)); /* the half of them heartbeats */
    i = i < (gint32)G_N_ELEMENTS(codes) ? i : 0;
    encode_gotop_head(random, sample);
    put_code(sample, codes[i].code, codes[i].kind);
    sample_put(sample, "#");
    sample_set(sample, "code", "%.*s", (int)strcspn(codes[i].code, ","), codes[i].code);
    if (codes[i].event)
        sample_set(sample, "event", "%s", codes[i].event);
    if (codes[i].flag)
        sample_flag(sample, codes[i].flag);
}

void encode_gotop_version(GRand *random, struct sample *sample)
{
    char *text = draw_pattern(random, "H-TL<d 3>,S-<d 4>-<d 6><o |,x|,,y>");
    encode_gotop_head(random, sample);
    sample_put(sample, ",Ver:%s%s#", text, chance(random, 50) ? "," : "");
    sample_set(sample, "kind", "version");
    sample_set(sample, "code", "Ver");
    sample_set(sample, "details.version", "%s", text);
    g_free(text);
}

void encode_gotop_rejected(GRand *random, struct sample *sample)
{
    encode_gotop_head(random, sample);
    sample_put(sample, ",%sERROR!", chance(random, 50) ? " " : "");
    sample_set(sample, "kind", "rejected");
    sample_set(sample, "code", "ERROR!");
    if (chance(random, 30)) {
        sample_put(sample, "#");
        return;
    }
    if (chance(random, 50)) /* else glued to the body (10.3) */
        sample_put(sample, ",");
    put_body(random, sample, FALSE);
}

/* Payload as hex pairs, for the decoded bytes see docs/PROTOCOL.md 6. */
static void put_pairs(GRand *random, struct sample *sample, GString *payload)
{
    int selector = draw(random, 0, 2) == 0 ? 0x85 : chance(random, 50) ? 0x88 : draw(random, 0, 0x7F);
    g_string_append_printf(payload, "%02X", (unsigned)selector);
    sample_set(sample, "details.selector", "%02X", (unsigned)selector);
    if (selector == 0x88) {
        char *vin = draw_pattern(random, "WVW<d 14>");
        for (const char *c = vin; *c; c++)
            g_string_append_printf(payload, " %02X", (unsigned)*c);
        sample_set(sample, "details.vin", "%s", vin);
        g_free(vin);
        return;
    }
    guint64 value = 0;
    for (int n = draw(random, 1, 4); n > 0; n--) {
        int byte = draw(random, 0, 255);
        value = value << 8 | (guint64)byte;
        g_string_append_printf(payload, " %02X", (unsigned)byte);
    }
    if (selector == 0x85)
        sample_set(sample, "details.obd_odometer", "%" G_GUINT64_FORMAT, value);
}

void encode_gotop_passthrough(GRand *random, struct sample *sample)
{
    GString *payload = g_string_new(NULL);
    gint32 sort = draw(random, 0, 3);
    encode_gotop_head(random, sample);
    if (sort == 0) {
        put_pairs(random, sample, payload);
    } else if (sort == 1) {
        char *text = draw_pattern(random, "x<t 0 20>,y<t 0 9>"), *selector = draw_pattern(random, "<d 3>");
        g_string_append_printf(payload, "$%s=%s", selector, text);
        sample_set(sample, "details.selector", "%s", selector);
        sample_set(sample, "details.selector_text", "%s", text);
        g_free(text);
        g_free(selector);
    } else if (sort == 2) {
        char *vin = draw_pattern(random, "WVW<x 14>");
        g_string_append_printf(payload, "$296=%s", vin);
        sample_set(sample, "details.selector", "296");
        sample_set(sample, "details.vin", "%s", vin);
        g_free(vin);
    } else {
        char *text = draw_pattern(random, "q<t 0 30>,,<t 0 9>,A,DATE:21");
        g_string_append(payload, text);
        g_free(text);
    }
    put_code(sample, "CMD-Z", "passthrough");
    sample_put(sample, ",%s#", payload->str);
    sample_set(sample, "serial", "%s", payload->str);
    g_string_free(payload, TRUE);
}

/* A line of OBD text: numbers with units, two without. (docs/PROTOCOL.md 5.8) */
static void put_obd_text(GRand *random, struct sample *sample)
{
    static const struct {
        const char *unit, *name;
    } items[] = {{"%", "obd_percent"},
                 {"^C", "obd_coolant_temperature"},
                 {"rpm", "obd_engine_speed"},
                 {"km", "obd_distance"},
                 {"km/h", "obd_speed"},
                 {"V", "obd_voltage"},
                 {"", "extra"},
                 {"", "extra"},
                 {"L/h", "obd_fuel_rate"},
                 {"L/100Km", "obd_consumption"}};
    GString *line = g_string_new(NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(items); i++) {
        char *number = draw_pattern(random, "<n 0 999>"), *key = g_strconcat("details.", items[i].name, NULL);
        g_string_append_printf(line, "%s%s%s", i ? " " : "", number, items[i].unit);
        if (*items[i].unit)
            sample_set(sample, key, "%s", number);
        else
            sample_text_item(sample, "extra", number);
        g_free(number);
        g_free(key);
    }
    sample_put(sample, ",%s", line->str);
    sample_text_item(sample, "vendor", line->str);
    g_string_free(line, TRUE);
}

void encode_gotop_vendor(GRand *random, struct sample *sample)
{
    encode_gotop_head(random, sample);
    gboolean vehicle = chance(random, 50);
    char *first = draw_pattern(random, vehicle ? "WVW<x 14>" : "<o PWR saved|Sorry Not Support|note>");
    sample_put(sample, ",%s", first);
    sample_text_item(sample, "vendor", first);
    if (vehicle) {
        sample_set(sample, "details.vin", "%s", first);
        put_obd_text(random, sample);
    } else {
        sample_put(sample, ",");
    }
    put_code(sample, "CMD-T", "position");
    sample_put(sample, ",");
    put_body(random, sample, FALSE);
    g_free(first);
}
