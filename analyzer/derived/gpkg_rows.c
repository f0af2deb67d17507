/* SPDX-License-Identifier: GPL-2.0-or-later
 * Reports, fixes and events of timeline.gpkg. The statements are those of all threads, which take turns; what a row is
 * printed with is each thread's own. */
#include "derived/gpkg_rows.h"

#include "derived/cells.h"
#include "derived/map_fix.h"

#include <string.h>

struct gpkg_rows {
    struct gpkg *gpkg;
    bool show_secrets;
    sqlite3_stmt *reports, *fixes, *events;
    int columns[ROW_COLUMNS];                  /* numbers of the fields' columns in reports */
    int skew, answers, flags, source, packets; /* of others */
};

/* Of one thread. */
struct state {
    const struct gpkg_rows *rows;
    struct life_turn turn;
    const struct device *device;
    bool asked; /* for our turn */
    struct cells cells;
    struct text_clock capture_clock, device_clock;
    GString *text; /* of the row */
};

/* --- The table of reports: the columns of the timelines --- */

static const char *type_of_field(unsigned id)
{
    if (s7_fields[id].many)
        return "TEXT"; /* 1=4.56;2=0.00 */
    switch (s7_fields[id].type) {
    case S7_BOOL:
        return "BOOLEAN";
    case S7_UINT:
        return "INTEGER";
    case S7_DECIMAL:
        return "DOUBLE";
    default:
        return "TEXT";
    }
}

/* Adds a column; returns its number. */
static int add_column(GString *columns, int *count, const char *name, const char *type)
{
    g_string_append_printf(columns, ", %s %s", name, type);
    return ++*count;
}

static void create_reports(struct gpkg_rows *rows)
{
    g_autoptr(GString) sql = g_string_new("CREATE TABLE reports (fid INTEGER PRIMARY KEY NOT NULL");
    int count = 1;
    add_column(sql, &count, "row", "INTEGER");
    add_column(sql, &count, "capture_time", "DATETIME");
    add_column(sql, &count, "capture_ns", "INTEGER");
    for (unsigned id = 0; id < S7_FIELD_FLAG; id++) {
        rows->columns[id] = add_column(sql, &count, s7_fields[id].column, type_of_field(id));
        if (id == S7_FIELD_DEVICE_TIME)
            rows->skew = add_column(sql, &count, "skew_s", "DOUBLE");
    }
    rows->answers = add_column(sql, &count, "answers", "TEXT");
    rows->flags = add_column(sql, &count, "flags", "TEXT");
    rows->source = add_column(sql, &count, "source", "TEXT");
    add_column(sql, &count, "destination", "TEXT");
    add_column(sql, &count, "transport", "TEXT");
    add_column(sql, &count, "stream", "INTEGER");
    add_column(sql, &count, "stream_offset", "INTEGER");
    add_column(sql, &count, "capture_file", "INTEGER");
    rows->packets = add_column(sql, &count, "packets", "TEXT");
    add_column(sql, &count, "details", "TEXT");
    add_column(sql, &count, "raw", "TEXT");
    g_string_append_c(sql, ')');
    gpkg_execute(rows->gpkg, sql->str);
    g_string_assign(sql, "INSERT INTO reports VALUES (?");
    for (int i = 1; i < count; i++)
        g_string_append(sql, ", ?");
    g_string_append_c(sql, ')');
    rows->reports = gpkg_prepare(rows->gpkg, sql->str);
}

struct gpkg_rows *gpkg_rows_new(struct gpkg *gpkg, bool show_secrets)
{
    struct gpkg_rows *rows = g_new0(struct gpkg_rows, 1);
    rows->gpkg = gpkg;
    rows->show_secrets = show_secrets;
    create_reports(rows);
    rows->fixes = gpkg_prepare(gpkg, "INSERT INTO fixes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    rows->events = gpkg_prepare(gpkg, "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    return rows;
}

static void *open_state(void *shared, const struct life_turn *turn)
{
    struct state *state = g_new0(struct state, 1);
    state->rows = shared;
    state->turn = *turn;
    cells_init(&state->cells, state->rows->show_secrets);
    text_clock_init(&state->capture_clock);
    text_clock_init(&state->device_clock);
    state->text = g_string_sized_new(4096);
    return state;
}

static void begin(void *user, const struct device *device)
{
    struct state *state = user;
    state->device = device;
    state->asked = false;
}

/* Before the first statement of a device. */
static struct gpkg *take_turn(struct state *state)
{
    if (!state->asked)
        state->turn.wait(state->turn.user);
    state->asked = true;
    return state->rows->gpkg;
}

/* Codes of these calls tell lack of memory alone, which the next step meets, too. */
static void bind_text(sqlite3_stmt *statement, int column, const char *text, size_t length)
{
    sqlite3_bind_text(statement, column, text, (int)length, SQLITE_STATIC);
}

static void bind_word(sqlite3_stmt *statement, int column, const char *text)
{
    bind_text(statement, column, text, strlen(text));
}

static double decimal(const struct s7_field *field)
{
    static const double powers[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
    if (field->digits >= G_N_ELEMENTS(powers))
        return s7_value_double(field);
    return (double)field->value.integer / powers[field->digits];
}

/* Prints to at where the value is text; returns the byte behind that. */
static char *bind_field(const struct state *state, sqlite3_stmt *statement, int column, char *at,
                        const struct s7_field *field)
{
    const struct cells *cells = &state->cells;
    char *end = at;
    if (field->attributes & S7_SECRET && cells->source.masks) {
        bind_text(statement, column, ROW_MASK, sizeof ROW_MASK - 1);
        return at;
    }
    if (s7_fields[field->id].many) {
        end = cells_put_values(cells, at, field);
    } else {
        switch ((enum s7_field_type)field->type) {
        case S7_BOOL:
        case S7_UINT:
            sqlite3_bind_int64(statement, column, field->value.integer);
            return at;
        case S7_DECIMAL:
            sqlite3_bind_double(statement, column, decimal(field));
            return at;
        case S7_HEX:
            end = s7_put_hex(at, (uint64_t)field->value.integer, field->digits);
            break;
        case S7_TIME:
            end = at + s7_value_print(field, at);
            break;
        case S7_TEXT:
        case S7_NAME:
            end = cells_put_field_text(cells, at, field);
            break;
        }
    }
    bind_text(statement, column, at, (size_t)(end - at));
    return end;
}

/* source,destination,transport,stream, as a path has it. */
static void bind_path(const struct state *state, sqlite3_stmt *statement, int column)
{
    const struct row_path *path = state->cells.facts.path;
    const char *at = path->text;
    for (int i = 0; i < 3; i++) {
        const char *comma = strchr(at, ',');
        bind_text(statement, column + i, at, (size_t)(comma - at));
        at = comma + 1;
    }
}

static char *bind_times(struct state *state, sqlite3_stmt *statement, char *at, const struct life_row *row)
{
    const struct s7_field *time =
        state->cells.message->proven ? s7_find(state->cells.message, S7_FIELD_DEVICE_TIME) : NULL;
    if (row->capture_time != LIFE_NO_TIME) {
        gpkg_put_time(at, &state->capture_clock, row->capture_time);
        bind_text(statement, 3, at, GPKG_TIME_SIZE);
        sqlite3_bind_int64(statement, 4, row->capture_time);
        at += GPKG_TIME_SIZE;
    }
    if (!time)
        return at;
    at = bind_field(state, statement, state->rows->columns[S7_FIELD_DEVICE_TIME], at, time);
    if (row->capture_time != LIFE_NO_TIME) {
        int64_t skew = row->capture_time - s7_time_seconds(&time->value.time) * NANOSECONDS;
        sqlite3_bind_double(statement, state->rows->skew, (double)skew / NANOSECONDS);
    }
    return at;
}

static char *bind_head(struct state *state, sqlite3_stmt *statement, char *at)
{
    const struct gpkg_rows *rows = state->rows;
    const struct s7_message *message = state->cells.message;
    if (state->cells.facts.device_id[0] != '\0')
        bind_word(statement, rows->columns[S7_FIELD_DEVICE_ID], state->cells.facts.device_id);
    bind_word(statement, rows->columns[S7_FIELD_DIALECT], s7_dialect_names[message->dialect]);
    bind_word(statement, rows->columns[S7_FIELD_DIRECTION], s7_direction_names[message->direction]);
    bind_word(statement, rows->columns[S7_FIELD_KIND], s7_kind_names[message->kind]);
    if (message->event != S7_EVENT_NONE)
        bind_word(statement, rows->columns[S7_FIELD_EVENT], s7_event_names[message->event]);
    if (message->proven && s7_has(message, S7_FIELD_CODE))
        at = bind_field(state, statement, rows->columns[S7_FIELD_CODE], at, s7_first(message, S7_FIELD_CODE));
    return at;
}

static char *bind_provenance(const struct state *state, sqlite3_stmt *statement, char *at)
{
    const struct gpkg_rows *rows = state->rows;
    const struct row_facts *facts = &state->cells.facts;
    char *start = at;
    if (facts->answers.number != 0) {
        at = s7_put_unsigned(pen_put_char(at, 'f'), facts->answers.file);
        at = s7_put_unsigned(pen_put_char(at, ':'), facts->answers.number);
        bind_text(statement, rows->answers, start, (size_t)(at - start));
    }
    bind_path(state, statement, rows->source);
    sqlite3_bind_int64(statement, rows->source + 3, (int64_t)state->cells.printer.stream);
    sqlite3_bind_int64(statement, rows->source + 4, (int64_t)facts->offset);
    sqlite3_bind_int64(statement, rows->source + 5, facts->file);
    start = at;
    at = cells_put_packet_text(&state->cells, at);
    bind_text(statement, rows->packets, start, (size_t)(at - start));
    start = at;
    at = cells_put_details(&state->cells, at);
    if (at > start)
        bind_text(statement, rows->packets + 1, start, (size_t)(at - start));
    start = at;
    at = cells_put_raw_text(&state->cells, at);
    bind_text(statement, rows->packets + 2, start, (size_t)(at - start));
    return at;
}

/* Returns where the flags stand, which fixes have, too; *length: of these. */
static const char *write_report(struct state *state, const struct life_row *row, size_t *length)
{
    const struct gpkg_rows *rows = state->rows;
    const struct cells *cells = &state->cells;
    sqlite3_stmt *statement = rows->reports;
    char *at = piece_begin(state->text, cells_bound(cells) + TEXT_TIME_SIZE), *flags;
    sqlite3_bind_int64(statement, 2, (int64_t)row->number); /* the fid is one more than the last: SQLite finds it */
    at = bind_times(state, statement, at, row);
    at = bind_head(state, statement, at);
    for (uint64_t left = cells_reported(cells); left; left &= left - 1) {
        unsigned id = (unsigned)__builtin_ctzll(left);
        at = bind_field(state, statement, rows->columns[id], at, s7_first(cells->message, id));
    }
    flags = at;
    if ((cells->message->flags | cells->facts.context) != 0)
        at = report_put_flags(at, cells->message->flags, cells->facts.context);
    *length = (size_t)(at - flags);
    if (*length > 0)
        bind_text(statement, rows->flags, flags, *length);
    bind_provenance(state, statement, at);
    gpkg_step(rows->gpkg, statement);
    return flags;
}

static void bind_number(sqlite3_stmt *statement, int column, const struct s7_message *message, enum s7_field_id id)
{
    const struct s7_field *field = s7_find(message, id);
    if (!field || field->attributes & S7_SECRET)
        return;
    if (field->type == S7_DECIMAL)
        sqlite3_bind_double(statement, column, decimal(field));
    else
        sqlite3_bind_int64(statement, column, field->value.integer);
}

static void write_fix(struct state *state, int64_t fid, const struct life_row *row, const char *flags, size_t length)
{
    static const enum s7_field_id numbers[] = {S7_FIELD_ALTITUDE,   S7_FIELD_SPEED, S7_FIELD_COURSE,
                                               S7_FIELD_SATELLITES, S7_FIELD_HDOP,  S7_FIELD_IGNITION};
    const struct s7_message *message = state->cells.message;
    struct gpkg *gpkg = state->rows->gpkg;
    sqlite3_stmt *statement = state->rows->fixes;
    double north = decimal(s7_first(message, S7_FIELD_LATITUDE)), east = decimal(s7_first(message, S7_FIELD_LONGITUDE));
    const struct gpkg_box box = {east, east, north, north};
    uint8_t geometry[GPKG_POINT_SIZE];
    char text[TEXT_TIME_SIZE];
    int64_t time;
    enum map_clock clock = map_clock_of(row, state->device, &time);
    gpkg_point(geometry, east, north);
    sqlite3_bind_int64(statement, 1, fid);
    sqlite3_bind_blob(statement, 2, geometry, sizeof geometry, SQLITE_STATIC);
    bind_word(statement, 3, state->cells.facts.device_id);
    sqlite3_bind_int64(statement, 4, (int64_t)row->number);
    if (clock != MAP_NO_CLOCK) {
        gpkg_put_time(text, clock == MAP_DEVICE_CLOCK ? &state->device_clock : &state->capture_clock, time);
        bind_text(statement, 5, text, GPKG_TIME_SIZE);
        bind_word(statement, 6, map_clock_names[clock]);
    }
    if (message->event != S7_EVENT_NONE)
        bind_word(statement, 7, s7_event_names[message->event]);
    for (int i = 0; i < (int)G_N_ELEMENTS(numbers); i++)
        bind_number(statement, 8 + i, message, numbers[i]);
    if (length > 0)
        bind_text(statement, 14, flags, length);
    gpkg_step(gpkg, statement);
    gpkg_place(gpkg, GPKG_FIXES, fid, &box);
}

static void row(void *user, const struct life_row *life_row)
{
    struct state *state = user;
    struct gpkg *gpkg = take_turn(state);
    size_t length;
    if (gpkg_failed(gpkg))
        return;
    int64_t fid = gpkg_next(gpkg, GPKG_FIXES);
    if (life_row->capture_time != LIFE_NO_TIME)
        gpkg_note_time(gpkg, life_row->capture_time);
    cells_take(&state->cells, life_row->report);
    const char *flags = write_report(state, life_row, &length);
    if (life_row->position.latitude != DISTANCE_NOWHERE)
        write_fix(state, fid, life_row, flags, length);
}

static void event(void *user, const struct life_event *life_event)
{
    struct state *state = user;
    struct gpkg *gpkg = take_turn(state);
    sqlite3_stmt *statement = state->rows->events;
    uint8_t geometry[GPKG_POINT_SIZE];
    char text[TEXT_TIME_SIZE];
    if (gpkg_failed(gpkg))
        return;
    int64_t fid = gpkg_next(gpkg, GPKG_EVENTS);
    double north = life_event->position.latitude / 1e7, east = life_event->position.longitude / 1e7;
    sqlite3_bind_int64(statement, 1, fid);
    if (life_event->position.latitude != DISTANCE_NOWHERE) {
        const struct gpkg_box box = {east, east, north, north};
        gpkg_point(geometry, east, north);
        sqlite3_bind_blob(statement, 2, geometry, sizeof geometry, SQLITE_STATIC);
        gpkg_place(gpkg, GPKG_EVENTS, fid, &box);
    }
    bind_word(statement, 3, state->device->id);
    if (life_event->time != LIFE_NO_TIME)
        gpkg_bind_time(statement, 4, 5, state->device, life_event->clock, text, life_event->time);
    bind_word(statement, 6, life_event->clock == LIFE_CLOCK_DEVICE ? "device" : "capture");
    bind_word(statement, 7, life_event->event);
    if (life_event->detail[0] != '\0')
        bind_word(statement, 8, life_event->detail);
    sqlite3_bind_int64(statement, 9, (int64_t)life_event->first_row);
    sqlite3_bind_int64(statement, 10, (int64_t)life_event->last_row);
    bind_word(statement, 11, life_event->rule);
    gpkg_step(gpkg, statement);
}

static void close_state(void *user)
{
    struct state *state = user;
    g_string_free(state->text, TRUE);
    g_free(state);
}

struct teller gpkg_rows_teller(struct gpkg_rows *rows)
{
    return (struct teller){
        .shared = rows, .open = open_state, .begin = begin, .row = row, .event = event, .close = close_state};
}

void gpkg_rows_free(struct gpkg_rows *rows)
{
    if (!rows)
        return;
    sqlite3_finalize(rows->reports);
    sqlite3_finalize(rows->fixes);
    sqlite3_finalize(rows->events);
    g_free(rows);
}
