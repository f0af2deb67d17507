/* SPDX-License-Identifier: GPL-2.0-or-later
 * Labels and values as text: see text.h. */
#include "text.h"

#include <string.h>

#include "arguments.h"

const char *text_escaped(wmem_allocator_t *pool, const uint8_t *bytes, size_t length)
{
    static const char hex[] = "0123456789ABCDEF";
    char *text = wmem_alloc(pool, 4 * length + 1);
    char *out = text;
    for (size_t i = 0; i < length; i++) {
        uint8_t byte = bytes[i];
        if (byte >= 0x20 && byte < 0x7f && byte != '\\') {
            *out++ = (char)byte;
            continue;
        }
        *out++ = '\\';
        if (byte == '\\' || byte == '\r' || byte == '\n') {
            *out++ = byte == '\r' ? 'r' : byte == '\n' ? 'n' : '\\';
            continue;
        }
        *out++ = 'x';
        *out++ = hex[byte >> 4];
        *out++ = hex[byte & 15];
    }
    *out = '\0';
    return text;
}

static bool is_plain(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f || text[i] == '\\')
            return false;
    return g_utf8_validate(text, (gssize)length, NULL);
}

const char *text_value(wmem_allocator_t *pool, const uint8_t *frame, const struct s7_field *field)
{
    if (field->type != S7_TEXT && field->type != S7_NAME) {
        char *printed = wmem_alloc(pool, S7_VALUE_SIZE);
        s7_value_print(field, printed);
        return printed;
    }
    size_t length;
    const char *text = s7_text(frame, field, &length);
    if (field->id != S7_FIELD_FRAME && is_plain(text, length))
        return wmem_strndup(pool, text, length);
    return text_escaped(pool, (const uint8_t *)text, length);
}

/* Its description, NULL if the field is no argument or one that no document explains. */
static const struct s7_argument *argument_of(const struct s7_field *field)
{
    return field->id == S7_FIELD_ARGUMENT ? field->value.argument : NULL;
}

const char *text_shown(wmem_allocator_t *pool, const uint8_t *frame, const struct s7_field *field)
{
    const struct s7_argument *argument = argument_of(field);
    if (argument && argument->type != S7_ARGUMENT_TEXT) {
        char *printed = wmem_alloc(pool, S7_ARGUMENT_SIZE(field->length));
        s7_argument_print(frame, field, printed, S7_ARGUMENT_SIZE(field->length));
        return printed;
    }
    const char *value = text_value(pool, frame, field);
    const char *unit = s7_fields[field->id].unit;
    switch ((enum s7_field_type)field->type) {
    case S7_BOOL:
        return field->value.integer ? "Yes" : "No";
    case S7_TIME:
        return wmem_strdup_printf(pool, "%.10s %s (device clock)", value, value + strlen("2012-09-03T"));
    default:
        if (*unit == '\0')
            return value;
        return wmem_strdup_printf(pool, "%s%s%s", value, strcmp(unit, "°") == 0 ? "" : " ", unit);
    }
}

/* The bytes behind the name, the offset and the size in the answer to a request for a picture. */
static bool is_picture(const struct s7_message *message, const struct s7_field *field)
{
    return field->id == S7_FIELD_EXTRA && message->kind == S7_KIND_ANSWER && s7_find(message, S7_FIELD_PICTURE) &&
           s7_find(message, S7_FIELD_ARGUMENT);
}

const char *text_label(wmem_allocator_t *pool, const struct s7_message *message, const struct s7_field *field)
{
    const struct s7_argument *argument = argument_of(field);
    const char *label = argument ? argument->label : s7_fields[field->id].label;
    unsigned number = argument ? 0 : field->number;
    if (field->concerns)
        return wmem_strdup_printf(pool, "%s, not a valid %s", label, s7_fields[field->concerns - 1].label);
    switch ((enum s7_field_id)field->id) {
    case S7_FIELD_EXTRA:
        if (is_picture(message, field))
            return "Picture bytes";
        if (number == 0)
            return label;
        /* The documents count the fields of a gotop tail as R1, R2, ...; what is deeper is an item of a field. */
        return wmem_strdup_printf(pool, "%s %s%u (meaning unknown)", label,
                                  message->dialect == S7_GOTOP && field->depth == 0 ? "R" : "", number);
    case S7_FIELD_FUEL:
        return number ? wmem_strdup_printf(pool, "%s, tank %u", label, number) : label;
    case S7_FIELD_TEMPERATURE:
        return number ? wmem_strdup_printf(pool, "%s, sensor %u", label, number) : label;
    default:
        return number ? wmem_strdup_printf(pool, "%s %u", label, number) : label;
    }
}
