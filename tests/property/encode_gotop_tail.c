/* SPDX-License-Identifier: GPL-2.0-or-later
 * Random tails behind the status group, one of each profile. (docs/PROTOCOL.md 5) */
#include "encode.h"

#include <stdlib.h>
#include <string.h>

static const char *const profiles[] = {"T0", "T1", "T2", "T3", "T4", "T5", "T6"};

static void put_extra(GRand *random, struct sample *sample, const char *pattern)
{
    char *text = draw_pattern(random, pattern);
    sample_put(sample, ",%s", text);
    sample_text_item(sample, "extra", text);
    g_free(text);
}

/* Operator, LAC, cell id (10.13): with an operator of 0 or of less than five digits the network is not known. */
static void put_cell(GRand *random, struct sample *sample)
{
    if (chance(random, 6)) { /* not sent */
        sample_put(sample, ",");
        return;
    }
    gboolean outside = chance(random, 4);
    int mcc = outside ? draw(random, 800, 999) : draw(random, 200, 799);
    char *mnc = draw_pattern(random, chance(random, 70) ? "<d 2>" : "<d 3>");
    char *lac = draw_pattern(random, chance(random, 80) ? "<x 4>" : "<x 2>");
    char *id = draw_pattern(random, chance(random, 50) ? "<x 4>" : "<x 8>"), *cell;
    gboolean known = chance(random, 90);
    if (known)
        cell = g_strdup_printf("%d%s-%s-%s", mcc, mnc, lac, id);
    else
        cell = draw_pattern(random, "<o 00000-0000-0000|00001-1A2B-3C4D|0-0-0|2140-1A2B-3C4D>");
    sample_put(sample, ",%s", cell);
    sample_set(sample, "details.cell", "%s", cell);
    if (known) {
        sample_set(sample, "mcc", "%d", mcc);
        sample_set(sample, "mnc", "%s", mnc);
        if (strcmp(lac, "FFFF") != 0)
            sample_set(sample, "lac", "%lu", strtoul(lac, NULL, 16));
        sample_set(sample, "cell_id", "%lu", strtoul(id, NULL, 16));
        if (outside)
            sample_flag(sample, "out_of_range");
    }
    g_free(mnc);
    g_free(lac);
    g_free(id);
    g_free(cell);
}

static void put_course(GRand *random, struct sample *sample)
{
    if (chance(random, 85))
        encode_number(random, sample, "course_deg", ",", 0, 360, 999, 3, 0);
    else
        sample_put(sample, ",");
}

/* T1: course, perhaps a cell, and then fields that are not those of T2 or T3. */
static void put_course_tail(GRand *random, struct sample *sample)
{
    put_course(random, sample);
    if (chance(random, 30))
        return;
    put_cell(random, sample);
    if (chance(random, 30))
        put_extra(random, sample, "x<t 0 8>");
    if (chance(random, 20))
        sample_put(sample, ",");
}

static void put_obd_tail(GRand *random, struct sample *sample)
{
    static const char *const motion[] = {"acceleration_x", "acceleration_y", "acceleration_z",
                                         "gyro_x",         "gyro_y",         "gyro_z"};
    put_course(random, sample);
    put_cell(random, sample);
    encode_number(random, sample, "satellites", ",", 0, 40, 99, draw(random, 1, 2), 0);
    if (chance(random, 70))
        encode_number(random, sample, "hdop", ",", 0, 100, 999, 1, 2);
    else
        sample_put(sample, ",");
    put_extra(random, sample, "<n 0 99>");
    for (gsize i = 0; i < G_N_ELEMENTS(motion); i++) {
        char *name = g_strconcat("details.", motion[i], NULL);
        encode_number(random, sample, name, ",", -2048, 2047, 0, 1, 0);
        g_free(name);
    }
}

/* An SSID may hold any byte but the quote; "#" only where it is no opener (1.2). */
static GByteArray *draw_ssid(GRand *random)
{
    GByteArray *ssid = g_byte_array_new();
    for (gint32 n = draw(random, 0, 32); n > 0; n--) {
        gint32 c = draw(random, 0x20, 0xFF);
        gboolean follows = ssid->len > 0 && ssid->data[ssid->len - 1] == '#' && g_ascii_isdigit(c);
        guint8 byte = c == '"' || c == 0x7F || follows ? ' ' : (guint8)c;
        g_byte_array_append(ssid, &byte, 1);
    }
    return ssid;
}

static void put_access_point(GRand *random, struct sample *sample)
{
    GByteArray *ssid = draw_ssid(random);
    char *rssi = draw_pattern(random, "-<n 1 99>"), *mac = draw_pattern(random, "<x 2>:<x 2>:<x 2>:<x 2>:<x 2>:<x 2>");
    GString *whole = g_string_new("\"");
    g_string_append_len(whole, (const char *)ssid->data, ssid->len);
    g_string_append_printf(whole, "\",%s,\"%s\"", rssi, mac);
    sample_put(sample, ",");
    sample_bytes(sample, whole->str, whole->len);
    sample_item(sample, "wifi", whole->str, whole->len);
    if (ssid->len > 0)
        sample_item(sample, "wifi_ssid", ssid->data, ssid->len);
    sample_text_item(sample, "wifi_rssi", rssi);
    sample_text_item(sample, "wifi_mac", mac);
    g_string_free(whole, TRUE);
    g_byte_array_unref(ssid);
    g_free(rssi);
    g_free(mac);
}

/* T3; three slots, an empty one is one empty field. */
static void put_wifi_tail(GRand *random, struct sample *sample)
{
    put_course(random, sample);
    put_cell(random, sample);
    encode_number(random, sample, "satellites", ",", 0, 40, 99, draw(random, 1, 2), 0);
    encode_number(random, sample, "hdop", ",", 0, 100, 999, 1, 2);
    encode_number(random, sample, "temperature_c", ",", -80, 80, 99, 2, 1);
    if (chance(random, 40))
        encode_number(random, sample, "details.steps", ",", 0, 99999, 0, 1, 0);
    if (chance(random, 10)) /* cut short, which is legal */
        return;
    gint32 found = draw(random, 0, 3);
    for (gint32 i = 0; i < 3; i++)
        if (i < found)
            put_access_point(random, sample);
        else
            sample_put(sample, ",");
    if (chance(random, 20))
        sample_put(sample, ",");
}

/* NAME:{mac&rssi,...} */
static void put_scan_list(GRand *random, struct sample *sample, const char *label, const char *name)
{
    GString *list = g_string_new(NULL);
    char *names[] = {g_strconcat(name, "_list", NULL), g_strconcat(name, "_mac", NULL),
                     g_strconcat(name, "_rssi", NULL)};
    gint32 count = draw(random, 0, 4);
    for (gint32 i = 0; i < count; i++) {
        char *drawn = draw_pattern(random, "<x 2>-<x 2>-<x 2>-<x 2>-<x 2>-<x 2>");
        char *mac = g_ascii_strdown(drawn, -1), *rssi = draw_pattern(random, "-<n 1 99>");
        char *device = g_strdup_printf("%s&%s", mac, rssi);
        g_string_append_printf(list, "%s%s", i ? "," : "", device);
        sample_text_item(sample, name, device);
        sample_text_item(sample, names[1], mac);
        sample_text_item(sample, names[2], rssi);
        g_free(drawn);
        g_free(mac);
        g_free(rssi);
        g_free(device);
    }
    char *whole = g_strdup_printf("%s{%s}", label, list->str);
    sample_put(sample, ",%s", whole);
    sample_text_item(sample, names[0], whole);
    g_free(whole);
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        g_free(names[i]);
    g_string_free(list, TRUE);
}

static void put_scan_tail(GRand *random, struct sample *sample)
{
    encode_number(random, sample, "hdop", ",", 0, 100, 999, draw(random, 1, 2), 2);
    if (chance(random, 60))
        put_scan_list(random, sample, "WIFI:", "wifi");
    if (chance(random, 60))
        put_scan_list(random, sample, "BLE:", "ble");
    if (chance(random, 10))
        sample_put(sample, ",");
}

static void put_lte_list(GRand *random, struct sample *sample, int count)
{
    static const char *const serving[] = {"lte_mcc",  "lte_mnc",  "lte_cell_id", "lte_pci", "lte_earfcn",
                                          "lte_rsrp", "lte_rsrq", "lte_rssi",    "lte_sinr"};
    static const char *const neighbour[] = {"lte_earfcn", "lte_pci",  "lte_rsrq",
                                            "lte_rsrp",   "lte_rssi", "lte_sinr_or_srxlev"};
    GString *list = g_string_new(NULL);
    for (int i = 0; i < count; i++) {
        gboolean hex = count == 9 && i == 2 && chance(random, 30);
        char *number = draw_pattern(random, hex ? "<x 7>" : i > 4 ? "-<n 1 140>" : "<n 1 60000>");
        g_string_append_printf(list, "%s%s", i ? "~" : "", number);
        if (count == 9)
            sample_text_item(sample, serving[i], number);
        else if (count == 6)
            sample_text_item(sample, neighbour[i], number);
        g_free(number);
    }
    sample_put(sample, ",%s", list->str);
    sample_text_item(sample, "lte_cell", list->str);
    g_string_free(list, TRUE);
}

static void put_lte_tail(GRand *random, struct sample *sample)
{
    encode_number(random, sample, "altitude_m", ",", -500, 9000, 9999, 1, 1);
    encode_number(random, sample, "hdop", ",", 0, 100, 999, 1, 2);
    if (chance(random, 80))
        put_lte_list(random, sample, 9);
    for (gint32 n = draw(random, 0, 4); n > 0; n--)
        put_lte_list(random, sample, chance(random, 90) ? 6 : 7);
    if (chance(random, 70))
        put_extra(random, sample, ">");
}

/* T6: nothing in it has a name. */
static void put_unlabelled_tail(GRand *random, struct sample *sample)
{
    put_extra(random, sample, "<n 0 9>.<d 1>");
    if (chance(random, 60)) {
        put_extra(random, sample, "<n 0 30>");
        put_extra(random, sample, "<n 0 360>");
        put_extra(random, sample, "21407-<x 4>-<x 4>");
        put_extra(random, sample, "<n 0 99>");
        put_extra(random, sample, "<o 0|1>-<o 0|1>");
    }
    put_extra(random, sample, "<d 2>.<d 2>");
}

void encode_tail(GRand *random, struct sample *sample, enum encode_tail tail)
{
    switch (tail) {
    case TAIL_T1:
        put_course_tail(random, sample);
        break;
    case TAIL_T2:
        put_obd_tail(random, sample);
        break;
    case TAIL_T3:
        put_wifi_tail(random, sample);
        break;
    case TAIL_T4:
        put_scan_tail(random, sample);
        break;
    case TAIL_T5:
        put_lte_tail(random, sample);
        break;
    case TAIL_T6:
        put_unlabelled_tail(random, sample);
        break;
    case TAIL_NONE:
        put_extra(random, sample, "q<t 0 9>");
        put_extra(random, sample, "z<t 0 9>");
        break;
    case TAIL_T0:
    case TAILS:
        break;
    }
    if (tail < TAIL_NONE)
        sample_set(sample, "details.profile", "%s", profiles[tail]);
}
