/* SPDX-License-Identifier: GPL-2.0-or-later
 * The part of the page that shows one device: what it says in words, and its drawings. */
#include "derived/html.h"
#include "derived/section.h"

#include <math.h>
#include <string.h>

/* A line of the list of facts. */
static void open_fact(GString *out, const char *name)
{
    g_string_append_printf(out, "<dt>%s</dt><dd>", name);
}

static void close_fact(GString *out)
{
    g_string_append(out, "</dd>\n");
}

static void put_dialects(const struct section *section, GString *out)
{
    const char *between = "";
    for (unsigned i = 0; i < S7_DIALECT_COUNT; i++) {
        if (!section->device->has_dialect[i])
            continue;
        g_string_append_printf(out, "%s%s", between, s7_dialect_names[i]);
        between = ", ";
    }
}

static void put_kinds(const struct section *section, GString *out)
{
    const char *between = " (";
    html_counted(out, section->rows, "message", "messages");
    for (unsigned i = 0; i < S7_KIND_COUNT; i++) {
        if (section->device->kinds[i] == 0)
            continue;
        g_string_append(out, between);
        html_count(out, section->device->kinds[i]);
        g_string_append_printf(out, " %s", s7_kind_names[i]);
        between = ", ";
    }
    g_string_append(out, between[0] == ',' ? ")" : "");
}

static void put_positions(const struct section *section, GString *out)
{
    uint64_t nowhere = section->context[CONTEXT_NULL_ISLAND];
    if (section->trail.fixes == 0)
        g_string_append(out, "No current position was reported");
    else
        html_counted(out, section->trail.fixes, "current position", "current positions");
    if (section->last_known > 0) {
        g_string_append(out, "; ");
        html_counted(out, section->last_known, "report", "reports");
        g_string_append(out, " only with the last known position, which is not drawn");
    }
    if (nowhere > 0) {
        g_string_append(out, "; ");
        html_counted(out, nowhere, "report", "reports");
        g_string_append(out, " at 0\302\260 / 0\302\260, which is no place");
    }
}

static void put_trips(const struct section *section, GString *out)
{
    const uint64_t *counts = section->trip_counts;
    html_counted(out, counts[LIFE_TRIP], "trip", "trips");
    if (counts[LIFE_TRIP] > 0) {
        g_string_append(out, " of ");
        html_distance_cell(out, section->trip_distance);
        g_string_append(out, " in all");
    }
    g_string_append(out, ", ");
    html_counted(out, counts[LIFE_STOP], "stop", "stops");
    g_string_append(out, ", ");
    html_counted(out, counts[LIFE_SILENCE], "silence", "silences");
}

/* What its clock is, by its protocol and by what its times say. */
static void put_clock(const struct section *section, GString *out)
{
    char text[64];
    uint64_t rows;
    if (section->own[SECTION_NEAR] + section->own[SECTION_FAR] == 0)
        g_string_append(out, "The device sent no time of its own.");
    else if (section->utc)
        g_string_append(out, "UTC, by the definition of its protocol.");
    else
        g_string_append(out, "Its protocol names no time zone; times of the device stand here as it sent them.");
    for (unsigned n = 0; section->options->clock_finding(&section->device->clock, n, text, &rows); n++) {
        g_string_append(out, " Finding: ");
        html_text(out, text);
        g_string_append(out, " (");
        html_counted(out, rows, "report", "reports");
        g_string_append(out, ").");
    }
}

static void put_facts(const struct section *section, GString *out)
{
    const struct device *device = section->device;
    g_string_append(out, "<dl>\n");
    open_fact(out, "Identity");
    g_string_append(out, s7_imei_valid(device->id, strlen(device->id))
                             ? "An IMEI whose check digit is right."
                             : "Not an IMEI with a right check digit: an id that somebody gave the device.");
    close_fact(out);
    open_fact(out, "Protocol");
    put_dialects(section, out);
    close_fact(out);
    open_fact(out, "Captured");
    if (device->first_seen <= device->last_seen) {
        html_time(out, device->first_seen / 1000000000, true);
        g_string_append(out, " to ");
        html_time(out, device->last_seen / 1000000000, true);
        g_string_append(out, " UTC, by the clock of the capture");
    } else {
        g_string_append(out, "at times that the capture does not say");
    }
    close_fact(out);
    if (device->first_time <= device->last_time) {
        open_fact(out, "Times it sent");
        html_time(out, device->first_time, section->utc);
        g_string_append(out, " to ");
        html_time(out, device->last_time, section->utc);
        close_fact(out);
    }
    open_fact(out, "Its clock");
    put_clock(section, out);
    close_fact(out);
    open_fact(out, "Messages");
    put_kinds(section, out);
    close_fact(out);
    open_fact(out, "Positions");
    put_positions(section, out);
    close_fact(out);
    open_fact(out, "Movement");
    put_trips(section, out);
    close_fact(out);
    g_string_append(out, "</dl>\n");
}

static void put_map(const struct section *section, GString *out)
{
    const struct trail *trail = &section->trail;
    uint64_t left_out = trail_left_out(trail);
    g_string_append(out, "<h3>Where it was</h3>\n");
    if (trail->fixes == 0) {
        g_string_append(out, "<p class=\"none\">No current position was reported, so there is nothing to draw.</p>\n");
        return;
    }
    trail_draw(trail, section->signs, section->sign_count, out);
    g_string_append(out, " Lines join current positions that follow each other; none crosses a silence of more than ");
    html_duration(out, trail->options.silence);
    g_string_append(out, ", or a way that needs more than ");
    html_number(out, trail->options.speed, 0);
    g_string_append(out, " km/h. A line is no proof of the road that was taken.");
    g_string_append(out, " Arrowheads point where the device said it was heading, dots are positions without that");
    if (trail->mark_step > 1)
        g_string_append_printf(out, "; one of %" G_GUINT64_FORMAT " positions has such a mark", trail->mark_step);
    g_string_append(out, ". Triangles are events that ask for attention.");
    double cell = trail->cell / 1e7 * 111195;
    g_string_append(out, " For the drawing alone, positions within ");
    html_number(out, cell < 10 ? ceil(cell) : cell, 0);
    g_string_append(out, " m fall together.");
    unsigned tracks = 0;
    for (unsigned i = 0; i < TRAIL_STRANDS; i++)
        tracks += trail->strands[i].fixes > 0 && trail_strand(trail, trail->strands[i].id) >= 0;
    if (tracks > 1)
        g_string_append_printf(out,
                               " <strong>%u tracks</strong> are drawn, as no vehicle gets from one to the other in the "
                               "time; all but the first are dashed.",
                               tracks);
    if (left_out > 0) {
        g_string_append(out, " <strong>");
        html_counted(out, left_out, "position is", "positions are");
        g_string_append(out, " not drawn</strong>: no vehicle gets there in the time from those before and behind.");
    }
    g_string_append(out, "</p>\n");
}

/* Reports that stand on none of the axes that are drawn. */
static void put_elsewhere(const struct section *section, GString *out)
{
    for (unsigned i = 0; i < SECTION_AXES; i++) {
        const struct canvas *canvas = &section->canvases[i];
        if (i == section->axis || canvas->rows == 0)
            continue;
        g_string_append(out, " ");
        html_counted(out, canvas->rows, "message is", "messages are");
        g_string_append(out, " not on this axis, ");
        if (i == SECTION_CAPTURE) {
            g_string_append(out, "as they have only the time of the capture, which is another clock.");
            continue;
        }
        g_string_append(out, "as their times are far from the others: ");
        html_moment(out, canvas->all->all[0].begin);
        g_string_append(out, " to ");
        html_moment(out, canvas->all->all[canvas->all->count - 1].end);
        g_string_append(out, ".");
    }
    if (section->untimed > 0) {
        g_string_append(out, " ");
        html_counted(out, section->untimed, "message has", "messages have");
        g_string_append(out, " no time at all.");
    }
}

static void put_omitted(const struct section *section, const struct canvas *canvas, GString *out)
{
    if (section->off_axis > 0) {
        g_string_append(out, " ");
        html_counted(out, section->off_axis, "event has no place on this axis and is",
                     "events have no place on this axis and are");
        g_string_append(out, " in the tables alone.");
    }
    if (canvas->out_of_range > 0) {
        g_string_append(out, " ");
        html_counted(out, canvas->out_of_range, "value is", "values are");
        g_string_append(out, " outside the documented range and not drawn.");
    }
    if (canvas->further > 0) {
        g_string_append(out, " ");
        html_counted(out, canvas->further, "value", "values");
        g_string_append(out, " of further tanks or sensors are not drawn.");
    }
}

static void put_chart(const struct section *section, GString *out)
{
    const struct canvas *canvas = &section->canvases[section->axis];
    g_string_append(out, "<h3>What it measured, and what happened</h3>\n");
    if (section->chart.axis.count == 0) {
        g_string_append(out, "<p class=\"none\">No report with a time, so there is nothing to draw.</p>\n");
        return;
    }
    chart_draw(&section->chart, canvas, out);
    g_string_append(out, "<p class=\"note\"><strong>Time: ");
    if (section->axis == SECTION_CAPTURE)
        g_string_append(out, "the clock of the capture, in UTC.</strong>");
    else if (section->utc)
        g_string_append(out, "the clock of the device, in UTC.</strong> What carries no time of its own stands at the "
                             "time of the capture.");
    else
        g_string_append(out, "the clock of the device, as sent; its zone is not stated.</strong>");
    if (section->axis == SECTION_FAR)
        g_string_append(out, " <strong>This clock is far from that of the capture.</strong>");
    g_string_append(out, " Hollow below reports: those with the flag stored. Hatched: in bars, on and off too "
                         "fast to draw; across all, silences. Filled signs ask for attention. For the drawing alone, "
                         "values that fall together are one stroke from the least to the greatest.");
    put_elsewhere(section, out);
    put_omitted(section, canvas, out);
    g_string_append(out, "</p>\n");
}

void section_text(const struct section *section, GString *out)
{
    g_string_append_printf(out, "<section class=\"device\" id=\"device-%u\">\n<h2>Device ", section->device->number);
    html_foreign(out, section->device->id);
    g_string_append(out, "</h2>\n");
    put_facts(section, out);
    put_map(section, out);
    put_chart(section, out);
    section_tables(section, out);
    g_string_append(out, "</section>\n");
}
