/* SPDX-License-Identifier: GPL-2.0-or-later
 * All inputs as one capture: their packets in order of time, at the same time in order of the files' numbers. */
#include "capture/merge.h"

/* Packets that are read at once of an input. */
#define RECORDS 64

struct source {
    struct input *input;
    struct capture *capture;
    size_t next, count; /* of records: the one that comes next, how many there are */
    struct record records[RECORDS];
};

struct merge {
    struct inputs *inputs;
    const char *filter;
    guint next; /* input to be opened next */
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
        return true;
    }
    note_end(input, source->capture);
    capture_close(source->capture);
    *source = merge->open[--merge->count];
    return false;
}

static bool read_on(struct merge *merge, struct source *source)
{
    enum capture_result result;
    return arrived(merge, source, capture_some(source->capture, source->records, RECORDS, &result));
}

static void open_next(struct merge *merge)
{
    struct input *input = &g_array_index(merge->inputs->list, struct input, merge->next++);
    struct source *source = &merge->open[merge->count];
    source->input = input;
    if (input->capture) {
        source->capture = g_steal_pointer(&input->capture);
        source->records[0] = input->record;
        merge->count++;
        arrived(merge, source, input->result == CAPTURE_RECORD ? 1 : 0);
    } else {
        g_autoptr(GError) error = NULL;
        source->capture = capture_open(input->path, input->number, merge->filter, &error);
        if (!source->capture) {
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

/* The input to be opened next, if there is one and room for it. best: what comes next of those that are open. */
static const struct input *waiting(struct merge *merge, const struct source *best)
{
    if (merge->next >= merge->inputs->list->len)
        return NULL;
    const struct input *input = &g_array_index(merge->inputs->list, struct input, merge->next);
    if (merge->count < MERGE_OPEN_MAX)
        return input;
    if (merge->late <= merge->next && !source_is_before(best, input->first, input->number)) {
        merge->waited++;
        merge->late = merge->next + 1;
    }
    return NULL;
}

/* Opens what is due, and chooses the source of the next packet; NULL at the end. */
static struct source *choose(struct merge *merge)
{
    struct source *best = earliest(merge, NULL);
    const struct input *input;
    while ((input = waiting(merge, best)) != NULL && (!best || !source_is_before(best, input->first, input->number))) {
        open_next(merge);
        best = earliest(merge, NULL);
    }
    merge->limit = input ? input->first : INT64_MAX;
    merge->limit_number = input ? input->number : UINT32_MAX;
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

struct merge *merge_new(struct inputs *inputs, const char *filter)
{
    struct merge *merge = g_new0(struct merge, 1);
    merge->inputs = inputs;
    merge->filter = filter;
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
        input->packets = last_given(merge, &merge->open[i]);
        if (capture_damage(merge->open[i].capture))
            input_damaged(input, capture_damage(merge->open[i].capture));
        g_autofree char *stopped = g_strdup_printf("%s behind packet %" G_GUINT64_FORMAT, why, input->packets);
        input_damaged(input, stopped);
    }
    for (guint i = merge->next; i < merge->inputs->list->len; i++) {
        g_autofree char *stopped = g_strdup_printf("%s before it was read", why);
        input_damaged(&g_array_index(merge->inputs->list, struct input, i), stopped);
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
    g_free(merge);
}
