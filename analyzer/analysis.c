/* SPDX-License-Identifier: GPL-2.0-or-later
 * What follows from the counts of a run. */
#include "analysis.h"

#include "device/clock.h"

static void clear_finding(gpointer data)
{
    g_free(((struct finding *)data)->device_id);
    g_free(((struct finding *)data)->text);
}

static void count_rows(struct reports_total *total, const struct device *device)
{
    total->rows += device->rows;
    total->untimed += device->untimed_rows;
    for (unsigned kind = 0; kind < S7_KIND_COUNT; kind++)
        total->kinds[kind] += device->kinds[kind];
}

static void note_clock(GArray *findings, const struct device *device)
{
    char text[CLOCK_TEXT_SIZE];
    struct finding finding = {.counted = true};
    for (unsigned n = 0; clock_finding(&device->clock, n, text, &finding.rows); n++) {
        finding.device_id = g_strdup(device->id);
        finding.text = g_strdup(text);
        g_array_append_val(findings, finding);
    }
}

static GArray *new_findings(void)
{
    GArray *findings = g_array_new(FALSE, FALSE, sizeof(struct finding));
    g_array_set_clear_func(findings, clear_finding);
    return findings;
}

void analysis_prepare(struct analysis *analysis)
{
    analysis->inputs = (struct inputs){.list = g_array_new(FALSE, FALSE, sizeof(struct input)),
                                       .unreadable = g_array_new(FALSE, FALSE, sizeof(struct passed)),
                                       .passed = g_array_new(FALSE, FALSE, sizeof(struct passed))};
    analysis->unread = g_array_new(FALSE, FALSE, sizeof(struct packets_unread));
    analysis->others = g_ptr_array_new_with_free_func(g_free);
    analysis->findings = new_findings();
    analysis->shards = g_array_new(FALSE, FALSE, sizeof(struct shard_total));
    analysis->damage = g_ptr_array_new();
    analysis->coverage = coverage_new();
}

void analysis_note_results(struct analysis *analysis)
{
    const struct device *unknown = devices_at(analysis->devices, 0);
    analysis->reports = (struct reports_total){.devices = analysis->with_rows->len,
                                               .without_device = unknown->rows,
                                               .unmarked = devices_unmarked(analysis->devices)};
    if (!analysis->findings)
        analysis->findings = new_findings();
    count_rows(&analysis->reports, unknown);
    for (guint i = 0; i < analysis->with_rows->len; i++) {
        count_rows(&analysis->reports, analysis->with_rows->pdata[i]);
        note_clock(analysis->findings, analysis->with_rows->pdata[i]);
    }
    if (!analysis->pictures)
        return;
    analysis->pictures_total = *pictures_totals(analysis->pictures);
    const char *id;
    struct finding finding = {.counted = false};
    for (unsigned from = 0; (finding.text = pictures_finding(analysis->pictures, &from, &id)) != NULL;) {
        finding.device_id = g_strdup(id);
        g_array_append_val(analysis->findings, finding);
    }
}

void analysis_clear(struct analysis *analysis)
{
    if (analysis->others)
        g_ptr_array_unref(analysis->others);
    if (analysis->findings)
        g_array_unref(analysis->findings);
    coverage_free(analysis->coverage);
    if (analysis->shards)
        g_array_unref(analysis->shards);
    if (analysis->damage)
        g_ptr_array_unref(analysis->damage);
    analysis->coverage = NULL;
    analysis->others = NULL;
    analysis->shards = NULL;
    analysis->damage = NULL;
    analysis->findings = NULL;
}

uint64_t analysis_unopened(const struct analysis *analysis)
{
    static const enum packet_result closed[] = {PACKET_CUT,       PACKET_MALFORMED, PACKET_LINK_TYPE,
                                                PACKET_NESTED,    PACKET_ENCRYPTED, PACKET_UNOPENED,
                                                PACKET_MULTILINK, PACKET_OTHER_LINK};
    uint64_t count = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(closed); i++)
        count += analysis->results[closed[i]];
    return count;
}

bool analysis_saw_nothing(const struct analysis *analysis)
{
    return analysis->packets > 0 && analysis_unopened(analysis) == analysis->packets;
}
