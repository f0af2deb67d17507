/* SPDX-License-Identifier: GPL-2.0-or-later
 * Events and trips in two sorters. */
#include "life/log.h"

#include "base/sorter.h"
#include "base/text.h"

#include <string.h>

/* An event as it waits; its detail follows, with a NUL. */
struct entry {
    int64_t time;
    uint64_t first, last;
    struct position position;
    uint16_t what, name; /* enum conclusion, enum s7_event */
    uint8_t clock;
};

struct life_log {
    const struct rules *rules;
    struct sorter *events, *trips;
    bool any_event, any_trip;
    GString *detail;
};

struct life_log *log_new(const struct rules *rules, struct scratch *scratch, size_t memory)
{
    struct life_log *log = g_new0(struct life_log, 1);
    log->rules = rules;
    log->events = sorter_new(scratch, memory / 2);
    log->trips = sorter_new(scratch, memory / 2);
    log->detail = g_string_sized_new(256);
    return log;
}

GString *log_detail(struct life_log *log)
{
    return g_string_truncate(log->detail, 0);
}

void log_alarm(struct life_log *log, enum conclusion what, enum s7_event name, const struct mark *when, uint64_t first,
               uint64_t last)
{
    const struct sorter_key key = {.third = MIN(first, last)};
    const struct entry entry = {when->time,     MIN(first, last), MAX(first, last), when->position,
                                (uint16_t)what, (uint16_t)name,   when->clock};
    size_t length = log->detail->len + 1;
    uint8_t *to = sorter_add(log->events, &key, sizeof entry + length);
    memcpy(to, &entry, sizeof entry);
    memcpy(to + sizeof entry, log->detail->str, length);
    g_string_truncate(log->detail, 0);
    log->any_event = true;
}

void log_event(struct life_log *log, enum conclusion what, const struct mark *when, uint64_t first, uint64_t last)
{
    log_alarm(log, what, S7_EVENT_NONE, when, first, last);
}

void log_trip(struct life_log *log, const struct life_trip *trip)
{
    const uint64_t first = MIN(trip->first_row, trip->last_row), last = MAX(trip->first_row, trip->last_row);
    const struct sorter_key key = {.third = first};
    struct life_trip *to = sorter_add(log->trips, &key, sizeof *trip);
    *to = *trip;
    to->first_row = first;
    to->last_row = last;
    log->any_trip = true;
}

static void tell_events(struct life_log *log, const struct teller *tellers, void *const *states, size_t count)
{
    struct sorter_piece piece;
    sorter_sort(log->events);
    while (sorter_next(log->events, &piece)) {
        struct entry entry;
        memcpy(&entry, piece.data, sizeof entry);
        const char *name = rules_events[entry.what];
        const struct life_event event = {.time = entry.time,
                                         .clock = entry.clock,
                                         .event = name ? name : s7_event_names[entry.name],
                                         .detail = (const char *)piece.data + sizeof entry,
                                         .rule = log->rules->words[entry.what],
                                         .position = entry.position,
                                         .first_row = entry.first,
                                         .last_row = entry.last};
        for (size_t i = 0; i < count; i++)
            if (tellers[i].event)
                tellers[i].event(states[i], &event);
    }
    sorter_clear(log->events);
}

static void tell_trips(struct life_log *log, const struct teller *tellers, void *const *states, size_t count)
{
    struct sorter_piece piece;
    sorter_sort(log->trips);
    while (sorter_next(log->trips, &piece)) {
        struct life_trip trip;
        memcpy(&trip, piece.data, sizeof trip);
        for (size_t i = 0; i < count; i++)
            if (tellers[i].trip)
                tellers[i].trip(states[i], &trip);
    }
    sorter_clear(log->trips);
}

void log_tell(struct life_log *log, const struct teller *tellers, void *const *states, size_t count)
{
    if (log->any_event)
        tell_events(log, tellers, states, count);
    if (log->any_trip)
        tell_trips(log, tellers, states, count);
    log->any_event = log->any_trip = false;
}

void log_free(struct life_log *log)
{
    if (!log)
        return;
    sorter_free(log->events);
    sorter_free(log->trips);
    g_string_free(log->detail, TRUE);
    g_free(log);
}

void log_put_time(GString *out, const struct mark *mark)
{
    gsize start = out->len;
    if (mark->time == LIFE_NO_TIME) {
        g_string_append(out, "no time");
        return;
    }
    text_second(out, mark->time);
    out->str[start + 10] = 'T';
    if (mark->clock == LIFE_CLOCK_CAPTURE)
        g_string_append_c(out, 'Z');
}

void log_put_number(GString *out, double value, unsigned decimals)
{
    char format[8], text[G_ASCII_DTOSTR_BUF_SIZE];
    g_snprintf(format, sizeof format, "%%.%uf", decimals);
    g_ascii_formatd(text, sizeof text, format, value);
    g_string_append(out, strcmp(text, "-0") == 0 ? "0" : text);
}

void log_put_duration(GString *out, int64_t nanoseconds)
{
    int64_t seconds = nanoseconds / NANOSECONDS, days = seconds / 86400;
    if (days > 0)
        g_string_append_printf(out, "%" G_GINT64_FORMAT " d ", days);
    g_string_append_printf(out, days > 0 ? "%02d:%02d:%02d" : "%d:%02d:%02d", (int)(seconds / 3600 % 24),
                           (int)(seconds / 60 % 60), (int)(seconds % 60));
}
