/* SPDX-License-Identifier: GPL-2.0-or-later
 * The time axis of the charts of a device. */
#include "derived/axis.h"

#include "derived/html.h"

#include <math.h>

#define DAY INT64_C(86400)
/* An empty stretch is cut out when it is longer than this, than the third of what is left, and than twice the time in
 * which there are reports. */
#define CUT_MIN INT64_C(7200)
/* Room for the text of a tick, and for that of a date. */
#define TICK_ROOM 58.0
#define DATE_ROOM 70.0
/* A piece is never narrower. */
#define PIECE_MIN 30.0

/* The longest gap between two bins that is no cut yet: the bin behind it; 0 = none. */
static unsigned longest_gap(const struct bins *seen, const unsigned *cuts, unsigned count, int64_t *length)
{
    unsigned found = 0;
    *length = 0;
    for (unsigned i = 1; i < seen->count; i++) {
        int64_t gap = seen->all[i].begin - seen->all[i - 1].end;
        bool cut = false;
        for (unsigned n = 0; n < count; n++)
            cut |= cuts[n] == i;
        if (!cut && gap > *length) {
            *length = gap;
            found = i;
        }
    }
    return found;
}

static void sort_cuts(unsigned *cuts, unsigned count)
{
    for (unsigned i = 1; i < count; i++)
        for (unsigned n = i; n > 0 && cuts[n] < cuts[n - 1]; n--) {
            unsigned cut = cuts[n];
            cuts[n] = cuts[n - 1];
            cuts[n - 1] = cut;
        }
}

/* The time without stretches that could be cut out. */
static int64_t busy_time(const struct bins *seen)
{
    int64_t busy = seen->all[seen->count - 1].end - seen->all[0].begin;
    for (unsigned i = 1; i < seen->count; i++) {
        int64_t gap = seen->all[i].begin - seen->all[i - 1].end;
        busy -= gap >= CUT_MIN ? gap : 0;
    }
    return busy;
}

/* Returns how many there are; each is the number of the bin behind the gap. */
static unsigned choose_cuts(const struct bins *seen, unsigned cuts[AXIS_PIECES - 1])
{
    int64_t shown = seen->all[seen->count - 1].end - seen->all[0].begin, busy = busy_time(seen), length;
    unsigned count = 0;
    while (count < AXIS_PIECES - 1) {
        unsigned gap = longest_gap(seen, cuts, count, &length);
        if (gap == 0 || length < CUT_MIN || length < shown / 3 || length < 2 * busy)
            break;
        cuts[count++] = gap;
        shown -= length;
    }
    sort_cuts(cuts, count);
    return count;
}

void axis_set(struct axis *axis, const struct bins *seen, double left, double right)
{
    unsigned cuts[AXIS_PIECES - 1];
    axis->count = 0;
    if (seen->count == 0)
        return;
    unsigned count = choose_cuts(seen, cuts), first = 0;
    int64_t sum = 0;
    for (unsigned i = 0; i <= count; i++) {
        unsigned end = i < count ? cuts[i] : seen->count;
        struct axis_piece *piece = &axis->pieces[axis->count++];
        piece->from = seen->all[first].begin;
        piece->until = seen->all[end - 1].end;
        if (piece->until - piece->from < 60) { /* a single report stands in the middle of two minutes */
            piece->from -= 60;
            piece->until += 60;
        }
        sum += piece->until - piece->from;
        first = end;
    }
    double room = right - left - count * AXIS_CUT - axis->count * PIECE_MIN;
    for (unsigned i = 0; i < axis->count; i++) {
        struct axis_piece *piece = &axis->pieces[i];
        piece->left = left;
        piece->right = left + PIECE_MIN + room * (double)(piece->until - piece->from) / (double)sum;
        left = piece->right + AXIS_CUT;
    }
}

static double place_in(const struct axis_piece *piece, int64_t second)
{
    return piece->left +
           (piece->right - piece->left) * (double)(second - piece->from) / (double)(piece->until - piece->from);
}

bool axis_place(const struct axis *axis, int64_t second, double *x)
{
    for (unsigned i = 0; i < axis->count; i++) {
        const struct axis_piece *piece = &axis->pieces[i];
        if (second >= piece->from && second <= piece->until) {
            *x = place_in(piece, second);
            return true;
        }
    }
    return false;
}

bool axis_span(const struct axis *axis, int64_t from, int64_t until, double *left, double *right)
{
    bool found = false;
    for (unsigned i = 0; i < axis->count; i++) {
        const struct axis_piece *piece = &axis->pieces[i];
        if (until < piece->from || from > piece->until)
            continue;
        if (!found)
            *left = place_in(piece, MAX(from, piece->from));
        *right = place_in(piece, MIN(until, piece->until));
        found = true;
    }
    return found;
}

/* The shortest step whose ticks have room. */
static int64_t choose_step(const struct axis_piece *piece)
{
    static const int64_t steps[] = {1,       2,       5,        10,       15,       30,        60,       120,   300,
                                    600,     900,     1800,     3600,     7200,     10800,     21600,    43200, DAY,
                                    2 * DAY, 7 * DAY, 14 * DAY, 28 * DAY, 91 * DAY, 182 * DAY, 364 * DAY};
    double scale = (piece->right - piece->left) / (double)(piece->until - piece->from);
    unsigned i = 0;
    while (i < G_N_ELEMENTS(steps) - 1 && (double)steps[i] * scale < (steps[i] < DAY ? TICK_ROOM : DATE_ROOM))
        i++;
    int64_t step = steps[i];
    while ((double)step * scale < DATE_ROOM && i == G_N_ELEMENTS(steps) - 1)
        step *= 2;
    return step;
}

static int64_t round_up(int64_t second, int64_t step)
{
    int64_t rest = second % step;
    return rest == 0 ? second : second - rest + (rest > 0 ? step : 0);
}

/* Where it would reach over the right end it ends there. half: what it reaches to either side. */
static void put_text(GString *out, double x, double y, const char *class, double half, const char *text, gssize length)
{
    bool inside = x + half < AXIS_WIDTH;
    const char *anchor = half == 0 ? "start" : inside ? "middle" : "end";
    x = inside ? x : AXIS_WIDTH;
    g_string_append(out, "<text x=\"");
    html_place(out, x);
    g_string_append(out, "\" y=\"");
    html_place(out, y);
    g_string_append_printf(out, "\" class=\"%s\" text-anchor=\"%s\">", class, anchor);
    g_string_append_len(out, text, length);
    g_string_append(out, "</text>");
}

static void put_line(GString *out, double x, double top, double bottom, const char *class)
{
    g_string_append_printf(out, "<path class=\"%s\" d=\"M", class);
    html_place(out, x);
    g_string_append_c(out, ' ');
    html_place(out, top);
    g_string_append_c(out, 'V');
    html_place(out, bottom);
    g_string_append(out, "\"/>");
}

/* Ticks of one piece. dated: where the last date ends, which is not written over. */
static void draw_ticks(const struct axis_piece *piece, GString *out, double top, double bottom, double *dated)
{
    g_autoptr(GString) text = g_string_new(NULL);
    int64_t step = choose_step(piece), day = INT64_MIN;
    double last = piece->left - TICK_ROOM;
    for (int64_t second = round_up(piece->from, step); second <= piece->until; second += step) {
        double x = place_in(piece, second);
        g_string_truncate(text, 0);
        html_moment(text, second);
        bool midnight = second % DAY == 0;
        put_line(out, x, top, bottom, midnight ? "g d" : "g");
        if (step < DAY && x - last >= TICK_ROOM / 2 && x > *dated - DATE_ROOM) {
            put_text(out, x, bottom + 14, "t", step < 60 ? 22 : 14, text->str + 11, step < 60 ? 8 : 5);
            last = x;
        }
        int64_t date = (second - (second % DAY + DAY) % DAY) / DAY;
        if (date != day && x >= *dated) {
            put_text(out, x, bottom + (step < DAY ? 28 : 14), "t b", 30, text->str, 10);
            *dated = x + DATE_ROOM;
        }
        day = date;
    }
    if (day != INT64_MIN || piece->left < *dated)
        return;
    html_moment(text, piece->from); /* too short for a tick: when it begins */
    put_text(out, piece->left, bottom + 28, "t b", 0, text->str, 16);
    *dated = piece->left + 1.7 * DATE_ROOM;
}

static void draw_cut(const struct axis_piece *before, const struct axis_piece *behind, GString *out, double top,
                     double bottom)
{
    double middle = (before->right + behind->left) / 2;
    g_string_append(out, "<g class=\"cut\"><title>");
    html_duration(out, behind->from - before->until);
    g_string_append(out, " without a report are not drawn: from ");
    html_moment(out, before->until);
    g_string_append(out, " to ");
    html_moment(out, behind->from);
    g_string_append(out, "</title>");
    g_string_append(out, "<rect x=\"");
    html_place(out, before->right);
    g_string_append(out, "\" y=\"");
    html_place(out, top);
    g_string_append(out, "\" width=\"");
    html_place(out, AXIS_CUT);
    g_string_append(out, "\" height=\"");
    html_place(out, bottom - top);
    g_string_append(out, "\"/><path d=\"M");
    html_place(out, middle - 3);
    g_string_append_c(out, ' ');
    html_place(out, bottom + 4);
    g_string_append(out, "l3-8M");
    html_place(out, middle + 1);
    g_string_append_c(out, ' ');
    html_place(out, bottom + 4);
    g_string_append(out, "l3-8\"/></g>");
}

void axis_draw(const struct axis *axis, GString *out, double top, double bottom)
{
    double dated = -DATE_ROOM;
    for (unsigned i = 0; i < axis->count; i++) {
        draw_ticks(&axis->pieces[i], out, top, bottom, &dated);
        if (i > 0)
            draw_cut(&axis->pieces[i - 1], &axis->pieces[i], out, top, bottom);
    }
}
