/* SPDX-License-Identifier: GPL-2.0-or-later
 * The second step for one device: its records in the order of the capture, judged; once more, if hindsight says other
 * than what could be said at once; then in their final order, printed. */
#include "device/timeline.h"

#include "base/file_name.h"
#include "base/saved.h"
#include "base/sorter.h"
#include "digits.h"
#include "result/printer.h"
#include "result/table.h"
#include "store/record.h"

#include <string.h>

/* Parts of the memory: for the records in their final order, for each of the others, and of the first what decoded
 * reports may take that are put aside. */
#define PLACED_PART(memory) ((memory) / 2)
#define OTHER_PART(memory)  ((memory) / 6)
#define SAVED_PART(memory)  ((memory)*3 / 8)

/* What stands before a record that was judged. */
struct judged {
    struct place place;
    struct said said;
    uint64_t row; /* its number, where rows stand in another order than the final one */
    uint32_t context;
    uint32_t saved; /* bytes between this and the record: the decoded report; 0 = it is decoded again */
    bool selected;  /* else there is no record */
};

struct timeline {
    struct timeline_options options;
    struct sorter *captured, *again, *placed, *found; /* records by that; again: by their ranks */
    uint64_t records, bad;
    size_t saved_max, saved;   /* bytes of decoded reports that are put aside */
    struct record_head before; /* the record before */
    bool set_back;             /* the clock of the capture went back */
    bool one_file;             /* all are of one input */
    bool pictures_asked;       /* for our turn */
    struct device *device;
    struct judge judge;
    struct life *life;          /* NULL: nothing is derived */
    uint64_t rows;              /* that are printed */
    struct distance_point here; /* of the last current fix */
    struct printer printer;
    struct table table;
    GArray *packets; /* of struct origin: of the record at hand */
    struct s7_message message;
    char own_id[DEVICE_ID_MAX + 1];
};

struct timeline *timeline_new(const struct timeline_options *options, size_t memory)
{
    struct timeline *timeline = g_new0(struct timeline, 1);
    struct sorter **others[] = {&timeline->captured, &timeline->again, &timeline->found};
    timeline->options = *options;
    timeline->placed = sorter_new(output_scratch(options->output), PLACED_PART(memory));
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        *others[i] = sorter_new(output_scratch(options->output), OTHER_PART(memory));
    timeline->saved_max = S7_FAST_PATHS ? SAVED_PART(memory) : 0;
    timeline->one_file = true;
    timeline->packets = g_array_new(FALSE, FALSE, sizeof(struct origin));
    printer_init(&timeline->printer, &options->row);
    if (options->life)
        timeline->life = life_new(options->life, &options->turn);
    return timeline;
}

/* Is the order of time that of the packets? */
static void compare_heads(struct timeline *timeline, const struct record_head *head)
{
    const struct record_head *before = &timeline->before;
    if (head->file != before->file || timeline->options.aligned)
        timeline->one_file = false;
    else if (head->number > before->number)
        timeline->set_back |= head->captured < before->captured;
    else if (head->number < before->number)
        timeline->set_back |= head->captured > before->captured;
}

void timeline_add(struct timeline *timeline, const uint8_t *record, size_t length)
{
    struct record_head head;
    if (!record_read_head(record, length, &head)) {
        timeline->bad++;
        return;
    }
    if (timeline->records > 0)
        compare_heads(timeline, &head);
    timeline->before = head;
    timeline->records++;
    const struct sorter_key key = {head.captured, (int64_t)head.order, head.stream};
    memcpy(sorter_add(timeline->captured, &key, length), record, length);
}

/* Where the clock of the capture was set back: by the numbers of its packets, which of several inputs say nothing of
 * each other. */
static void order_records(struct timeline *timeline)
{
    struct sorter_piece piece;
    struct record_head head;
    while (sorter_next(timeline->captured, &piece)) {
        record_read_head(piece.data, piece.length, &head);
        const struct sorter_key key = {timeline->one_file ? (int64_t)head.number : 0, (int64_t)head.order,
                                       piece.key.third};
        memcpy(sorter_add(timeline->again, &key, piece.length), piece.data, piece.length);
    }
    sorter_clear(timeline->captured);
    sorter_sort(timeline->again);
}

/* Reads and decodes a record. */
static bool read_report(struct timeline *timeline, const uint8_t *record, size_t length, struct report *report)
{
    if (!record_read(record, length, timeline->packets, report)) {
        timeline->bad++;
        return false;
    }
    s7_decode_values(report->data, &report->frame, &timeline->message);
    map_file_apply(timeline->options.map, report->data, &timeline->message);
    report->message = &timeline->message;
    report->device_id = timeline->device->id;
    if (timeline->device->number == 0 && report_own_id(report->data, report->message, timeline->own_id))
        report->device_id = timeline->own_id; /* of a device that is one too many */
    return true;
}

/* Puts what was judged, and what stands behind it, where they go next. */
static void pass_on(struct sorter *sorter, const struct sorter_key *key, const struct judged *judged,
                    const uint8_t *rest, size_t length)
{
    uint8_t *to = sorter_add(sorter, key, sizeof *judged + length);
    memcpy(to, judged, sizeof *judged);
    memcpy(to + sizeof *judged, rest, length);
}

/* The same with a report that was just decoded: it is put aside between them, as long as there is room. */
static void fast_pass_on(struct timeline *timeline, const struct sorter_key *key, struct judged *judged,
                         const struct report *report, const uint8_t *record, size_t length)
{
    size_t size = timeline->options.map || timeline->device->number == 0 ? 0 : saved_size(report);
    if (timeline->saved + size > timeline->saved_max)
        size = 0;
    judged->saved = (uint32_t)size;
    timeline->saved += size;
    uint8_t *to = sorter_add(timeline->placed, key, sizeof *judged + size + length);
    memcpy(to, judged, sizeof *judged);
    if (size > 0)
        saved_write(to + sizeof *judged, report, record);
    memcpy(to + sizeof *judged + size, record, length);
}

static struct sorter_key place_key(const struct place *place)
{
    return (struct sorter_key){place->stretch, place->key, place->rank};
}

static void take_picture(struct timeline *timeline, const struct report *report)
{
    const struct timeline_options *options = &timeline->options;
    if (!options->pictures || !pictures_concern(report))
        return;
    if (!timeline->pictures_asked && options->turn.wait)
        options->turn.wait(options->turn.user);
    timeline->pictures_asked = true;
    pictures_take(options->pictures, report);
}

/* In the order of the capture. What is not selected is kept where hindsight may ask for it. */
static void judge_records(struct timeline *timeline)
{
    struct sorter *records = timeline->set_back ? timeline->again : timeline->captured;
    struct sorter_piece piece;
    judge_init(&timeline->judge, true);
    sorter_sort(timeline->captured);
    if (timeline->set_back)
        order_records(timeline);
    while (sorter_next(records, &piece)) {
        struct report report;
        struct judged judged = {.saved = 0};
        if (!read_report(timeline, piece.data, piece.length, &report))
            continue;
        judged.selected = judge_report(&timeline->judge, timeline->device, &timeline->options.selection, &report,
                                       &judged.place, &judged.said);
        const struct sorter_key key = place_key(&judged.place);
        judged.context = report.context;
        if (judged.selected) {
            take_picture(timeline, &report);
            fast_pass_on(timeline, &key, &judged, &report, piece.data, piece.length);
        } else if (judged.said.timed) {
            pass_on(timeline->placed, &key, &judged, piece.data, 0);
        }
    }
    sorter_clear(records);
}

static struct judged judged_of(const struct sorter_piece *piece)
{
    struct judged judged;
    memcpy(&judged, piece->data, sizeof judged);
    return judged;
}

/* All of them again, in the order of the capture. */
static void judge_records_again(struct timeline *timeline)
{
    struct sorter_piece piece;
    sorter_sort(timeline->placed);
    while (sorter_next(timeline->placed, &piece)) {
        const struct judged judged = judged_of(&piece);
        const struct sorter_key key = {.third = judged.place.rank};
        pass_on(timeline->again, &key, &judged, piece.data + sizeof judged, piece.length - sizeof judged);
    }
    sorter_clear(timeline->placed);
    sorter_sort(timeline->again);
    while (sorter_next(timeline->again, &piece)) {
        struct judged judged = judged_of(&piece);
        judge_again(&timeline->judge, timeline->device, &judged.said, judged.selected, &judged.context, &judged.place);
        const struct sorter_key key = place_key(&judged.place);
        pass_on(timeline->placed, &key, &judged, piece.data + sizeof judged, piece.length - sizeof judged);
    }
    sorter_clear(timeline->again);
}

static void move_to(struct timeline *timeline, struct position there)
{
    if (there.latitude == DISTANCE_NOWHERE)
        return;
    struct distance_point point = distance_point(there);
    if (timeline->here.position.latitude != DISTANCE_NOWHERE)
        timeline->device->distance += distance_between(&timeline->here, &point);
    timeline->here = point;
}

static void print_report(struct timeline *timeline, const struct report *report)
{
    if (!timeline->table.name) {
        char device[FILE_NAME_DEVICE_SIZE];
        file_name_device(timeline->device->id, timeline->device->marked, device);
        g_autofree char *name = g_strdup_printf("devices/%s.csv", device);
        table_open(&timeline->table, timeline->options.output, name, timeline->options.hash);
        row_header(timeline->table.text);
    }
    printer_print(&timeline->printer, timeline->table.text, report);
    table_row(&timeline->table);
}

/* The report behind judged. */
static bool read_judged(struct timeline *timeline, const struct judged *judged, const uint8_t *rest, size_t length,
                        struct report *report)
{
    const uint8_t *record = rest + judged->saved;
    if (judged->saved > 0)
        saved_read(rest, record, report);
    else if (!read_report(timeline, record, length - judged->saved, report))
        return false;
    report->context = judged->context;
    return true;
}

static void tell_life(struct timeline *timeline, const struct judged *judged, const struct report *report,
                      uint64_t number)
{
    bool timed = judged->said.timed && !(judged->context & CONTEXT_BIT(FUTURE_TIME));
    const struct life_row row = {.report = report,
                                 .number = number,
                                 .capture_time = report->completed.untimed ? LIFE_NO_TIME : report_captured(report),
                                 .device_time = timed ? judged->said.second : LIFE_NO_TIME,
                                 .late = judged->place.late,
                                 .position = judged->place.position};
    life_row(timeline->life, &row);
}

/* In their final order, judged: whatever is derived from the life of a device gets its reports here, or, where the rows
 * stand in another order, when that has numbered them. */
static void tell_records(struct timeline *timeline)
{
    struct sorter_piece piece;
    struct report report;
    sorter_sort(timeline->placed);
    while (sorter_next(timeline->placed, &piece)) {
        struct judged judged = judged_of(&piece);
        const uint8_t *rest = piece.data + sizeof judged;
        size_t length = piece.length - sizeof judged;
        if (!judged.selected)
            continue;
        move_to(timeline, judged.place.position);
        if (timeline->options.by_capture) {
            struct record_head head;
            record_read_head(rest + judged.saved, length - judged.saved, &head);
            const struct sorter_key key = {.first = (int64_t)head.order, .third = head.stream};
            pass_on(timeline->found, &key, &judged, rest, length);
        } else if (read_judged(timeline, &judged, rest, length, &report)) {
            print_report(timeline, &report);
            if (timeline->life)
                tell_life(timeline, &judged, &report, ++timeline->rows);
        }
    }
    sorter_clear(timeline->placed);
}

/* In the order in which they were found; then they go back to their final order, each with the number of its row in
 * place of that. */
static void tell_as_found(struct timeline *timeline)
{
    struct sorter_piece piece;
    struct report report;
    sorter_sort(timeline->found);
    while (sorter_next(timeline->found, &piece)) {
        struct judged judged = judged_of(&piece);
        const uint8_t *rest = piece.data + sizeof judged;
        size_t length = piece.length - sizeof judged;
        if (!read_judged(timeline, &judged, rest, length, &report))
            continue;
        print_report(timeline, &report);
        judged.row = ++timeline->rows;
        const struct sorter_key key = place_key(&judged.place);
        if (timeline->life)
            pass_on(timeline->placed, &key, &judged, rest, length);
    }
    sorter_clear(timeline->found);
    sorter_sort(timeline->placed);
    while (sorter_next(timeline->placed, &piece)) {
        struct judged judged = judged_of(&piece);
        if (read_judged(timeline, &judged, piece.data + sizeof judged, piece.length - sizeof judged, &report))
            tell_life(timeline, &judged, &report, judged.row);
    }
    sorter_clear(timeline->placed);
}

void timeline_tell(struct timeline *timeline, struct device *device)
{
    timeline->device = device;
    timeline->here.position.latitude = DISTANCE_NOWHERE;
    timeline->pictures_asked = false;
    judge_records(timeline);
    if (judge_finish(&timeline->judge, device))
        judge_records_again(timeline);
    judge_clear(&timeline->judge);
    if (timeline->life)
        life_begin(timeline->life, device);
    tell_records(timeline);
    if (timeline->options.by_capture)
        tell_as_found(timeline);
    if (timeline->life)
        life_end(timeline->life);
    if (timeline->table.name)
        table_close(&timeline->table);
    timeline->records = 0;
    timeline->rows = 0;
    timeline->saved = 0;
    timeline->set_back = false;
    timeline->one_file = true;
}

uint64_t timeline_bad_records(const struct timeline *timeline)
{
    return timeline->bad;
}

void timeline_free(struct timeline *timeline)
{
    sorter_free(timeline->captured);
    sorter_free(timeline->again);
    sorter_free(timeline->placed);
    sorter_free(timeline->found);
    life_free(timeline->life);
    table_clear(&timeline->table);
    g_array_unref(timeline->packets);
    g_free(timeline);
}
