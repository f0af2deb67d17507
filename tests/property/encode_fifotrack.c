/* SPDX-License-Identifier: GPL-2.0-or-later
 * Random frames of the fifotrack dialect but for reports: the frame itself, answers, packages of pictures, what has no
 * published form, commands. (docs/FIFOTRACK.md 1.1, 3, 6, 7) */
#include "encode.h"

#include <stdlib.h>
#include <string.h>

void encode_fifotrack_open(GRand *random, struct sample *sample, char head, const char *code)
{
    char *id = chance(random, 85) ? draw_imei(random) : draw_pattern(random, "<o AB|x>C<x 8>");
    char *serial = draw_pattern(random, chance(random, 30) ? "<o 1|A12|258|100|B25|FFFF>" : "<n 1 9><x 2>");
    if (strlen(id) != 15)
        sample_flag(sample, "id_unusual");
    sample_put(sample, ",%s,%s,%s", id, serial, code);
    sample_set(sample, "device_id", "%s", id);
    sample_set(sample, "code", "%s", code);
    sample_set(sample, "dialect", "fifotrack");
    sample_set(sample, "direction", head == '$' ? "up" : "down");
    g_free(id);
    g_free(serial);
}

/* Puts head and length in front of what is there, checksum and CR LF behind: the XOR, in commands also the sum. */
void encode_fifotrack_close(GRand *random, struct sample *sample, char head)
{
    char *start = g_strdup_printf("%c%c%u", head, head, sample->bytes->len);
    guint8 exclusive = 0, sum = '*';
    g_byte_array_prepend(sample->bytes, (const guint8 *)start, (guint)strlen(start));
    g_string_prepend(sample->raw, start);
    for (guint i = 0; i < sample->bytes->len; i++) {
        exclusive ^= sample->bytes->data[i];
        sum = (guint8)(sum + sample->bytes->data[i]);
    }
    gboolean summed = head == '#' && sum != exclusive && chance(random, 40);
    sample_put(sample, chance(random, 10) ? "*%02x\r\n" : "*%02X\r\n", (unsigned)(summed ? sum : exclusive));
    sample_set(sample, "details.checksum_type", summed ? "sum" : "xor");
    g_free(start);
}

static const struct {
    const char *code, *data;
} answers[] = {
    {"B0<n 0 3>", "OK"},
    {"B<o 11|14|19|23|24|25|26|27|28|37|40|43|71|76|80|83|94|96>", "OK"},
    {"B99", "<t 1 20>"},
    {"D0<o 5|7>", "OK"},
    {"S<o 09|13|17|19>", "OK"},
    {"C02", "<d 15>,<d 10>,V<d 1>.<d 2>,V1.<d 1>"},
    {"C04", "B03,<n 1 99>,<n 1 99>"},
    {"C08", "<n 1 9>.5,<n 1 9>"},
};

void encode_fifotrack_answer(GRand *random, struct sample *sample)
{
    gint32 i = draw(random, 0, (gint32)G_N_ELEMENTS(answers) - 1);
    char *code = draw_pattern(random, answers[i].code), *data = draw_pattern(random, answers[i].data);
    encode_fifotrack_open(random, sample, '$', code);
    sample_put(sample, ",");
    encode_arguments(sample, data, 0);
    encode_fifotrack_close(random, sample, '$');
    sample_set(sample, "kind", "answer");
    g_free(code);
    g_free(data);
}

/* Values in an answer: the supply, the basics, the settings of the access point. */
void encode_fifotrack_state(GRand *random, struct sample *sample)
{
    char *external = draw_pattern(random, "<n 0 60>.<d 2>"), *battery = draw_pattern(random, "<n 3 4>.<d 2>");
    gint32 sort = draw(random, 0, 2);
    if (sort == 0) {
        gint32 percent = draw(random, 0, 100);
        gboolean charging = chance(random, 50);
        encode_fifotrack_open(random, sample, '$', "C03");
        sample_put(sample, ",%s,%d%%%s", battery, percent, charging ? ",Charging" : "");
        sample_set(sample, "battery_pct", "%d", percent);
        if (charging)
            sample_set(sample, "charging", "1");
    } else if (sort == 1) {
        gboolean on = chance(random, 50), login = chance(random, 50);
        encode_fifotrack_open(random, sample, '$', "C06");
        sample_put(sample, ",86,192.0.2.1:8888,TCP;APN:net,");
        const char *const before[] = {"86",      "192.0.2.1:8888",      "TCP",
                                      "APN:net", login ? "******" : "", login ? "******" : ""};
        for (gsize i = 0; i < G_N_ELEMENTS(before); i++)
            sample_text_item(sample, "argument", before[i]);
        sample_secret(sample, login ? "user7" : "");
        sample_put(sample, ",");
        sample_secret(sample, login ? "secret9" : "");
        sample_put(sample, ",EXT:%sV,BAT:%sV;B03:30,50,ACC %s", external, battery, on ? "ON" : "OFF");
        sample_text_item(sample, "argument", "B03:30");
        sample_text_item(sample, "argument", "50");
        sample_set(sample, "external_v", "%s", external);
        sample_set(sample, "ignition", "%d", on);
    } else {
        encode_fifotrack_open(random, sample, '$', "C04");
        sample_put(sample, ",");
        encode_arguments(sample, "B01,net,user7,secret9", 2);
    }
    if (sort < 2)
        sample_set(sample, "battery_v", "%s", battery);
    encode_fifotrack_close(random, sample, '$');
    sample_set(sample, "kind", "answer");
    g_free(external);
    g_free(battery);
}

void encode_fifotrack_rejected(GRand *random, struct sample *sample)
{
    char *code = draw_pattern(random, "<o B03|B44|C01|D05|D06|S09|S44>");
    encode_fifotrack_open(random, sample, '$', code);
    sample_put(sample, ",");
    encode_arguments(sample, chance(random, 50) ? "FAILED" : "UNSUPPORT", 0);
    encode_fifotrack_close(random, sample, '$');
    sample_set(sample, "kind", "rejected");
    if (g_str_has_suffix(code, "44"))
        sample_flag(sample, "unknown_code");
    g_free(code);
}

/* picture,offset,count,bytes: any bytes, heads, CR LF and "*" among them. */
void encode_fifotrack_picture(GRand *random, struct sample *sample)
{
    static const char telling[] = "\r\n$$##&&*,1";
    gint32 count = draw(random, 1, 400), offset = draw(random, 0, 40) * 1024;
    char *id = draw_pattern(random, "2<x 7>"), *text = g_strdup_printf("%d", count);
    encode_fifotrack_open(random, sample, '$', "D06");
    sample_put(sample, ",%s,%d,%d,", id, offset, count);
    for (gint32 i = 0; i < count; i++) {
        guint8 byte = chance(random, 30) ? (guint8)telling[draw(random, 0, (gint32)sizeof telling - 2)]
                                         : (guint8)draw(random, 0, 255);
        sample_bytes(sample, &byte, 1);
    }
    encode_fifotrack_close(random, sample, '$');
    sample_set(sample, "kind", "answer");
    encode_fifotrack_picture_id(sample, (guint32)strtoul(id, NULL, 16));
    sample_set(sample, "details.picture_offset", "%d", offset);
    sample_set(sample, "details.picture_bytes", "%d", count);
    sample_text_item(sample, "argument", text);
    g_free(text);
    g_free(id);
}

/* What has no published form: raw, by position. */
void encode_fifotrack_opaque(GRand *random, struct sample *sample)
{
    char *code = draw_pattern(random, "<o A02|A07|S09|E11|Z99>");
    encode_fifotrack_open(random, sample, '$', code);
    for (gint32 n = draw(random, 0, 4), i = 0; i < n; i++) {
        char *field = draw_pattern(random, i == 0 || i == n - 1 ? "x<t 0 5>" : "<t 0 5>");
        sample_put(sample, ",%s", field);
        sample_text_item(sample, "extra", field);
        g_free(field);
    }
    encode_fifotrack_close(random, sample, '$');
    sample_set(sample, "kind", "unknown");
    sample_flag(sample, "unknown_code");
    g_free(code);
}

/* arguments NULL: none, and no comma. */
static const struct {
    const char *code, *arguments;
    unsigned secret; /* number of the first secret argument, 0 = none */
    gboolean unlisted;
} commands[] = {
    {"A03", "<w2 20 40><w2 1 12><w2 1 28><w2 0 23><w2 0 59><w2 0 59>", 0, FALSE},
    {"B0<o 0|2>", "<t 1 9>,<t 0 9>", 0, FALSE},
    {"B01", "net<t 0 9>,u<t 0 9>,p<t 0 9>", 1, FALSE},
    {"B03", "<n 10 999>,<n 10 999>", 0, FALSE},
    {"B<o 11|14|19|24|28|38|43|71|81|94|96>", "<t 0 9>", 0, FALSE},
    {"B23", "<n 1 54>,<o 1101|0000>", 0, FALSE},
    {"B26", "<n 1 54>,<t 1 16>", 0, FALSE},
    {"B26", NULL, 0, FALSE},
    {"B76", "1,08:00,18:00,1,20:00,22:00,<n 1 127>,60", 0, FALSE},
    {"B99", "f<t 1 9>.bin", 0, FALSE},
    {"B99", "f<t 1 9>.bin,1,192.0.2.1,21,u<t 0 9>,p<t 0 9>", 5, FALSE},
    {"C0<o 1|2|3|6|8>", NULL, 0, FALSE},
    {"C04", "B03", 0, FALSE},
    {"C07", "*<d 3>#", 0, FALSE},
    {"D05", "<n 1 3>", 0, FALSE},
    {"D06", "<x 8>,<n 0 40000>,<n 1 1024>", 0, FALSE},
    {"D07", "<n 301 999>,<n 1 3>", 0, FALSE},
    {"S09", "<n 0 999>,<n 0 999>", 0, FALSE},
    {"S13", "<t 1 9>", 0, FALSE},
    {"S17", "f<t 1 9>.wav,192.0.2.1,21,u<t 0 9>,p<t 0 9>", 4, FALSE},
    {"S19", "<n 0 2>,<n 0 2>", 0, FALSE},
    {"<o B72|C99|S44|E01>", "<t 1 9>,,<t 1 9>", 0, TRUE},
};

void encode_fifotrack_command(GRand *random, struct sample *sample)
{
    gint32 i = draw(random, 0, (gint32)G_N_ELEMENTS(commands) - 1);
    char *code = draw_pattern(random, commands[i].code);
    encode_fifotrack_open(random, sample, '#', code);
    if (commands[i].arguments) {
        char *arguments = draw_pattern(random, commands[i].arguments);
        sample_put(sample, ",");
        encode_arguments(sample, arguments, commands[i].secret);
        g_free(arguments);
    }
    encode_fifotrack_close(random, sample, '#');
    sample_set(sample, "kind", "command");
    if (commands[i].unlisted)
        sample_flag(sample, "unknown_code");
    g_free(code);
}
