/* SPDX-License-Identifier: GPL-2.0-or-later
 * The part of the page that shows one device: its tables. */
#include "base/origin.h"
#include "derived/html.h"
#include "derived/section.h"

static int64_t whole(int64_t nanoseconds)
{
    return nanoseconds / NANOSECONDS - (nanoseconds % NANOSECONDS < 0);
}

/* clock: whose time it is is said where it is not the device's. */
static void put_time(const struct section *section, int64_t time, enum life_clock clock, GString *out)
{
    if (time == LIFE_NO_TIME) {
        g_string_append(out, "not known");
        return;
    }
    g_string_append(out, "<span class=\"o\">");
    html_time(out, whole(time), section->utc || clock == LIFE_CLOCK_CAPTURE);
    if (clock == LIFE_CLOCK_CAPTURE)
        g_string_append(out, " <abbr title=\"by the clock of the capture, UTC\">C</abbr>");
    g_string_append(out, "</span>");
}

static void put_rows(uint64_t first, uint64_t last, GString *out)
{
    g_string_append_printf(out, "%" G_GUINT64_FORMAT, first);
    if (last != first)
        g_string_append_printf(out, "\342\200\223%" G_GUINT64_FORMAT, last);
}

static void put_rest(uint64_t all, uint64_t shown, const char *what, const char *file, GString *out)
{
    if (all <= shown)
        return;
    g_string_append(out, "<p class=\"note\">The first ");
    html_count(out, shown);
    g_string_append(out, " of ");
    html_counted(out, all, what, what);
    g_string_append_printf(out, "; %s has all.</p>\n", file);
}

static void put_trip(const struct section *section, const struct life_trip *trip, GString *out)
{
    static const char *const kinds[] = {[LIFE_TRIP] = "trip", [LIFE_STOP] = "stop", [LIFE_SILENCE] = "silence"};
    g_string_append_printf(out, "<tr class=\"%s\"><td>%s</td><td>", kinds[trip->kind], kinds[trip->kind]);
    put_time(section, trip->start, trip->clock, out);
    g_string_append(out, "</td><td>");
    put_time(section, trip->end, trip->clock, out);
    g_string_append(out, "</td><td class=\"r\">");
    html_duration_cell(out, whole(trip->end - trip->start));
    g_string_append(out, "</td><td class=\"r\">");
    if (trip->kind != LIFE_SILENCE)
        html_distance_cell(out, trip->distance);
    g_string_append(out, "</td><td class=\"r\">");
    if (trip->odometer != LIFE_NO_TIME)
        html_distance_cell(out, (double)trip->odometer);
    g_string_append(out, "</td><td class=\"r\">");
    if (trip->max_speed >= 0) {
        html_number(out, trip->max_speed, 2);
        g_string_append(out, " km/h");
    }
    g_string_append(out, "</td><td>");
    html_position(out, trip->from);
    g_string_append(out, "</td><td>");
    html_position(out, trip->to);
    g_string_append(out, "</td><td class=\"r\">");
    put_rows(trip->first_row, trip->last_row, out);
    g_string_append(out, "</td></tr>\n");
}

static void put_trips(const struct section *section, GString *out)
{
    uint64_t all = 0;
    for (unsigned kind = 0; kind <= LIFE_SILENCE; kind++)
        all += section->trip_counts[kind];
    g_string_append(out, "<h3>Trips, stops and silences</h3>\n");
    if (all == 0) {
        g_string_append(out, "<p class=\"none\">None could be concluded from the reports.</p>\n");
        return;
    }
    g_string_append(out, "<div class=\"wide\"><table class=\"trips\"><thead><tr><th>What</th><th>From</th><th>To</th>"
                         "<th>Duration</th><th>Distance</th><th>Odometer</th><th>Top speed</th><th>From where</th>"
                         "<th>To where</th><th>Rows</th></tr></thead><tbody>\n");
    for (unsigned i = 0; i < MIN(all, SECTION_TRIPS); i++)
        put_trip(section, &section->trips[i], out);
    g_string_append(out, "</tbody></table></div>\n");
    put_rest(all, SECTION_TRIPS, "stretches", "trips.csv", out);
}

static void put_names(const struct section *section, GString *out)
{
    g_string_append(out,
                    "<div class=\"wide\"><table class=\"names\"><thead><tr><th>Event</th><th>Times</th><th>First</th>"
                    "<th>Last</th><th>By which rule</th></tr></thead><tbody>\n");
    for (unsigned i = 0; i < section->name_count; i++) {
        const struct section_name *name = &section->names[i];
        g_string_append(out, "<tr><td>");
        html_text(out, name->name);
        g_string_append(out, "</td><td class=\"r\">");
        html_count(out, name->count);
        g_string_append(out, "</td><td>");
        put_time(section, name->first.time, name->first.clock, out);
        g_string_append(out, "</td><td>");
        put_time(section, name->last.time, name->last.clock, out);
        g_string_append(out, "</td><td>");
        html_text(out, name->rule);
        g_string_append(out, "</td></tr>\n");
    }
    g_string_append(out, "</tbody></table></div>\n");
}

static void put_event(const struct section *section, const struct section_event *kept, GString *out)
{
    const struct life_event *event = &kept->event;
    g_string_append(out, "<tr><td>");
    put_time(section, event->time, event->clock, out);
    g_string_append(out, "</td><td>");
    html_text(out, event->event);
    g_string_append(out, "</td><td>");
    html_foreign(out, kept->detail);
    g_string_append(out, "</td><td>");
    html_position(out, event->position);
    g_string_append(out, "</td><td class=\"r\">");
    put_rows(event->first_row, event->last_row, out);
    g_string_append(out, "</td></tr>\n");
}

static void put_events(const struct section *section, GString *out)
{
    g_string_append(out, "<h3>Events</h3>\n");
    if (section->event_count == 0) {
        g_string_append(out, "<p class=\"none\">None.</p>\n");
        return;
    }
    put_names(section, out);
    g_string_append(out,
                    "<div class=\"wide\"><table class=\"events\"><thead><tr><th>Time</th><th>Event</th><th>More</th>"
                    "<th>Where</th><th>Rows</th></tr></thead><tbody>\n");
    for (unsigned i = 0; i < MIN(section->event_count, SECTION_EVENTS); i++)
        put_event(section, &section->events[i], out);
    g_string_append(out, "</tbody></table></div>\n");
    put_rest(section->event_count, SECTION_EVENTS, "events", "events.csv", out);
}

static void put_flag(const char *name, uint64_t count, const char *help, GString *out)
{
    if (count == 0)
        return;
    g_string_append_printf(out, "<tr><td>%s</td><td class=\"r\">", name);
    html_count(out, count);
    g_string_append(out, "</td><td>");
    html_text(out, help);
    g_string_append(out, "</td></tr>\n");
}

static void put_flags(const struct section *section, GString *out)
{
    static const char *const frame[S7_FLAG_COUNT] = {
#define FLAG(identifier, name, severity, help) help,
#include "flags.def"
#undef FLAG
    };
    static const char *const context[CONTEXT_FLAG_COUNT] = {
        [CONTEXT_AFTER_GAP] = "The first message behind bytes that are missing from the capture",
        [CONTEXT_CLOCK_OFFSET] = "The clock of the device looks like that of another time zone",
        [CONTEXT_DIALECT_CHANGED] = "The conversation spoke another protocol before",
        [CONTEXT_DUPLICATE] = "The same report was sent or captured before; it is drawn once",
        [CONTEXT_FUTURE_TIME] = "A wrong date ahead: the time is not believed",
        [CONTEXT_NULL_ISLAND] = "A position at 0/0, which is no place",
        [CONTEXT_PACKET_CHECKSUM_BAD] = "A packet was damaged on its way, and no good copy of it was captured",
        [CONTEXT_STORED] = "An old position: the device kept the report and sent it late, or its clock is wrong",
        [CONTEXT_UNACKNOWLEDGED] = "The server did not acknowledge a message that asks for it",
        [CONTEXT_UNANSWERED] = "The device did not answer a command",
        [CONTEXT_WEEK_ROLLOVER] = "The date is 1024 weeks behind the capture: a known fault of GPS receivers",
    };
    uint64_t all = 0;
    for (unsigned i = 0; i < S7_FLAG_COUNT; i++)
        all += section->flags[i];
    for (unsigned i = 0; i < CONTEXT_FLAG_COUNT; i++)
        all += section->context[i];
    g_string_append(out, "<h3>What is doubtful</h3>\n");
    if (all == 0) {
        g_string_append(out, "<p class=\"none\">Nothing: no message of this device has a quality flag.</p>\n");
        return;
    }
    g_string_append(out, "<div class=\"wide\"><table class=\"flags\"><thead><tr><th>Flag</th><th>Messages</th>"
                         "<th>What it says</th></tr></thead><tbody>\n");
    for (unsigned i = 0; i < CONTEXT_FLAG_COUNT; i++)
        put_flag(context_flag_names[i], section->context[i], context[i], out);
    for (unsigned i = 0; i < S7_FLAG_COUNT; i++)
        put_flag(s7_flag_names[i], section->flags[i], frame[i], out);
    g_string_append(out, "</tbody></table></div>\n");
}

void section_tables(const struct section *section, GString *out)
{
    put_trips(section, out);
    put_events(section, out);
    put_flags(section, out);
}
