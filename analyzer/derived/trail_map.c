/* SPDX-License-Identifier: GPL-2.0-or-later
 * Draws where a device was: an equirectangular projection that is true to scale at the middle latitude, cut where it
 * is emptiest, so that it goes over 180 degrees. */
#include "base/text.h"
#include "derived/html.h"
#include "derived/trail.h"

#include <math.h>
#include <stdlib.h>

#define WIDTH      760.0
#define HEIGHT_MIN 280.0
#define HEIGHT_MAX 520.0
#define MARGIN     34.0
/* Metres in a degree of latitude; the drawing shows so many at least. */
#define DEGREE     111195.08
#define EXTENT_MIN 300.0
#define RADIANS    (3.14159265358979323846 / 180.0)
/* Lines that are shorter than this, in tenths of a unit, wait for the next. */
#define LINE_MIN 8

struct map {
    const struct trail *trail;
    GString *out;
    double south, north;  /* degrees of what is shown */
    double middle, span;  /* longitude in the middle, and how many degrees are shown */
    double shrink;        /* a degree of longitude in degrees of latitude, at the middle */
    double scale, bottom; /* units in a degree; where south is */
    double height;
};

/* Degrees east of the middle: -180 to 180. */
static double unwrap(const struct map *map, double longitude)
{
    return remainder(longitude - map->middle, 360.0);
}

static double x_of(const struct map *map, double longitude)
{
    return WIDTH / 2 + unwrap(map, longitude) * map->shrink * map->scale;
}

static double y_of(const struct map *map, double latitude)
{
    return map->bottom - (latitude - map->south) * map->scale;
}

static int compare_degrees(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* The middle of all longitudes, and how far they go: without the widest stretch where there is nothing. */
static void find_middle(struct map *map, GArray *longitudes)
{
    const double *all = (const double *)(const void *)longitudes->data;
    qsort(longitudes->data, longitudes->len, sizeof(double), compare_degrees);
    double widest = all[0] + 360.0 - all[longitudes->len - 1], west = all[0];
    for (guint i = 1; i < longitudes->len; i++) {
        if (all[i] - all[i - 1] <= widest)
            continue;
        widest = all[i] - all[i - 1];
        west = all[i];
    }
    map->span = 360.0 - widest;
    map->middle = west + map->span / 2;
}

static void include(struct map *map, GArray *longitudes, struct position position)
{
    double latitude = position.latitude / 1e7, longitude = position.longitude / 1e7;
    map->south = fmin(map->south, latitude);
    map->north = fmax(map->north, latitude);
    g_array_append_val(longitudes, longitude);
}

/* What is shown, and how large. */
static void set_extent(struct map *map)
{
    const struct trail *trail = map->trail;
    g_autoptr(GArray) longitudes = g_array_new(FALSE, FALSE, sizeof(double));
    map->south = 90;
    map->north = -90;
    for (unsigned i = 0; i < trail->count; i++) {
        const struct trail_edge *edge = &trail->edges[i];
        if (trail_strand(trail, edge->strand) < 0)
            continue;
        include(map, longitudes, edge->from);
        include(map, longitudes, edge->to);
    }
    find_middle(map, longitudes);
    map->shrink = fmax(cos((map->south + map->north) / 2 * RADIANS), 0.02);
    double width = fmax(map->span * map->shrink, EXTENT_MIN / DEGREE);
    double height = fmax(map->north - map->south, EXTENT_MIN / DEGREE);
    map->height = fmin(fmax((WIDTH - 2 * MARGIN) * height / width + 2 * MARGIN, HEIGHT_MIN), HEIGHT_MAX);
    map->scale = fmin((WIDTH - 2 * MARGIN) / width, (map->height - 2 * MARGIN) / height);
    map->bottom = map->height / 2 + (map->north - map->south) * map->scale / 2;
}

/* The finest step of the graticule whose lines are far enough apart. */
static double choose_step(double scale, unsigned *decimals)
{
    static const double steps[] = {1, 2, 5, 10, 15, 30, 45, 90};
    for (int digits = 5; digits > 0; digits--)
        for (unsigned i = 0; i < 3; i++) {
            double step = steps[i] * pow(10, -digits);
            *decimals = (unsigned)digits;
            if (step * scale >= 90)
                return step;
        }
    *decimals = 0;
    for (unsigned i = 0; i < G_N_ELEMENTS(steps); i++)
        if (steps[i] * scale >= 90)
            return steps[i];
    return 90;
}

static void put_label(const struct map *map, double x, double y, const char *anchor, double degrees, unsigned decimals,
                      const char *names)
{
    g_string_append(map->out, "<text class=\"t\" x=\"");
    html_place(map->out, x);
    g_string_append(map->out, "\" y=\"");
    html_place(map->out, y);
    g_string_append_printf(map->out, "\" text-anchor=\"%s\">%.*f\302\260 %c</text>", anchor, (int)decimals,
                           fabs(degrees), names[degrees < 0]);
}

static void draw_parallels(const struct map *map)
{
    unsigned decimals;
    double step = choose_step(map->scale, &decimals);
    double low = map->south - (map->height - map->bottom) / map->scale, high = map->south + map->bottom / map->scale;
    for (int n = (int)ceil(low / step); n * step <= high; n++) {
        double y = y_of(map, n * step);
        if (fabs(n * step) > 90.0001)
            continue;
        g_string_append(map->out, "<path class=\"g\" d=\"M0 ");
        html_place(map->out, y);
        g_string_append_printf(map->out, "H%.0f\"/>", WIDTH);
        if (y > 16 && y < map->height - 20)
            put_label(map, 5, y - 3, "start", n * step, decimals, "NS");
    }
}

static void draw_meridians(const struct map *map)
{
    unsigned decimals;
    double unit = map->scale * map->shrink, step = choose_step(unit, &decimals);
    double low = map->middle - WIDTH / 2 / unit, high = map->middle + WIDTH / 2 / unit;
    for (int n = (int)ceil(low / step); n * step <= high && n * step < low + 360; n++) {
        double x = WIDTH / 2 + (n * step - map->middle) * unit, degrees = remainder(n * step, 360.0);
        g_string_append(map->out, "<path class=\"g\" d=\"M");
        html_place(map->out, x);
        g_string_append(map->out, " 0V");
        html_place(map->out, map->height);
        g_string_append(map->out, "\"/>");
        if (x > 70 && x < WIDTH - 62)
            put_label(map, x + 3, map->height - 6, "start", degrees, decimals, "EW");
    }
}

/* At the right end below: a nice number of metres. And north. */
static void draw_scale(const struct map *map)
{
    static const unsigned steps[] = {1, 2, 5};
    double metre = map->scale / DEGREE, unit = 1, length = 1;
    for (int power = 0; power <= 7; power++) {
        for (unsigned i = 0; i < G_N_ELEMENTS(steps); i++)
            if (steps[i] * unit * metre <= 170)
                length = steps[i] * unit;
        unit *= 10;
    }
    double right = WIDTH - 14, left = right - length * metre, y = map->height - 26;
    g_string_append(map->out, "<path class=\"k\" d=\"M");
    html_place(map->out, left);
    g_string_append_printf(map->out,
                           " %.1fv5H%.1fv-5\"/><text class=\"t b\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">", y,
                           right, right, y - 5);
    g_string_append_printf(map->out, length < 1000 ? "%.0f m" : "%.0f km", length < 1000 ? length : length / 1000);
    g_string_append_printf(
        map->out,
        "</text><g class=\"k\"><title>North is up</title><path class=\"n\" d=\"M%.0f 12l6 16-6-4-6 4z\"/>"
        "</g><text class=\"t b\" x=\"%.0f\" y=\"41\" text-anchor=\"middle\">N</text>",
        WIDTH - 20, WIDTH - 20);
}

static double x_at(const struct map *map, struct position position)
{
    return x_of(map, position.longitude / 1e7);
}

static double y_at(const struct map *map, struct position position)
{
    return y_of(map, position.latitude / 1e7);
}

struct pen {
    long x, y; /* tenths of a unit */
    bool down;
};

static void move_pen(GString *out, struct pen *pen, long x, long y, bool draw)
{
    bool line = pen->down && draw;
    g_string_append_c(out, line ? 'l' : 'M');
    html_integer(out, line ? x - pen->x : x);
    html_next_integer(out, line ? y - pen->y : y);
    *pen = (struct pen){x, y, true};
}

/* All edges of one strand. An edge that goes on where the one before ended is one line with it. */
static void draw_strand(const struct map *map, int number)
{
    const struct trail *trail = map->trail;
    struct pen pen = {0, 0, false};
    long x = 0, y = 0;
    bool waits = false;
    long half_round = lround(180 * map->shrink * map->scale * 10); /* the line would go the other way round */
    g_string_append_printf(map->out, "<path class=\"w w%d\" d=\"", number);
    for (unsigned i = 0; i < trail->count; i++) {
        const struct trail_edge *edge = &trail->edges[i];
        if (trail_strand(trail, edge->strand) != number)
            continue;
        long from_x = lround(x_at(map, edge->from) * 10), from_y = lround(y_at(map, edge->from) * 10);
        if (!pen.down || from_x != x || from_y != y) {
            if (waits)
                move_pen(map->out, &pen, x, y, true);
            move_pen(map->out, &pen, from_x, from_y, false);
        }
        x = lround(x_at(map, edge->to) * 10);
        y = lround(y_at(map, edge->to) * 10);
        bool dot = x == from_x && y == from_y, round_the_back = labs(x - from_x) > half_round;
        waits = !dot && !round_the_back && labs(x - pen.x) < LINE_MIN && labs(y - pen.y) < LINE_MIN;
        if (dot)
            g_string_append(map->out, "h0");
        else if (!waits)
            move_pen(map->out, &pen, x, y, !round_the_back);
    }
    if (waits)
        move_pen(map->out, &pen, x, y, true);
    g_string_append(map->out, "\"/>");
}

static void put_fix_title(GString *out, const struct trail_fix *fix)
{
    g_string_append(out, "<title>row ");
    text_unsigned(out, fix->row);
    g_string_append(out, ", ");
    html_moment(out, fix->second);
    if (fix->speed >= 0) {
        g_string_append(out, ", ");
        html_number(out, fix->speed, 1);
        g_string_append(out, " km/h");
    }
    g_string_append(out, ", ");
    html_position(out, fix->position);
    g_string_append(out, "</title>");
}

/* A triangle points where the device says that it goes; a dot where it stands or does not say so. */
static void draw_marks(const struct map *map)
{
    for (unsigned i = 0; i < map->trail->mark_count; i++) {
        const struct trail_fix *fix = &map->trail->marks[i];
        if (trail_strand(map->trail, fix->strand) < 0)
            continue;
        bool goes = fix->course >= 0 && fix->speed >= 5;
        g_string_append(map->out, "<path class=\"m\" transform=\"translate(");
        html_fixed(map->out, x_at(map, fix->position), 1);
        g_string_append_c(map->out, ' ');
        html_fixed(map->out, y_at(map, fix->position), 1);
        if (goes) {
            g_string_append(map->out, ")rotate(");
            html_integer(map->out, fix->course);
            g_string_append(map->out, ")\" d=\"M0-5l3.5 9-3.5-2-3.5 2z\">");
        } else {
            g_string_append(map->out, ")\" d=\"M-2 0a2 2 0 1 0 4 0a2 2 0 1 0-4 0z\">");
        }
        put_fix_title(map->out, fix);
        g_string_append(map->out, "</path>");
    }
}

static void draw_signs(const struct map *map, const struct trail_sign *signs, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        double x = x_at(map, signs[i].position), y = y_at(map, signs[i].position);
        if (x < 0 || x > WIDTH || y < 0 || y > map->height) /* of a strand that is not drawn */
            continue;
        g_string_append_printf(map->out, "<path class=\"a\" d=\"M%.1f %.1fl7 12h-14z\"><title>", x, y - 8);
        html_text(map->out, signs[i].title);
        g_string_append(map->out, "</title></path>");
    }
}

/* The first or the last fix of what is drawn. */
static const struct trail_fix *find_end(const struct trail *trail, bool last)
{
    const struct trail_fix *found = NULL;
    for (unsigned i = 0; i < TRAIL_STRANDS; i++) {
        const struct trail_strand *strand = &trail->strands[i];
        const struct trail_fix *fix = last ? &strand->last : &strand->first;
        if (strand->fixes == 0 || trail_strand(trail, strand->id) < 0)
            continue;
        if (!found || (last ? fix->order > found->order : fix->order < found->order))
            found = fix;
    }
    return found;
}

static void draw_end(const struct map *map, const struct trail_fix *fix, bool last)
{
    double x = x_at(map, fix->position), y = y_at(map, fix->position), side = x > WIDTH - 60 ? -10 : 10;
    g_string_append(map->out, "<g class=\"e\">");
    put_fix_title(map->out, fix);
    if (last)
        g_string_append_printf(map->out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"12\" height=\"12\"/>", x - 6, y - 6);
    else
        g_string_append_printf(map->out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"9\"/>", x, y);
    g_string_append_printf(map->out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text></g>", x + side,
                           last ? y + 17 : y - 8, side < 0 ? "end" : "start", last ? "End" : "Start");
}

void trail_draw(const struct trail *trail, const struct trail_sign *signs, unsigned count, GString *out)
{
    struct map map = {.trail = trail, .out = out};
    set_extent(&map);
    g_string_append_printf(out,
                           "<div class=\"wide\"><svg class=\"map\" role=\"img\" viewBox=\"0 0 %.0f %.0f\" "
                           "aria-label=\"Track of the device\">",
                           WIDTH, map.height);
    draw_parallels(&map);
    draw_meridians(&map);
    g_string_append(out, "<g transform=\"scale(.1)\">");
    for (int number = 0; number < TRAIL_STRANDS; number++)
        for (unsigned i = 0; i < TRAIL_STRANDS; i++)
            if (trail->strands[i].fixes > 0 && trail_strand(trail, trail->strands[i].id) == number)
                draw_strand(&map, number);
    g_string_append(out, "</g>");
    draw_marks(&map);
    draw_signs(&map, signs, count);
    draw_end(&map, find_end(trail, true), true);
    draw_end(&map, find_end(trail, false), false); /* a ring, through which the last one is seen */
    draw_scale(&map);
    g_string_append(out, "</svg></div>");
    g_string_append(out, "<p class=\"note\">Equirectangular projection, true to scale at ");
    html_number(out, fabs(map.south + map.north) / 2, 2);
    g_string_append_printf(out, "\302\260 %c; north is up.", map.south + map.north < 0 ? 'S' : 'N');
    if (map.north - map.south > 10)
        g_string_append(out, " Away from that latitude ways from west to east are not true to scale.");
}
