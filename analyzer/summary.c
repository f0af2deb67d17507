/* SPDX-License-Identifier: GPL-2.0-or-later
 * What a person reads at the end: one screen, nothing left out silently. */
#include "summary.h"

#include "base/text.h"
#include "device/clock.h"
#include "limits_reached.h"

#include <string.h>

/* Devices and inputs that are listed one by one, unless --verbose. */
#define DEVICES_LISTED 12
#define INPUTS_LISTED  4
#define LABEL          "%-13s"

/* Whole numbers with their thousands apart: 1,234,567. */
static char *number(uint64_t value)
{
    g_autoptr(GString) digits = g_string_new(NULL);
    text_unsigned(digits, value);
    for (gssize i = (gssize)digits->len - 3; i > 0; i -= 3)
        g_string_insert_c(digits, i, ',');
    return g_strdup(digits->str);
}

/* "1 report", "2,000 reports" */
static void count(GString *out, uint64_t value, const char *one, const char *many)
{
    g_autofree char *digits = number(value);
    g_string_append_printf(out, "%s %s", digits, value == 1 ? one : many);
}

static void duration(GString *out, int64_t nanoseconds)
{
    int64_t seconds = nanoseconds / NANOSECONDS;
    if (seconds >= 172800)
        g_string_append_printf(out, "%d days", (int)(seconds / 86400));
    else if (seconds >= 3600)
        g_string_append_printf(out, "%d h %d min", (int)(seconds / 3600), (int)(seconds / 60 % 60));
    else if (seconds >= 60)
        g_string_append_printf(out, "%d min %d s", (int)(seconds / 60), (int)(seconds % 60));
    else
        g_string_append_printf(out, "%d s", (int)seconds);
}

static void print_inputs(const struct analysis *analysis, GString *out)
{
    const GArray *list = analysis->inputs.list;
    guint shown = analysis->options->verbose ? list->len : MIN(list->len, INPUTS_LISTED);
    for (guint i = 0; i < shown; i++) {
        const struct input *input = &g_array_index(list, struct input, i);
        g_autofree char *name = text_visible(input->name);
        g_string_append_printf(out, LABEL "%s (%s, ", i == 0 ? list->len == 1 ? "Input" : "Inputs" : "", name,
                               input->format);
        count(out, input->packets, "packet", "packets");
        g_string_append(out, ")\n");
    }
    if (shown < list->len) {
        g_string_append_printf(out, LABEL "and ", "");
        count(out, list->len - shown, "more file", "more files");
        g_string_append_c(out, '\n');
    }
    uint64_t untimed = 0;
    for (guint i = 0; i < list->len; i++)
        untimed += g_array_index(list, struct input, i).untimed;
    if (untimed > 0) {
        g_string_append_printf(out, LABEL, "Without time");
        count(out, untimed, "packet", "packets");
        g_string_append(out, " without a time; their order is that of the file\n");
    }
    if (analysis->has_times) {
        g_string_append_printf(out, LABEL, "Captured");
        text_second(out, analysis->first);
        g_string_append(out, " to ");
        text_second(out, analysis->last);
        g_string_append(out, " UTC (");
        duration(out, analysis->last - analysis->first);
        g_string_append(out, ")\n");
    }
}

static uint64_t untimed_rows(const struct analysis *analysis)
{
    const GPtrArray *devices = analysis->with_rows;
    uint64_t rows = devices_at(analysis->devices, 0)->untimed_rows;
    for (guint i = 0; i < devices->len; i++)
        rows += ((const struct device *)devices->pdata[i])->untimed_rows;
    return rows;
}

static uint64_t all_rows(const struct analysis *analysis, uint64_t kinds[S7_KIND_COUNT])
{
    const GPtrArray *devices = analysis->with_rows;
    const struct device *unknown = devices_at(analysis->devices, 0);
    uint64_t rows = unknown->rows;
    memcpy(kinds, unknown->kinds, sizeof unknown->kinds);
    for (guint i = 0; i < devices->len; i++) {
        const struct device *device = devices->pdata[i];
        rows += device->rows;
        for (unsigned kind = 0; kind < S7_KIND_COUNT; kind++)
            kinds[kind] += device->kinds[kind];
    }
    return rows;
}

/* "29 reports, 3 commands and answers, 1 frame of unknown kind" */
static void print_rows(const struct analysis *analysis, GString *out)
{
    uint64_t kinds[S7_KIND_COUNT], rows = all_rows(analysis, kinds), unknown = kinds[S7_KIND_UNKNOWN];
    uint64_t spoken = kinds[S7_KIND_COMMAND] + kinds[S7_KIND_ANSWER] + kinds[S7_KIND_REJECTED];
    const struct {
        uint64_t rows;
        const char *one, *many;
    } parts[] = {{rows - spoken - unknown, "report", "reports"},
                 {spoken, "command or answer", "commands and answers"},
                 {unknown, "frame of unknown kind", "frames of unknown kind"}};
    const char *between = "";
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        if (parts[i].rows == 0)
            continue;
        g_string_append(out, between);
        count(out, parts[i].rows, parts[i].one, parts[i].many);
        between = ", ";
    }
}

static void print_reports(const struct analysis *analysis, GString *out)
{
    const struct stream_totals *streams = &analysis->streams_total;
    const struct options *options = analysis->options;
    uint64_t kinds[S7_KIND_COUNT], untimed = untimed_rows(analysis);
    all_rows(analysis, kinds);
    g_string_append_printf(out, "\n" LABEL, "Reports");
    print_rows(analysis, out);
    g_string_append(out, " from ");
    count(out, analysis->with_rows->len, "device", "devices");
    g_string_append(out, " in ");
    count(out, streams->conversations, "conversation", "conversations");
    const char *between = " (";
    for (unsigned dialect = 0; dialect < S7_DIALECT_COUNT; dialect++) {
        if (streams->dialects[dialect] == 0)
            continue;
        g_autofree char *digits = number(streams->dialects[dialect]);
        g_string_append_printf(out, "%s%s %s", between, digits, s7_dialect_names[dialect]);
        between = ", ";
    }
    g_string_append(out, between[0] == ',' ? ")\n" : "\n");
    for (unsigned kind = 0; kind < S7_KIND_COUNT; kind++) {
        if (kinds[kind] == 0)
            continue;
        g_autofree char *digits = number(kinds[kind]);
        g_string_append_printf(out, LABEL "%-12s %9s\n", "", s7_kind_names[kind], digits);
    }
    if (devices_at(analysis->devices, 0)->rows > 0) {
        g_string_append_printf(out, LABEL, "");
        count(out, devices_at(analysis->devices, 0)->rows, "of them belongs", "of them belong");
        g_string_append(out, " to no known device\n");
    }
    if (untimed > 0 && (options->since != INT64_MIN || options->until != INT64_MAX)) {
        g_string_append_printf(out, LABEL, "");
        count(out, untimed, "of them has", "of them have");
        g_string_append(out, " no capture time: --since and --until leave none of these out\n");
    }
}

/* The dialect that the device spoke, or that there were several. */
static const char *dialect_of(const struct device *device)
{
    const char *found = NULL;
    for (unsigned dialect = 0; dialect < S7_DIALECT_COUNT; dialect++) {
        if (!device->has_dialect[dialect])
            continue;
        if (found)
            return "several";
        found = s7_dialect_names[dialect];
    }
    return found ? found : "";
}

static void print_devices(const struct analysis *analysis, GString *out)
{
    const GPtrArray *devices = analysis->with_rows;
    guint shown = analysis->options->verbose ? devices->len : MIN(devices->len, DEVICES_LISTED);
    if (shown == 0)
        return;
    g_string_append_printf(out, "\n" LABEL "%-17s %-9s %9s  %-19s  %s\n", "Devices", "device", "dialect", "rows",
                           "first seen (UTC)", "last seen");
    for (guint i = 0; i < shown; i++) {
        const struct device *device = devices->pdata[i];
        g_autofree char *digits = number(device->rows);
        g_string_append_printf(out, LABEL "%-17s %-9s %9s  ", "", device->id, dialect_of(device), digits);
        if (device->first_seen <= device->last_seen) {
            text_second(out, device->first_seen);
            g_string_append(out, "  ");
            text_second(out, device->last_seen);
        }
        g_string_append_c(out, '\n');
    }
    if (shown < devices->len) {
        g_string_append_printf(out, LABEL "and ", "");
        count(out, devices->len - shown, "more", "more");
        g_string_append(out, analysis->output ? " (devices.csv has all)\n" : " (--verbose lists all)\n");
    }
}

/* What the times say of the devices' clocks. */
static void print_findings(const struct analysis *analysis, GString *out)
{
    const GPtrArray *devices = analysis->with_rows;
    unsigned found = 0, most = analysis->options->verbose ? UINT_MAX : DEVICES_LISTED;
    for (guint i = 0; i < devices->len; i++) {
        const struct device *device = devices->pdata[i];
        char text[CLOCK_TEXT_SIZE];
        uint64_t rows;
        for (unsigned n = 0; clock_finding(&device->clock, n, text, &rows); n++)
            if (found++ < most)
                g_string_append_printf(out, LABEL "%-17s %s\n", found == 1 ? "Clocks" : "", device->id, text);
    }
    if (found > most)
        g_string_append_printf(out, LABEL "and %u more%s\n", "", found - most,
                               analysis->output ? " (findings in manifest.json)" : "");
}

/* Inputs, or interfaces of one, whose clocks are ahead of or behind others. */
static void print_clocks(const struct analysis *analysis, GString *out)
{
    const struct capture_clocks *clocks = analysis->clocks;
    unsigned found = 0, most = analysis->options->verbose ? UINT_MAX : DEVICES_LISTED;
    for (unsigned i = 0; clocks && i < clocks->count; i++) {
        const struct capture_clock *clock = &clocks->list[i];
        if (clock->file == 0 || clock->ahead == 0 || found++ >= most)
            continue;
        const struct input *input = &g_array_index(analysis->inputs.list, struct input, clock->file - 1);
        g_autofree char *name = text_visible(input->name);
        double ahead = (double)clock->ahead / (double)NANOSECONDS;
        g_string_append_printf(out, LABEL "%s", found == 1 ? "Clocks apart" : "", name);
        if (input->interfaces > 1)
            g_string_append_printf(out, ", interface %u", clock->interface);
        g_string_append_printf(out, ": %.3f s %s\n", ahead < 0 ? -ahead : ahead, ahead < 0 ? "behind" : "ahead");
    }
    if (found > most)
        g_string_append_printf(out, LABEL "and %u more\n", "", found - most);
}

static void print_pictures(const struct analysis *analysis, GString *out)
{
    if (analysis->pictures_total.pictures == 0)
        return;
    g_autofree char *complete = number(analysis->pictures_total.complete);
    g_string_append_printf(out, LABEL, "Pictures");
    count(out, analysis->pictures_total.pictures, "picture", "pictures");
    g_string_append_printf(out, ", %s of them complete\n", complete);
}

static void percentage(GString *out, uint64_t part, uint64_t whole)
{
    double share = whole ? 100.0 * (double)part / (double)whole : 0;
    if (part > 0 && share < 0.1)
        g_string_append(out, " (less than 0.1 %)");
    else
        g_string_append_printf(out, " (%.1f %%)", share);
}

/* ": GT06, H02" */
static void name_others(const struct analysis *analysis, GString *out)
{
    for (guint i = 0; i < analysis->others->len; i++)
        g_string_append_printf(out, "%s%s", i == 0 ? ": " : ", ",
                               ((const struct other_total *)analysis->others->pdata[i])->name);
}

static void print_leftovers(const struct analysis *analysis, GString *out)
{
    static const char *const help[S7_LEFTOVER_COUNT] = {
#define LEFTOVER(identifier, name, counted, text) text,
#include "leftovers.def"
#undef LEFTOVER
    };
    const struct stream_totals *streams = &analysis->streams_total;
    const struct ledger *ledger = &streams->ledger;
    uint64_t leftover = ledger_leftover_bytes(ledger);
    g_string_append_printf(out, "\n" LABEL, "Payload");
    count(out, ledger->payload_bytes, "byte", "bytes");
    g_string_append(out, ", ");
    count(out, leftover, "of them in no frame", "of them in no frame");
    percentage(out, leftover, ledger->payload_bytes);
    g_string_append_c(out, '\n');
    for (unsigned reason = 0; reason < S7_LEFTOVER_COUNT; reason++) {
        if (!ledger_counted((enum s7_reason)reason) || ledger->leftover[reason] == 0)
            continue;
        g_autofree char *digits = number(ledger->leftover[reason]);
        g_string_append_printf(out, LABEL "%-14s %9s  %s", "", s7_reason_names[reason], digits, help[reason]);
        if (reason == S7_LEFTOVER_OTHER_PROTOCOL)
            name_others(analysis, out);
        g_string_append_c(out, '\n');
    }
    if (streams->copies > 0) {
        g_string_append_printf(out, LABEL, "Copies");
        count(out, streams->copies, "datagram was captured twice and counts",
              "datagrams were captured twice and count");
        g_string_append(out, " once\n");
    }
    if (streams->gaps > 0) {
        g_string_append_printf(out, LABEL, "Missing");
        count(out, ledger->leftover[S7_LEFTOVER_GAP], "byte", "bytes");
        g_string_append(out, analysis->options->filter ? " that the capture lacks or --filter keeps back, in "
                                                       : " that the capture lacks, in ");
        count(out, streams->gaps, "gap", "gaps");
        g_string_append_c(out, '\n');
    }
    if (streams->overlaps > 0) {
        g_string_append_printf(out, LABEL, "Overlaps");
        count(out, ledger->leftover[S7_LEFTOVER_OVERLAP], "byte", "bytes");
        g_string_append(out, " sent twice with different content\n");
    }
}

static void print_packets(const struct analysis *analysis, GString *out)
{
    const char *between = "";
    uint64_t off_port = analysis->results[PACKET_OK] - analysis->on_port;
    if (analysis->packets == analysis->on_port)
        return;
    g_string_append_printf(out, LABEL, "Passed over");
    count(out, analysis->packets - analysis->on_port, "packet", "packets");
    g_string_append(out, ": ");
    if (off_port > 0) {
        g_autofree char *digits = number(off_port);
        g_string_append_printf(out, "%s on other ports", digits);
        between = ", ";
    }
    for (unsigned result = 0; result < PACKET_RESULT_COUNT; result++) {
        if (result == PACKET_OK || analysis->results[result] == 0)
            continue;
        g_autofree char *digits = number(analysis->results[result]);
        g_string_append_printf(out, "%s%s %s", between, digits, packet_result_names[result]);
        between = ", ";
    }
    g_string_append_c(out, '\n');
}

static void hint(GString *out, uint64_t packets, const char *one, const char *many, const char *text)
{
    if (packets == 0)
        return;
    g_string_append_printf(out, LABEL, "Hint");
    count(out, packets, one, many);
    g_string_append(out, text);
}

/* What may be another than it seems. */
static void print_hints(const struct analysis *analysis, GString *out)
{
    struct filter_kept kept = {0};
    for (guint i = 0; i < analysis->inputs.list->len; i++) {
        const struct input *input = &g_array_index(analysis->inputs.list, struct input, i);
        kept.tagged += input->kept.tagged;
        kept.fragments += input->kept.fragments;
        kept.unknown += input->kept.unknown;
    }
    hint(out, kept.tagged, "packet", "packets",
         " in a VLAN, MPLS or PPPoE did not pass --filter: '(EXPR) or (vlan and (EXPR))' sees both\n");
    hint(out, kept.fragments, "IP fragment", "IP fragments",
         " did not pass --filter: only the first of a datagram has ports; 'or ip[6:2] & 0x1fff != 0' keeps them\n");
    hint(out, kept.unknown, "packet was", "packets were", " left out: --filter cannot be applied to their link type\n");
    hint(out, analysis->mislabelled.ip, "packet begins", "packets begin",
         " with an IP header where the capture says Ethernet: 'editcap -T rawip' says otherwise\n");
    hint(out, analysis->mislabelled.ethernet, "packet is", "packets are",
         " an Ethernet frame where the capture says raw IP: 'editcap -T ether' says otherwise\n");
    for (guint i = 0; i < analysis->unread->len; i++) {
        const struct packets_unread *unread = &g_array_index(analysis->unread, struct packets_unread, i);
        g_autofree char *name = capture_link_name(unread->link_type);
        g_string_append_printf(out, LABEL "%s is a link type that is not read: ", "Not opened", name);
        count(out, unread->packets, "packet", "packets");
        g_string_append_c(out, '\n');
    }
}

static void print_problems(const struct analysis *analysis, GString *out)
{
    const struct inputs *inputs = &analysis->inputs;
    for (guint i = 0; i < inputs->list->len; i++) {
        const struct input *input = &g_array_index(inputs->list, struct input, i);
        g_autofree char *name = text_visible(input->name);
        if (input->damage)
            g_string_append_printf(out, LABEL "%s: %s\n", "Damaged", name, input->damage);
    }
    for (guint i = 0; i < inputs->unreadable->len; i++) {
        const struct passed *passed = &g_array_index(inputs->unreadable, struct passed, i);
        g_autofree char *name = text_visible(passed->name);
        g_string_append_printf(out, LABEL "%s: %s\n", "Not read", name, passed->why);
    }
    if (inputs->passed->len > 0) {
        g_string_append_printf(out, LABEL, "No capture");
        count(out, inputs->passed->len, "file", "files");
        g_string_append(out, " in the folder passed over\n");
    }
    struct analysis_limit limits[ANALYSIS_LIMITS];
    analysis_limits(analysis, limits);
    for (unsigned i = 0; i < ANALYSIS_LIMITS; i++) {
        if (limits[i].reached == 0)
            continue;
        g_string_append_printf(out, LABEL "%s (%" G_GUINT64_FORMAT ") was reached ", "Limit", limits[i].name,
                               limits[i].limit);
        count(out, limits[i].reached, "time", "times");
        g_string_append_c(out, '\n');
    }
}

/* "port 8888", "ports 8888, 9000 and 4 more", "any port" */
static void print_ports(const struct options *options, GString *out)
{
    if (!options->ports) {
        g_string_append(out, "any port");
        return;
    }
    guint shown = MIN(options->ports->len, 4);
    g_string_append(out, options->ports->len == 1 ? "port " : "ports ");
    for (guint i = 0; i < shown; i++)
        g_string_append_printf(out, "%s%u", i > 0 ? ", " : "", (unsigned)g_array_index(options->ports, uint16_t, i));
    if (shown < options->ports->len)
        g_string_append_printf(out, " and %u more", options->ports->len - shown);
}

/* Nothing found is no error, but is said plainly. */
static void print_nothing(const struct analysis *analysis, GString *out)
{
    const struct options *options = analysis->options;
    if (analysis->packets == 0) {
        g_string_append(out,
                        options->filter ? "\nNo packet passed the filter.\n" : "\nThe capture holds no packets.\n");
        return;
    }
    uint64_t kinds[S7_KIND_COUNT];
    if (all_rows(analysis, kinds) > 0)
        return;
    const struct stream_totals *streams = &analysis->streams_total;
    if (streams->frames > 0) {
        g_string_append(out, "\nNothing was chosen by --device, --since and --until; ");
        count(out, streams->frames, "frame was read", "frames were read");
        g_string_append(out, ".\n");
        return;
    }
    if (analysis_saw_nothing(analysis)) {
        g_string_append(out, "\nNothing could be looked at: none of ");
        count(out, analysis->packets, "packet", "packets");
        g_string_append(out, " could be opened.\n");
        return;
    }
    if (analysis_unopened(analysis) > 0) {
        g_string_append(out, "\nNo report on ");
        print_ports(options, out);
        g_string_append(out, " in what could be looked at; ");
        count(out, analysis_unopened(analysis), "packet", "packets");
        g_string_append(out, " of ");
        g_autofree char *all = number(analysis->packets);
        g_string_append_printf(out, "%s could not be opened.\n", all);
        return;
    }
    g_string_append(out, "\nNo GOTOP traffic found on ");
    print_ports(options, out);
    g_string_append(out, ": ");
    count(out, analysis->on_port, "of", "of");
    g_string_append_c(out, ' ');
    count(out, analysis->packets, "packet was", "packets were");
    g_string_append(out, options->ports ? " on it. '--port any' looks at all ports.\n" : " looked at.\n");
}

void summary_print(const struct analysis *analysis, FILE *to, enum exit_status status)
{
    g_autoptr(GString) out = g_string_new(NULL);
    print_inputs(analysis, out);
    uint64_t kinds[S7_KIND_COUNT];
    if (all_rows(analysis, kinds) > 0) {
        print_reports(analysis, out);
        print_devices(analysis, out);
        print_clocks(analysis, out);
        print_findings(analysis, out);
        print_pictures(analysis, out);
    }
    print_nothing(analysis, out);
    if (analysis->streams_total.ledger.payload_bytes > 0)
        print_leftovers(analysis, out);
    print_packets(analysis, out);
    print_hints(analysis, out);
    print_problems(analysis, out);
    if (analysis->output && status != EXIT_OUTPUT)
        g_string_append_printf(out, "\n" LABEL "%s/ (timelines in devices/, all files in manifest.json)\n", "Results",
                               analysis->options->output);
    fputs(out->str, to);
}
