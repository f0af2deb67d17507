/* SPDX-License-Identifier: GPL-2.0-or-later
 * Reports as CSV: see timeline.h. Rows are made while the packet is dissected and printed when its turn comes. */
#include "timeline.h"

#include <epan/stat_tap_ui.h>
#include <epan/tap.h>
#include <epan/to_str.h>

#include <stdio.h>
#include <string.h>

#include "text.h"

#define TIMELINE_TAP "gotop_timeline"
#define ARGUMENT     "gotop,timeline"
#define MASK         "******"

static int timeline_tap = -1;

struct row {
    wmem_strbuf_t *out;
    packet_info *pinfo;
    const struct timeline_frame *frame;
};

/* The columns in front of that of the field with that id which are not in fields.def. */
static const char *columns_before(unsigned id)
{
    if (id == S7_FIELD_FLAG)
        return ",answers";
    return id == S7_FIELD_FRAME ? ",source,destination,transport,stream,stream_offset,capture_file,packets,details"
                                : "";
}

static void print_header(void)
{
    fputs("capture_time", stdout);
    for (unsigned id = 0; id < S7_FIELD_COUNT; id++)
        if (*s7_fields[id].column)
            printf("%s,%s%s", columns_before(id), s7_fields[id].column, id == S7_FIELD_DEVICE_TIME ? ",skew_s" : "");
    putchar('\n');
}

/* A text cell: quoted if it must be, with "'" in front of what a spreadsheet would run. */
static void append_cell(struct row *row, const char *text)
{
    bool runs = *text && strchr("=+-@\t\r", *text);
    bool quoted = strpbrk(text, ",\"\r\n") != NULL;
    wmem_strbuf_append(row->out, quoted ? "\"" : "");
    wmem_strbuf_append(row->out, runs ? "'" : "");
    for (; *text; text++) {
        if (*text == '"')
            wmem_strbuf_append_c(row->out, '"');
        wmem_strbuf_append_c(row->out, *text);
    }
    wmem_strbuf_append(row->out, quoted ? "\"" : "");
}

/* The first secret that reaches behind position; NULL if there is none. */
static const struct s7_field *next_secret(const struct s7_message *message, uint32_t position)
{
    const struct s7_field *next = NULL;
    for (unsigned i = 0; i < message->count; i++) {
        const struct s7_field *field = &message->fields[i];
        bool behind = (uint32_t)field->offset + field->length > position;
        if (field->attributes & S7_SECRET && behind && (next == NULL || field->offset < next->offset))
            next = field;
    }
    return next;
}

/* Bytes of the frame with each secret as MASK. */
static const char *masked(const struct row *row, uint32_t offset, uint32_t length)
{
    wmem_allocator_t *pool = row->pinfo->pool;
    wmem_strbuf_t *out = wmem_strbuf_new(pool, NULL);
    uint32_t end = offset + length, mask_end = UINT32_MAX;
    while (offset < end) {
        const struct s7_field *secret = next_secret(row->frame->message, offset);
        uint32_t stop = secret && secret->offset < end ? MAX(secret->offset, offset) : end;
        wmem_strbuf_append(out, text_escaped(pool, row->frame->data + offset, stop - offset));
        if (stop == end)
            break;
        if (stop != mask_end) /* one mask for secrets that touch */
            wmem_strbuf_append(out, MASK);
        offset = mask_end = (uint32_t)secret->offset + secret->length;
    }
    return wmem_strbuf_get_str(out);
}

static bool hides_secret(const struct row *row, const struct s7_field *field)
{
    const struct s7_field *secret = next_secret(row->frame->message, field->offset);
    return secret && secret->offset < field->offset + field->length;
}

static void append_field(struct row *row, const struct s7_field *field)
{
    const char *value = text_value(row->pinfo->pool, row->frame->data, field);
    if (field->type != S7_TEXT && field->type != S7_NAME)
        wmem_strbuf_append(row->out, field->attributes & S7_SECRET ? MASK : value);
    else
        append_cell(row, hides_secret(row, field) ? masked(row, field->offset, field->length) : value);
}

/* 1=4.56;2=0.00: each with its number if it has one. */
static void append_fields(struct row *row, unsigned id)
{
    const char *between = "";
    for (const struct s7_field *field = s7_find(row->frame->message, (enum s7_field_id)id); field;
         field = s7_find_next(row->frame->message, field)) {
        wmem_strbuf_append(row->out, between);
        if (field->number && s7_fields[id].many)
            wmem_strbuf_append_printf(row->out, "%u=", field->number);
        append_field(row, field);
        between = ";";
    }
}

static void append_flags(struct row *row)
{
    const char *between = "";
    for (unsigned flag = 0; flag < S7_FLAG_COUNT; flag++)
        if (row->frame->message->flags & UINT32_C(1) << flag) {
            wmem_strbuf_append_printf(row->out, "%s%s", between, s7_flag_names[flag]);
            between = ";";
        }
}

static void append_capture_time(struct row *row)
{
    struct tm tm;
    char text[32];
    time_t seconds = row->pinfo->abs_ts.secs;
    if (gmtime_r(&seconds, &tm) == NULL)
        return;
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &tm);
    wmem_strbuf_append_printf(row->out, "%s.%09dZ", text, row->pinfo->abs_ts.nsecs);
}

/* Capture time minus device time. */
static void append_skew(struct row *row)
{
    const struct s7_message *message = row->frame->message;
    const struct s7_field *field = message->proven ? s7_find(message, S7_FIELD_DEVICE_TIME) : NULL;
    if (field == NULL)
        return;
    nstime_t device = {.secs = (time_t)s7_time_seconds(&field->value.time), .nsecs = 0}, skew;
    nstime_delta(&skew, &row->pinfo->abs_ts, &device);
    bool negative = skew.secs < 0 || skew.nsecs < 0;
    wmem_strbuf_append_printf(row->out, "%s%" PRId64 ".%09d", negative ? "-" : "", ABS((int64_t)skew.secs),
                              ABS(skew.nsecs));
}

static void append_endpoint(struct row *row, const address *address, uint32_t port)
{
    const char *text = address_to_str(row->pinfo->pool, address);
    wmem_strbuf_append_printf(row->out, address->type == AT_IPv6 ? ",[%s]:%u" : ",%s:%u", text, port);
}

/* The cells of columns_before(). */
static void append_before(struct row *row, unsigned id)
{
    packet_info *pinfo = row->pinfo;
    if (id == S7_FIELD_FLAG) {
        wmem_strbuf_append(row->out, ",");
        if (row->frame->relation->request)
            wmem_strbuf_append_printf(row->out, "f1:%u", row->frame->relation->request->packet);
    } else if (id == S7_FIELD_FRAME) {
        append_endpoint(row, &pinfo->src, pinfo->srcport);
        append_endpoint(row, &pinfo->dst, pinfo->destport);
        wmem_strbuf_append_printf(row->out, ",%s,%u,,1,%u,", pinfo->ptype == PT_UDP ? "udp" : "tcp", row->frame->stream,
                                  pinfo->num);
    }
}

/* Cells that a frame has even if it is not used as a report. False if the column is none of them. */
static bool append_common(struct row *row, unsigned id)
{
    const struct timeline_frame *frame = row->frame;
    switch (id) {
    case S7_FIELD_DEVICE_ID:
        append_cell(row, frame->device_id ? frame->device_id : "");
        return true;
    case S7_FIELD_DIALECT:
        wmem_strbuf_append(row->out, s7_dialect_names[frame->message->dialect]);
        return true;
    case S7_FIELD_DIRECTION:
        wmem_strbuf_append(row->out, s7_direction_names[frame->message->direction]);
        return true;
    case S7_FIELD_KIND:
        wmem_strbuf_append(row->out, s7_kind_names[frame->message->kind]);
        return true;
    case S7_FIELD_FLAG:
        append_flags(row);
        return true;
    case S7_FIELD_FRAME:
        append_cell(row, masked(row, 0, frame->length));
        return true;
    default:
        return !frame->message->proven;
    }
}

void timeline_add_frame(packet_info *pinfo, const struct timeline_frame *frame)
{
    if (!have_tap_listener(timeline_tap))
        return;
    struct row row = {wmem_strbuf_new(pinfo->pool, NULL), pinfo, frame};
    append_capture_time(&row);
    for (unsigned id = 0; id < S7_FIELD_COUNT; id++) {
        if (*s7_fields[id].column == '\0')
            continue;
        append_before(&row, id);
        wmem_strbuf_append(row.out, ",");
        if (!append_common(&row, id))
            append_fields(&row, id);
        if (id == S7_FIELD_DEVICE_TIME) {
            wmem_strbuf_append(row.out, ",");
            append_skew(&row);
        }
    }
    tap_queue_packet(timeline_tap, pinfo, wmem_strbuf_get_str(row.out));
}

static tap_packet_status print_row(void *tapdata, packet_info *pinfo, epan_dissect_t *edt, const void *data,
                                   tap_flags_t flags)
{
    puts(data);
    return TAP_PACKET_DONT_REDRAW;
}

/* argument: "gotop,timeline", or that and a display filter behind a comma. */
static bool start(const char *argument)
{
    static int listener; /* its address names the listener */
    size_t length = strlen(ARGUMENT);
    const char *filter = argument[length] == ',' ? argument + length + 1 : NULL;
    GString *error =
        register_tap_listener(TIMELINE_TAP, &listener, filter, TL_REQUIRES_NOTHING, NULL, print_row, NULL, NULL);
    if (error) {
        fprintf(stderr, "gotop,timeline: %s\n", error->str);
        g_string_free(error, TRUE);
        return false;
    }
    print_header();
    return true;
}

COMPAT_STAT_TAP_START(start_listener, start)

void timeline_register(void)
{
    timeline_tap = register_tap(TIMELINE_TAP);
}

void timeline_register_listener(void)
{
    static stat_tap_ui ui = {REGISTER_STAT_GROUP_GENERIC, NULL, ARGUMENT, start_listener, 0, NULL};
    register_stat_tap_ui(&ui, NULL);
}
