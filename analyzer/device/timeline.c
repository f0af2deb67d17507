/* SPDX-License-Identifier: GPL-2.0-or-later
 * Per device: which reports are stored or duplicates, where each stands in time, how far the device went. */
#include "device/timeline.h"

#include "base/cells.h"
#include "device/recent.h"
#include "result/row.h"

#include <stdio.h>
#include <string.h>

#define NANOSECONDS INT64_C(1000000000)
/* A current fix whose clock is further behind the capture than this was stored: the clock of startek and fifotrack is
 * UTC, that of gotop may have any zone. Seconds. */
#define STORED_UTC   INT64_C(600)
#define STORED_GOTOP INT64_C(54000)

/* Bytes that are written to standard output at once. */
#define STDOUT_BYTES 65536
#define CACHE_LINE   64

struct timeline {
    const struct options *options;
    struct output *output;
    GHashTable *devices; /* id -> struct device */
    GPtrArray *sorted;   /* those with rows */
    struct device *unknown;
    struct row_writer writer;
    struct row_path path; /* of that direction of that conversation */
    uint64_t path_stream;
    unsigned path_direction;
    GString *rows; /* the row printed last, behind those that are still to go to standard output */
    size_t done;   /* bytes of these */
    GString *late, *cell;
    unsigned flags_column, packets_column;
    bool stdout_failed;
};

static struct device *new_device(const char *id)
{
    struct device *device = g_new0(struct device, 1);
    g_strlcpy(device->id, id, sizeof device->id);
    device->first_seen = device->first_time = INT64_MAX;
    device->last_seen = device->last_time = device->newest_fix = INT64_MIN;
    device->live_key = device->last_key = INT64_MIN;
    device->here.position.latitude = TABLE_NOWHERE;
    return device;
}

static void free_device(gpointer data)
{
    struct device *device = data;
    recent_free(device->recent);
    g_free(device);
}

static void write_stdout(struct timeline *timeline)
{
    if (fwrite(timeline->rows->str, 1, timeline->done, stdout) != timeline->done)
        timeline->stdout_failed = true;
    g_string_truncate(timeline->rows, 0);
    timeline->done = 0;
}

struct timeline *timeline_new(const struct options *options, struct output *output)
{
    struct timeline *timeline = g_new0(struct timeline, 1);
    timeline->options = options;
    timeline->output = output;
    timeline->devices = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_device);
    timeline->sorted = g_ptr_array_new();
    timeline->unknown = new_device("");
    const struct row_options row = {options->csv_guard, options->show_secrets};
    row_writer_init(&timeline->writer, &row);
    timeline->rows = g_string_sized_new(options->to_stdout ? STDOUT_BYTES * 2 - 1 : 1024);
    timeline->late = g_string_sized_new(1024);
    timeline->cell = g_string_new(NULL);
    row_header(timeline->rows);
    timeline->flags_column = cells_column(timeline->rows->str, "flags");
    timeline->packets_column = cells_column(timeline->rows->str, "packets");
    if (options->to_stdout) {
        setvbuf(stdout, NULL, _IONBF, 0); /* rows are collected here */
        timeline->done = timeline->rows->len;
    }
    return timeline;
}

struct device *timeline_device(struct timeline *timeline, const char *id)
{
    if (id[0] == '\0')
        return timeline->unknown;
    struct device *device = g_hash_table_lookup(timeline->devices, id);
    if (!device) {
        device = new_device(id);
        g_hash_table_insert(timeline->devices, device->id, device);
    }
    return device;
}

void timeline_expect(const struct device *device)
{
    for (const char *line = (const char *)device; device && line < (const char *)(device + 1); line += CACHE_LINE)
        __builtin_prefetch(line);
}

void timeline_expect_past(const struct device *device)
{
    if (!device)
        return;
    recent_expect(device->recent);
    if (device->table.output)
        table_expect(&device->table);
}

/* What a report says of its time. */
struct said {
    bool timed;     /* the second is there */
    bool fix;       /* it is that of a current fix */
    int64_t second; /* device time */
};

static struct said said_by(const struct report *report)
{
    const struct s7_message *message = report->message;
    const struct s7_field *time = message->proven ? s7_find(message, S7_FIELD_DEVICE_TIME) : NULL;
    const struct s7_field *valid = s7_find(message, S7_FIELD_VALID);
    if (!time)
        return (struct said){.timed = false};
    return (struct said){true, valid && valid->value.integer, s7_time_seconds(&time->value.time)};
}

/* Sets the flags that need the device's past, and says where the row stands among the device's rows. */
static struct table_place place(struct device *device, struct report *report, const struct said *said)
{
    struct table_place place = {.captured = report->completed.time, .order = report->order};
    if (device->id[0] == '\0')
        return place; /* no device, no clock: capture order */
    if (recent_is_duplicate(&device->recent, report))
        report->context |= CONTEXT_BIT(DUPLICATE);
    place.key = device->live_key != INT64_MIN ? device->live_key : device->last_key;
    place.standing = TABLE_FOLLOWS;
    if (said->fix) {
        int64_t limit = report->message->dialect == S7_GOTOP ? STORED_GOTOP : STORED_UTC;
        bool stored =
            said->second < device->newest_fix ||
            (!report->completed.untimed && report->completed.time - said->second * NANOSECONDS > limit * NANOSECONDS);
        place.key = said->second;
        place.standing = stored ? TABLE_ASIDE : TABLE_KEYED;
        device->newest_fix = MAX(device->newest_fix, said->second);
    }
    if (said->timed && !report->completed.untimed)
        report->context |= clock_judge(&device->clock, report, said->second, place.standing == TABLE_ASIDE);
    if (place.standing == TABLE_ASIDE)
        report->context |= CONTEXT_BIT(STORED);
    else
        device->live_key = place.key;
    device->last_key = place.key;
    return place;
}

static inline void count(struct device *device, enum s7_dialect dialect, enum s7_kind kind, uint32_t context,
                         int64_t seen)
{
    device->rows++;
    device->kinds[kind]++;
    device->has_dialect[dialect] = true;
    device->context |= context;
    if (seen == 0) /* packets without a time */
        return;
    device->first_seen = MIN(device->first_seen, seen);
    device->last_seen = MAX(device->last_seen, seen);
}

static void count_said(struct device *device, uint32_t frame_flags, const struct said *said)
{
    device->frame_flags |= frame_flags;
    if (said->timed) {
        device->first_time = MIN(device->first_time, said->second);
        device->last_time = MAX(device->last_time, said->second);
    }
}

static bool is_selected(const struct options *options, int64_t time, const char *id)
{
    return time >= options->since && time <= options->until &&
           (!options->devices || g_hash_table_contains(options->devices, id));
}

/* The position of a current fix, if it can be one. */
static struct table_position position(const struct report *report, const struct said *said)
{
    struct table_position here = {TABLE_NOWHERE, 0};
    if (said->fix)
        distance_position(s7_find(report->message, S7_FIELD_LATITUDE), s7_find(report->message, S7_FIELD_LONGITUDE),
                          &here);
    return here;
}

static void move_to(struct device *device, struct table_position there)
{
    if (there.latitude == TABLE_NOWHERE)
        return;
    struct distance_point point = distance_point(there);
    if (device->here.position.latitude != TABLE_NOWHERE)
        device->distance += distance_between(&device->here, &point);
    device->here = point;
}

static void open_table(struct timeline *timeline, struct device *device)
{
    char name[48];
    g_autoptr(GString) head = g_string_new(NULL);
    g_snprintf(name, sizeof name, "devices/%s.csv", device->id[0] ? device->id : "_unknown");
    row_header(head);
    table_open(&device->table, timeline->output, name, head);
}

bool timeline_has_rows(const struct timeline *timeline)
{
    return timeline->output || timeline->options->to_stdout;
}

bool timeline_take(struct timeline *timeline, struct device *device, struct report *report, struct timeline_row *row)
{
    /* Totals need no order, and their messages hold little more than the id. */
    struct table_place standing = {.key = 0};
    struct said said = said_by(report);
    if (!timeline->options->summary)
        standing = place(device, report, &said);
    if (!is_selected(timeline->options, report->completed.time, report->device_id))
        return false;
    count(device, report->message->dialect, report->message->kind, report->context, report->completed.time);
    count_said(device, report->message->flags, &said);
    if (!timeline_has_rows(timeline))
        return false;
    if (timeline->output)
        standing.position = position(report, &said);
    *row = (struct timeline_row){
        .device = device, .place = standing, .frame_flags = report->message->flags, .context = report->context};
    return true;
}

void timeline_total(const struct timeline *timeline, struct device *device, enum s7_dialect dialect, enum s7_kind kind,
                    uint32_t context, int64_t time)
{
    if (is_selected(timeline->options, time, device->id))
        count(device, dialect, kind, context, time);
}

static const struct row_path *path_of(struct timeline *timeline, const struct report *report)
{
    const struct conversation *conversation = report->conversation;
    if (timeline->path_stream != conversation->number || timeline->path_direction != report->direction)
        row_path_set(&timeline->path, &conversation->endpoints[report->direction],
                     &conversation->endpoints[!report->direction], (enum transport)conversation->transport,
                     conversation->number);
    timeline->path_stream = conversation->number;
    timeline->path_direction = report->direction;
    return &timeline->path;
}

struct timeline_line timeline_print(struct timeline *timeline, const struct report *report)
{
    GString *rows = timeline->rows;
    const struct row_facts facts = {.data = report->data,
                                    .length = report->length,
                                    .context = report->context,
                                    .time = report->completed.untimed ? ROW_NO_TIME : report->completed.time,
                                    .device_id = report->device_id,
                                    .path = path_of(timeline, report),
                                    .offset = report->offset,
                                    .packets = report->packets,
                                    .packet_count = report->packet_count,
                                    .file = report->completed.file,
                                    .answers = report->answers};
    size_t bound = row_bound(report->message, report->packet_count);
    if (rows->allocated_len <= timeline->done + bound)
        g_string_set_size(rows, timeline->done + bound);
    char *end = row_print(&timeline->writer, rows->str + timeline->done, report->message, &facts);
    *end = '\0';
    rows->len = (gsize)(end - rows->str);
    return (struct timeline_line){rows->str + timeline->done, rows->len - timeline->done};
}

static void append(struct timeline *timeline, const struct timeline_row *row, struct timeline_line line)
{
    struct device *device = row->device;
    if (!device->table.output)
        open_table(timeline, device);
    table_append_line(&device->table, line.text, line.length, &row->place);
    if (device->table.in_order)
        move_to(device, row->place.position);
}

/* The last row goes to standard output. */
static void keep(struct timeline *timeline)
{
    timeline->done = timeline->rows->len;
    if (timeline->done >= STDOUT_BYTES)
        write_stdout(timeline);
}

void timeline_write(struct timeline *timeline, const struct timeline_row *row)
{
    const GString *rows = timeline->rows;
    if (timeline->output)
        append(timeline, row, (struct timeline_line){rows->str, rows->len});
    else
        keep(timeline);
}

/* The line with the cells that have changed since it was printed. */
static struct timeline_line correct(struct timeline *timeline, const struct timeline_row *row,
                                    struct timeline_line line, const struct origin *packets, unsigned packet_count,
                                    uint32_t file)
{
    GString *late = timeline->late;
    bool flags = row->context & (CONTEXT_BIT(UNANSWERED) | CONTEXT_BIT(UNACKNOWLEDGED));
    if (!flags && packet_count == 0)
        return line;
    g_string_truncate(late, 0);
    g_string_append_len(late, line.text, (gssize)line.length);
    if (flags) {
        row->device->context |= row->context;
        g_string_truncate(timeline->cell, 0);
        report_flags(timeline->cell, row->frame_flags, row->context);
        cells_replace(late, timeline->flags_column, timeline->cell);
    }
    if (packet_count > 0) {
        g_string_truncate(timeline->cell, 0);
        report_packets(timeline->cell, packets, packet_count, file);
        cells_replace(late, timeline->packets_column, timeline->cell);
    }
    return (struct timeline_line){late->str, late->len};
}

void timeline_write_late(struct timeline *timeline, const struct timeline_row *row, struct timeline_line line,
                         const struct origin *packets, unsigned packet_count, uint32_t file)
{
    line = correct(timeline, row, line, packets, packet_count, file);
    if (timeline->output) {
        append(timeline, row, line);
    } else {
        g_string_truncate(timeline->rows, timeline->done);
        g_string_append_len(timeline->rows, line.text, (gssize)line.length);
        keep(timeline);
    }
}

void timeline_count_stream(struct device *device)
{
    device->streams++;
}

static void visit(const struct table_entry *entry, void *user)
{
    move_to(user, entry->place.position);
}

static void finish_device(struct timeline *timeline, struct device *device)
{
    if (!device->table.output)
        return;
    if (!device->table.in_order) { /* the way so far was not in order: from the start again */
        device->here.position.latitude = TABLE_NOWHERE;
        device->distance = 0;
    }
    table_close(&device->table, timeline->options->order == ORDER_DEVICE, visit, device);
}

static int compare_devices(gconstpointer a, gconstpointer b)
{
    const struct device *left = *(struct device *const *)a, *right = *(struct device *const *)b;
    return strcmp(left->id, right->id);
}

void timeline_flush(struct timeline *timeline)
{
    if (!timeline->options->to_stdout)
        return;
    write_stdout(timeline);
    if (fflush(stdout) != 0)
        timeline->stdout_failed = true;
}

void timeline_finish(struct timeline *timeline)
{
    GHashTableIter iterator;
    gpointer value;
    g_hash_table_iter_init(&iterator, timeline->devices);
    while (g_hash_table_iter_next(&iterator, NULL, &value))
        if (((struct device *)value)->rows > 0)
            g_ptr_array_add(timeline->sorted, value);
    g_ptr_array_sort(timeline->sorted, compare_devices);
    for (guint i = 0; i < timeline->sorted->len; i++)
        finish_device(timeline, timeline->sorted->pdata[i]);
    finish_device(timeline, timeline->unknown);
    timeline_flush(timeline);
}

const GPtrArray *timeline_devices(const struct timeline *timeline)
{
    return timeline->sorted;
}

const struct device *timeline_unknown(const struct timeline *timeline)
{
    return timeline->unknown;
}

bool timeline_stdout_failed(const struct timeline *timeline)
{
    return timeline->stdout_failed;
}

void timeline_free(struct timeline *timeline)
{
    g_hash_table_unref(timeline->devices);
    g_ptr_array_unref(timeline->sorted);
    free_device(timeline->unknown);
    g_string_free(timeline->rows, TRUE);
    g_string_free(timeline->late, TRUE);
    g_string_free(timeline->cell, TRUE);
    g_free(timeline);
}
