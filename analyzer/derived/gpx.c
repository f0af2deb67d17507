/* SPDX-License-Identifier: GPL-2.0-or-later
 * tracks/<device_id>.gpx. Waypoints stand before tracks there, so these wait until all waypoints are known. */
#include "derived/gpx.h"

#include "derived/later.h"
#include "derived/piece.h"
#include "derived/xml.h"

/* Most bytes of a point without its packets. */
#define POINT_MAX 2048
/* What other programs take for an integer. */
#define INTEGER_MAX INT32_MAX
/* 180 degrees east are 180 west: GPX has no longitude of 180. */
#define ROUND INT64_C(180)

struct gpx {
    const struct track_files *files;
    const struct device *device;
    struct table table;
    struct later tracks;
    struct track_stretch stretch; /* whose track is open */
    bool begun, timed;            /* the open track has a part; it has times */
    struct text_clock clock;
};

static void begin(void *state, const struct device *device)
{
    ((struct gpx *)state)->device = device;
}

/* The file is made when there is something for it. */
static GString *text_of(struct gpx *gpx)
{
    if (gpx->table.name)
        return gpx->table.text;
    track_open(&gpx->table, gpx->files, gpx->device, ".gpx");
    GString *text = gpx->table.text;
    g_string_append(text, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                          "<gpx version=\"1.1\" creator=\"s7timeline\" xmlns=\"http://www.topografix.com/GPX/1/1\""
                          " xmlns:gpxtpx=\"http://www.garmin.com/xmlschemas/TrackPointExtension/v2\""
                          " xmlns:s7=\"urn:s7timeline:1\">\n"
                          "  <metadata>\n    <name>");
    xml_text(text, gpx->device->id);
    g_string_append(text, "</name>\n  </metadata>\n");
    return text;
}

static char *put_longitude(char *at, const struct map_number *number)
{
    int64_t scale = 1;
    for (unsigned i = 0; i < number->digits && scale <= INT64_MAX / 10 / ROUND; i++)
        scale *= 10;
    if (number->value == ROUND * scale)
        return s7_put_decimal(at, -number->value, number->digits);
    return map_put_number(at, number);
}

/* name: "wpt" or "trkpt" */
static char *put_place(char *at, const char *name, const struct map_fix *fix)
{
    at = pen_put_char(at, '<');
    at = pen_put_bytes(at, name, strlen(name));
    at = pen_put_literal(at, " lat=\"");
    at = map_put_number(at, &fix->latitude);
    at = pen_put_literal(at, "\" lon=\"");
    at = put_longitude(at, &fix->longitude);
    return pen_put_literal(at, "\">\n");
}

static char *put_spaces(char *at, unsigned count)
{
    memset(at, ' ', count);
    return at + count;
}

static char *put_height_and_time(struct gpx *gpx, char *at, const struct map_fix *fix, unsigned depth)
{
    if (fix->altitude.sent) {
        at = pen_put_literal(put_spaces(at, depth), "<ele>");
        at = map_put_number(at, &fix->altitude);
        at = pen_put_literal(at, "</ele>\n");
    }
    if (fix->clock == MAP_NO_CLOCK)
        return at;
    at = pen_put_literal(put_spaces(at, depth), "<time>");
    at = map_put_time(at, &gpx->clock, fix->clock, fix->time);
    return pen_put_literal(at, "</time>\n");
}

/* What the time is, where it is not the device's. */
static char *put_time_note(struct gpx *gpx, char *at, const struct map_fix *fix)
{
    if (fix->clock == MAP_CAPTURE_CLOCK)
        at = pen_put_literal(at, ", time of the capture");
    if (fix->clock == MAP_NO_CLOCK)
        at = pen_put_literal(at, ", no time in UTC");
    if (fix->clock == MAP_DEVICE_CLOCK || fix->device_time == LIFE_NO_TIME)
        return at;
    char text[TEXT_TIME_SIZE];
    text_clock_put(&gpx->clock, text, fix->device_time * NANOSECONDS);
    at = pen_put_literal(at, ", device clock ");
    return pen_put_bytes(at, text, TEXT_SECOND_SIZE);
}

static char *put_comment(struct gpx *gpx, char *at, const struct track_fix *fix, unsigned depth)
{
    at = pen_put_literal(put_spaces(at, depth), "<cmt>row ");
    at = s7_put_unsigned(at, fix->fix->row);
    at = pen_put_literal(at, ", packets ");
    at = pen_put_bytes(at, fix->packets, fix->fix->packets_length);
    at = put_time_note(gpx, at, fix->fix);
    return pen_put_literal(at, "</cmt>\n");
}

static char *put_quality(char *at, const struct map_fix *fix, unsigned depth)
{
    if (fix->satellites.sent && fix->satellites.value <= INTEGER_MAX) {
        at = pen_put_literal(put_spaces(at, depth), "<sat>");
        at = map_put_number(at, &fix->satellites);
        at = pen_put_literal(at, "</sat>\n");
    }
    if (fix->hdop.sent) {
        at = pen_put_literal(put_spaces(at, depth), "<hdop>");
        at = map_put_number(at, &fix->hdop);
        at = pen_put_literal(at, "</hdop>\n");
    }
    return at;
}

/* Hundredths of a metre a second. */
static int64_t metres_a_second(const struct map_number *speed)
{
    double value = map_double(speed) / 3.6 * 100;
    return value < 0 || value > INTEGER_MAX ? -1 : (int64_t)(value + 0.5);
}

/* Twice: in the form that the web reads, and flat, for OGR and QGIS. */
static char *put_motion(char *at, const struct map_fix *fix)
{
    bool course = fix->course.sent && fix->course.value <= INTEGER_MAX, turn = course && fix->course.value <= 360;
    int64_t speed = fix->speed.sent ? metres_a_second(&fix->speed) : -1;
    if (!course && !fix->speed.sent)
        return at;
    at = pen_put_literal(at, "        <extensions>\n");
    if (speed >= 0 || turn)
        at = pen_put_literal(at, "          <gpxtpx:TrackPointExtension>\n");
    if (speed >= 0) {
        at = s7_put_decimal(pen_put_literal(at, "            <gpxtpx:speed>"), speed, 2);
        at = pen_put_literal(at, "</gpxtpx:speed>\n");
    }
    if (turn) {
        at = map_put_number(pen_put_literal(at, "            <gpxtpx:course>"), &fix->course);
        at = pen_put_literal(at, "</gpxtpx:course>\n");
    }
    if (speed >= 0 || turn)
        at = pen_put_literal(at, "          </gpxtpx:TrackPointExtension>\n");
    if (fix->speed.sent) {
        at = map_put_number(pen_put_literal(at, "          <s7:speed_kmh>"), &fix->speed);
        at = pen_put_literal(at, "</s7:speed_kmh>\n");
    }
    if (course) {
        at = map_put_number(pen_put_literal(at, "          <s7:course_deg>"), &fix->course);
        at = pen_put_literal(at, "</s7:course_deg>\n");
    }
    return pen_put_literal(at, "        </extensions>\n");
}

static void single(void *state, const struct track_fix *fix)
{
    struct gpx *gpx = state;
    GString *text = text_of(gpx);
    char *at = piece_begin(text, POINT_MAX + fix->fix->packets_length);
    at = put_place(put_spaces(at, 2), "wpt", fix->fix);
    at = put_height_and_time(gpx, at, fix->fix, 4);
    at = pen_put_literal(at, "    <name>single fix</name>\n");
    at = put_comment(gpx, at, fix, 4);
    if (fix->fix->speed.sent) {
        at = map_put_number(pen_put_literal(at, "    <desc>"), &fix->fix->speed);
        at = pen_put_literal(at, " km/h</desc>\n");
    }
    at = pen_put_literal(at, "    <type>fix</type>\n");
    at = put_quality(at, fix->fix, 4);
    piece_end(text, pen_put_literal(at, "  </wpt>\n"));
    table_row(&gpx->table);
}

static void point(void *state, const struct track_fix *fix)
{
    struct gpx *gpx = state;
    GString *text = gpx->tracks.text;
    char *at = piece_begin(text, POINT_MAX + fix->fix->packets_length);
    at = put_place(put_spaces(at, 6), "trkpt", fix->fix);
    at = put_height_and_time(gpx, at, fix->fix, 8);
    at = put_comment(gpx, at, fix, 8);
    at = put_quality(at, fix->fix, 8);
    at = put_motion(at, fix->fix);
    piece_end(text, pen_put_literal(at, "      </trkpt>\n"));
    later_row(&gpx->tracks);
}

/* Of what is no fix. */
static void open_place(struct gpx *gpx, struct position position)
{
    struct map_fix fix = {.latitude = {position.latitude, 7, true}, .longitude = {position.longitude, 7, true}};
    GString *text = text_of(gpx);
    char *at = piece_begin(text, POINT_MAX);
    piece_end(text, put_place(put_spaces(at, 2), "wpt", &fix));
}

static void add_time(struct gpx *gpx, const char *before, int64_t time, enum life_clock clock, const char *after)
{
    GString *text = gpx->table.text;
    g_string_append(text, before);
    char *at = piece_begin(text, TEXT_TIME_SIZE + PEN_SLACK);
    piece_end(text,
              map_put_time(at, &gpx->clock, clock == LIFE_CLOCK_DEVICE ? MAP_DEVICE_CLOCK : MAP_CAPTURE_CLOCK, time));
    g_string_append(text, after);
}

/* Of a clock that may have any zone. */
static void add_device_time(struct gpx *gpx, int64_t time)
{
    char text[TEXT_TIME_SIZE];
    text_clock_put(&gpx->clock, text, time);
    g_string_append(gpx->table.text, ", device clock ");
    g_string_append_len(gpx->table.text, text, TEXT_SECOND_SIZE);
}

/* Whose clock an event has is not enough: the device's is UTC in some dialects only. */
static bool is_utc(const struct gpx *gpx, enum life_clock clock)
{
    return clock == LIFE_CLOCK_CAPTURE || !gpx->device->has_dialect[S7_GOTOP];
}

static void event(void *state, const struct life_event *event)
{
    struct gpx *gpx = state;
    if (event->position.latitude == DISTANCE_NOWHERE)
        return;
    open_place(gpx, event->position);
    GString *text = gpx->table.text;
    if (event->time != LIFE_NO_TIME && is_utc(gpx, event->clock))
        add_time(gpx, "    <time>", event->time, event->clock, "</time>\n");
    g_string_append(text, "    <name>");
    xml_text(text, event->event);
    g_string_append_printf(text, "</name>\n    <cmt>rows %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT ", rule ",
                           event->first_row, event->last_row);
    xml_text(text, event->rule);
    if (event->time != LIFE_NO_TIME && !is_utc(gpx, event->clock))
        add_device_time(gpx, event->time);
    g_string_append(text, "</cmt>\n    <desc>");
    xml_text(text, event->detail);
    g_string_append(text, "</desc>\n    <type>event</type>\n  </wpt>\n");
    table_row(&gpx->table);
}

static void stretch(void *state, const struct track_stretch *stretch)
{
    const struct life_trip *trip = stretch->trip;
    struct gpx *gpx = state;
    if (trip->kind != LIFE_STOP || trip->from.latitude == DISTANCE_NOWHERE)
        return;
    open_place(gpx, trip->from);
    GString *text = gpx->table.text;
    if (is_utc(gpx, trip->clock))
        add_time(gpx, "    <time>", trip->start, trip->clock, "</time>\n");
    g_string_append_printf(text,
                           "    <name>stop %" G_GUINT64_FORMAT "</name>\n    <cmt>rows %" G_GUINT64_FORMAT
                           " to %" G_GUINT64_FORMAT "</cmt>\n    <desc>%" G_GINT64_FORMAT
                           " s</desc>\n    <type>stop</type>\n  </wpt>\n",
                           stretch->number, trip->first_row, trip->last_row, (trip->end - trip->start) / NANOSECONDS);
    table_row(&gpx->table);
}

static void open_track(struct gpx *gpx)
{
    GString *text = gpx->tracks.text;
    const struct life_trip *trip = gpx->stretch.trip;
    const char *kind = track_kind(trip);
    gpx->begun = false;
    g_string_append(text, "  <trk>\n    <name>");
    xml_text(text, gpx->device->id);
    g_string_append_printf(text, "</name>\n    <cmt>%s %" G_GUINT64_FORMAT, kind, gpx->stretch.number);
    if (trip)
        g_string_append_printf(text, ", rows %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT, trip->first_row,
                               trip->last_row);
    /* GDAL 3.10 looks for the extensions of points only where it found some in a track itself. */
    g_string_append_printf(text,
                           "</cmt>\n    <src>s7timeline</src>\n    <type>%s</type>\n    <extensions>\n"
                           "      <s7:track_gap_s>%" G_GINT64_FORMAT "</s7:track_gap_s>\n    </extensions>\n",
                           kind, gpx->files->gap);
}

static void track_end(void *state)
{
    g_string_append(((struct gpx *)state)->tracks.text, "  </trk>\n");
}

static void track(void *state, const struct track_stretch *stretch)
{
    struct gpx *gpx = state;
    text_of(gpx);
    gpx->stretch = *stretch;
    open_track(gpx);
}

/* A track has times in all of its parts or in none: of one that has them in some, togeojson gives them to others. */
static void part(void *state, enum map_clock clock)
{
    struct gpx *gpx = state;
    bool timed = clock != MAP_NO_CLOCK;
    if (gpx->begun && timed != gpx->timed) {
        track_end(gpx);
        open_track(gpx);
    }
    gpx->begun = true;
    gpx->timed = timed;
    g_string_append(gpx->tracks.text, "    <trkseg>\n");
}

static void part_end(void *state)
{
    g_string_append(((struct gpx *)state)->tracks.text, "    </trkseg>\n");
}

static void end(void *state)
{
    struct gpx *gpx = state;
    if (!gpx->table.name)
        return;
    later_write(&gpx->tracks, &gpx->table);
    g_string_append(gpx->table.text, "</gpx>\n");
    table_close(&gpx->table);
}

static void close_gpx(void *state)
{
    struct gpx *gpx = state;
    table_clear(&gpx->table);
    later_clear(&gpx->tracks);
    g_free(gpx);
}

struct track_taker gpx_open(void *shared)
{
    struct gpx *gpx = g_new0(struct gpx, 1);
    gpx->files = shared;
    later_init(&gpx->tracks, output_scratch(gpx->files->output));
    text_clock_init(&gpx->clock);
    return (struct track_taker){.state = gpx,
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
                                .close = close_gpx};
}
