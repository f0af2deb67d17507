/* SPDX-License-Identifier: GPL-2.0-or-later
 * The tracks of a device: which of its fixes are joined, and which stand alone. */
#include "derived/tracks.h"

#include "base/sorter.h"

/* Half way round the globe, in 1e-7 degrees: the short way between two such longitudes is that across 180 degrees. */
#define HALF_ROUND INT64_C(1800000000)
/* Two positions that are no further apart in both directions have no more than 80 m between them. In 1e-7 degrees. */
#define NEAR        INT64_C(5000)
#define NEAR_METRES 80.0

/* The fix before, which waits until it is known whether it stands alone. */
struct held {
    struct map_fix fix;
    GString *packets;
    bool has;
    bool joined; /* it was told as a point */
};

/* A trip, stop or silence in its turn. */
struct planned {
    bool there;
    uint64_t place;
    struct life_trip trip;
};

struct tracks {
    const struct tracks_options *options;
    struct track_taker *takers;
    struct sorter *fixes, *trips; /* in the order in which they came */
    uint64_t fix_count, trip_count;
    const struct device *device;
    bool known;     /* the device is: fixes of no known device are of several */
    bool ascending; /* the numbers of the rows: else trips say nothing of their order */
    uint64_t last_row;
    uint64_t kinds[LIFE_SILENCE + 1]; /* stretches of each, as they come */
    GString *packets;
    /* While fixes are told. */
    struct held held;
    struct planned at_hand, ahead;
    uint64_t numbers[LIFE_SILENCE + 1];
    bool in_trip;    /* the fix before is in it */
    bool track_open; /* told */
    uint64_t others; /* tracks of no trip */
};

/* For each that cares: a statement about its function follows. */
#define EACH(tracks, taker, function)                                                                                  \
    for (const struct track_taker *taker = (tracks)->takers; taker < (tracks)->takers + (tracks)->options->count;      \
         taker++)                                                                                                      \
        if (taker->function)

static void *open_tracks(void *shared, const struct life_turn *turn)
{
    struct tracks *tracks = g_new0(struct tracks, 1);
    const struct tracks_options *options = tracks->options = shared;
    tracks->fixes = sorter_new(options->scratch, options->memory);
    tracks->trips = sorter_new(options->scratch, SORTER_MEMORY_MIN);
    tracks->packets = g_string_new(NULL);
    tracks->held.packets = g_string_new(NULL);
    tracks->takers = g_new0(struct track_taker, options->count);
    for (size_t i = 0; i < options->count; i++)
        tracks->takers[i] = options->forms[i].open(options->forms[i].shared);
    return tracks;
}

static void begin(void *user, const struct device *device)
{
    struct tracks *tracks = user;
    tracks->fix_count = tracks->trip_count = tracks->last_row = tracks->others = 0;
    tracks->device = device;
    tracks->known = device->number != 0;
    tracks->ascending = true;
    tracks->held.has = tracks->in_trip = tracks->track_open = false;
    memset(tracks->kinds, 0, sizeof tracks->kinds);
    memset(tracks->numbers, 0, sizeof tracks->numbers);
    EACH(tracks, taker, begin)
    taker->begin(taker->state, device);
}

static void row(void *user, const struct life_row *life_row)
{
    struct tracks *tracks = user;
    const struct report *report = life_row->report;
    tracks->ascending &= life_row->number > tracks->last_row;
    tracks->last_row = life_row->number;
    if (life_row->position.latitude == DISTANCE_NOWHERE)
        return;
    struct map_fix fix;
    map_fix_read(&fix, life_row, tracks->device);
    g_string_truncate(tracks->packets, 0);
    origins_print(tracks->packets, report->packets, report->packet_count, report->completed.file);
    fix.packets_length = (uint32_t)tracks->packets->len;
    const struct sorter_key key = {.third = tracks->fix_count++};
    char *to = sorter_add(tracks->fixes, &key, sizeof fix + fix.packets_length);
    memcpy(to, &fix, sizeof fix);
    memcpy(to + sizeof fix, tracks->packets->str, fix.packets_length);
}

static void event(void *user, const struct life_event *life_event)
{
    struct tracks *tracks = user;
    EACH(tracks, taker, event)
    taker->event(taker->state, life_event);
}

static void trip(void *user, const struct life_trip *life_trip)
{
    struct tracks *tracks = user;
    const struct sorter_key key = {.third = tracks->trip_count++};
    memcpy(sorter_add(tracks->trips, &key, sizeof *life_trip), life_trip, sizeof *life_trip);
    const struct track_stretch stretch = {life_trip, ++tracks->kinds[life_trip->kind], tracks->trip_count};
    EACH(tracks, taker, stretch)
    taker->stretch(taker->state, &stretch);
}

/* The one that was ahead becomes the one at hand. */
static void next_trip(struct tracks *tracks)
{
    struct sorter_piece piece;
    tracks->at_hand = tracks->ahead;
    if (tracks->at_hand.there)
        tracks->numbers[tracks->at_hand.trip.kind]++;
    tracks->ahead.there = tracks->ascending && tracks->trip_count > 0 && sorter_next(tracks->trips, &piece);
    if (!tracks->ahead.there)
        return;
    memcpy(&tracks->ahead.trip, piece.data, sizeof tracks->ahead.trip);
    tracks->ahead.place = piece.key.third + 1;
}

/* Seconds between them, by the clock that both have; negative: it cannot be told, or it went back. */
static double elapsed(const struct map_fix *from, const struct map_fix *to)
{
    if (from->device_time == LIFE_NO_TIME || to->device_time == LIFE_NO_TIME)
        return -1;
    return (double)(to->device_time - from->device_time);
}

static bool is_near(const struct position *a, const struct position *b)
{
    int64_t north = (int64_t)a->latitude - b->latitude, east = (int64_t)a->longitude - b->longitude;
    return north <= NEAR && north >= -NEAR && east <= NEAR && east >= -NEAR;
}

/* Is a line from one to the other what a car may have driven? */
static bool can_join(const struct tracks *tracks, const struct map_fix *from, const struct map_fix *to)
{
    double seconds = elapsed(from, to);
    int64_t east = (int64_t)to->position.longitude - from->position.longitude;
    if (!tracks->known || from->clock != to->clock || seconds < 0 || seconds > (double)tracks->options->gap)
        return false;
    if (east > HALF_ROUND || east < -HALF_ROUND)
        return false;
    const struct tracks_options *options = tracks->options;
    if (options->jump_distance >= NEAR_METRES && is_near(&from->position, &to->position))
        return true;
    struct distance_point a = distance_point(from->position), b = distance_point(to->position);
    double distance = distance_between(&a, &b);
    return distance <= options->jump_distance || distance <= seconds * options->jump_speed;
}

static struct track_fix held_fix(const struct tracks *tracks)
{
    return (struct track_fix){&tracks->held.fix, tracks->held.packets->str};
}

/* The part ends with the fix before, or that stands alone. */
static void end_part(struct tracks *tracks)
{
    if (!tracks->held.has)
        return;
    const struct track_fix fix = held_fix(tracks);
    if (tracks->held.joined) {
        EACH(tracks, taker, part_end)
        taker->part_end(taker->state);
    } else {
        EACH(tracks, taker, single)
        taker->single(taker->state, &fix);
    }
    tracks->held.has = false;
}

static void end_track(struct tracks *tracks)
{
    end_part(tracks);
    if (tracks->track_open) {
        EACH(tracks, taker, track_end)
        taker->track_end(taker->state);
    }
    tracks->track_open = false;
}

/* Does the trip, stop or silence at hand end before that row? The row that a stop and a trip share is of the trip. */
static bool is_over(const struct tracks *tracks, uint64_t number)
{
    const struct life_trip *trip = &tracks->at_hand.trip, *ahead = &tracks->ahead.trip;
    if (!tracks->at_hand.there || trip->last_row > number)
        return false;
    if (trip->last_row < number || trip->kind == LIFE_SILENCE)
        return true;
    return trip->kind == LIFE_STOP && tracks->ahead.there && ahead->kind == LIFE_TRIP && ahead->first_row == number;
}

/* Finds the trip or stop that the row belongs to; returns whether a silence lies between it and the fix before. */
static bool find_trip(struct tracks *tracks, uint64_t number)
{
    bool silent = false, in_trip = tracks->in_trip;
    while (is_over(tracks, number)) {
        silent |= tracks->at_hand.trip.kind == LIFE_SILENCE;
        if (in_trip)
            end_track(tracks);
        in_trip = false;
        next_trip(tracks);
    }
    tracks->in_trip =
        tracks->at_hand.there && tracks->at_hand.trip.kind != LIFE_SILENCE && tracks->at_hand.trip.first_row <= number;
    if (tracks->in_trip != in_trip)
        end_track(tracks);
    return silent;
}

/* The fix before and this one are joined: the fix before may be the first of a part. */
static void join(struct tracks *tracks, const struct track_fix *fix)
{
    const struct track_fix before = held_fix(tracks);
    const struct life_trip *life_trip = tracks->in_trip ? &tracks->at_hand.trip : NULL;
    if (!tracks->track_open) {
        struct track_stretch stretch = {life_trip, 0, tracks->at_hand.place};
        stretch.number = life_trip ? tracks->numbers[life_trip->kind] : ++tracks->others;
        EACH(tracks, taker, track)
        taker->track(taker->state, &stretch);
    }
    tracks->track_open = true;
    if (!tracks->held.joined) {
        EACH(tracks, taker, part)
        taker->part(taker->state, (enum map_clock)fix->fix->clock);
        EACH(tracks, taker, point)
        taker->point(taker->state, &before);
    }
    EACH(tracks, taker, point)
    taker->point(taker->state, fix);
}

static void tell_fix(struct tracks *tracks, const struct track_fix *fix)
{
    struct held *held = &tracks->held;
    bool silent = find_trip(tracks, fix->fix->row);
    bool joined = held->has && !silent && can_join(tracks, &held->fix, fix->fix);
    if (joined)
        join(tracks, fix);
    else
        end_part(tracks);
    held->fix = *fix->fix;
    held->has = true;
    held->joined = joined;
    g_string_truncate(held->packets, 0);
    g_string_append_len(held->packets, fix->packets, fix->fix->packets_length);
}

static void end(void *user)
{
    struct tracks *tracks = user;
    struct sorter_piece piece;
    if (tracks->trip_count > 0)
        sorter_sort(tracks->trips);
    tracks->ahead.there = false;
    next_trip(tracks); /* the first one is ahead, then at hand */
    next_trip(tracks);
    if (tracks->fix_count > 0)
        sorter_sort(tracks->fixes);
    while (tracks->fix_count > 0 && sorter_next(tracks->fixes, &piece)) {
        const struct track_fix fix = {(const struct map_fix *)(const void *)piece.data,
                                      (const char *)piece.data + sizeof(struct map_fix)};
        tell_fix(tracks, &fix);
    }
    end_track(tracks);
    sorter_clear(tracks->fixes);
    sorter_clear(tracks->trips);
    EACH(tracks, taker, end)
    taker->end(taker->state);
}

static void close_tracks(void *user)
{
    struct tracks *tracks = user;
    EACH(tracks, taker, close)
    taker->close(taker->state);
    sorter_free(tracks->fixes);
    sorter_free(tracks->trips);
    g_string_free(tracks->packets, TRUE);
    g_string_free(tracks->held.packets, TRUE);
    g_free(tracks->takers);
    g_free(tracks);
}

struct teller tracks_teller(struct tracks_options *options)
{
    return (struct teller){.shared = options,
                           .open = open_tracks,
                           .begin = begin,
                           .row = row,
                           .event = event,
                           .trip = trip,
                           .end = end,
                           .close = close_tracks};
}
