/* SPDX-License-Identifier: GPL-2.0-or-later
 * The tail of a gotop position body: chooses one of the profiles T0 to T6 and emits its fields.
 * Takes the fields behind the status group; what the profile does not name becomes extra fields, numbered from 1.
 * (docs/PROTOCOL.md 5) */
#include "gotop.h"

#include <string.h>

static const char *const profile_names[] = {"T0", "T1", "T2", "T3", "T4", "T5", "T6"};

/* "02:00:00:00:00:01" */
#define MAC_LENGTH 17
/* Numbers of a serving LTE cell, and which of them is the cell id. */
#define LTE_SERVING 9
#define LTE_CELL_ID 3

static bool starts(const uint8_t *data, struct s7_span span, const char *prefix, uint32_t length)
{
    return span.length >= length && memcmp(data + span.offset, prefix, length) == 0;
}

/* Optional minus and digits. */
static bool is_integer(const uint8_t *data, struct s7_span span)
{
    int64_t value;
    unsigned digits;
    return s7_read_decimal(data, span, &value, &digits) && digits == 0;
}

/* Decimals of a number; 0 if it has none or is no number. */
static unsigned decimals(const uint8_t *data, struct s7_span span)
{
    int64_t value;
    unsigned digits;
    return s7_read_decimal(data, span, &value, &digits) ? digits : 0;
}

static bool is_hex(const uint8_t *data, struct s7_span span, uint32_t longest)
{
    uint64_t value;
    return span.length <= longest && s7_read_hex(data, span, &value);
}

static bool is_mac(const uint8_t *data, struct s7_span span, uint8_t separator)
{
    if (span.length != MAC_LENGTH)
        return false;
    for (uint32_t i = 0; i < MAC_LENGTH; i += 3)
        if (!is_hex(data, s7_span(span.offset + i, 2), 2) || (i > 0 && data[span.offset + i - 1] != separator))
            return false;
    return true;
}

/* Operator, LAC and cell id between hyphens. Operators shorter than five digits exist: unknown (10.13). */
struct cell {
    struct s7_span whole, operator_code, lac, id;
    uint64_t lac_value, id_value;
};

static bool read_cell(const uint8_t *data, struct s7_span span, struct cell *cell)
{
    uint16_t starts[S7_SPLIT_PLACES(3)];
    if (s7_split(data, span, '-', starts, 3) != 3)
        return false;
    *cell = (struct cell){
        .whole = span, .operator_code = s7_part(starts, 0), .lac = s7_part(starts, 1), .id = s7_part(starts, 2)};
    return cell->operator_code.length <= 6 && s7_digits(data, cell->operator_code) && cell->lac.length <= 4 &&
           s7_read_hex(data, cell->lac, &cell->lac_value) && cell->id.length <= 8 &&
           s7_read_hex(data, cell->id, &cell->id_value);
}

S7_HOT void emit_hex(struct s7_builder *b, enum s7_field_id id, struct s7_span span, uint64_t value)
{
    s7_emit_decimal(b, id, span, (int64_t)value, span.length);
}

static void emit_cell(struct s7_builder *b, const struct cell *cell)
{
    s7_emit_text(b, S7_FIELD_CELL, cell->whole);
    struct s7_span mcc = s7_span(cell->operator_code.offset, 3);
    int64_t country;
    if (cell->operator_code.length < 5 || !s7_read_uint(b->data, mcc, &country) || country == 0)
        return;
    b->depth++;
    s7_parse_integer(b, S7_FIELD_MCC, mcc, 200, 799);
    s7_emit_text(b, S7_FIELD_MNC, s7_span(mcc.offset + 3, cell->operator_code.length - 3));
    if (cell->lac_value != 0xFFFF)
        emit_hex(b, S7_FIELD_LAC, cell->lac, cell->lac_value);
    emit_hex(b, S7_FIELD_CELL_ID, cell->id, cell->id_value);
    b->depth--;
}

/* R1 empty or three digits, R2 absent, empty or a cell; T2 and T3 are refinements (10.9). An empty R2 is a cell that
 * was not sent: a comma at the end must not cost the course. */
static enum s7_gotop_profile course_profile(const uint8_t *data, const struct s7_gotop_fields *fields, unsigned first,
                                            struct cell *cell)
{
    unsigned count = fields->count - first;
    struct s7_span r1 = s7_gotop_field(fields, first), r2;
    if (r1.length > 0 && (r1.length != 3 || !s7_digits(data, r1)))
        return S7_T_NONE;
    if (count == 1)
        return S7_T1;
    r2 = s7_gotop_field(fields, first + 1);
    if (r2.length > 0 && !read_cell(data, r2, cell))
        return S7_T_NONE;
    if (count < 5)
        return S7_T1;
    struct s7_span r3 = s7_gotop_field(fields, first + 2), r4 = s7_gotop_field(fields, first + 3);
    struct s7_span r5 = s7_gotop_field(fields, first + 4);
    if (r3.length > 2 || !s7_digits(data, r3))
        return S7_T1;
    if (count == 11 && is_integer(data, r5))
        return S7_T2;
    if (decimals(data, r4) == 2 && r5.length > 0 && memchr(data + r5.offset, '.', r5.length))
        return S7_T3;
    return S7_T1;
}

static enum s7_gotop_profile choose(const uint8_t *data, const struct s7_gotop_fields *fields, unsigned first,
                                    bool labelled, struct cell *cell)
{
    unsigned count = fields->count - first;
    if (count == 0)
        return S7_T0;
    enum s7_gotop_profile profile = course_profile(data, fields, first, cell);
    if (profile != S7_T_NONE)
        return profile;
    if (!labelled)
        return S7_T6;
    unsigned places = decimals(data, s7_gotop_field(fields, first));
    if (places == 2 && count == 1)
        return S7_T4;
    if (count == 1)
        return S7_T_NONE;
    struct s7_span r2 = s7_gotop_field(fields, first + 1);
    if (places == 2 && (r2.length == 0 || starts(data, r2, "WIFI:", 5) || starts(data, r2, "BLE:", 4)))
        return S7_T4;
    return places == 1 && decimals(data, r2) == 2 ? S7_T5 : S7_T_NONE;
}

/* Text without its double quotes; false if it has none. */
static bool unquote(const uint8_t *data, struct s7_span span, struct s7_span *inner)
{
    if (span.length < 2 || data[span.offset] != '"' || data[span.offset + span.length - 1] != '"')
        return false;
    *inner = s7_span(span.offset + 1, span.length - 2);
    return true;
}

struct access_point {
    struct s7_span ssid, rssi, mac;
};

/* "SSID",RSSI,"MAC" in the three fields from index i on. */
static bool read_access_point(const uint8_t *data, const struct s7_gotop_fields *fields, unsigned i,
                              struct access_point *ap)
{
    if (fields->count - i < 3)
        return false;
    ap->rssi = s7_gotop_field(fields, i + 1);
    return unquote(data, s7_gotop_field(fields, i), &ap->ssid) && is_integer(data, ap->rssi) &&
           unquote(data, s7_gotop_field(fields, i + 2), &ap->mac) && is_mac(data, ap->mac, ':');
}

/* Do the fields from index i on consist of access points and empty slots? */
static bool slots_come_out(const uint8_t *data, const struct s7_gotop_fields *fields, unsigned i)
{
    struct access_point ap;
    while (i < fields->count) {
        if (s7_gotop_field(fields, i).length == 0)
            i++;
        else if (read_access_point(data, fields, i, &ap))
            i += 3;
        else
            return false;
    }
    return true;
}

static void emit_access_point(struct s7_builder *b, struct s7_span whole, const struct access_point *ap)
{
    s7_emit_text(b, S7_FIELD_WIFI, whole);
    b->depth++;
    if (ap->ssid.length > 0)
        s7_emit_text(b, S7_FIELD_WIFI_SSID, ap->ssid);
    s7_parse_decimal(b, S7_FIELD_WIFI_RSSI, ap->rssi, INT32_MIN, INT32_MAX);
    s7_emit_text(b, S7_FIELD_WIFI_MAC, ap->mac);
    b->depth--;
}

/* The quoted access points from index i on (5.6). */
static void emit_quoted_wifi(struct s7_builder *b, const struct s7_gotop_fields *fields, unsigned first, unsigned i)
{
    if (i >= fields->count)
        return;
    if (!slots_come_out(b->data, fields, i)) {
        struct s7_span rest = s7_gotop_rest(fields, i);
        if (memchr(b->data + rest.offset, '"', rest.length))
            s7_emit_text(b, S7_FIELD_WIFI, rest); /* 10.14 */
        else
            s7_gotop_extras(b, fields, i, i - first + 1);
        return;
    }
    while (i < fields->count) {
        struct access_point ap;
        if (read_access_point(b->data, fields, i, &ap)) {
            uint32_t from = fields->start[i];
            emit_access_point(b, s7_span(from, fields->start[i + 3] - from - 1), &ap);
            i += 3;
        } else {
            i++;
        }
    }
}

/* Fields of a scan list and of one device of it. */
struct scan_kind {
    enum s7_field_id list, device, mac, rssi;
};

/* name:{mac&rssi,...} (5.7); number is its position in the tail. */
static void emit_scan_list(struct s7_builder *b, struct s7_span span, uint32_t name, const struct scan_kind *kind)
{
    if (span.length < name + 2 || b->data[span.offset + name] != '{' || b->data[span.offset + span.length - 1] != '}') {
        s7_emit_bad(b, kind->list, span, S7_FLAG_BAD_VALUE);
        return;
    }
    s7_emit_text(b, kind->list, span);
    struct s7_cursor cursor = {b->data, span.offset + name + 1, span.offset + span.length - 1, span.length == name + 2,
                               0};
    struct s7_span device;
    b->depth++;
    while (s7_next_comma(&cursor, &device)) {
        s7_emit_text(b, kind->device, device);
        if (device.length <= MAC_LENGTH + 1 || b->data[device.offset + MAC_LENGTH] != '&')
            continue;
        struct s7_span mac = s7_span(device.offset, MAC_LENGTH);
        struct s7_span rssi = s7_span(device.offset + MAC_LENGTH + 1, device.length - MAC_LENGTH - 1);
        if (!is_mac(b->data, mac, '-') || !is_integer(b->data, rssi))
            continue;
        b->depth++;
        s7_emit_text(b, kind->mac, mac);
        s7_parse_decimal(b, kind->rssi, rssi, INT32_MIN, INT32_MAX);
        b->depth--;
    }
    b->depth--;
}

/* At least six numbers with "~" between them; of nine the third, a cell id, may be in hex (5.7). */
static bool is_tilde_list(const uint8_t *data, struct s7_span span)
{
    unsigned numbers = 0;
    bool hex = false;
    uint32_t from = span.offset, end = span.offset + span.length;
    for (uint32_t i = from; i <= end; i++) {
        if (i < end && data[i] != '~')
            continue;
        struct s7_span number = s7_span(from, i - from);
        int64_t value;
        unsigned digits;
        numbers++;
        from = i + 1;
        if (s7_read_decimal(data, number, &value, &digits))
            continue;
        hex = numbers == LTE_CELL_ID && is_hex(data, number, 8);
        if (!hex)
            return false;
    }
    return hex ? numbers == LTE_SERVING : numbers >= 6;
}

static void emit_hdop(struct s7_builder *b, struct s7_span span)
{
    s7_parse_decimal(b, S7_FIELD_HDOP, span, 0, 100);
}

/* T1 to T3: course, cell and, for T2 and T3, satellites, HDOP and what follows. */
static void emit_course_tail(struct s7_builder *b, const struct s7_gotop_fields *fields, unsigned first,
                             enum s7_gotop_profile profile, const struct cell *cell)
{
    static const enum s7_field_id motion[] = {S7_FIELD_ACCELERATION_X, S7_FIELD_ACCELERATION_Y, S7_FIELD_ACCELERATION_Z,
                                              S7_FIELD_GYRO_X,         S7_FIELD_GYRO_Y,         S7_FIELD_GYRO_Z};
    s7_parse_integer(b, S7_FIELD_COURSE, s7_gotop_field(fields, first), 0, 360);
    if (cell->whole.length > 0)
        emit_cell(b, cell);
    if (profile == S7_T1) {
        s7_gotop_extras(b, fields, first + 2, 3);
        return;
    }
    s7_parse_integer(b, S7_FIELD_SATELLITES, s7_gotop_field(fields, first + 2), 0, 40);
    emit_hdop(b, s7_gotop_field(fields, first + 3));
    if (profile == S7_T2) {
        s7_emit_extra(b, s7_gotop_field(fields, first + 4), 5);
        for (unsigned i = 0; i < 6; i++)
            s7_parse_decimal(b, motion[i], s7_gotop_field(fields, first + 5 + i), INT32_MIN, INT32_MAX);
        return;
    }
    s7_parse_decimal(b, S7_FIELD_TEMPERATURE, s7_gotop_field(fields, first + 4), -80, 80);
    unsigned next = first + 5;
    if (next < fields->count && is_integer(b->data, s7_gotop_field(fields, next)))
        s7_parse_integer(b, S7_FIELD_STEPS, s7_gotop_field(fields, next++), 0, INT64_MAX);
    emit_quoted_wifi(b, fields, first, next);
}

/* T4: HDOP, scan lists. */
static void emit_scan_tail(struct s7_builder *b, const struct s7_gotop_fields *fields, unsigned first)
{
    static const struct scan_kind wifi = {S7_FIELD_WIFI_LIST, S7_FIELD_WIFI, S7_FIELD_WIFI_MAC, S7_FIELD_WIFI_RSSI};
    static const struct scan_kind ble = {S7_FIELD_BLE_LIST, S7_FIELD_BLE, S7_FIELD_BLE_MAC, S7_FIELD_BLE_RSSI};
    emit_hdop(b, s7_gotop_field(fields, first));
    for (unsigned i = first + 1; i < fields->count; i++) {
        struct s7_span span = s7_gotop_field(fields, i);
        if (starts(b->data, span, "WIFI:", 5))
            emit_scan_list(b, span, 5, &wifi);
        else if (starts(b->data, span, "BLE:", 4))
            emit_scan_list(b, span, 4, &ble);
        else
            s7_emit_extra(b, span, i - first + 1);
    }
}

/* T5: altitude, HDOP, "~" lists. */
static void emit_lte_tail(struct s7_builder *b, const struct s7_gotop_fields *fields, unsigned first)
{
    s7_parse_decimal(b, S7_FIELD_ALTITUDE, s7_gotop_field(fields, first), -500, 9000);
    emit_hdop(b, s7_gotop_field(fields, first + 1));
    for (unsigned i = first + 2; i < fields->count; i++) {
        struct s7_span span = s7_gotop_field(fields, i);
        if (!is_tilde_list(b->data, span)) {
            s7_emit_extra(b, span, i - first + 1);
            continue;
        }
        s7_emit_text(b, S7_FIELD_LTE_CELL, span);
        s7_gotop_lte_cell(b, span);
    }
}

enum s7_gotop_profile s7_gotop_tail(struct s7_builder *b, const struct s7_gotop_fields *fields, unsigned first,
                                    bool labelled)
{
    struct cell cell = {.whole = s7_span(0, 0)};
    enum s7_gotop_profile profile = choose(b->data, fields, first, labelled, &cell);
    if (profile != S7_T_NONE) {
        struct s7_span span = profile == S7_T0 ? s7_span(fields->start[first] - 1U, 0) : s7_gotop_rest(fields, first);
        s7_emit_name(b, S7_FIELD_PROFILE, span, profile_names[profile]);
    }
    switch (profile) {
    case S7_T0:
        break;
    case S7_T1:
    case S7_T2:
    case S7_T3:
        emit_course_tail(b, fields, first, profile, &cell);
        break;
    case S7_T4:
        emit_scan_tail(b, fields, first);
        break;
    case S7_T5:
        emit_lte_tail(b, fields, first);
        break;
    case S7_T6:
    case S7_T_NONE:
        s7_gotop_extras(b, fields, first, 1);
        break;
    }
    return profile;
}
