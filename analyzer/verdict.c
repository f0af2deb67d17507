/* SPDX-License-Identifier: GPL-2.0-or-later
 * What went wrong in a run, in words and as its exit status. */
#include "verdict.h"

#include "base/text.h"

#include <stdio.h>

void verdict_complain(const char *message)
{
    g_autofree char *shown = text_visible(message);
    fprintf(stderr, PROGRAM_NAME ": %s\n", shown);
}

void verdict_complain_of(const char *what, const char *why)
{
    g_autofree char *message = g_strconcat(what, ": ", why, NULL);
    verdict_complain(message);
}

bool verdict_is_balanced(const struct analysis *analysis)
{
    const struct stream_totals *totals = &analysis->streams_total;
    return totals->unbalanced == 0 && ledger_balanced(&totals->ledger) && analysis->bad_records == 0;
}

/* Packets of link types that are not read, and those that a filter cannot be applied to. */
static enum exit_status judge_link_types(const struct analysis *analysis)
{
    enum exit_status status = analysis_saw_nothing(analysis) ? EXIT_DAMAGED : EXIT_COMPLETE;
    for (guint i = 0; i < analysis->unread->len; i++) {
        const struct packets_unread *unread = &g_array_index(analysis->unread, struct packets_unread, i);
        g_autofree char *name = capture_link_name(unread->link_type);
        fprintf(stderr,
                PROGRAM_NAME ": link type %s is not read: nothing could be looked at in %" G_GUINT64_FORMAT
                             " packets\n",
                name, unread->packets);
        status = EXIT_DAMAGED;
    }
    for (guint i = 0; i < analysis->inputs.list->len; i++) {
        const struct input *input = &g_array_index(analysis->inputs.list, struct input, i);
        if (input->kept.unknown == 0)
            continue;
        fprintf(stderr,
                PROGRAM_NAME ": %s: --filter cannot be applied to the link type of %" G_GUINT64_FORMAT
                             " packets, which were left out\n",
                input->path, input->kept.unknown);
        status = EXIT_DAMAGED;
    }
    return status;
}

enum exit_status verdict_judge(const struct analysis *analysis)
{
    enum exit_status status = judge_link_types(analysis);
    for (guint i = 0; i < analysis->inputs.list->len; i++) {
        const struct input *input = &g_array_index(analysis->inputs.list, struct input, i);
        if (!input->damage)
            continue;
        verdict_complain_of(input->path, input->damage);
        status = EXIT_DAMAGED;
    }
    if (analysis->stopped) {
        verdict_complain(analysis->options->task == TASK_READ
                             ? "stopped by a signal"
                             : "stopped by a signal: what was read until then is written");
        status = EXIT_DAMAGED;
    }
    for (guint i = 0; analysis->damage && i < analysis->damage->len; i++) {
        verdict_complain(analysis->damage->pdata[i]);
        status = EXIT_DAMAGED;
    }
    if (analysis->inputs.unreadable->len > 0)
        status = EXIT_INPUT;
    if (!verdict_is_balanced(analysis)) {
        verdict_complain(analysis->bad_records > 0
                             ? "internal error: records cannot be read again; no result can be relied on"
                             : "internal error: the byte ledger does not balance; no result can be relied on");
        status = EXIT_INTERNAL;
    }
    if (analysis->output && output_error(analysis->output)) {
        verdict_complain(output_error(analysis->output));
        status = EXIT_OUTPUT;
    }
    if (analysis->stdout_failed) {
        verdict_complain("standard output cannot be written");
        status = EXIT_OUTPUT;
    }
    return status;
}
