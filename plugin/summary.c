/* SPDX-License-Identifier: GPL-2.0-or-later
 * One line about a frame: see summary.h. */
#include "summary.h"

struct summary {
    wmem_strbuf_t *out;
    wmem_allocator_t *pool;
    const uint8_t *frame;
    const struct s7_message *message;
};

static const char *value(const struct summary *s, const struct s7_field *field)
{
    return field->attributes & S7_SECRET ? "******" : text_value(s->pool, s->frame, field);
}

/* prefix, value and suffix of the first field with that id; nothing if there is none. */
static bool append(const struct summary *s, const char *prefix, enum s7_field_id id, const char *suffix)
{
    const struct s7_field *field = s7_find(s->message, id);
    if (field == NULL)
        return false;
    wmem_strbuf_append(s->out, prefix);
    wmem_strbuf_append(s->out, value(s, field));
    wmem_strbuf_append(s->out, suffix);
    return true;
}

static void append_arguments(const struct summary *s)
{
    const char *between = " ";
    for (const struct s7_field *field = s7_find(s->message, S7_FIELD_ARGUMENT); field;
         field = s7_find_next(s->message, field)) {
        wmem_strbuf_append(s->out, between);
        wmem_strbuf_append(s->out, value(s, field));
        between = ",";
    }
}

static void append_kind(const struct summary *s)
{
    wmem_strbuf_append(s->out, s7_kind_names[s->message->kind]);
    switch (s->message->kind) {
    case S7_KIND_POSITION:
    case S7_KIND_HEARTBEAT:
    case S7_KIND_HELLO:
        break;
    case S7_KIND_EVENT:
        if (!append(s, " ", S7_FIELD_EVENT, ""))
            append(s, " ", S7_FIELD_CODE, "");
        break;
    case S7_KIND_VERSION:
        append(s, " ", S7_FIELD_VERSION, "");
        break;
    default:
        append(s, " ", S7_FIELD_CODE, "");
        append_arguments(s);
        break;
    }
}

static void append_report(const struct summary *s)
{
    const struct s7_field *valid = s7_find(s->message, S7_FIELD_VALID);
    if (append(s, " ", S7_FIELD_LATITUDE, "") && append(s, ", ", S7_FIELD_LONGITUDE, "") && valid &&
        !valid->value.integer)
        wmem_strbuf_append(s->out, " (last known)");
    append(s, ", ", S7_FIELD_SPEED, " km/h");
    if (!append(s, ", battery ", S7_FIELD_BATTERY, " %"))
        append(s, ", battery ", S7_FIELD_BATTERY_VOLTAGE, " V");
}

static void append_unproven(const struct summary *s, size_t length)
{
    const char *between = "[";
    for (unsigned flag = 0; flag < S7_FLAG_COUNT; flag++)
        if (s->message->flags & UINT32_C(1) << flag) {
            wmem_strbuf_append_printf(s->out, "%s%s", between, s7_flag_names[flag]);
            between = ", ";
        }
    wmem_strbuf_append_printf(s->out, "] %s frame, %zu bytes", s7_dialect_names[s->message->dialect], length);
}

const char *summary_text(wmem_allocator_t *pool, const uint8_t *frame, size_t length, const struct s7_message *message)
{
    struct summary s = {wmem_strbuf_new(pool, NULL), pool, frame, message};
    if (!message->proven) {
        append_unproven(&s, length);
    } else {
        append(&s, "", S7_FIELD_DEVICE_ID, " ");
        append_kind(&s);
        append_report(&s);
    }
    return wmem_strbuf_get_str(s.out);
}
