/* SPDX-License-Identifier: GPL-2.0-or-later
 * reports.jsonl: the columns of the timelines in their order, those that are empty left out. */
#include "derived/jsonl.h"

#include "derived/cells.h"

/* Bytes beside those of the cells: keys, and paths. */
#define LINE_BYTES (1024 + ROW_PATH_MAX)

struct jsonl {
    struct joint_part part;
    struct cells cells;
    struct text_clock clock;
};

static void *open_jsonl(void *shared, const struct life_turn *turn)
{
    const struct jsonl_options *options = shared;
    struct jsonl *jsonl = g_new0(struct jsonl, 1);
    joint_open(&jsonl->part, options->joint, turn);
    cells_init(&jsonl->cells, options->show_secrets);
    text_clock_init(&jsonl->clock);
    return jsonl;
}

static void begin(void *user, const struct device *device)
{
    joint_begin(&((struct jsonl *)user)->part);
}

/* key: ,"kind":" */
static char *put_word(char *at, const char *key, const char *word)
{
    return pen_put_char(stpcpy(stpcpy(at, key), word), '"');
}

static char *put_times(struct jsonl *jsonl, char *at, const struct life_row *row)
{
    const struct cells *cells = &jsonl->cells;
    const struct s7_field *time = cells->message->proven ? s7_find(cells->message, S7_FIELD_DEVICE_TIME) : NULL;
    if (row->capture_time != LIFE_NO_TIME) {
        at = pen_put_literal(at, ",\"capture_time\":\"");
        text_clock_put(&jsonl->clock, at, row->capture_time);
        at = pen_put_char(at + TEXT_TIME_SIZE, '"');
    }
    if (!time)
        return at;
    at = cells_put_device_time(cells, pen_put_literal(at, ",\"device_time\":"));
    if (row->capture_time == LIFE_NO_TIME)
        return at;
    int64_t skew = row->capture_time - s7_time_seconds(&time->value.time) * NANOSECONDS;
    return pen_put_nanoseconds(pen_put_literal(at, ",\"skew_s\":"), skew);
}

static char *put_head(struct jsonl *jsonl, char *at, const struct life_row *row)
{
    const struct cells *cells = &jsonl->cells;
    const struct s7_message *message = cells->message;
    at = s7_put_unsigned(pen_put_literal(at, "{\"row\":"), row->number);
    at = put_times(jsonl, at, row);
    if (cells->facts.device_id[0] != '\0')
        at = put_word(at, ",\"device_id\":\"", cells->facts.device_id);
    at = put_word(at, ",\"dialect\":\"", s7_dialect_names[message->dialect]);
    at = put_word(at, ",\"direction\":\"", s7_direction_names[message->direction]);
    at = put_word(at, ",\"kind\":\"", s7_kind_names[message->kind]);
    if (message->proven && s7_has(message, S7_FIELD_CODE))
        at = cells_put_code(cells, pen_put_literal(at, ",\"code\":"));
    if (message->event != S7_EVENT_NONE)
        at = put_word(at, ",\"event\":\"", s7_event_names[message->event]);
    return at;
}

static char *put_tail(const struct cells *cells, char *at)
{
    const struct row_facts *facts = &cells->facts;
    if (facts->answers.number != 0) {
        at = s7_put_unsigned(pen_put_literal(at, ",\"answers\":\"f"), facts->answers.file);
        at = s7_put_unsigned(pen_put_char(at, ':'), facts->answers.number);
        at = pen_put_char(at, '"');
    }
    if ((cells->message->flags | facts->context) != 0)
        at = cells_put_flags(cells, pen_put_literal(at, ",\"flags\":"));
    at = cells_put_path(cells, at);
    at = s7_put_unsigned(pen_put_literal(at, ",\"stream_offset\":"), facts->offset);
    at = s7_put_unsigned(pen_put_literal(at, ",\"capture_file\":"), facts->file);
    at = cells_put_packets(cells, pen_put_literal(at, ",\"packets\":"));
    char *details = pen_put_literal(at, ",\"details\":"), *end = cells_put_details(cells, details);
    at = cells_put_raw(cells, pen_put_literal(end > details ? end : at, ",\"raw\":"));
    return pen_put_literal(at, "}\n");
}

static void row(void *user, const struct life_row *life_row)
{
    struct jsonl *jsonl = user;
    struct cells *cells = &jsonl->cells;
    GString *text = jsonl->part.text;
    cells_take(cells, life_row->report);
    char *at = put_head(jsonl, piece_begin(text, cells_bound(cells) + LINE_BYTES), life_row);
    at = cells_put_reported(cells, at, 0, CELLS_ARRAYS);
    piece_end(text, put_tail(cells, at));
    joint_row(&jsonl->part);
}

static void end(void *user)
{
    joint_end(&((struct jsonl *)user)->part);
}

static void close_jsonl(void *user)
{
    joint_close(&((struct jsonl *)user)->part);
    g_free(user);
}

struct teller jsonl_teller(struct jsonl_options *options)
{
    return (struct teller){
        .shared = options, .open = open_jsonl, .begin = begin, .row = row, .end = end, .close = close_jsonl};
}
