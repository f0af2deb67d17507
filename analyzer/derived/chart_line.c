/* SPDX-License-Identifier: GPL-2.0-or-later
 * Draws one measure as lines over the axis of time. */
#include "derived/chart_line.h"

#include "derived/chart.h"
#include "derived/html.h"

#include <math.h>

struct scale {
    double low, high, step;
    double top, bottom; /* in the drawing */
};

/* Least and greatest of all lines. */
static void find_range(const struct canvas *canvas, enum canvas_measure measure, double *least, double *greatest)
{
    *least = INFINITY;
    *greatest = -INFINITY;
    for (unsigned i = 0; i < CANVAS_LINES && canvas->lines[measure][i]; i++)
        for (unsigned n = 0; n < canvas->lines[measure][i]->count; n++) {
            *least = fmin(*least, canvas->lines[measure][i]->all[n].least);
            *greatest = fmax(*greatest, canvas->lines[measure][i]->all[n].greatest);
        }
}

/* Two or three nice steps. */
static void set_scale(struct scale *scale, const struct canvas_info *info, double least, double greatest)
{
    static const double steps[] = {1, 2, 2.5, 5, 10};
    double low = isnan(info->bottom) ? least : fmin(info->bottom, least);
    double high = isnan(info->bottom) ? greatest : fmax(info->top, greatest);
    if (high - low < info->top && isnan(info->bottom)) {
        low -= (info->top - (high - low)) / 2;
        high = low + info->top;
    }
    double unit = pow(10, floor(log10((high - low) / 2)));
    unsigned i = 0;
    while (i < G_N_ELEMENTS(steps) - 1 && (high - low) / (steps[i] * unit) > 3.2)
        i++;
    scale->step = steps[i] * unit;
    scale->low = floor(low / scale->step + 1e-6) * scale->step;
    scale->high = ceil(high / scale->step - 1e-6) * scale->step;
}

static double y_of(const struct scale *scale, double value)
{
    return scale->bottom - (scale->bottom - scale->top) * (value - scale->low) / (scale->high - scale->low);
}

static void draw_scale(const struct axis *axis, const struct scale *scale, GString *out)
{
    int steps = (int)lround((scale->high - scale->low) / scale->step);
    for (int n = 0; n <= steps; n++) {
        double value = scale->low + n * scale->step, y = y_of(scale, value);
        g_string_append(out, "<path class=\"g\" d=\"M");
        html_place(out, axis->pieces[0].left);
        g_string_append_c(out, ' ');
        html_place(out, y);
        g_string_append_printf(out, "H%.0f\"/><text class=\"t\" text-anchor=\"end\" x=\"%.0f\" y=\"", CHART_RIGHT,
                               CHART_LEFT - 5);
        html_place(out, y + 4);
        g_string_append(out, "\">");
        html_number(out, value, 2);
        g_string_append(out, "</text>");
    }
}

/* The line, in tenths of a unit, each column of the drawing with its extremes. */
struct line {
    GString *out;
    const struct scale *scale;
    long x, y;   /* where it is */
    bool open;   /* it has begun */
    bool full;   /* the column has values */
    bool apart;  /* the column is not joined with what is before */
    long column; /* tenths, rounded to units */
    float first, last, least, greatest;
};

static void put_move(GString *out, char command, long x, long y)
{
    g_string_append_c(out, command);
    html_integer(out, x);
    html_next_integer(out, y);
}

static void put_step(GString *out, char command, long way)
{
    g_string_append_c(out, command);
    html_integer(out, way);
}

static void go(struct line *line, long x, double value)
{
    long y = lround(y_of(line->scale, value) * 10);
    if (!line->open)
        put_move(line->out, 'M', x, y);
    else if (x == line->x && y != line->y)
        put_step(line->out, 'v', y - line->y);
    else if (y == line->y && x != line->x)
        put_step(line->out, 'h', x - line->x);
    else if (x != line->x)
        put_move(line->out, 'l', x - line->x, y - line->y);
    line->open = true;
    line->x = x;
    line->y = y;
}

static void end_column(struct line *line)
{
    if (!line->full)
        return;
    line->open = line->open && !line->apart;
    go(line, line->column, line->first);
    bool rises = line->last >= line->first;
    go(line, line->column, rises ? line->least : line->greatest);
    go(line, line->column, rises ? line->greatest : line->least);
    go(line, line->column, line->last);
    line->full = false;
}

static void add_bin(struct line *line, const struct bin *bin, double x, bool apart)
{
    long column = lround(x) * 10;
    if (line->full && (apart || column != line->column))
        end_column(line);
    if (!line->full) {
        line->full = true;
        line->apart = apart || !line->open;
        line->column = column;
        line->first = bin->first;
        line->least = bin->least;
        line->greatest = bin->greatest;
    }
    line->last = bin->last;
    line->least = fminf(line->least, bin->least);
    line->greatest = fmaxf(line->greatest, bin->greatest);
}

/* Single values are dots: those with nothing before and behind, and all where there are few. */
#define DOTS_MAX 80
static void draw_dots(const struct axis *axis, const struct bins *bins, const struct scale *scale, unsigned number,
                      GString *out)
{
    gsize start = out->len;
    g_string_append_printf(out, "<path class=\"v v%u p\" d=\"", number);
    gsize empty = out->len;
    for (unsigned i = 0; i < bins->count; i++) {
        const struct bin *bin = &bins->all[i];
        bool alone = (i == 0 || bin->apart) && (i + 1 == bins->count || bin[1].apart);
        double x;
        if ((!alone && bins->count > DOTS_MAX) || !axis_place(axis, bin->begin + (bin->end - bin->begin) / 2, &x))
            continue;
        put_move(out, 'M', lround(x) * 10, lround(y_of(scale, bin->first) * 10));
        g_string_append(out, "h0");
        if (bin->last == bin->first)
            continue;
        put_step(out, 'v', lround((y_of(scale, bin->last) - y_of(scale, bin->first)) * 10));
        g_string_append(out, "h0");
    }
    if (out->len == empty)
        g_string_truncate(out, start);
    else
        g_string_append(out, "\"/>");
}

/* The piece of the axis that the second is in; -1 = none. */
static int piece_of(const struct axis *axis, int64_t second)
{
    for (unsigned i = 0; i < axis->count; i++)
        if (second >= axis->pieces[i].from && second <= axis->pieces[i].until)
            return (int)i;
    return -1;
}

static void draw_line(const struct axis *axis, const struct bins *bins, const struct scale *scale, unsigned number,
                      GString *out)
{
    struct line line = {.out = out, .scale = scale};
    int before = -1;
    bool apart = false;
    g_string_append_printf(out, "<path class=\"v v%u\" d=\"", number);
    for (unsigned i = 0; i < bins->count; i++) {
        const struct bin *bin = &bins->all[i];
        int64_t middle = bin->begin + (bin->end - bin->begin) / 2;
        int piece = piece_of(axis, middle);
        double x;
        apart |= bin->apart || piece != before;
        before = piece;
        if (piece < 0 || !axis_place(axis, middle, &x))
            continue;
        add_bin(&line, bin, x, apart);
        apart = false;
    }
    end_column(&line);
    g_string_append(out, "\"/>");
}

static void put_text(GString *out, double y, const char *class)
{
    g_string_append_printf(out, "<text class=\"%s\" x=\"0\" y=\"%.1f\">", class, y);
}

void chart_line_draw(const struct axis *axis, const struct canvas *canvas, enum canvas_measure measure, double top,
                     double bottom, GString *out)
{
    const struct canvas_info *info = &canvas_infos[measure];
    struct scale scale = {.top = top + 6, .bottom = bottom - 4};
    double least, greatest;
    find_range(canvas, measure, &least, &greatest);
    set_scale(&scale, info, least, greatest);
    put_text(out, top + 11, "l");
    g_string_append_printf(out, "%s</text>", info->label);
    put_text(out, top + 25, "t");
    g_string_append_printf(out, "%s</text>", info->unit);
    put_text(out, top + 39, "t");
    html_number(out, least, info->decimals);
    g_string_append(out, " to ");
    html_number(out, greatest, info->decimals);
    g_string_append(out, "</text>");
    draw_scale(axis, &scale, out);
    g_string_append(out, "<g transform=\"scale(.1)\">");
    for (unsigned i = 0; i < CANVAS_LINES && canvas->lines[measure][i]; i++)
        draw_line(axis, canvas->lines[measure][i], &scale, i, out);
    for (unsigned i = 0; i < CANVAS_LINES && canvas->lines[measure][i]; i++)
        draw_dots(axis, canvas->lines[measure][i], &scale, i, out);
    g_string_append(out, "</g>");
    if (!canvas->lines[measure][1])
        return;
    put_text(out, top + 53, "t");
    for (unsigned i = 0; i < CANVAS_LINES && canvas->lines[measure][i]; i++)
        g_string_append_printf(out, "%s%u%s", i > 0 ? ", " : "no. ", canvas->numbers[measure][i],
                               i == 0   ? " \342\200\224"
                               : i == 1 ? " - -"
                               : i == 2 ? " \302\267\302\267\302\267"
                                        : " -\302\267-");
    g_string_append(out, "</text>");
}
