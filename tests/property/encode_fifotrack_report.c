/* SPDX-License-Identifier: GPL-2.0-or-later
 * Random reports of the fifotrack dialect: A00, A01, A02 in their shape, A03 by GNSS, WiFi and unknown places, the
 * announcement of a picture. (docs/FIFOTRACK.md 3 to 6) */
#include "encode.h"

#include <stdlib.h>
#include <string.h>

static const struct alarm {
    int number;
    const char *name; /* NULL: not listed */
} alarms[] = {
    {2, "sos"},
    {14, "power_low"},
    {15, "power_cut"},
    {16, "power_restored"},
    {17, "low_battery"},
    {18, "overspeed"},
    {20, "antenna_cut"},
    {21, "vibration"},
    {22, "no_movement"},
    {23, "harsh_acceleration"},
    {24, "harsh_braking"},
    {25, "tilt"},
    {27, "fatigue"},
    {30, "jamming"},
    {31, "fall"},
    {32, "jamming"},
    {33, "geofence_exit"},
    {34, "geofence_enter"},
    {35, "idling"},
    {38, "driver_card"},
    {39, "driver_card"},
    {40, "temperature_alarm"},
    {41, "temperature_alarm"},
    {53, "device_on"},
    {54, "device_off"},
    {1, NULL},
    {4, NULL},
    {19, NULL},
    {42, NULL},
    {99, NULL},
};

/* The alarm, or nothing; says the kind. */
static void put_alarm(GRand *random, struct sample *sample)
{
    const struct alarm *alarm = &alarms[draw(random, 0, (gint32)G_N_ELEMENTS(alarms) - 1)];
    gboolean plain = chance(random, 50), fence = alarm->number == 33 || alarm->number == 34;
    sample_put(sample, ",");
    sample_set(sample, "kind", plain ? "position" : "event");
    if (plain)
        return;
    sample_put(sample, "%d", alarm->number);
    sample_set(sample, "details.event_code", "%d", alarm->number);
    if (alarm->name)
        sample_set(sample, "event", "%s", alarm->name);
    else
        sample_flag(sample, "unknown_event");
    if (!chance(random, 40))
        return;
    char *parameter = draw_pattern(random, fence && chance(random, 70) ? "<n 0 99>" : "<o |x<t 1 9>|11.4>");
    sample_put(sample, "|%s", parameter);
    if (*parameter)
        sample_set(sample, "details.event_data", "%s", parameter);
    if (fence && *parameter && strspn(parameter, "0123456789") == strlen(parameter))
        sample_set(sample, "details.geofence", "%s", parameter);
    g_free(parameter);
}

static void put_time(GRand *random, struct sample *sample)
{
    int date[3] = {draw(random, 0, 99), draw(random, 1, 12), draw(random, 1, 28)};
    int time[3] = {draw(random, 0, 23), draw(random, 0, 59), draw(random, 0, 59)};
    sample_put(sample, ",%02d%02d%02d%02d%02d%02d", date[0], date[1], date[2], time[0], time[1], time[2]);
    sample_set(sample, "device_time", "20%02d-%02d-%02dT%02d:%02d:%02d", date[0], date[1], date[2], time[0], time[1],
               time[2]);
}

static void put_fix(GRand *random, struct sample *sample)
{
    gboolean valid = chance(random, 80);
    sample_put(sample, ",%c", valid ? 'A' : 'V');
    sample_set(sample, "valid", "%d", valid);
    if (!valid)
        sample_flag(sample, "stale_fix");
}

static void put_degrees(GRand *random, struct sample *sample, const char *name, gint32 limit)
{
    gboolean outside = chance(random, 2);
    char *pattern = g_strdup_printf(outside ? "<o |->%d.<d 5>1" : "<o |->%d.<d 6>",
                                    outside ? draw(random, limit, limit + 9) : draw(random, 0, limit - 1));
    char *text = draw_pattern(random, pattern);
    sample_put(sample, ",%s", text);
    sample_number(sample, name, text);
    if (outside)
        sample_flag(sample, "out_of_range");
    g_free(pattern);
    g_free(text);
}

static void put_cell(GRand *random, struct sample *sample)
{
    gboolean known = chance(random, 90);
    int mcc = known ? draw(random, 200, 799) : 0;
    unsigned lac = (unsigned)draw(random, 0, 0xFFFE), id = (unsigned)draw(random, 0, G_MAXINT32 - 1);
    char *mnc = draw_pattern(random, "<o 0|03|7|19|260>");
    sample_put(sample, ",%d|%s|%X|%X", mcc, mnc, lac, id);
    sample_set(sample, "details.cell", "%d|%s|%X|%X", mcc, mnc, lac, id);
    if (known) {
        sample_set(sample, "mcc", "%d", mcc);
        sample_set(sample, "mnc", "%s", mnc);
        sample_set(sample, "lac", "%u", lac);
        sample_set(sample, "cell_id", "%u", id);
    }
    g_free(mnc);
}

/* Of four digits: the old form, or either. Of any other number: satellites and signal. (4.1) */
static void put_status(GRand *random, struct sample *sample)
{
    unsigned status = g_rand_int(random) >> draw(random, 0, 31);
    gboolean four = chance(random, 30);
    char *text = g_strdup_printf(four ? "%04X" : "%X", four ? status & 0xFFFF : status);
    char *shown = g_ascii_strdown(text, -1);
    sample_put(sample, ",%s", text);
    sample_set(sample, "status", "0x%s", shown);
    if (strlen(text) != 4) {
        sample_set(sample, "satellites", "%u", status >> 28);
        sample_set(sample, "gsm_signal", "%u", status >> 3 & 31);
    }
    g_free(text);
    g_free(shown);
}

/* Inputs or outputs; may be empty. Returns the bits, -1: none. */
static int put_bits(GRand *random, struct sample *sample, const char *name)
{
    int width = draw(random, 0, 2), bits = width ? draw(random, 0, width == 1 ? 15 : 255) : -1;
    sample_put(sample, ",");
    if (bits < 0)
        return bits;
    sample_put(sample, "%0*X", width, (unsigned)bits);
    sample_set(sample, name, "0x%0*x", width, (unsigned)bits);
    return bits;
}

/* value * factor / 4096 hundredths of a volt, halves up; shown under the name. */
static void set_volts(struct sample *sample, const char *name, int value, int factor)
{
    int hundredths = factor ? (int)((2LL * value * factor + 4096) / 8192) : value;
    sample_set(sample, name, "%d.%02d", hundredths / 100, hundredths % 100);
}

/* The table of 4.2, in its order. */
static void expect_volts(struct sample *sample, const int *words, gint32 count)
{
    static const struct {
        const char *name;
        int supply; /* hundredths of a volt at 4096 */
    } scales[] = {{"adc12", 0}, {"adc12_48", 15840}, {"adc12_16", 5280}};
    if (count >= 3 && words[0] >= 250 && words[0] <= 450) {
        GString *inputs = g_string_new(NULL);
        for (gint32 i = 2; i < count; i++)
            g_string_append_printf(inputs, "%s%d=%d.%02d", i > 2 ? ";" : "", i - 1, words[i] / 100, words[i] % 100);
        set_volts(sample, "battery_v", words[0], 0);
        set_volts(sample, "external_v", words[1], 0);
        sample_set(sample, "adc_v", "%s", inputs->str);
        sample_set(sample, "details.voltage_scale", "hundredths");
        g_string_free(inputs, TRUE);
    } else if (count >= 2 && count <= 4 && words[0] >= 1700 && words[0] <= 2700) {
        set_volts(sample, "battery_v", words[0], 660);
        if (count > 2 || words[1] == 0)
            set_volts(sample, "external_v", words[1], scales[count - 2].supply);
        sample_set(sample, "details.voltage_scale", "%s", scales[count - 2].name);
    }
}

static void put_voltages(GRand *random, struct sample *sample)
{
    static const int edges[] = {0, 249, 250, 450, 451, 1699, 1700, 2700, 2701};
    int words[6];
    gint32 count = draw(random, 1, 6);
    GString *text = g_string_new(NULL);
    words[0] = chance(random, 30)   ? edges[draw(random, 0, (gint32)G_N_ELEMENTS(edges) - 1)]
               : chance(random, 50) ? draw(random, 250, 450)
                                    : draw(random, 1700, 2700);
    for (gint32 i = 1; i < count; i++)
        words[i] = chance(random, 30) ? 0 : draw(random, 0, 4095);
    for (gint32 i = 0; i < count; i++)
        g_string_append_printf(text, "%s%X", i ? "|" : "", (unsigned)words[i]);
    sample_put(sample, ",%s", text->str);
    sample_set(sample, "details.voltages", "%s", text->str);
    expect_volts(sample, words, count);
    g_string_free(text, TRUE);
}

static void put_driver(GRand *random, struct sample *sample)
{
    char *text = draw_pattern(random, "<o |1|card|number>");
    sample_put(sample, ",");
    if (g_str_equal(text, "1")) {
        g_free(text);
        text = draw_pattern(random, "<o 1|A|0B|12345>");
        sample_text_item(sample, "extra", text);
    } else if (g_str_equal(text, "card")) {
        g_free(text);
        text = draw_pattern(random, "%  ^<t 1 20>?+  ");
        sample_set(sample, "driver_id", "%s", text);
    } else if (*text) {
        g_free(text);
        text = draw_pattern(random, chance(random, 50) ? "<x 6>" : "<x 10>");
        sample_set(sample, "driver_id", "%s", text);
        sample_set(sample, "details.driver_number", "%llu", strtoull(text, NULL, 16));
    }
    sample_put(sample, "%s", text);
    g_free(text);
}

/* Temperatures, and what is none. */
static void put_sensors(GRand *random, struct sample *sample)
{
    GString *cell = g_string_new(NULL);
    gint32 count = draw(random, 0, 3);
    sample_put(sample, ",");
    for (gint32 i = 1; i <= count; i++) {
        char *item = draw_pattern(random, chance(random, 85) ? "<o |-><n 1 99>.<d 2>" : "x<x 4>");
        sample_put(sample, "%s%s", i > 1 ? "|" : "", item);
        if (*item == 'x')
            sample_text_item(sample, "extra", item);
        else
            g_string_append_printf(cell, "%s%d=%s", cell->len ? ";" : "", i, item);
        g_free(item);
    }
    if (cell->len > 0)
        sample_set(sample, "temperature_c", "%s", cell->str);
    g_string_free(cell, TRUE);
}

/* May stop behind the voltages, the driver or the sensors. */
static void put_tail(GRand *random, struct sample *sample)
{
    gint32 parts = draw(random, 0, 3);
    if (parts > 0)
        put_driver(random, sample);
    if (parts > 1)
        put_sensors(random, sample);
    for (gint32 n = parts > 2 ? draw(random, 1, 2) : 0; n > 0; n--) {
        char *text = draw_pattern(random, "m<t 1 9>");
        sample_put(sample, ",%s", text);
        sample_text_item(sample, "extra", text);
        g_free(text);
    }
}

/* Everything behind the alarm. */
static void put_report(GRand *random, struct sample *sample, gboolean ignition)
{
    put_time(random, sample);
    put_fix(random, sample);
    put_degrees(random, sample, "latitude", 90);
    put_degrees(random, sample, "longitude", 180);
    encode_number(random, sample, "speed_kmh", ",", 0, 500, 999, 1, 0);
    encode_number(random, sample, "course_deg", ",", 0, 360, 999, 1, 0);
    encode_number(random, sample, "altitude_m", ",", -500, 9000, 99999, 1, 0);
    encode_number(random, sample, "odometer_m", ",", 0, G_MAXINT32 - 1, 0, 1, 0);
    encode_number(random, sample, "details.run_time", ",", 0, 9999999, 0, 1, 0);
    put_status(random, sample);
    int inputs = put_bits(random, sample, "inputs");
    if (ignition && inputs >= 0)
        sample_set(sample, "ignition", "%d", inputs >> 1 & 1);
    put_bits(random, sample, "outputs");
    put_cell(random, sample);
    put_voltages(random, sample);
    put_tail(random, sample);
}

void encode_fifotrack_report(GRand *random, struct sample *sample)
{
    gboolean old = chance(random, 20);
    encode_fifotrack_open(random, sample, '$', old ? "A00" : "A01");
    put_alarm(random, sample);
    put_report(random, sample, !old);
    encode_fifotrack_close(random, sample, '$');
}

/* A02 has no published form; in the shape of A01 it is read as one, and stays unknown. */
void encode_fifotrack_like(GRand *random, struct sample *sample)
{
    encode_fifotrack_open(random, sample, '$', "A02");
    sample_put(sample, ",");
    put_report(random, sample, FALSE);
    encode_fifotrack_close(random, sample, '$');
    sample_set(sample, "kind", "unknown");
    sample_flag(sample, "unknown_code");
}

static void put_points(GRand *random, struct sample *sample)
{
    for (gint32 n = draw(random, 1, 5), i = 0; i < n; i++) {
        char *mac = draw_pattern(random, "<x 12>"), *rssi = draw_pattern(random, "<o |-><n 1 120>");
        char *point = g_strdup_printf("%s:%s", mac, rssi);
        sample_put(sample, "%s%s", i ? "|" : ",", point);
        sample_text_item(sample, "wifi", point);
        sample_text_item(sample, "wifi_mac", mac);
        sample_text_item(sample, "wifi_rssi", rssi);
        g_free(point);
        g_free(mac);
        g_free(rssi);
    }
}

void encode_fifotrack_a03(GRand *random, struct sample *sample)
{
    encode_fifotrack_open(random, sample, '$', "A03");
    put_alarm(random, sample);
    put_time(random, sample);
    put_cell(random, sample);
    char *volts = draw_pattern(random, "<n 3 4>.<d 2>"), *status = draw_pattern(random, "00<x 2>");
    char *shown = g_ascii_strdown(status, -1);
    sample_put(sample, ",%s", volts);
    sample_set(sample, "battery_v", "%s", volts);
    encode_number(random, sample, "battery_pct", ",", 0, 100, 199, 1, 0);
    int place = draw(random, 0, 2);
    sample_put(sample, ",%s,%d", status, place);
    sample_set(sample, "status", "0x%s", shown);
    sample_set(sample, "details.location_type", "%d", place);
    if (place == 0) {
        put_fix(random, sample);
        encode_number(random, sample, "speed_kmh", ",", 0, 500, 999, 1, 0);
        encode_number(random, sample, "satellites", ",", 0, 30, 0, 1, 0);
        put_degrees(random, sample, "latitude", 90);
        put_degrees(random, sample, "longitude", 180);
    } else if (place == 1) {
        put_points(random, sample);
    } else {
        sample_put(sample, ",q7");
        sample_text_item(sample, "extra", "q7");
    }
    encode_fifotrack_close(random, sample, '$');
    g_free(volts);
    g_free(status);
    g_free(shown);
}

/* The id is the time: seconds since 2000. (6) */
void encode_fifotrack_picture_id(struct sample *sample, guint32 id)
{
    GDateTime *start = g_date_time_new_utc(2000, 1, 1, 0, 0, 0), *taken = g_date_time_add_seconds(start, id);
    char *text = g_date_time_format(taken, "%Y-%m-%dT%H:%M:%S");
    sample_set(sample, "details.picture", "%X", id);
    sample_set(sample, "details.picture_time", "%s", text);
    g_date_time_unref(start);
    g_date_time_unref(taken);
    g_free(text);
}

void encode_fifotrack_announcement(GRand *random, struct sample *sample)
{
    encode_fifotrack_open(random, sample, '$', "D05");
    put_time(random, sample);
    put_degrees(random, sample, "latitude", 90);
    put_degrees(random, sample, "longitude", 180);
    for (int i = 0; i < 3; i++) {
        char *number = draw_pattern(random, "<n 0 99>");
        sample_put(sample, ",%s", number);
        sample_text_item(sample, "extra", number);
        g_free(number);
    }
    encode_number(random, sample, "details.picture_size", ",", 1, 99999, 0, 1, 0);
    guint32 id = (guint32)draw(random, 1, 1100000000);
    sample_put(sample, ",%X", id);
    encode_fifotrack_picture_id(sample, id);
    encode_fifotrack_close(random, sample, '$');
    sample_set(sample, "kind", "event");
    sample_set(sample, "event", "picture");
}
