/* SPDX-License-Identifier: GPL-2.0-or-later
 * Random reports of the startek dialect: every event with its data, the fields, every form of the tail.
 * (docs/STARTEK.md 4) */
#include "encode.h"

#include <stdlib.h>
#include <string.h>

/* Appendix A; data: a pattern, NULL where there is none. */
static const struct event {
    int number;
    const char *name, *data;
} events[] = {
    {0, NULL, NULL},
    {0, NULL, NULL},
    {0, NULL, NULL},
    {1, "sos", NULL},
    {2, "sos_released", NULL},
    {3, "ignition_on", NULL},
    {4, "ignition_off", NULL},
    {5, "door_open", NULL},
    {6, "door_closed", NULL},
    {7, "input4_on", NULL},
    {8, "input4_off", NULL},
    {9, "input5_on", NULL},
    {10, "input5_off", NULL},
    {11, "input6_on", NULL},
    {12, "input6_off", NULL},
    {17, "power_low", NULL},
    {18, "power_cut", NULL},
    {19, "power_restored", NULL},
    {20, "low_battery", NULL},
    {21, "antenna_cut", NULL},
    {22, "overspeed", NULL},
    {23, "sleep", NULL},
    {24, "wake", "<n 1 9>"},
    {25, "geofence_exit", "<n 1 8>"},
    {26, "geofence_enter", "<n 1 8>"},
    {27, "gps_lost", NULL},
    {28, "gps_restored", NULL},
    {29, "heading_change", NULL},
    {30, "distance_interval", NULL},
    {31, NULL, NULL},
    {32, "device_on", NULL},
    {33, "device_off", NULL},
    {34, NULL, NULL},
    {35, "tow", NULL},
    {36, "stopped", NULL},
    {37, "moving", NULL},
    {38, "idling", NULL},
    {39, "harsh_acceleration", NULL},
    {40, "harsh_braking", NULL},
    {41, "harsh_turn", NULL},
    {42, "impact", NULL},
    {43, "fatigue", NULL},
    {44, "fatigue_end", NULL},
    {45, "driving_time_exceeded", NULL},
    {46, "temperature_high", "<n 1 8>"},
    {47, "temperature_low", "<n 1 8>"},
    {48, "fuel_theft", "<n 1 2>"},
    {49, "fuel_low", "<n 1 2>"},
    {50, "jamming", NULL},
    {51, "jamming_end", NULL},
    {52, "theft_alarm", "<t 1 5>"},
    {53, "driver_card", "<x 10>"},
    {54, "picture", "p<t 1 12>.jpg"},
    {54, "picture", "p,<t 1 5>,x.jpg"}, /* commas in text (9.11) */
    {55, "tamper", NULL},
    {56, "trouble_codes", "<o 00|01>"},
    {57, "low_speed", "<n 1 99>"},
};
/* Numbers that no document explains. */
static const int unlisted[] = {13, 14, 15, 16, 58, 99, 255};

/* Three bytes each behind the first one: code and state, or SPN and FMI. (4.2) */
static void put_trouble_codes(GRand *random, struct sample *sample, GString *data)
{
    gboolean truck = data->str[1] == '1';
    for (gint32 n = draw(random, 1, 4); n > 0; n--) {
        unsigned a = (unsigned)draw(random, 0, 255), b = (unsigned)draw(random, 0, 255);
        unsigned c = truck ? (unsigned)draw(random, 0, 255) : (unsigned)draw(random, 1, 2);
        char *code;
        g_string_append_printf(data, "%02X%02X%02X", a, b, c);
        if (truck)
            code = g_strdup_printf("%u-%u", a + 256 * b + 65536 * (c / 32), c % 32);
        else
            code = g_strdup_printf("%c%X%X%02X", "PCBU"[a / 64], a / 16 % 4, a % 16, b);
        sample_text_item(sample, "trouble_code", code);
        if (!truck)
            sample_text_item(sample, "trouble_state", c == 1 ? "solved" : "pending");
        g_free(code);
    }
}

/* Event number and data. Returns whether the driver's card is among them. */
static gboolean put_event(GRand *random, struct sample *sample, const struct event *event)
{
    static const struct {
        int number;
        const char *name;
    } meanings[] = {{25, "details.geofence"}, {26, "details.geofence"}, {46, "details.sensor"},
                    {47, "details.sensor"},   {48, "details.tank"},     {49, "details.tank"},
                    {53, "driver_id"},        {54, "details.picture"}};
    char *drawn = draw_pattern(random, event->data ? event->data : chance(random, 5) ? "q<t 0 5>" : "");
    GString *data = g_string_new(chance(random, 5) && event->data ? "" : drawn);
    g_free(drawn);
    if (event->number == 56 && data->len > 0)
        put_trouble_codes(random, sample, data);
    sample_put(sample, ",%d,%s", event->number, data->str);
    sample_set(sample, "details.event_code", "%d", event->number);
    if (event->name)
        sample_set(sample, "event", "%s", event->name);
    if (data->len > 0)
        sample_set(sample, "details.event_data", "%s", data->str);
    if (data->len > 0 && !event->data)
        sample_flag(sample, "event_data_unexpected");
    if (data->len == 0 && event->data && event->number != 57) /* whether 57 has data is open */
        sample_flag(sample, "event_data_missing");
    for (gsize i = 0; i < G_N_ELEMENTS(meanings) && data->len > 0; i++)
        if (meanings[i].number == event->number)
            sample_set(sample, meanings[i].name, "%s", data->str);
    gboolean card = event->number == 53 && data->len > 0;
    g_string_free(data, TRUE);
    return card;
}

static gboolean put_any_event(GRand *random, struct sample *sample)
{
    if (chance(random, 5)) {
        int number = unlisted[draw(random, 0, (gint32)G_N_ELEMENTS(unlisted) - 1)];
        sample_put(sample, ",%d,", number);
        sample_set(sample, "details.event_code", "%d", number);
        sample_set(sample, "kind", "event");
        sample_flag(sample, "unknown_event");
        return FALSE;
    }
    const struct event *event = &events[draw(random, 0, (gint32)G_N_ELEMENTS(events) - 1)];
    gboolean plain = event->number == 0 || event->number == 34;
    sample_set(sample, "kind", plain ? "position" : event->number == 31 ? "heartbeat" : "event");
    return put_event(random, sample, event);
}

/* Degrees, "-" in the south and in the west. */
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

static void put_position(GRand *random, struct sample *sample)
{
    gboolean valid = chance(random, 80);
    int date[3] = {draw(random, 0, 99), draw(random, 1, 12), draw(random, 1, 28)};
    int time[3] = {draw(random, 0, 23), draw(random, 0, 59), draw(random, 0, 59)};
    sample_put(sample, ",%02d%02d%02d%02d%02d%02d,%c", date[0], date[1], date[2], time[0], time[1], time[2],
               valid ? 'A' : 'V');
    sample_set(sample, "device_time", "20%02d-%02d-%02dT%02d:%02d:%02d", date[0], date[1], date[2], time[0], time[1],
               time[2]);
    sample_set(sample, "valid", "%d", valid);
    if (!valid)
        sample_flag(sample, "stale_fix");
    put_degrees(random, sample, "latitude", 90);
    put_degrees(random, sample, "longitude", 180);
    encode_number(random, sample, "satellites", ",", 0, 60, 99, draw(random, 1, 2), 0);
    encode_number(random, sample, "hdop", ",", 0, 99, 0, 1, 1);
    encode_number(random, sample, "speed_kmh", ",", 0, 500, 999, 1, draw(random, 0, 1));
    encode_number(random, sample, "course_deg", ",", 0, 360, 999, 1, 0);
    encode_number(random, sample, "altitude_m", ",", -500, 9000, 99999, 1, 0);
    encode_number(random, sample, "odometer_m", ",", 0, G_MAXINT32 - 1, 0, 1, 0);
}

/* MCC|MNC|LAC|CI; MCC 0 means that the network is not known. */
static void put_cell(GRand *random, struct sample *sample)
{
    gboolean known = chance(random, 90);
    int mcc = known ? draw(random, 200, 799) : 0;
    char *mnc = draw_pattern(random, "<o 0|03|7|14|260>"), *lac = draw_pattern(random, "1<x 3>");
    char *id = draw_pattern(random, chance(random, 50) ? "<x 8>" : "<x 4>");
    sample_put(sample, ",%d|%s|%s|%s", mcc, mnc, lac, id);
    sample_set(sample, "details.cell", "%d|%s|%s|%s", mcc, mnc, lac, id);
    if (known) {
        sample_set(sample, "mcc", "%d", mcc);
        sample_set(sample, "mnc", "%s", mnc);
        sample_set(sample, "lac", "%lu", strtoul(lac, NULL, 16));
        sample_set(sample, "cell_id", "%lu", strtoul(id, NULL, 16));
    }
    g_free(mnc);
    g_free(lac);
    g_free(id);
    encode_number(random, sample, "gsm_signal", ",", 0, 31, 0, 1, 0);
}

static void put_states(GRand *random, struct sample *sample)
{
    static const int widths[] = {4, 4, 8, 8, 8, 8, 3};
    int width = widths[draw(random, 0, (gint32)G_N_ELEMENTS(widths) - 1)];
    unsigned status = (unsigned)draw(random, 0, 0x1FF), inputs = (unsigned)draw(random, 0, 255);
    unsigned outputs = (unsigned)draw(random, 0, 255);
    sample_put(sample, ",%0*X,%02X,%02X", width, status, inputs, outputs);
    sample_set(sample, "status", "0x%0*x", width, status);
    sample_set(sample, "inputs", "0x%02x", inputs);
    sample_set(sample, "outputs", "0x%02x", outputs);
    sample_set(sample, "external_power", "%u", status >> 3 & 1);
    sample_set(sample, "ignition", "%u", inputs >> 1 & 1);
    if (width == 3)
        sample_flag(sample, "status_count");
}

/* External supply, internal battery, analog inputs. */
static void put_voltages(GRand *random, struct sample *sample)
{
    GString *inputs = g_string_new(NULL);
    gint32 words = draw(random, 2, 6);
    for (gint32 i = 0; i < words; i++) {
        int word = chance(random, 2) ? draw(random, 10001, 65535) : draw(random, 0, 10000);
        char *volts = g_strdup_printf("%d.%02d", word / 100, word % 100);
        sample_put(sample, "%c%04X", i ? '|' : ',', (unsigned)word);
        if (i < 2)
            sample_set(sample, i ? "battery_v" : "external_v", "%s", volts);
        else
            g_string_append_printf(inputs, "%s%d=%s", i > 2 ? ";" : "", i - 1, volts);
        if (word > 10000)
            sample_flag(sample, "out_of_range");
        g_free(volts);
    }
    if (inputs->len > 0)
        sample_set(sample, "adc_v", "%s", inputs->str);
    g_string_free(inputs, TRUE);
}

/* NNHHHH joined by "|"; a temperature has its sign in bit 15. */
static void put_sensors(GRand *random, struct sample *sample, const char *name, gboolean with_sign)
{
    GString *cell = g_string_new(NULL);
    sample_put(sample, ",");
    gint32 count = draw(random, 0, 3);
    for (gint32 i = 0; i < count; i++) {
        unsigned number = (unsigned)draw(random, 1, 255), value = (unsigned)draw(random, 0, 0x7FFF);
        gboolean negative = with_sign && chance(random, 40);
        sample_put(sample, "%s%02X%04X", i ? "|" : "", number, value | (negative ? 0x8000U : 0));
        g_string_append_printf(cell, "%s%u=%s%u.%u", i ? ";" : "", number, negative && value ? "-" : "", value / 10,
                               value % 10);
    }
    if (count > 0)
        sample_set(sample, name, "%s", cell->str);
    g_string_free(cell, TRUE);
}

static void put_obd(GRand *random, struct sample *sample)
{
    static const char *const names[] = {
        "details.obd_engine_speed",        "details.obd_engine_load",        "details.obd_air_flow",
        "details.obd_intake_pressure",     "details.obd_intake_temperature", "details.obd_throttle",
        "details.obd_coolant_temperature", "details.obd_fuel_rate",
    };
    GString *list = g_string_new(NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        int value = draw(random, 0, 255);
        gboolean sent = chance(random, 70);
        if (sent)
            g_string_append_printf(list, "%d", value);
        g_string_append_c(list, '|');
        if (!sent)
            continue;
        if (i == 4 || i == 6)
            sample_set(sample, names[i], "%d", value - 40);
        else if (i == 7)
            sample_set(sample, names[i], "%d.%d", value / 10, value % 10);
        else
            sample_set(sample, names[i], "%d", value);
    }
    if (chance(random, 70)) {
        static const char *const fuel[] = {"fuel_pct", "details.obd_fuel_litres", "details.obd_fuel_unknown"};
        static const char *const units[] = {"%", "L", ""};
        gint32 unit = draw(random, 0, 2), value = draw(random, 0, 100);
        g_string_append_printf(list, "%d%s", value, units[unit]);
        sample_set(sample, fuel[unit], "%d", value);
    }
    sample_put(sample, ",%s", list->str);
    sample_set(sample, "details.obd", "%s", list->str);
    g_string_free(list, TRUE);
}

/* Driver's text, then the time with ACC on; either may be missing. */
static void put_more(GRand *random, struct sample *sample, gboolean card)
{
    if (chance(random, 50)) {
        char *text = draw_pattern(random, "d<t 1 20>");
        sample_put(sample, ",%s", text);
        sample_set(sample, card ? "details.driver_text" : "driver_id", "%s", text);
        g_free(text);
    }
    if (chance(random, 50))
        encode_number(random, sample, "details.acc_on_time", ",", 0, 999999, 0, 1, 0);
}

/* May stop anywhere; any part may be empty. */
static void put_tail(GRand *random, struct sample *sample, gboolean card)
{
    gint32 parts = draw(random, 0, 5);
    if (parts > 0)
        encode_number(random, sample, "details.pro_code", ",", 1, 131, 0, 1, 0);
    if (parts > 1)
        put_sensors(random, sample, "fuel_l", FALSE);
    if (parts > 2)
        put_sensors(random, sample, "temperature_c", TRUE);
    if (parts > 3 && chance(random, 60))
        put_obd(random, sample);
    else if (parts > 3 && chance(random, 60))
        sample_put(sample, ",");
    if (parts > 4)
        put_more(random, sample, card);
    if (parts > 0 && chance(random, 20))
        sample_put(sample, ",");
}

void encode_startek_report(GRand *random, struct sample *sample)
{
    encode_startek_open(random, sample, '&', chance(random, 80) ? "000" : "010");
    gboolean card = put_any_event(random, sample);
    put_position(random, sample);
    put_cell(random, sample);
    put_states(random, sample);
    put_voltages(random, sample);
    put_tail(random, sample, card);
    encode_startek_close(random, sample, '&');
}
