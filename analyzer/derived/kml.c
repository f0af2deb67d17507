/* SPDX-License-Identifier: GPL-2.0-or-later
 * tracks/<device_id>.kml. The coordinates of a part wait for its times, the fixes for the tracks. */
#include "derived/kml.h"

#include "derived/later.h"
#include "derived/piece.h"
#include "derived/xml.h"

#define POINT_MAX 2048

struct kml {
    const struct track_files *files;
    const struct device *device;
    struct table table;
    const char *folder; /* that is open; NULL = none */
    struct later coordinates, untimed, fixes;
    struct text_clock clock;
    const struct life_trip *trip; /* of the track at hand */
    uint64_t number;
    bool open;  /* its placemark of parts with times is */
    bool timed; /* the part has times */
};

static void begin(void *state, const struct device *device)
{
    struct kml *kml = state;
    kml->device = device;
    kml->folder = NULL;
}

static void close_folder(struct kml *kml)
{
    if (kml->folder)
        g_string_append(kml->table.text, "</Folder>\n");
    kml->folder = NULL;
}

/* The file is made when there is something for it. */
static GString *open_file(struct kml *kml)
{
    if (kml->table.name)
        return kml->table.text;
    track_open(&kml->table, kml->files, kml->device, ".kml");
    g_string_append(kml->table.text, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                                     "<kml xmlns=\"http://www.opengis.net/kml/2.2\""
                                     " xmlns:gx=\"http://www.google.com/kml/ext/2.2\">\n"
                                     "  <Document>\n<name>");
    xml_text(kml->table.text, kml->device->id);
    g_string_append(kml->table.text, "</name>\n");
    return kml->table.text;
}

static GString *open_folder(struct kml *kml, const char *folder)
{
    GString *text = open_file(kml);
    if (kml->folder && strcmp(kml->folder, folder) == 0)
        return text;
    close_folder(kml);
    g_string_append_printf(text, "<Folder>\n<name>%s</name>\n", folder);
    kml->folder = folder;
    return text;
}

static void add_data_text(GString *text, const char *name, const char *value)
{
    g_string_append_printf(text, "<Data name=\"%s\"><value>", name);
    xml_text(text, value);
    g_string_append(text, "</value></Data>\n");
}

static void add_data_unsigned(GString *text, const char *name, uint64_t value)
{
    g_string_append_printf(text, "<Data name=\"%s\"><value>%" G_GUINT64_FORMAT "</value></Data>\n", name, value);
}

static char *put_data(char *at, const char *name, const struct map_number *number)
{
    if (!number->sent)
        return at;
    at = stpcpy(pen_put_literal(at, "<Data name=\""), name);
    at = map_put_number(pen_put_literal(at, "\"><value>"), number);
    return pen_put_literal(at, "</value></Data>\n");
}

static void add_time_stamp(struct kml *kml, GString *text, enum map_clock clock, int64_t time)
{
    char *at = piece_begin(text, POINT_MAX);
    at = map_put_time(pen_put_literal(at, "<TimeStamp><when>"), &kml->clock, clock, time);
    piece_end(text, pen_put_literal(at, "</when></TimeStamp>\n"));
}

static void add_position(GString *text, struct position position)
{
    char *at = piece_begin(text, POINT_MAX);
    at = s7_put_decimal(pen_put_literal(at, "<Point><coordinates>"), position.longitude, 7);
    at = s7_put_decimal(pen_put_char(at, ','), position.latitude, 7);
    piece_end(text, pen_put_literal(at, "</coordinates></Point>\n</Placemark>\n"));
}

/* The device's clock is UTC in some dialects only. */
static bool is_utc(const struct kml *kml, enum life_clock clock)
{
    return clock == LIFE_CLOCK_CAPTURE || !kml->device->has_dialect[S7_GOTOP];
}

static enum map_clock clock_of(enum life_clock clock)
{
    return clock == LIFE_CLOCK_DEVICE ? MAP_DEVICE_CLOCK : MAP_CAPTURE_CLOCK;
}

static void add_device_time(struct kml *kml, GString *text, int64_t time)
{
    char buffer[TEXT_TIME_SIZE + 1];
    text_clock_put(&kml->clock, buffer, time);
    buffer[TEXT_SECOND_SIZE] = '\0';
    add_data_text(text, "device_clock", buffer);
}

static void event(void *state, const struct life_event *event)
{
    struct kml *kml = state;
    if (event->position.latitude == DISTANCE_NOWHERE)
        return;
    GString *text = open_folder(kml, "events");
    bool timed = event->time != LIFE_NO_TIME, utc = is_utc(kml, event->clock);
    g_string_append(text, "<Placemark>\n<name>");
    xml_text(text, event->event);
    g_string_append(text, "</name>\n<description>");
    xml_text(text, event->detail);
    g_string_append(text, "</description>\n");
    if (timed && utc)
        add_time_stamp(kml, text, clock_of(event->clock), event->time);
    g_string_append(text, "<ExtendedData>\n");
    add_data_text(text, "device_id", kml->device->id);
    if (timed && !utc)
        add_device_time(kml, text, event->time);
    add_data_text(text, "rule", event->rule);
    add_data_unsigned(text, "first_row", event->first_row);
    add_data_unsigned(text, "last_row", event->last_row);
    g_string_append(text, "</ExtendedData>\n");
    add_position(text, event->position);
    table_row(&kml->table);
}

static void add_stretch(GString *text, const struct life_trip *trip)
{
    add_data_unsigned(text, "duration_s", (uint64_t)((trip->end - trip->start) / NANOSECONDS));
    if (trip->distance >= 0)
        g_string_append_printf(text, "<Data name=\"distance_m\"><value>%.0f</value></Data>\n", trip->distance);
    add_data_unsigned(text, "first_row", trip->first_row);
    add_data_unsigned(text, "last_row", trip->last_row);
}

static void stretch(void *state, const struct track_stretch *stretch)
{
    const struct life_trip *trip = stretch->trip;
    struct kml *kml = state;
    if (trip->kind != LIFE_STOP || trip->from.latitude == DISTANCE_NOWHERE)
        return;
    GString *text = open_folder(kml, "stops");
    g_string_append_printf(text, "<Placemark>\n<name>stop %" G_GUINT64_FORMAT "</name>\n", stretch->number);
    if (is_utc(kml, trip->clock))
        add_time_stamp(kml, text, clock_of(trip->clock), trip->start);
    g_string_append(text, "<ExtendedData>\n");
    add_data_text(text, "device_id", kml->device->id);
    add_stretch(text, trip);
    g_string_append(text, "</ExtendedData>\n");
    add_position(text, trip->from);
    table_row(&kml->table);
}

static char *put_fix_data(char *at, const struct map_fix *fix)
{
    at = put_data(at, "speed_kmh", &fix->speed);
    at = put_data(at, "course_deg", &fix->course);
    at = put_data(at, "satellites", &fix->satellites);
    return put_data(at, "hdop", &fix->hdop);
}

/* Longitude, latitude and, where it is known, height. */
static char *put_coordinates(char *at, const struct map_fix *fix, char between)
{
    at = pen_put_char(map_put_number(at, &fix->longitude), between);
    at = map_put_number(at, &fix->latitude);
    return fix->altitude.sent ? map_put_number(pen_put_char(at, between), &fix->altitude) : at;
}

static char *put_time_stamp(struct kml *kml, char *at, const struct map_fix *fix)
{
    if (fix->clock == MAP_NO_CLOCK)
        return at;
    at = pen_put_literal(at, "<TimeStamp><when>");
    at = map_put_time(at, &kml->clock, (enum map_clock)fix->clock, fix->time);
    return pen_put_literal(at, "</when></TimeStamp>\n");
}

static char *put_device_clock(struct kml *kml, char *at, const struct map_fix *fix)
{
    char text[TEXT_TIME_SIZE];
    if (fix->clock != MAP_NO_CLOCK || fix->device_time == LIFE_NO_TIME)
        return at;
    text_clock_put(&kml->clock, text, fix->device_time * NANOSECONDS);
    at = pen_put_literal(at, "<Data name=\"device_clock\"><value>");
    return pen_put_literal(pen_put_bytes(at, text, TEXT_SECOND_SIZE), "</value></Data>\n");
}

/* Each fix is a point: some programs read no other form of them, and none keeps the time of each in a track. name:
 * "fix", or "single fix" of one that is in no track. */
static void add_fix(struct kml *kml, const struct track_fix *track_fix, const char *name)
{
    static const char *const notes[] = {", no time in UTC", "", ", time of the capture"};
    const struct map_fix *fix = track_fix->fix;
    GString *text = kml->fixes.text;
    char *at = piece_begin(text, POINT_MAX + fix->packets_length);
    at = stpcpy(pen_put_literal(at, "<Placemark>\n<name>"), name);
    at = s7_put_unsigned(pen_put_literal(at, "</name>\n<description>row "), fix->row);
    at = pen_put_bytes(pen_put_literal(at, ", packets "), track_fix->packets, fix->packets_length);
    at = pen_put_literal(stpcpy(at, notes[fix->clock]), "</description>\n");
    at = put_time_stamp(kml, at, fix);
    at = pen_put_literal(at, "<ExtendedData>\n<Data name=\"device_id\"><value>");
    at = pen_put_literal(stpcpy(at, kml->device->id), "</value></Data>\n"); /* letters and digits */
    at = put_device_clock(kml, at, fix);
    at = put_fix_data(at, fix);
    at = pen_put_literal(at, "</ExtendedData>\n<Point><coordinates>");
    at = put_coordinates(at, fix, ',');
    piece_end(text, pen_put_literal(at, "</coordinates></Point>\n</Placemark>\n"));
    later_row(&kml->fixes);
}

static void single(void *state, const struct track_fix *fix)
{
    open_file(state);
    add_fix(state, fix, "single fix");
}

/* The tracks have times, or are those of fixes without any: these can be no gx:Track, and stand in a folder of their
 * own, so that the extent of the others is what it is. */
static void open_placemark(struct kml *kml, GString *text)
{
    const struct life_trip *trip = kml->trip;
    g_string_append_printf(text, "<Placemark>\n<name>%s %" G_GUINT64_FORMAT "</name>\n", track_kind(trip), kml->number);
    if (trip)
        g_string_append_printf(text, "<description>rows %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT "</description>\n",
                               trip->first_row, trip->last_row);
    g_string_append(text, "<ExtendedData>\n");
    add_data_text(text, "device_id", kml->device->id);
    add_data_text(text, "kind", track_kind(trip));
    if (trip)
        add_stretch(text, trip);
    g_string_append(text, "</ExtendedData>\n");
}

static void track(void *state, const struct track_stretch *stretch)
{
    struct kml *kml = state;
    open_file(kml);
    kml->trip = stretch->trip;
    kml->number = stretch->number;
    kml->open = false;
}

static void part(void *state, enum map_clock clock)
{
    struct kml *kml = state;
    kml->timed = clock != MAP_NO_CLOCK;
    if (!kml->timed) {
        open_placemark(kml, kml->untimed.text);
        g_string_append(kml->untimed.text, "<LineString><coordinates>\n");
        return;
    }
    if (!kml->open) {
        open_placemark(kml, open_folder(kml, "trips"));
        g_string_append(kml->table.text, "<gx:MultiTrack>\n");
    }
    kml->open = true;
    g_string_append(kml->table.text, "<gx:Track>\n");
}

static void untimed_point(struct kml *kml, const struct map_fix *fix)
{
    GString *text = kml->untimed.text;
    piece_end(text, pen_put_char(put_coordinates(piece_begin(text, POINT_MAX), fix, ','), '\n'));
    later_row(&kml->untimed);
}

static void point(void *state, const struct track_fix *track_fix)
{
    struct kml *kml = state;
    const struct map_fix *fix = track_fix->fix;
    add_fix(kml, track_fix, "fix");
    if (!kml->timed) {
        untimed_point(kml, fix);
        return;
    }
    GString *text = kml->table.text;
    char *at = pen_put_literal(piece_begin(text, POINT_MAX), "<when>");
    at = map_put_time(at, &kml->clock, (enum map_clock)fix->clock, fix->time);
    piece_end(text, pen_put_literal(at, "</when>\n"));
    table_row(&kml->table);
    text = kml->coordinates.text;
    at = put_coordinates(pen_put_literal(piece_begin(text, POINT_MAX), "<gx:coord>"), fix, ' ');
    piece_end(text, pen_put_literal(at, "</gx:coord>\n"));
    later_row(&kml->coordinates);
}

static void part_end(void *state)
{
    struct kml *kml = state;
    if (!kml->timed) {
        g_string_append(kml->untimed.text, "</coordinates></LineString>\n</Placemark>\n");
        return;
    }
    later_write(&kml->coordinates, &kml->table);
    g_string_append(kml->table.text, "</gx:Track>\n");
}

static void track_end(void *state)
{
    struct kml *kml = state;
    if (kml->open)
        g_string_append(kml->table.text, "</gx:MultiTrack>\n</Placemark>\n");
    kml->open = false;
}

static void add_folder(struct kml *kml, const char *folder, struct later *content)
{
    if (later_is_empty(content))
        return;
    open_folder(kml, folder);
    later_write(content, &kml->table);
}

static void end(void *state)
{
    struct kml *kml = state;
    if (!kml->table.name)
        return;
    add_folder(kml, "trips without times", &kml->untimed);
    add_folder(kml, "fixes", &kml->fixes);
    close_folder(kml);
    g_string_append(kml->table.text, "  </Document>\n</kml>\n");
    table_close(&kml->table);
}

static void close_kml(void *state)
{
    struct kml *kml = state;
    table_clear(&kml->table);
    later_clear(&kml->coordinates);
    later_clear(&kml->untimed);
    later_clear(&kml->fixes);
    g_free(kml);
}

struct track_taker kml_open(void *shared)
{
    struct kml *kml = g_new0(struct kml, 1);
    kml->files = shared;
    later_init(&kml->coordinates, output_scratch(kml->files->output));
    later_init(&kml->untimed, output_scratch(kml->files->output));
    later_init(&kml->fixes, output_scratch(kml->files->output));
    text_clock_init(&kml->clock);
    return (struct track_taker){.state = kml,
                                .begin = begin,
                                .event = event,
                                .stretch = stretch,
                                .single = single,
                                .track = track,
                                .part = part,
                                .point = point,
                                .part_end = part_end,
                                .track_end = track_end,
                                .end = end,
                                .close = close_kml};
}
