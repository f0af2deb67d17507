/* SPDX-License-Identifier: GPL-2.0-or-later
 * All inputs as one capture: their packets in order of time, at the same time in order of the files' numbers. */
#include "merge.h"

struct source {
    struct input *input;
    struct capture *capture;
    struct record record; /* the one that comes next */
};

struct merge {
    struct inputs *inputs;
    const char *filter;
    guint next; /* input to be opened next */
    struct source open[MERGE_OPEN_MAX];
    unsigned count;
    struct source *current; /* its record was given last */
    /* The others wait until current comes to this time, or behind it in order of numbers. */
    int64_t limit;
    uint32_t limit_number;
};

static bool is_before(int64_t time, uint32_t number, int64_t other_time, uint32_t other_number)
{
    return time != other_time ? time < other_time : number < other_number;
}

static bool source_is_before(const struct source *source, int64_t time, uint32_t number)
{
    return is_before(source->record.origin.time, source->input->number, time, number);
}

static void note_time(struct input *input, int64_t time)
{
    input->first_time = input->has_times ? MIN(input->first_time, time) : time;
    input->last_time = input->has_times ? MAX(input->last_time, time) : time;
    input->has_times = true;
}

/* Looks at what a read came to; takes the source away if it has ended. */
static bool arrived(struct merge *merge, struct source *source, enum capture_result result)
{
    struct input *input = source->input;
    if (result == CAPTURE_RECORD) {
        source->record.origin.file = input->number;
        note_time(input, source->record.origin.time);
        return true;
    }
    input->packets = capture_packets(source->capture);
    input->damage = g_strdup(capture_damage(source->capture));
    capture_close(source->capture);
    *source = merge->open[--merge->count];
    return false;
}

static void open_next(struct merge *merge)
{
    struct input *input = &g_array_index(merge->inputs->list, struct input, merge->next++);
    struct source *source = &merge->open[merge->count];
    *source = (struct source){.input = input};
    enum capture_result result;
    if (input->capture) {
        source->capture = g_steal_pointer(&input->capture);
        source->record = input->record;
        result = input->result;
    } else {
        g_autoptr(GError) error = NULL;
        source->capture = capture_open(input->path, input->number, merge->filter, &error);
        if (!source->capture) {
            inputs_pass(merge->inputs->unreadable, input->path, input->name, error->message);
            return;
        }
        result = capture_next(source->capture, &source->record);
    }
    merge->count++;
    arrived(merge, source, result);
}

static struct source *earliest(struct merge *merge, const struct source *without)
{
    struct source *best = NULL;
    for (unsigned i = 0; i < merge->count; i++) {
        struct source *source = &merge->open[i];
        if (source != without && (!best || source_is_before(source, best->record.origin.time, best->input->number)))
            best = source;
    }
    return best;
}

/* The input to be opened next, if there is one and room for it. */
static const struct input *waiting(const struct merge *merge)
{
    if (merge->next >= merge->inputs->list->len || merge->count == MERGE_OPEN_MAX)
        return NULL;
    return &g_array_index(merge->inputs->list, struct input, merge->next);
}

/* Opens what is due, and chooses the source of the next packet; NULL at the end. */
static struct source *choose(struct merge *merge)
{
    struct source *best = earliest(merge, NULL);
    const struct input *input;
    while ((input = waiting(merge)) != NULL && (!best || !source_is_before(best, input->first, input->number))) {
        open_next(merge);
        best = earliest(merge, NULL);
    }
    merge->limit = input ? input->first : INT64_MAX;
    merge->limit_number = input ? input->number : UINT32_MAX;
    const struct source *second = earliest(merge, best);
    if (second && source_is_before(second, merge->limit, merge->limit_number)) {
        merge->limit = second->record.origin.time;
        merge->limit_number = second->input->number;
    }
    return best;
}

bool merge_next(struct merge *merge, struct record *record)
{
    struct source *source = merge->current;
    bool still = source && arrived(merge, source, capture_next(source->capture, &source->record)) &&
                 source_is_before(source, merge->limit, merge->limit_number);
    if (!still)
        source = merge->current = choose(merge);
    if (source)
        *record = source->record;
    return source != NULL;
}

bool merge_keeps(const struct merge *merge)
{
    return merge->current && capture_keeps(merge->current->capture);
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

void merge_free(struct merge *merge)
{
    for (unsigned i = 0; i < merge->count; i++)
        capture_close(merge->open[i].capture);
    g_free(merge);
}
