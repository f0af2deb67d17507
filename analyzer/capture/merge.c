/* SPDX-License-Identifier: GPL-2.0-or-later
 * All inputs as one capture: their packets in order of time, at the same time in order of the files' numbers. */
#include "capture/merge.h"

/* Packets that are read at once of an input. */
#define RECORDS 64

/* What is to be opened: an input, or those of its packets whose clock is so far ahead. */
struct part {
    struct input *input;
    int64_t ahead;
    int64_t first; /* time from which on it may have packets */
    bool again;    /* another part of the same input stands before it */
};

struct source {
    struct part part;
    struct input *input;
    struct capture *capture;
    size_t next, count; /* of records: the one that comes next, how many there are */
    struct record records[RECORDS];
};

struct merge {
    struct inputs *inputs;
    const char *filter;
    const struct capture_clocks *clocks; /* NULL: none is ahead of another */
    GArray *parts;                       /* of struct part, in the order in which they are opened */
    guint next;                          /* to be opened next */
    struct source open[MERGE_OPEN_MAX];
    unsigned count;
    struct source *current; /* its records were given last */
    size_t given;           /* how many */
    uint64_t waited;
    guint late; /* the input that waits was counted so far */
    /* The others wait until current comes to this time, or behind it in order of numbers. */
    int64_t limit;
    uint32_t limit_number;
};

static bool is_before(int64_t time, uint32_t number, int64_t other_time, uint32_t other_number)
{
    return time != other_time ? time < other_time : number < other_number;
}

static int64_t head_time(const struct source *source)
{
    return source->records[source->next].origin.time;
}

static bool source_is_before(const struct source *source, int64_t time, uint32_t number)
{
    return is_before(head_time(source), source->input->number, time, number);
}

/* The capture has ended. */
static void note_end(struct input *input, const struct capture *capture)
{
    input->packets = capture_packets(capture);
    if (capture_damage(capture))
        input_damaged(input, capture_damage(capture));
    input->untimed = capture_untimed(capture);
    if (capture_kept(capture))
        input->kept = *capture_kept(capture);
    if (capture_count(capture) > 1) {
        g_free(input->format);
        input->format =
            g_strdup_printf("%s, %u captures behind each other", capture_format(capture), capture_count(capture));
    }
    input_check(input);
}

/* The clock of a packet, whose interface the capture says; further ones have one of which nothing is known. */
static uint16_t clock_of(const struct input *input, const struct origin *origin)
{
    unsigned interface = input->interfaces > 1 ? origin->clock : 0;
    return (uint16_t)(input->clock + MIN(interface, input->interfaces));
}

/* Numbers the clocks of what was read, and leaves what is of this part. Returns how many packets. */
static size_t choose_part(const struct merge *merge, const struct source *source, struct record *records, size_t count)
{
    size_t left = 0;
    for (size_t i = 0; i < count; i++) {
        struct record record = records[i];
        record.origin.clock = clock_of(source->input, &record.origin);
        if (capture_clocks_ahead(merge->clocks, &record.origin) == source->part.ahead)
            records[left++] = record;
    }
    return left;
}

/* Counts the time of what is of this part by the first clock. */
static void align(const struct source *source, struct record *records, size_t count)
{
    for (size_t i = 0; source->part.ahead != 0 && i < count; i++)
        records[i].origin.time -= source->part.ahead;
}

/* Notes what was read; takes the source away if that is nothing: it has ended. */
static bool arrived(struct merge *merge, struct source *source, size_t count)
{
    struct input *input = source->input;
    source->next = 0;
    source->count = count;
    if (count > 0) {
        int64_t first = input->has_times ? input->first_time : INT64_MAX;
        int64_t last = input->has_times ? input->last_time : INT64_MIN;
        for (size_t i = 0; i < count; i++) {
            struct origin *origin = &source->records[i].origin;
            origin->file = input->number;
            if (origin->untimed)
                continue;
            first = MIN(first, origin->time);
            last = MAX(last, origin->time);
        }
        input->first_time = first;
        input->last_time = last;
        input->has_times = first <= last;
        align(source, source->records, count);
        return true;
    }
    if (!source->part.again)
        note_end(input, source->capture);
    capture_close(source->capture);
    *source = merge->open[--merge->count];
    return false;
}

static bool read_on(struct merge *merge, struct source *source)
{
    enum capture_result result;
    size_t count, left;
    do {
        count = left = capture_some(source->capture, source->records, RECORDS, &result);
        if (merge->clocks)
            left = choose_part(merge, source, source->records, count);
    } while (left == 0 && count > 0);
    return arrived(merge, source, left);
}

static void open_next(struct merge *merge)
{
    const struct part *part = &g_array_index(merge->parts, struct part, merge->next++);
    struct input *input = part->input;
    struct source *source = &merge->open[merge->count];
    source->part = *part;
    source->input = input;
    if (input->capture) {
        source->capture = g_steal_pointer(&input->capture);
        source->records[0] = input->record;
        merge->count++;
        size_t count = input->result == CAPTURE_RECORD ? 1 : 0;
        arrived(merge, source, merge->clocks ? choose_part(merge, source, source->records, count) : count);
    } else {
        g_autoptr(GError) error = NULL;
        source->capture = capture_open(input->path, input->number, merge->filter, &error);
        if (!source->capture) {
            if (!part->again)
                inputs_pass(merge->inputs->unreadable, input->path, input->name, error->message);
            return;
        }
        merge->count++;
        read_on(merge, source);
    }
}

static struct source *earliest(struct merge *merge, const struct source *without)
{
    struct source *best = NULL;
    for (unsigned i = 0; i < merge->count; i++) {
        struct source *source = &merge->open[i];
        if (source != without && (!best || source_is_before(source, head_time(best), best->input->number)))
            best = source;
    }
    return best;
}

/* What is to be opened next, if there is something and room for it. best: what comes next of those that are open. */
static const struct part *waiting(struct merge *merge, const struct source *best)
{
    if (merge->next >= merge->parts->len)
        return NULL;
    const struct part *part = &g_array_index(merge->parts, struct part, merge->next);
    if (merge->count < MERGE_OPEN_MAX)
        return part;
    if (merge->late <= merge->next && !source_is_before(best, part->first, part->input->number)) {
        merge->waited++;
        merge->late = merge->next + 1;
    }
    return NULL;
}

/* Opens what is due, and chooses the source of the next packet; NULL at the end. */
static struct source *choose(struct merge *merge)
{
    struct source *best = earliest(merge, NULL);
    const struct part *part;
    while ((part = waiting(merge, best)) != NULL &&
           (!best || !source_is_before(best, part->first, part->input->number))) {
        open_next(merge);
        best = earliest(merge, NULL);
    }
    merge->limit = part ? part->first : INT64_MAX;
    merge->limit_number = part ? part->input->number : UINT32_MAX;
    const struct source *second = earliest(merge, best);
    if (second && source_is_before(second, merge->limit, merge->limit_number)) {
        merge->limit = head_time(second);
        merge->limit_number = second->input->number;
    }
    return best;
}

/* How many of the source's records come before those of the others; the first does. */
static size_t run(const struct merge *merge, const struct source *source)
{
    size_t left = source->count - source->next, length = 1;
    if (merge->limit == INT64_MAX) /* there are no others */
        return left;
    while (length < left && is_before(source->records[source->next + length].origin.time, source->input->number,
                                      merge->limit, merge->limit_number))
        length++;
    return length;
}

size_t merge_some(struct merge *merge, const struct record **records)
{
    struct source *source = merge->current;
    bool more = source != NULL;
    if (source) {
        source->next += merge->given;
        more = source->next < source->count || read_on(merge, source);
    }
    if (!more || !source_is_before(source, merge->limit, merge->limit_number))
        source = merge->current = choose(merge);
    merge->given = source ? run(merge, source) : 0;
    *records = source ? &source->records[source->next] : NULL;
    return merge->given;
}

const struct input *merge_input(const struct merge *merge)
{
    return merge->current ? merge->current->input : NULL;
}

const struct capture *merge_capture(const struct merge *merge)
{
    return merge->current ? merge->current->capture : NULL;
}

static gint compare_parts(gconstpointer left, gconstpointer right)
{
    const struct part *a = left, *b = right;
    if (a->first != b->first)
        return a->first < b->first ? -1 : 1;
    return (a->input->number > b->input->number) - (a->input->number < b->input->number);
}

/* An input whose clocks are apart is opened once for each: where its first packets are of which clock is not known
 * before. */
static void add_parts(struct merge *merge, struct input *input)
{
    struct part part = {.input = input, .first = input->first};
    int64_t aheads[INPUT_CLOCKS] = {0}, most = 0;
    unsigned count = 0;
    for (unsigned i = 0; merge->clocks && i < input->interfaces; i++) {
        int64_t ahead = merge->clocks->list[input->clock + i].ahead;
        unsigned place = 0;
        while (place < count && aheads[place] != ahead)
            place++;
        if (place == count && count < INPUT_CLOCKS)
            aheads[count++] = ahead;
        most = MAX(most, ahead);
    }
    if (count > 1)
        part.first = INT64_MIN;
    else
        part.first = input->first == INT64_MAX ? INT64_MAX : input->first - most;
    for (unsigned i = 0; i < MAX(count, 1); i++) {
        part.ahead = aheads[i];
        part.again = i > 0;
        g_array_append_val(merge->parts, part);
    }
}

struct merge *merge_new(struct inputs *inputs, const char *filter, const struct capture_clocks *clocks)
{
    struct merge *merge = g_new0(struct merge, 1);
    merge->inputs = inputs;
    merge->filter = filter;
    merge->clocks = clocks;
    merge->parts = g_array_new(FALSE, FALSE, sizeof(struct part));
    for (guint i = 0; i < inputs->list->len; i++)
        add_parts(merge, &g_array_index(inputs->list, struct input, i));
    if (clocks && clocks->apart)
        g_array_sort(merge->parts, compare_parts);
    return merge;
}

/* The number of the last packet that was given of an input that is still open. */
static uint64_t last_given(const struct merge *merge, const struct source *source)
{
    size_t behind = source->next + (source == merge->current ? merge->given : 0);
    if (behind > 0 && source->count > 0)
        return source->records[behind - 1].origin.number;
    return source->count > 0 ? source->records[0].origin.number - 1 : capture_packets(source->capture);
}

void merge_stop(struct merge *merge, const char *why)
{
    for (unsigned i = 0; i < merge->count; i++) {
        struct input *input = merge->open[i].input;
        input->packets = MAX(input->packets, last_given(merge, &merge->open[i]));
        if (merge->open[i].part.again)
            continue;
        if (capture_damage(merge->open[i].capture))
            input_damaged(input, capture_damage(merge->open[i].capture));
        g_autofree char *stopped = g_strdup_printf("%s behind packet %" G_GUINT64_FORMAT, why, input->packets);
        input_damaged(input, stopped);
    }
    for (guint i = merge->next; i < merge->parts->len; i++) {
        const struct part *part = &g_array_index(merge->parts, struct part, i);
        g_autofree char *stopped = g_strdup_printf("%s before it was read", why);
        if (!part->again)
            input_damaged(part->input, stopped);
    }
}

uint64_t merge_waited(const struct merge *merge)
{
    return merge->waited;
}

void merge_free(struct merge *merge)
{
    for (unsigned i = 0; i < merge->count; i++)
        capture_close(merge->open[i].capture);
    g_array_unref(merge->parts);
    g_free(merge);
}
