/* SPDX-License-Identifier: GPL-2.0-or-later
 * One line about a frame: see summary.h. */
#include "summary.h"

#include "meaning.h"

/* Bytes of a payload that are shown. */
#define PAYLOAD_MAX 60

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

static const char *inferred(const struct summary *s, enum s7_field_id id)
{
    const struct s7_field *field = s7_find(s->message, id);
    return field && meaning_inferred_from(s->message, field) ? " (inferred)" : "";
}

/* The code, and in brackets what it means. */
static void append_code(const struct summary *s)
{
    const struct s7_field *field = s7_find(s->message, S7_FIELD_CODE);
    if (field == NULL)
        return;
    wmem_strbuf_append_printf(s->out, " %s", value(s, field));
    const char *meaning = meaning_of(s->message, s->frame, field);
    if (meaning)
        wmem_strbuf_append_printf(s->out, " (%s)", meaning);
}

/* An event that has no name: its number, or its code. */
static void append_event(const struct summary *s)
{
    if (!append(s, " ", S7_FIELD_EVENT, "") && !append(s, " ", S7_FIELD_EVENT_CODE, ""))
        append_code(s);
}

/* The beginning of what a peripheral sent, without the ends of lines behind it. */
static void append_payload(const struct summary *s)
{
    const struct s7_field *field = s7_find(s->message, S7_FIELD_SERIAL);
    size_t length;
    if (field == NULL)
        return;
    const uint8_t *bytes = (const uint8_t *)s7_text(s->frame, field, &length);
    while (length && (bytes[length - 1] == '\r' || bytes[length - 1] == '\n'))
        length--;
    wmem_strbuf_append_printf(s->out, " %s%s", text_escaped(s->pool, bytes, MIN(length, PAYLOAD_MAX)),
                              length > PAYLOAD_MAX ? "..." : "");
}

static void append_arguments(const struct summary *s)
{
    bool picture = s->message->kind == S7_KIND_ANSWER && append(s, " ", S7_FIELD_PICTURE, "");
    const char *between = picture ? "," : " ";
    if (picture && append(s, ",", S7_FIELD_PICTURE_OFFSET, ""))
        between = ",";
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
        append_event(s);
        if (append(s, " ", S7_FIELD_PICTURE, ""))
            append(s, ", ", S7_FIELD_PICTURE_SIZE, " bytes");
        break;
    case S7_KIND_PASSTHROUGH:
        append(s, " ", S7_FIELD_CODE, "");
        append_payload(s);
        break;
    case S7_KIND_VERSION:
        append(s, " ", S7_FIELD_VERSION, "");
        break;
    case S7_KIND_REJECTED:
        if (s->message->dialect == S7_GOTOP) { /* the meaning of ERROR! is its kind */
            append(s, " ", S7_FIELD_CODE, "");
            break;
        }
        append_code(s);
        append_arguments(s);
        break;
    default:
        append_code(s);
        append_arguments(s);
        break;
    }
}

/* A position that the platform is to find by the access points. */
static void append_wifi(const struct summary *s)
{
    unsigned count = 0;
    for (const struct s7_field *field = s7_find(s->message, S7_FIELD_WIFI); field;
         field = s7_find_next(s->message, field))
        count++;
    if (count > 0)
        wmem_strbuf_append_printf(s->out, ", %u WiFi access point%s", count, count == 1 ? "" : "s");
}

static void append_report(const struct summary *s)
{
    const struct s7_field *valid = s7_find(s->message, S7_FIELD_VALID);
    if (append(s, " ", S7_FIELD_LATITUDE, "") && append(s, ", ", S7_FIELD_LONGITUDE, "") && valid &&
        !valid->value.integer)
        wmem_strbuf_append(s->out, " (last known)");
    if (s7_find(s->message, S7_FIELD_LATITUDE) == NULL)
        append_wifi(s);
    append(s, ", ", S7_FIELD_SPEED, " km/h");
    if (!append(s, ", battery ", S7_FIELD_BATTERY, " %") && append(s, ", battery ", S7_FIELD_BATTERY_VOLTAGE, " V"))
        wmem_strbuf_append(s->out, inferred(s, S7_FIELD_BATTERY_VOLTAGE));
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
