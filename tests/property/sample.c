/* SPDX-License-Identifier: GPL-2.0-or-later
 * See sample.h. */
#include "sample.h"

#include "rows.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static gint compare(gconstpointer a, gconstpointer b, gpointer unused)
{
    return strcmp(a, b);
}

static void free_text(gpointer text)
{
    g_string_free(text, TRUE);
}

struct sample *sample_new(void)
{
    struct sample *sample = g_new0(struct sample, 1);
    sample->bytes = g_byte_array_new();
    sample->raw = g_string_new(NULL);
    sample->values = g_tree_new_full(compare, NULL, g_free, free_text);
    sample->flags = g_tree_new_full(compare, NULL, g_free, NULL);
    return sample;
}

void sample_free(struct sample *sample)
{
    g_byte_array_unref(sample->bytes);
    g_string_free(sample->raw, TRUE);
    g_tree_unref(sample->values);
    g_tree_unref(sample->flags);
    g_free(sample);
}

void sample_bytes(struct sample *sample, const void *data, gsize length)
{
    g_byte_array_append(sample->bytes, data, (guint)length);
    rows_escape(sample->raw, data, length);
}

void sample_put(struct sample *sample, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    sample_bytes(sample, text, strlen(text));
    g_free(text);
}

void sample_secret(struct sample *sample, const char *text)
{
    if (!*text)
        return;
    g_byte_array_append(sample->bytes, (const guint8 *)text, (guint)strlen(text));
    g_string_append(sample->raw, "******");
    sample->masked = TRUE;
}

/* The value of that name, made if there is none. */
static GString *value_of(struct sample *sample, const char *name)
{
    GString *value = g_tree_lookup(sample->values, name);
    if (!value) {
        value = g_string_new(NULL);
        g_tree_insert(sample->values, g_strdup(name), value);
    }
    return value;
}

void sample_set(struct sample *sample, const char *name, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    GString *value = value_of(sample, name);
    g_string_truncate(value, 0);
    rows_escape(value, text, strlen(text));
    g_free(text);
}

/* A JSON array without its brackets; those come in sample_expected(). */
void sample_item(struct sample *sample, const char *name, const void *data, gsize length)
{
    char *key = g_strconcat("details.", name, NULL);
    GString *value = value_of(sample, key), *escaped = g_string_new(NULL);
    rows_escape(escaped, data, length);
    g_string_append(value, value->len ? ",\"" : "[\"");
    for (const char *c = escaped->str; *c; c++) {
        if (*c == '"' || *c == '\\')
            g_string_append_c(value, '\\');
        g_string_append_c(value, *c);
    }
    g_string_append_c(value, '"');
    g_string_free(escaped, TRUE);
    g_free(key);
}

void sample_text_item(struct sample *sample, const char *name, const char *text)
{
    sample_item(sample, name, text, strlen(text));
}

/* Without leading zeros down to one digit; "-" never on zero. Free with g_free(). */
static char *plain_number(const char *sent)
{
    gboolean negative = *sent == '-';
    const char *digits = sent + negative;
    while (digits[0] == '0' && g_ascii_isdigit(digits[1]))
        digits++;
    gboolean zero = strspn(digits, "0.") == strlen(digits);
    return g_strconcat(negative && !zero ? "-" : "", digits, NULL);
}

void sample_number(struct sample *sample, const char *name, const char *sent)
{
    char *number = plain_number(sent);
    sample_set(sample, name, "%s", number);
    g_free(number);
}

void sample_flag(struct sample *sample, const char *flag)
{
    g_tree_insert(sample->flags, g_strdup(flag), NULL);
}

static gboolean add_flag(gpointer flag, gpointer unused, gpointer cell)
{
    g_string_append_printf(cell, "%s%s", ((GString *)cell)->len ? ";" : "", (char *)flag);
    return FALSE;
}

static gboolean add_line(gpointer name, gpointer value, gpointer lines)
{
    GString *text = value;
    gboolean array = g_str_has_prefix(name, "details.") && text->str[0] == '[';
    g_string_append_printf(lines, "%s=%s%s\n", (char *)name, text->str, array ? "]" : "");
    return FALSE;
}

char *sample_expected(const struct sample *sample)
{
    GTree *values = g_tree_ref(sample->values);
    GString *cell = g_string_new(NULL), *lines = g_string_new(NULL);
    g_tree_foreach(sample->flags, add_flag, cell);
    g_tree_remove(values, "flags");
    if (cell->len > 0)
        g_tree_insert(values, g_strdup("flags"), cell);
    else
        g_string_free(cell, TRUE);
    g_tree_remove(values, "raw");
    if (sample->masked)
        g_tree_insert(values, g_strdup("raw"), g_string_new(sample->raw->str));
    g_tree_foreach(values, add_line, lines);
    g_tree_unref(values);
    return g_string_free(lines, FALSE);
}

gint32 draw(GRand *random, gint32 low, gint32 high)
{
    return g_rand_int_range(random, low, high + 1);
}

gboolean chance(GRand *random, gint32 percent)
{
    return draw(random, 0, 99) < percent;
}

/* Free text: what no delimiter of a dialect, no quote, no brace and no head of a frame is made of. */
static void add_text(GRand *random, GString *out, gint32 length)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ._()+=?!*/\\%^@'<>";
    for (gint32 i = 0; i < length; i++)
        g_string_append_c(out, letters[draw(random, 0, (gint32)sizeof letters - 2)]);
}

static void add_choice(GRand *random, GString *out, const char *words, gsize length)
{
    char *list = g_strndup(words, length);
    char **choices = g_strsplit(list, "|", -1);
    g_string_append(out, choices[draw(random, 0, (gint32)g_strv_length(choices) - 1)]);
    g_strfreev(choices);
    g_free(list);
}

/* item: what stands behind "<", up to ">". */
static void add_item(GRand *random, GString *out, const char *item)
{
    char *rest;
    char type = *item++;
    if (type == 'o') {
        add_choice(random, out, item + 1, strcspn(item + 1, ">"));
        return;
    }
    gint width = type == 'w' ? (gint)strtol(item, &rest, 10) : 0;
    item = type == 'w' ? rest : item;
    gint32 first = (gint32)strtol(item, &rest, 10), second = (gint32)strtol(rest, NULL, 10);
    if (type == 'n' || type == 'w')
        g_string_append_printf(out, "%0*d", width, draw(random, first, second));
    else if (type == 't')
        add_text(random, out, draw(random, first, second));
    else
        for (gint32 i = 0; i < first; i++)
            g_string_append_printf(out, "%X", (unsigned)draw(random, 0, type == 'd' ? 9 : 15));
}

char *draw_pattern(GRand *random, const char *pattern)
{
    GString *out = g_string_new(NULL);
    for (const char *c = pattern; *c; c++) {
        const char *end = *c == '<' ? strchr(c, '>') : NULL;
        if (!end) {
            g_string_append_c(out, *c);
            continue;
        }
        add_item(random, out, c + 1);
        c = end;
    }
    return g_string_free(out, FALSE);
}

char *draw_imei(GRand *random)
{
    char *id = draw_pattern(random, "86<d 13>");
    int sum = 0;
    for (int i = 0; i < 14; i++) {
        int digit = (id[i] - '0') << (i % 2);
        sum += digit % 10 + digit / 10;
    }
    id[14] = (char)('0' + (10 - sum % 10) % 10);
    return id;
}
