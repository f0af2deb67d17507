/* SPDX-License-Identifier: GPL-2.0-or-later
 * The progress line on standard error, only if that is a terminal. */
#include "progress.h"

#include <stdio.h>
#include <unistd.h>

#define INTERVAL 100000

void progress_start(struct progress *progress, bool wanted, unsigned files)
{
    *progress = (struct progress){.on = wanted && isatty(STDERR_FILENO), .files = files};
    progress->next = g_get_monotonic_time() + INTERVAL;
}

void progress_show(struct progress *progress, const struct input *input, const struct capture *capture,
                   uint64_t packets)
{
    if (!progress->on || g_get_monotonic_time() < progress->next)
        return;
    progress->next = g_get_monotonic_time() + INTERVAL;
    progress->shown = true;
    double share = capture_progress(capture);
    fprintf(stderr, "\r\033[Kfile %u of %u", (unsigned)input->number, progress->files);
    if (share >= 0)
        fprintf(stderr, ", %3.0f %%", share * 100);
    fprintf(stderr, ", %" G_GUINT64_FORMAT " packets", packets);
    fflush(stderr);
}

void progress_end(struct progress *progress)
{
    if (progress->shown)
        fputs("\r\033[K", stderr);
}
