/* SPDX-License-Identifier: GPL-2.0-or-later
 * Draws what a device measured and what happened to it: the rows of bars and signs, and what lies over all. */
#include "derived/chart.h"

#include "derived/chart_line.h"
#include "derived/html.h"

#include <string.h>

#define BAR_ROW  18.0
#define LINE_ROW 66.0
#define SIGN_ROW 16.0
#define AXIS_ROW 34.0
#define GAP      6.0
/* Parts of the axis that each tell the values in them. */
#define SLICES 80

const char *const chart_lanes[CHART_LANES] = {"Device's events", "Changes", "Commands", "Connection", "Doubts"};

enum chart_lane chart_lane_of(const char *rule)
{
    static const struct {
        const char *word;
        enum chart_lane lane;
    } words[] = {{"alarm:", CHART_ALARMS},      {"state:", CHART_CHANGES},     {"fuel:", CHART_CHANGES},
                 {"trip:", CHART_CHANGES},      {"exchange:", CHART_COMMANDS}, {"silence:", CHART_CONNECTION},
                 {"stored:", CHART_CONNECTION}, {"way:", CHART_CONNECTION}};
    for (unsigned i = 0; i < G_N_ELEMENTS(words); i++)
        if (g_str_has_prefix(rule, words[i].word))
            return words[i].lane;
    return CHART_DOUBTS;
}

bool chart_add_event(struct chart *chart, const char *name, const char *rule, bool grave, int64_t second)
{
    double x;
    if (!axis_place(&chart->axis, second, &x))
        return false;
    enum chart_lane lane = chart_lane_of(rule);
    int place = (int)((x - CHART_LEFT) / CHART_SIGN_WIDTH);
    struct chart_sign *sign = &chart->signs[lane][MIN(place, CHART_SIGNS - 1)];
    if (sign->count++ == 0 || (grave && !sign->grave)) {
        sign->name = name;
        sign->second = second;
        sign->grave = grave;
    }
    chart->lane_events[lane]++;
    return true;
}

void chart_add_stretch(struct chart *chart, enum life_kind kind, int64_t from, int64_t until)
{
    if (chart->stretch_count < CHART_STRETCHES)
        chart->stretches[chart->stretch_count++] = (struct chart_stretch){from, until, kind};
}

static void put_label(GString *out, double y, const char *label)
{
    g_string_append_printf(out, "<text class=\"l\" x=\"0\" y=\"%.1f\">%s</text>", y, label);
}

static void put_bar(GString *out, double left, double right, double top, double height)
{
    g_string_append_c(out, 'M');
    html_place(out, left);
    g_string_append_c(out, ' ');
    html_place(out, top);
    g_string_append_c(out, 'h');
    html_place(out, MAX(right - left, 1));
    g_string_append_c(out, 'v');
    html_place(out, height);
    g_string_append_c(out, 'H');
    html_place(out, left);
    g_string_append_c(out, 'z');
}

/* When there was a report: neighbours on the drawing are one bar, of that width at least. */
static void draw_presence(const struct chart *chart, const struct bins *bins, const char *class, double width,
                          double top, double height, GString *out)
{
    double left = 0, right = -1;
    g_string_append_printf(out, "<path class=\"%s\" d=\"", class);
    for (unsigned i = 0; bins && i < bins->count; i++) {
        double from, until;
        if (!axis_span(&chart->axis, bins->all[i].begin, bins->all[i].end, &from, &until))
            continue;
        if (right >= 0 && from > right + 0.2) {
            put_bar(out, left, right, top, height);
            right = -1;
        }
        if (right < 0)
            left = from;
        right = MAX(MAX(until, from + width), right);
    }
    if (right >= 0)
        put_bar(out, left, right, top, height);
    g_string_append(out, "\"/>");
}

/* On, off, or both within what is drawn as one. */
static int state_of(const struct bin *bin)
{
    return bin->least == bin->greatest ? bin->least != 0 : 2;
}

/* Bars where it was in that state: as far as the next value, but not over what is not known. */
static void draw_state(const struct chart *chart, const struct bins *bins, int state, const char *class, double top,
                       double height, GString *out)
{
    double left = 0, right = -1, from, until;
    g_string_append_printf(out, "<path class=\"%s\" d=\"", class);
    for (unsigned i = 0; i < bins->count; i++) {
        const struct bin *bin = &bins->all[i];
        int64_t end = i + 1 < bins->count && !bin[1].apart ? bin[1].begin : bin->end;
        if (state_of(bin) != state || !axis_span(&chart->axis, bin->begin, end, &from, &until))
            continue;
        if (right >= 0 && from > right + 0.5) {
            put_bar(out, left, right, top, height);
            right = -1;
        }
        if (right < 0)
            left = from;
        right = MAX(until, right);
    }
    if (right >= 0)
        put_bar(out, left, right, top, height);
    g_string_append(out, "\"/>");
}

static double draw_reports(const struct chart *chart, const struct canvas *canvas, double y, GString *out)
{
    put_label(out, y + 11, "Reports");
    draw_presence(chart, canvas->live, "bar", 1, y + 2, 6, out);
    draw_presence(chart, canvas->late, "sent", 2, y + 9, 5, out);
    return y + BAR_ROW;
}

static double draw_stretches(const struct chart *chart, double y, GString *out)
{
    double left, right;
    bool any = false;
    for (unsigned i = 0; i < chart->stretch_count; i++) {
        const struct chart_stretch *stretch = &chart->stretches[i];
        if (stretch->kind == LIFE_SILENCE || !axis_span(&chart->axis, stretch->from, stretch->until, &left, &right))
            continue;
        if (!any)
            put_label(out, y + 11, "Trips");
        any = true;
        bool trip = stretch->kind == LIFE_TRIP;
        g_string_append_printf(out, "<path class=\"%s\" d=\"", trip ? "trip" : "bar");
        put_bar(out, left, right, trip ? y + 2 : y + 8, trip ? 12 : 2);
        g_string_append_printf(out, "\"><title>%s: ", trip ? "trip" : "stop");
        html_moment(out, stretch->from);
        g_string_append(out, " to ");
        html_moment(out, stretch->until);
        g_string_append(out, "</title></path>");
    }
    return any ? y + BAR_ROW : y;
}

static double draw_switches(const struct chart *chart, const struct canvas *canvas, double y, GString *out)
{
    for (unsigned measure = CANVAS_SWITCHES; measure < CANVAS_MEASURES; measure++) {
        const struct bins *bins = canvas->lines[measure][0];
        if (!bins)
            continue;
        put_label(out, y + 11, canvas_infos[measure].label);
        draw_state(chart, bins, 0, "bar", y + 10, 1.5, out);
        draw_state(chart, bins, 1, "bar", y + 2, 9.5, out);
        draw_state(chart, bins, 2, "late", y + 2, 9.5, out);
        y += BAR_ROW;
    }
    return y;
}

/* Silences, over the whole height. */
static void draw_silences(const struct chart *chart, double top, double bottom, GString *out)
{
    double left, right;
    for (unsigned i = 0; i < chart->stretch_count; i++) {
        const struct chart_stretch *stretch = &chart->stretches[i];
        if (stretch->kind != LIFE_SILENCE || !axis_span(&chart->axis, stretch->from, stretch->until, &left, &right))
            continue;
        g_string_append(out, "<path class=\"silence\" d=\"");
        put_bar(out, left, right, top, bottom - top);
        g_string_append(out, "\"><title>silence of ");
        html_duration(out, stretch->until - stretch->from);
        g_string_append(out, ": ");
        html_moment(out, stretch->from);
        g_string_append(out, " to ");
        html_moment(out, stretch->until);
        g_string_append(out, "</title></path>");
    }
}

static void draw_sign(const struct chart_sign *sign, enum chart_lane lane, double x, double y, GString *out)
{
    static const char *const shapes[CHART_LANES] = {[CHART_ALARMS] = "l5 9h-10z",
                                                    [CHART_CHANGES] = "m0 1l4 4-4 4-4-4z",
                                                    [CHART_COMMANDS] = "m-4 1h8v8h-8z",
                                                    [CHART_CONNECTION] = "m-4 5a4 4 0 1 0 8 0a4 4 0 1 0-8 0z",
                                                    [CHART_DOUBTS] = "m-4 1l8 8m0-8l-8 8"};
    g_string_append_printf(out, "<path class=\"s%s\" d=\"M", sign->grave ? " grave" : "");
    html_place(out, x);
    g_string_append_c(out, ' ');
    html_place(out, y);
    g_string_append_printf(out, "%s\"><title>", shapes[lane]);
    html_moment(out, sign->second);
    g_string_append_printf(out, " %s", sign->name);
    if (sign->count > 1) {
        g_string_append(out, " and ");
        html_count(out, sign->count - 1);
        g_string_append(out, " more here");
    }
    g_string_append(out, "</title></path>");
}

static double draw_lanes(const struct chart *chart, double y, GString *out)
{
    for (unsigned lane = 0; lane < CHART_LANES; lane++) {
        if (chart->lane_events[lane] == 0)
            continue;
        put_label(out, y + 11, chart_lanes[lane]);
        for (int i = 0; i < CHART_SIGNS; i++) {
            const struct chart_sign *sign = &chart->signs[lane][i];
            double x;
            if (sign->count > 0 && axis_place(&chart->axis, sign->second, &x))
                draw_sign(sign, (enum chart_lane)lane, x, y + 2, out);
        }
        y += SIGN_ROW;
    }
    return y;
}

/* Values of one line in a slice. */
static void put_range(const struct bins *bins, unsigned measure, uint16_t number, int64_t from, int64_t until,
                      GString *out)
{
    const struct canvas_info *info = &canvas_infos[measure];
    float least = 0, greatest = 0;
    bool any = false;
    for (unsigned i = bins_from(bins, from); i < bins->count && bins->all[i].begin <= until; i++) {
        const struct bin *bin = &bins->all[i];
        if (bin->end < from)
            continue;
        least = any ? MIN(least, bin->least) : bin->least;
        greatest = any ? MAX(greatest, bin->greatest) : bin->greatest;
        any = true;
    }
    if (!any)
        return;
    g_string_append_c(out, '\n');
    g_string_append(out, info->label);
    if (number > 0)
        html_next_integer(out, number);
    g_string_append_c(out, ' ');
    if (measure >= CANVAS_SWITCHES) {
        g_string_append(out, least != greatest ? "on and off" : least != 0 ? "on" : "off");
        return;
    }
    html_number(out, least, info->decimals);
    if (least != greatest) {
        g_string_append(out, " to ");
        html_number(out, greatest, info->decimals);
    }
    g_string_append_c(out, ' ');
    g_string_append(out, info->unit);
}

/* What a pointer that rests there is told. */
static void draw_slice(const struct canvas *canvas, double left, double right, int64_t from, int64_t until, double top,
                       double bottom, GString *out)
{
    gsize start = out->len;
    g_string_append(out, "<path class=\"h\" d=\"");
    put_bar(out, left, right, top, bottom - top);
    g_string_append(out, "\"><title>");
    html_moment(out, from);
    g_string_append(out, " to ");
    html_moment(out, until);
    gsize empty = out->len;
    for (unsigned measure = 0; measure < CANVAS_MEASURES; measure++)
        for (unsigned i = 0; i < CANVAS_LINES && canvas->lines[measure][i]; i++)
            put_range(canvas->lines[measure][i], measure, canvas->numbers[measure][i], from, until, out);
    if (out->len == empty)
        g_string_truncate(out, start);
    else
        g_string_append(out, "</title></path>");
}

static void draw_slices(const struct chart *chart, const struct canvas *canvas, double top, double bottom, GString *out)
{
    for (unsigned i = 0; i < chart->axis.count; i++) {
        const struct axis_piece *piece = &chart->axis.pieces[i];
        double width = piece->right - piece->left;
        int count = MAX((int)(SLICES * width / (CHART_RIGHT - CHART_LEFT)), 1);
        for (int n = 0; n < count; n++) {
            int64_t length = piece->until - piece->from;
            draw_slice(canvas, piece->left + width * n / count, piece->left + width * (n + 1) / count,
                       piece->from + length * n / count, piece->from + length * (n + 1) / count, top, bottom, out);
        }
    }
}

void chart_draw(const struct chart *chart, const struct canvas *canvas, GString *out)
{
    g_autoptr(GString) body = g_string_new(NULL);
    double y = draw_reports(chart, canvas, 4, body);
    y = draw_stretches(chart, y, body);
    y = draw_switches(chart, canvas, y, body) + GAP;
    for (unsigned measure = 0; measure < CANVAS_SWITCHES; measure++) {
        if (!canvas->lines[measure][0])
            continue;
        chart_line_draw(&chart->axis, canvas, (enum canvas_measure)measure, y, y + LINE_ROW, body);
        y += LINE_ROW + 2 * GAP;
    }
    y = draw_lanes(chart, y, body);
    g_string_append_printf(out,
                           "<div class=\"wide\"><svg class=\"chart\" role=\"img\" viewBox=\"0 0 %.0f %.0f\" "
                           "aria-label=\"Course of what the device sent\">",
                           CHART_WIDTH, y + AXIS_ROW);
    draw_silences(chart, 0, y, out);
    axis_draw(&chart->axis, out, 0, y);
    draw_slices(chart, canvas, 0, y, out); /* behind the signs, which have titles of their own */
    g_string_append(out, body->str);
    g_string_append(out, "</svg></div>");
}
