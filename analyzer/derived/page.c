/* SPDX-License-Identifier: GPL-2.0-or-later
 * report.html: puts the parts of the devices together. They wait in the scratch file, as what stands before them is
 * known last. */
#include "derived/page.h"

#include "derived/html.h"
#include "result/table.h"

/* The part of a device. */
struct part {
    const struct device *device;
    uint64_t position, length; /* in the scratch file */
    struct section_summary summary;
};

struct page {
    struct page_options options;
    GMutex lock;   /* of parts */
    GArray *parts; /* of struct part, in the order of the devices */
    gint full;     /* atomic: there are PAGE_DEVICES */
};

/* Of one thread. */
struct state {
    struct page *page;
    struct life_turn turn;
    struct section *section;
    const struct device *device; /* NULL: not to be drawn */
    GString *text;
};

struct page *page_new(const struct page_options *options)
{
    struct page *page = g_new0(struct page, 1);
    page->options = *options;
    page->parts = g_array_new(FALSE, FALSE, sizeof(struct part));
    g_mutex_init(&page->lock);
    return page;
}

static void *open_state(void *shared, const struct life_turn *turn)
{
    struct state *state = g_new0(struct state, 1);
    state->page = shared;
    state->turn = *turn;
    state->section = section_new(&state->page->options.section);
    state->text = g_string_new(NULL);
    return state;
}

/* Once the page is full it stays so, and those on it came before: the same for any number of threads. */
static void begin(void *user, const struct device *device)
{
    struct state *state = user;
    state->device = device->number == 0 || g_atomic_int_get(&state->page->full) ? NULL : device;
    if (state->device)
        section_begin(state->section, device);
}

static void take_row(void *user, const struct life_row *row)
{
    struct state *state = user;
    if (state->device)
        section_row(state->section, row);
}

static void take_event(void *user, const struct life_event *event)
{
    struct state *state = user;
    if (state->device)
        section_event(state->section, event);
}

static void take_trip(void *user, const struct life_trip *trip)
{
    struct state *state = user;
    if (state->device)
        section_trip(state->section, trip);
}

static void put_part(struct page *page, struct part *part, const GString *text)
{
    struct scratch *scratch = output_scratch(page->options.output);
    g_mutex_lock(&page->lock);
    if (page->parts->len < PAGE_DEVICES) {
        part->length = text->len;
        part->position = scratch_reserve(scratch, text->len);
        scratch_write(scratch, part->position, text->str, text->len);
        g_array_append_val(page->parts, *part);
        g_atomic_int_set(&page->full, page->parts->len == PAGE_DEVICES);
    }
    g_mutex_unlock(&page->lock);
}

static void end(void *user)
{
    struct state *state = user;
    struct part part = {.device = state->device};
    if (!state->device || state->section->rows == 0)
        return;
    g_string_truncate(state->text, 0);
    section_end(state->section, state->text, &part.summary);
    if (state->turn.wait)
        state->turn.wait(state->turn.user);
    put_part(state->page, &part, state->text);
}

static void close_state(void *user)
{
    struct state *state = user;
    section_free(state->section);
    g_string_free(state->text, TRUE);
    g_free(state);
}

struct teller page_teller(struct page *page)
{
    return (struct teller){.shared = page,
                           .open = open_state,
                           .begin = begin,
                           .row = take_row,
                           .event = take_event,
                           .trip = take_trip,
                           .end = end,
                           .close = close_state};
}

static const struct part *find_part(const struct page *page, const struct device *device)
{
    for (guint i = 0; i < page->parts->len; i++)
        if (g_array_index(page->parts, struct part, i).device == device)
            return &g_array_index(page->parts, struct part, i);
    return NULL;
}

static void put_seen(GString *out, const struct device *device, int64_t time)
{
    if (device->first_seen <= device->last_seen)
        html_time(out, time / NANOSECONDS, true);
}

/* What devices.csv has of it, too. */
static void put_device(GString *out, const struct device *device)
{
    g_string_append(out, "</td><td class=\"r\">");
    html_count(out, device->rows);
    g_string_append(out, "</td><td>");
    put_seen(out, device, device->first_seen);
    g_string_append(out, "</td><td>");
    put_seen(out, device, device->last_seen);
    g_string_append(out, "</td><td class=\"r\">");
    html_distance_cell(out, device->distance);
}

static void put_cell(GString *out, uint64_t count)
{
    g_string_append(out, "</td><td class=\"r\">");
    html_count(out, count);
}

static void put_drawn(const struct page *page, const GPtrArray *with_rows, GString *out)
{
    g_string_append(out, "<div class=\"wide\"><table class=\"devices\"><thead><tr><th>Device</th><th>Messages</th>"
                         "<th>First captured (UTC)</th><th>Last captured (UTC)</th><th>Distance</th>"
                         "<th>Current positions</th><th>Trips</th><th>Silences</th><th>Events</th>"
                         "<th>For attention</th></tr></thead><tbody>\n");
    for (guint i = 0; i < with_rows->len; i++) {
        const struct device *device = with_rows->pdata[i];
        const struct part *part = find_part(page, device);
        if (!part)
            continue;
        g_string_append_printf(out, "<tr><td><a href=\"#device-%u\">", device->number);
        html_foreign(out, device->id);
        g_string_append(out, "</a>");
        put_device(out, device);
        put_cell(out, part->summary.fixes);
        put_cell(out, part->summary.trips);
        put_cell(out, part->summary.silences);
        put_cell(out, part->summary.events);
        put_cell(out, part->summary.grave);
        g_string_append(out, "</td></tr>\n");
    }
    g_string_append(out, "</tbody></table></div>\n");
}

static void put_others(const struct page *page, const GPtrArray *with_rows, GString *out)
{
    guint others = with_rows->len - page->parts->len, listed = 0;
    if (others == 0)
        return;
    g_string_append(out, "<p><strong>This page draws the first ");
    html_count(out, PAGE_DEVICES);
    g_string_append(out, " devices of the capture.</strong> ");
    html_counted(out, others, "further device has a timeline", "further devices have timelines");
    g_string_append(out,
                    " and rows in all tables; a run with <code>--device</code> and their ids draws them.</p>\n"
                    "<div class=\"wide\"><table class=\"others\"><thead><tr><th>Device</th><th>Messages</th>"
                    "<th>First captured (UTC)</th><th>Last captured (UTC)</th><th>Distance</th></tr></thead><tbody>\n");
    for (guint i = 0; i < with_rows->len && listed < PAGE_LISTED; i++) {
        const struct device *device = with_rows->pdata[i];
        if (find_part(page, device))
            continue;
        g_string_append(out, "<tr><td>");
        html_foreign(out, device->id);
        put_device(out, device);
        g_string_append(out, "</td></tr>\n");
        listed++;
    }
    g_string_append(out, "</tbody></table></div>\n");
    if (listed == others)
        return;
    g_string_append(out, "<p class=\"note\">");
    html_count(out, others - listed);
    g_string_append(out, " more are in devices.csv.</p>\n");
}

static void copy_part(const struct page *page, const struct part *part, struct table *table)
{
    char piece[65536];
    for (uint64_t at = 0; at < part->length;) {
        size_t length = (size_t)MIN(part->length - at, sizeof piece);
        scratch_read(output_scratch(page->options.output), part->position + at, piece, length);
        g_string_append_len(table->text, piece, (gssize)length);
        table_row(table);
        at += length;
    }
}

void page_finish(struct page *page, const GPtrArray *with_rows, const struct page_parts *parts)
{
    struct table table = {.name = NULL};
    table_open(&table, page->options.output, "report.html", page->options.hash);
    for (const char *const *piece = page_head; *piece; piece++)
        g_string_append(table.text, *piece);
    g_string_append(table.text, parts->opening);
    g_string_append(table.text, "<section id=\"devices\">\n<h2>Devices</h2>\n");
    if (page->parts->len > 0)
        put_drawn(page, with_rows, table.text);
    else
        g_string_append(table.text, "<p class=\"none\">No report of a known device was found.</p>\n");
    put_others(page, with_rows, table.text);
    if (with_rows->len > 0)
        g_string_append(table.text, "<p class=\"note\">Distance: the way between all current positions one after the "
                                    "other, as in devices.csv. Impossible jumps count, which trips leave out.</p>\n");
    g_string_append(table.text, "</section>\n");
    for (guint i = 0; i < with_rows->len; i++) {
        const struct part *part = find_part(page, with_rows->pdata[i]);
        if (part)
            copy_part(page, part, &table);
    }
    g_string_append(table.text, parts->quality);
    g_string_append(table.text, parts->evidence);
    g_string_append(table.text, "</main>\n</body>\n</html>\n");
    table_close(&table);
    table_clear(&table);
}

void page_free(struct page *page)
{
    if (!page)
        return;
    g_array_unref(page->parts);
    g_mutex_clear(&page->lock);
    g_free(page);
}
