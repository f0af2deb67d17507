/* SPDX-License-Identifier: GPL-2.0-or-later
 * Random uplink frames of the startek dialect but for reports: the frame itself, answers, packages of pictures, serial
 * records. (docs/STARTEK.md 1.1, 3, 5, 6) */
#include "encode.h"

#include <string.h>

const struct encode_kind encode_kinds[] = {
    {"gotop report", encode_gotop_report},
    {"gotop alarm", encode_gotop_alarm},
    {"gotop short", encode_gotop_short},
    {"gotop version", encode_gotop_version},
    {"gotop rejected", encode_gotop_rejected},
    {"gotop passthrough", encode_gotop_passthrough},
    {"gotop vendor", encode_gotop_vendor},
    {"gotop command", encode_gotop_command},
    {"gotop reset", encode_gotop_reset},
    {"startek report", encode_startek_report},
    {"startek answer", encode_startek_answer},
    {"startek rejected", encode_startek_rejected},
    {"startek picture", encode_startek_picture},
    {"startek serial", encode_startek_serial},
    {"startek opaque", encode_startek_opaque},
    {"startek command", encode_startek_command},
    {"startek update", encode_startek_update},
    {"fifotrack report", encode_fifotrack_report},
    {"fifotrack A02", encode_fifotrack_like},
    {"fifotrack A03", encode_fifotrack_a03},
    {"fifotrack announcement", encode_fifotrack_announcement},
    {"fifotrack picture", encode_fifotrack_picture},
    {"fifotrack answer", encode_fifotrack_answer},
    {"fifotrack state", encode_fifotrack_state},
    {"fifotrack rejected", encode_fifotrack_rejected},
    {"fifotrack opaque", encode_fifotrack_opaque},
    {"fifotrack command", encode_fifotrack_command},
};
const unsigned encode_kind_count = G_N_ELEMENTS(encode_kinds);

void encode_startek_open(GRand *random, struct sample *sample, char head, const char *code)
{
    char *id = chance(random, 85) ? draw_imei(random) : draw_pattern(random, "<o AB|x>C<x 8>");
    if (strlen(id) != 15)
        sample_flag(sample, "id_unusual");
    sample_put(sample, ",%s,%s", id, code);
    sample_set(sample, "device_id", "%s", id);
    sample_set(sample, "code", "%s", code);
    sample_set(sample, "dialect", "startek");
    sample_set(sample, "direction", head == '&' ? "up" : "down");
    g_free(id);
}

/* Puts head, index and length in front of what is there, checksum and CR LF behind. */
void encode_startek_close(GRand *random, struct sample *sample, char head)
{
    guint8 index = (guint8)draw(random, 0x3A, 0x7E);
    if (chance(random, 3)) {
        index = '5';
        sample_flag(sample, "index_out_of_range");
    }
    char *start = g_strdup_printf("%c%c%c%u", head, head, index, sample->bytes->len);
    guint8 sum = 0;
    g_byte_array_prepend(sample->bytes, (const guint8 *)start, (guint)strlen(start));
    for (guint i = 0; i < sample->bytes->len; i++)
        sum = (guint8)(sum + sample->bytes->data[i]);
    char *escaped = index == '\\' ? g_strdup_printf("%c%c\\%s", head, head, start + 2) : g_strdup(start);
    g_string_prepend(sample->raw, escaped);
    sample_put(sample, "%02X\r\n", (unsigned)sum);
    g_free(escaped);
    g_free(start);
}

/* Values that the documents explain; the arguments from number secret on are secret. */
void encode_startek_answer(GRand *random, struct sample *sample)
{
    static const struct {
        const char *code, *data;
        unsigned secret;
    } answers[] = {
        {"<o 100|102|109|125|129|252|600|610|620|900|910>", "OK", 0},
        {"14<o 4|5>", "Under authorization", 0},
        {"137", "1:29.0,2:-8.5", 0},
        {"146", "<d 8>:1,<d 8>:0", 0},
        {"262", "1:OK,2:Err", 0},
        {"263", "p<t 1 9>.jpg,p<t 1 9>.jpg", 0},
        {"263", "None", 0},
        {"264", "OK", 0},
        {"801", "<x 9>,<d 15>,V<d 1>.<d 2>", 0},
        {"802", "<x 4>,<x 2>,<x 2>,<n 0 31>,<n 0 20>,4.<d 2>,12.<d 2>", 0},
        {"803", "89<d 17>", 0},
        {"808", "808,102,60,,300", 0},
        {"808", "600,<d 4>", 2},
        {"808", "602,<d 4>", 2},
        {"808", "109,<t 1 9>,<t 1 9>,<t 1 9>", 4},
        {"808", "280,<n 1 32>,<t 1 9>,<t 1 9>", 4},
    };
    gint32 i = draw(random, 0, (gint32)G_N_ELEMENTS(answers) - 1);
    char *code = draw_pattern(random, answers[i].code), *data = draw_pattern(random, answers[i].data);
    encode_startek_open(random, sample, '&', code);
    sample_put(sample, ",");
    encode_arguments(sample, data, answers[i].secret);
    encode_startek_close(random, sample, '&');
    sample_set(sample, "kind", "answer");
    g_free(code);
    g_free(data);
}

void encode_startek_rejected(GRand *random, struct sample *sample)
{
    char *code = draw_pattern(random, "<o 102|212|265|710|777|800|990>");
    const char *reason = chance(random, 50) ? "Failed" : "Unsupport";
    if (g_str_equal(code, "710")) { /* is no command */
        g_free(code);
        code = g_strdup("109");
    }
    encode_startek_open(random, sample, '&', code);
    sample_put(sample, ",");
    encode_arguments(sample, reason, 0);
    encode_startek_close(random, sample, '&');
    sample_set(sample, "kind", "rejected");
    if (g_str_equal(code, "777"))
        sample_flag(sample, "unknown_code");
    g_free(code);
}

static GByteArray *draw_bytes(GRand *random, gint32 low, gint32 high)
{
    GByteArray *bytes = g_byte_array_new();
    for (gint32 n = draw(random, low, high); n > 0; n--) {
        guint8 byte = (guint8)draw(random, 0, 255);
        g_byte_array_append(bytes, &byte, 1);
    }
    return bytes;
}

/* name,offset,size,bytes */
void encode_startek_picture(GRand *random, struct sample *sample)
{
    GByteArray *bytes = draw_bytes(random, 1, 400);
    char *name = draw_pattern(random, "p<t 1 12>.jpg"), *offset = g_strdup_printf("%d", draw(random, 0, 40) * 1024);
    char *size = g_strdup_printf("%u", bytes->len);
    encode_startek_open(random, sample, '&', "265");
    sample_put(sample, ",%s,%s,%s,", name, offset, size);
    sample_bytes(sample, bytes->data, bytes->len);
    encode_startek_close(random, sample, '&');
    sample_set(sample, "kind", "answer");
    sample_set(sample, "details.picture", "%s", name);
    sample_text_item(sample, "argument", offset);
    sample_text_item(sample, "argument", size);
    sample_item(sample, "extra", bytes->data, bytes->len);
    g_byte_array_unref(bytes);
    g_free(name);
    g_free(offset);
    g_free(size);
}

/* What has no published form, or none that is text: 020, 271. */
void encode_startek_opaque(GRand *random, struct sample *sample)
{
    static const char *const codes[] = {"020", "271"};
    const char *code = codes[draw(random, 0, (gint32)G_N_ELEMENTS(codes) - 1)];
    GByteArray *bytes = draw_bytes(random, 1, 200);
    encode_startek_open(random, sample, '&', code);
    sample_put(sample, ",");
    sample_bytes(sample, bytes->data, bytes->len);
    encode_startek_close(random, sample, '&');
    sample_set(sample, "kind", g_str_equal(code, "020") ? "unknown" : "answer");
    sample_item(sample, g_str_equal(code, "271") ? "argument" : "extra", bytes->data, bytes->len);
    g_byte_array_unref(bytes);
}

/* One part of the binary data of an update: a number, the highest byte first. */
static void add_number(GRand *random, struct sample *sample, GByteArray *data, guint bytes, const char *name)
{
    char *key = g_strconcat("details.update_", name, NULL);
    guint64 value = 0;
    for (guint i = 0; i < bytes; i++) {
        guint8 byte = (guint8)draw(random, 0, 255);
        g_byte_array_append(data, &byte, 1);
        value = value << 8 | byte;
    }
    gboolean hex = g_str_equal(name, "machine") || g_str_equal(name, "check");
    sample_set(sample, key, hex ? "0x%04" G_GINT64_MODIFIER "x" : "%" G_GUINT64_FORMAT, value);
    g_free(key);
}

/* What is left behind the numbers. */
static void add_rest(GRand *random, struct sample *sample, GByteArray *data, const char *name)
{
    char *key = g_strconcat("details.update_", name, NULL), *text = draw_pattern(random, "<t 0 9><o |\r\n&&|\xFF|,#>");
    g_byte_array_append(data, (const guint8 *)text, (guint)strlen(text));
    if (*text)
        sample_set(sample, key, "%s", text);
    g_free(text);
    g_free(key);
}

/* 990 to 995: a command with data, or an answer. (docs/STARTEK.md 6) */
void encode_startek_update(GRand *random, struct sample *sample)
{
    gboolean down = chance(random, 30);
    char *code = draw_pattern(random, down ? "99<o 2|3>" : "99<n 0 5>");
    GByteArray *data = g_byte_array_new();
    if (g_str_equal(code, "992")) {
        add_number(random, sample, data, 4, "offset");
        add_number(random, sample, data, 2, "size");
    } else if (down) {
        add_number(random, sample, data, 4, "size");
        add_number(random, sample, data, 2, "check");
    }
    if (down && g_str_equal(code, "992"))
        add_rest(random, sample, data, "data");
    if (!down)
        add_number(random, sample, data, 1, "answer");
    if (g_str_equal(code, "990")) {
        add_number(random, sample, data, 2, "machine");
        add_number(random, sample, data, 2, "block_size");
        add_rest(random, sample, data, "version");
    }
    encode_startek_open(random, sample, down ? '$' : '&', code);
    sample_put(sample, ",");
    sample_bytes(sample, data->data, data->len);
    encode_startek_close(random, sample, down ? '$' : '&');
    sample_set(sample, "kind", down ? "command" : "answer");
    sample_item(sample, "extra", data->data, data->len);
    g_byte_array_unref(data);
    g_free(code);
}

/* Names of the columns, NULL: unknown. (docs/STARTEK.md 5) */
static const char *const t1[] = {
    "speed",
    "rpm",
    "fuel_consumption",
    "fuel_level",
    "axle_weight_1",
    "axle_weight_2",
    "axle_weight_3",
    "axle_weight_4",
    "turbo_pressure",
    "coolant_temperature",
    "accelerator",
    "torque",
    "firmware",
    "supply",
    "coolant_level",
    "oil_temperature",
    "oil_level",
    "throttle",
    "air_inlet_pressure",
    "second_tank",
    "gear",
    "seat_belt",
    "oil_pressure",
    "wet_tank_pressure",
    "pto",
    "ignition",
    "brake",
    "catalyst_level",
    "fuel_type",
    NULL,
};
static const char *const t2[] = {
    "odometer",
    "total_fuel",
    "fuel_cruising",
    "fuel_driving",
    NULL,
    NULL,
    "idle_time",
    "pto_time",
    "cruise_time",
    NULL,
    NULL,
    NULL,
    NULL,
    NULL,
    "brake_uses",
    "clutch_uses",
    "engine_hours",
    "torque_time",
    "consumption",
    "cruise_distance",
    "fuel_used",
    "driving_time",
    NULL,
};

/* One column: a number, nothing, or what stands for a value that is not available. */
static void add_column(GRand *random, struct sample *sample, GString *line, const char *prefix, const char *name)
{
    static const char *const missing[] = {"*", "4294967295", "429496729", "21474836.0", "9223372036854775808.8"};
    gint32 sort = draw(random, 0, 9);
    gboolean ignition = name && g_str_equal(name, "ignition");
    char *text = draw_pattern(random, ignition ? "<n 0 3>" : "<n 0 9999><o |.5|.25>");
    if (sort == 0)
        *text = '\0';
    g_string_append_printf(line, ",%s", sort == 1 ? missing[draw(random, 0, 4)] : text);
    const char *sent = strrchr(line->str, ',') + 1;
    if (name && *sent && (sort == 1 || (ignition && *sent > '1'))) {
        sample_text_item(sample, "not_available", sent);
    } else if (name && *sent) {
        char *key = g_strdup_printf("details.%s_%s", prefix, name);
        sample_set(sample, key, "%s", sent);
        g_free(key);
    }
    g_free(text);
}

static void add_line(GRand *random, struct sample *sample, GString *data, const char *prefix)
{
    GString *line = g_string_new(NULL);
    const char *const *names = g_str_equal(prefix, "t1") ? t1 : t2;
    gsize known = g_str_equal(prefix, "t1") ? G_N_ELEMENTS(t1) : g_str_equal(prefix, "t2") ? G_N_ELEMENTS(t2) : 0;
    gsize count = (gsize)draw(random, 1, 32);
    g_string_append_printf(line, "T%s", prefix + 1);
    for (gsize i = 0; i < count; i++)
        add_column(random, sample, line, prefix, i < known ? names[i] : NULL);
    sample_text_item(sample, "serial_line", line->str);
    g_string_append_printf(data, "%s\r\n", line->str);
    g_string_free(line, TRUE);
}

void encode_startek_serial(GRand *random, struct sample *sample)
{
    GString *data = g_string_new(NULL);
    if (chance(random, 70))
        add_line(random, sample, data, "t1");
    if (chance(random, 70))
        add_line(random, sample, data, "t2");
    if (data->len == 0 || chance(random, 50))
        add_line(random, sample, data, "t5");
    encode_startek_open(random, sample, '&', "710");
    sample_put(sample, ",%s", data->str);
    encode_startek_close(random, sample, '&');
    sample_set(sample, "kind", "passthrough");
    sample_set(sample, "serial", "%s", data->str);
    g_string_free(data, TRUE);
}
