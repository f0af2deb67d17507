/* SPDX-License-Identifier: GPL-2.0-or-later
 * What report.html says of the run. The numbers are those of manifest.json. */
#include "evidence.h"

#include "derived/html.h"
#include "device/clock.h"
#include "limits_reached.h"

#include <stdlib.h>
#include <string.h>

static const struct ledger *ledger_of(const struct analysis *analysis)
{
    return &analysis->streams_total.ledger;
}

static uint64_t all_rows(const struct analysis *analysis)
{
    uint64_t rows = devices_at(analysis->devices, 0)->rows;
    for (guint i = 0; i < analysis->with_rows->len; i++)
        rows += ((const struct device *)analysis->with_rows->pdata[i])->rows;
    return rows;
}

/* Bytes that are known to be missing. */
static void put_missing(const struct analysis *analysis, GString *out)
{
    uint64_t missing = ledger_of(analysis)->leftover[S7_LEFTOVER_GAP], gaps = analysis->streams_total.gaps;
    if (gaps == 0) {
        g_string_append(out, "<li>In the conversations that were captured, no byte is known to be missing.</li>\n");
        return;
    }
    g_string_append(out, "<li class=\"warn\"><strong>");
    html_counted(out, missing, "byte is", "bytes are");
    g_string_append(out, " missing from the capture</strong>, in ");
    html_counted(out, gaps, "gap", "gaps");
    g_string_append(out, ": messages may have been lost there.</li>\n");
}

static void put_damage(const struct analysis *analysis, GString *out)
{
    uint64_t damaged = 0, unopened = analysis_unopened(analysis);
    for (guint i = 0; i < analysis->inputs.list->len; i++)
        damaged += g_array_index(analysis->inputs.list, struct input, i).damage != NULL;
    if (damaged > 0) {
        g_string_append(out, "<li class=\"warn\"><strong>");
        html_counted(out, damaged, "input is", "inputs are");
        g_string_append(out, " damaged or cut</strong>; what could be read was read.</li>\n");
    }
    if (analysis->inputs.unreadable->len > 0) {
        g_string_append(out, "<li class=\"warn\"><strong>");
        html_counted(out, analysis->inputs.unreadable->len, "input", "inputs");
        g_string_append(out, " could not be read at all.</strong></li>\n");
    }
    if (unopened > 0) {
        g_string_append(out, "<li class=\"warn\"><strong>");
        html_counted(out, unopened, "packet", "packets");
        g_string_append(out, " of ");
        html_count(out, analysis->packets);
        g_string_append(out, " could not be opened</strong>: nothing is known of what is in them.</li>\n");
    }
    if (analysis->stopped)
        g_string_append(out, "<li class=\"warn\"><strong>The run was stopped by a signal</strong>: the page shows what "
                             "was read until then.</li>\n");
}

static void put_findings(const struct analysis *analysis, GString *out)
{
    uint64_t clocks = 0, refused = devices_at(analysis->devices, 0)->rows;
    for (guint i = 0; i < analysis->with_rows->len; i++) {
        const struct device *device = analysis->with_rows->pdata[i];
        char text[CLOCK_TEXT_SIZE];
        uint64_t rows;
        clocks += clock_finding(&device->clock, 0, text, &rows);
    }
    put_missing(analysis, out);
    put_damage(analysis, out);
    if (clocks > 0) {
        g_string_append(out, "<li>");
        html_counted(out, clocks, "device has a clock that is", "devices have clocks that are");
        g_string_append(out, " not that of the capture; the part of each device says how.</li>\n");
    }
    if (refused > 0) {
        g_string_append(out, "<li>");
        html_counted(out, refused, "message belongs", "messages belong");
        g_string_append(out, " to no known device: see devices/_unknown.csv.</li>\n");
    }
}

void evidence_opening(const struct analysis *analysis, GString *out)
{
    g_string_append(out, "<header>\n<h1>Report on captured tracker traffic</h1>\n<p>Trackers in vehicles report over "
                         "the network where they are and how they are. This page shows what ");
    html_counted(out, analysis->with_rows->len, "tracker", "trackers");
    g_string_append(out, " sent, as it was found in captured network traffic: ");
    html_counted(out, all_rows(analysis), "message", "messages");
    g_string_append(out, " in ");
    html_counted(out, analysis->streams_total.conversations, "conversation", "conversations");
    if (analysis->has_times) {
        g_string_append(out, ", captured from ");
        html_time(out, analysis->first / NANOSECONDS, true);
        g_string_append(out, " to ");
        html_time(out, analysis->last / NANOSECONDS, true);
        g_string_append(out, " UTC");
    }
    g_string_append(out, ".</p>\n");
    if (analysis->packets > 0 && all_rows(analysis) == 0)
        g_string_append(out, "<p class=\"warn\"><strong>No tracker message was found on the chosen ports.</strong> The "
                             "part on completeness says what could be looked at.</p>\n");
    g_string_append(out, "<nav><a href=\"#devices\">Devices</a><a href=\"#quality\">Completeness</a>"
                         "<a href=\"#evidence\">Evidence</a></nav>\n<h3>At a glance</h3>\n<ul>\n");
    put_findings(analysis, out);
    g_string_append(
        out, "</ul>\n<h3>How to read it</h3>\n<ul>\n"
             "<li>Everything here was said by the devices or follows from it by a rule that is named. Row numbers are "
             "those of the table devices/<em>id</em>.csv (1 is the first below its header), which names the packets "
             "that each row came in.</li>\n"
             "<li>A position is <em>current</em> when the device said so. A last known position is no place where the "
             "device was at that time, and is never drawn.</li>\n"
             "<li>Times marked <abbr>C</abbr> are those of the capturing machine; others are the device's own.</li>\n"
             "<li>Drawings are simplified, tables are not: every message is in the tables that came with this "
             "page.</li>\n</ul>\n</header>\n");
}

static void put_ledger(const struct analysis *analysis, GString *out)
{
    const struct ledger *ledger = ledger_of(analysis);
    uint64_t leftover = ledger_leftover_bytes(ledger);
    const char *between = ": ";
    g_string_append(out, "<p id=\"ledger\">Of ");
    html_counted(out, ledger->payload_bytes, "byte", "bytes");
    g_string_append(out, " that devices and servers sent each other on the chosen ports, ");
    html_count(out, ledger->frame_bytes);
    g_string_append(out, " are in messages that were read, and ");
    html_count(out, leftover);
    g_string_append(out, " are in none");
    for (unsigned reason = 0; reason < S7_LEFTOVER_COUNT; reason++) {
        if (!ledger_counted((enum s7_reason)reason) || ledger->leftover[reason] == 0)
            continue;
        g_string_append(out, between);
        html_count(out, ledger->leftover[reason]);
        g_string_append_printf(out, " (%s)", s7_reason_names[reason]);
        between = ", ";
    }
    g_string_append(out, ". Together these are all bytes: none was dropped. ");
    html_counted(out, ledger->leftover[S7_LEFTOVER_GAP], "byte is", "bytes are");
    g_string_append(out, " missing from the capture, ");
    html_counted(out, ledger->leftover[S7_LEFTOVER_OVERLAP], "byte was", "bytes were");
    g_string_append(out, " sent twice with different content.</p>\n");
}

static void open_table(GString *out, const char *class, const char *heads)
{
    g_string_append_printf(out, "<div class=\"wide\"><table class=\"%s\"><thead><tr>%s</tr></thead><tbody>\n", class,
                           heads);
}

static void close_table(GString *out)
{
    g_string_append(out, "</tbody></table></div>\n");
}

static void put_leftovers(const struct analysis *analysis, GString *out)
{
    static const char *const help[S7_LEFTOVER_COUNT] = {
#define LEFTOVER(identifier, name, counted, text) text,
#include "leftovers.def"
#undef LEFTOVER
    };
    const struct ledger *ledger = ledger_of(analysis);
    open_table(out, "leftovers", "<th>Bytes in no message</th><th>Bytes</th><th>What they are</th>");
    for (unsigned reason = 0; reason < S7_LEFTOVER_COUNT; reason++) {
        if (ledger->leftover[reason] == 0)
            continue;
        g_string_append_printf(out, "<tr><td>%s</td><td class=\"r\">", s7_reason_names[reason]);
        html_count(out, ledger->leftover[reason]);
        g_string_append_printf(out, "</td><td>%s</td></tr>\n", help[reason]);
    }
    close_table(out);
}

static void put_line(GString *out, uint64_t count, const char *one, const char *many, const char *more)
{
    if (count == 0)
        return;
    g_string_append(out, "<li>");
    html_counted(out, count, one, many);
    g_string_append_printf(out, "%s</li>\n", more);
}

static void put_others(const struct analysis *analysis, GString *out)
{
    const GPtrArray *others = analysis->others;
    for (guint i = 0; i < others->len; i++) {
        const struct other_total *other = others->pdata[i];
        g_string_append(out, "<li>");
        html_counted(out, other->conversations, "conversation", "conversations");
        g_string_append(out, " of another maker's protocol, ");
        html_text(out, other->name);
        g_string_append(out, ": ");
        html_counted(out, other->bytes, "byte", "bytes");
        g_string_append(out, "</li>\n");
    }
}

static void put_passed_over(const struct analysis *analysis, GString *out)
{
    put_line(out, analysis->results[PACKET_OK] - analysis->on_port, "packet was", "packets were", " on other ports");
    for (unsigned result = 0; result < PACKET_RESULT_COUNT; result++) {
        if (result == PACKET_OK || analysis->results[result] == 0)
            continue;
        g_string_append(out, "<li>");
        html_counted(out, analysis->results[result], "packet", "packets");
        g_string_append_printf(out, " passed over: %s</li>\n", packet_result_names[result]);
    }
    for (guint i = 0; i < analysis->unread->len; i++) {
        const struct packets_unread *unread = &g_array_index(analysis->unread, struct packets_unread, i);
        g_autofree char *name = capture_link_name(unread->link_type);
        g_string_append(out, "<li class=\"warn\">");
        html_counted(out, unread->packets, "packet", "packets");
        g_string_append(out, " of link type ");
        html_text(out, name);
        g_string_append(out, ", which is not read</li>\n");
    }
}

static void put_limits(const struct analysis *analysis, GString *out)
{
    struct analysis_limit limits[ANALYSIS_LIMITS];
    analysis_limits(analysis, limits);
    for (unsigned i = 0; i < ANALYSIS_LIMITS; i++) {
        if (limits[i].reached == 0)
            continue;
        g_string_append_printf(out, "<li class=\"warn\">The limit %s (", limits[i].name);
        html_count(out, limits[i].limit);
        g_string_append(out, ") was reached ");
        html_counted(out, limits[i].reached, "time", "times");
        g_string_append(out, "</li>\n");
    }
}

void evidence_quality(const struct analysis *analysis, GString *out)
{
    const struct stream_totals *streams = &analysis->streams_total;
    g_string_append(out, "<section id=\"quality\">\n<h2>Completeness</h2>\n");
    put_ledger(analysis, out);
    if (ledger_leftover_bytes(ledger_of(analysis)) > 0 || streams->gaps > 0 || streams->overlaps > 0)
        put_leftovers(analysis, out);
    g_string_append(out, "<ul>\n<li>");
    html_counted(out, analysis->packets, "packet was", "packets were");
    g_string_append(out, " read, ");
    html_count(out, analysis->on_port);
    g_string_append(out, " of them on the chosen ports</li>\n");
    put_passed_over(analysis, out);
    put_others(analysis, out);
    put_line(out, streams->copies, "datagram was captured twice and counts", "datagrams were captured twice and count",
             " once");
    put_line(out, analysis->fragments.incomplete, "IP datagram lacks", "IP datagrams lack", " fragments");
    put_line(out, analysis->pictures_total.pictures - analysis->pictures_total.complete, "picture is", "pictures are",
             " not complete");
    put_limits(analysis, out);
    g_string_append(out, "</ul>\n<p class=\"note\">What was never captured leaves no trace, and neither does a UDP "
                         "datagram that was lost. Where a device numbers its messages or was silent, its part says "
                         "so.</p>\n</section>\n");
}

static void put_input(const struct input *input, bool hash, GString *out)
{
    g_string_append_printf(out, "<tr><td class=\"r\">%u</td><td>", (unsigned)input->number);
    html_foreign(out, input->name);
    g_string_append(out, "</td><td class=\"r\">");
    html_count(out, input->size);
    g_string_append(out, "</td><td class=\"r\">");
    html_count(out, input->packets);
    g_string_append(out, "</td><td>");
    html_text(out, input->format);
    g_string_append(out, "</td><td class=\"hash\">");
    html_text(out, !hash ? "not asked for" : input->sha256 ? input->sha256 : "none: read from a pipe");
    g_string_append(out, "</td><td>");
    html_text(out, input->damage ? input->damage : "complete");
    g_string_append(out, "</td></tr>\n");
}

static void put_inputs(struct analysis *analysis, GString *out)
{
    const GArray *list = analysis->inputs.list;
    bool hash = analysis->options->hash;
    g_string_append(out, "<h3>Inputs</h3>\n");
    open_table(out, "inputs",
               "<th>No.</th><th>File</th><th>Bytes</th><th>Packets</th><th>Format</th><th>SHA-256</th><th>State</th>");
    for (guint i = 0; i < list->len && i < EVIDENCE_INPUTS; i++) {
        struct input *input = &g_array_index(list, struct input, i);
        if (hash)
            input_hash(input);
        put_input(input, hash, out);
    }
    close_table(out);
    if (list->len > EVIDENCE_INPUTS)
        g_string_append_printf(out, "<p class=\"note\">%u more are in manifest.json.</p>\n",
                               list->len - EVIDENCE_INPUTS);
}

/* Of several recorders: how far their clocks are apart. */
static void put_clocks(const struct capture_clocks *clocks, GString *out)
{
    if (!clocks)
        return;
    g_string_append(out, "<h3>Clocks of the inputs</h3>\n");
    open_table(out, "clocks", "<th>Input</th><th>Interface</th><th>Its clock</th>");
    for (unsigned i = 0; i < clocks->count && i < EVIDENCE_INPUTS; i++) {
        const struct capture_clock *clock = &clocks->list[i];
        if (clock->file == 0)
            continue;
        g_string_append_printf(out, "<tr><td class=\"r\">%u</td><td class=\"r\">%u</td><td>", (unsigned)clock->file,
                               (unsigned)clock->interface);
        if (clock->group == 0) {
            g_string_append(out, "nothing tells how it compares with the others");
        } else {
            html_number(out, (double)clock->ahead / NANOSECONDS, 3);
            g_string_append_printf(out, " s ahead of the first clock of group %u", clock->group);
        }
        g_string_append(out, "</td></tr>\n");
    }
    close_table(out);
}

static void put_unread(const GArray *list, const char *title, GString *out)
{
    if (list->len == 0)
        return;
    g_string_append_printf(out, "<h3>%s</h3>\n<ul>\n", title);
    for (guint i = 0; i < list->len && i < EVIDENCE_INPUTS; i++) {
        const struct passed *passed = &g_array_index(list, struct passed, i);
        g_string_append(out, "<li>");
        html_foreign(out, passed->name);
        g_string_append(out, ": ");
        html_text(out, passed->why);
        g_string_append(out, "</li>\n");
    }
    g_string_append(out, "</ul>\n");
    if (list->len > EVIDENCE_INPUTS)
        g_string_append_printf(out, "<p class=\"note\">%u more are in manifest.json.</p>\n",
                               list->len - EVIDENCE_INPUTS);
}

static void open_option(GString *out, const char *name)
{
    g_string_append_printf(out, "<dt>%s</dt><dd>", name);
}

static void put_option(GString *out, const char *name, const char *value)
{
    open_option(out, name);
    html_text(out, value);
    g_string_append(out, "</dd>\n");
}

static void put_time(GString *out, const char *name, int64_t time, bool given)
{
    open_option(out, name);
    if (given)
        html_time(out, time / NANOSECONDS, true);
    else
        g_string_append(out, "no limit");
    g_string_append(out, "</dd>\n");
}

static int compare_texts(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void put_chosen(const struct options *options, GString *out)
{
    guint count = 0;
    open_option(out, "Ports");
    for (guint i = 0; options->ports && i < options->ports->len && i < EVIDENCE_INPUTS; i++)
        g_string_append_printf(out, "%s%u", i > 0 ? ", " : "", (unsigned)g_array_index(options->ports, uint16_t, i));
    if (options->ports && options->ports->len > EVIDENCE_INPUTS)
        g_string_append_printf(out, " and %u more", options->ports->len - EVIDENCE_INPUTS);
    g_string_append(out, options->ports ? "</dd>\n" : "any</dd>\n");
    put_option(out, "Capture filter", options->filter ? options->filter : "none");
    open_option(out, "Devices");
    if (options->devices) {
        g_autofree gpointer *ids = g_hash_table_get_keys_as_array(options->devices, &count);
        qsort(ids, count, sizeof *ids, compare_texts);
        for (guint i = 0; i < count; i++) {
            g_string_append(out, i > 0 ? ", " : "");
            html_text(out, ids[i]);
        }
    } else {
        g_string_append(out, "all");
    }
    g_string_append(out, "</dd>\n");
}

static void put_options(const struct analysis *analysis, GString *out)
{
    const struct options *options = analysis->options;
    g_string_append(out, "<h3>Options of the run</h3>\n<dl>\n");
    put_chosen(options, out);
    put_time(out, "Captured since", options->since, options->since != INT64_MIN);
    put_time(out, "Captured until", options->until, options->until != INT64_MAX);
    put_option(out, "Order of rows", options->order == ORDER_CAPTURE ? "capture" : "device");
    put_option(out, "Of bytes sent twice", options->overlap == TCP_OVERLAP_LAST ? "the last copy" : "the first copy");
    put_option(out, "Secrets", options->show_secrets ? "shown" : "masked");
    if (options->map) {
        open_option(out, "Mapping file");
        html_text(out, options->map->name);
        if (options->hash)
            g_string_append_printf(out, ", SHA-256 <span class=\"hash\">%s</span>", options->map->sha256);
        g_string_append(out, ": columns that it fills do not come from the devices</dd>\n");
    }
    g_string_append(out, "</dl>\n");
}

/* By these the events and trips of the page were concluded. */
static void put_rules(const struct analysis *analysis, GString *out)
{
    const double *values = analysis->options->rules.values;
    g_string_append(out, "<h3>Parameters of the rules</h3>\n");
    open_table(out, "rules", "<th>Parameter</th><th>Value</th><th>What it says</th>");
    for (unsigned i = 0; i < PARAMETER_COUNT; i++) {
        const struct parameter_info *info = &rules_parameters[i];
        g_string_append_printf(out, "<tr><td>%s</td><td class=\"r\">", info->name);
        html_number(out, values[i], 4);
        g_string_append_printf(out, " %s</td><td>", info->unit);
        html_text(out, info->help);
        g_string_append(out,
                        values[i] == info->value ? "</td></tr>\n" : " <strong>(not the default)</strong></td></tr>\n");
    }
    close_table(out);
}

void evidence_inputs(struct analysis *analysis, GString *out)
{
    g_string_append(
        out, "<section id=\"evidence\">\n<h2>Evidence</h2>\n<p>This page was made by " PROGRAM_NAME " " GOTOP_VERSION
             " from the inputs below. The same inputs and options give the same page, byte for byte, on any "
             "machine. manifest.json, beside it, has the SHA-256 of this page and of all other "
             "results.</p>\n");
    put_inputs(analysis, out);
    put_clocks(analysis->clocks, out);
    put_unread(analysis->inputs.unreadable, "Named, but not readable", out);
    put_unread(analysis->inputs.passed, "In the folders, but no capture", out);
    put_options(analysis, out);
    put_rules(analysis, out);
    g_string_append(out, "</section>\n");
}
