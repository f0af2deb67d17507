/* SPDX-License-Identifier: GPL-2.0-or-later
 * The progress line on standard error, only if that is a terminal. */
#ifndef PROGRESS_H
#define PROGRESS_H

#include "capture/inputs.h"

struct progress {
    bool on, shown;
    unsigned files;
    gint64 next; /* monotonic time of the next line, in microseconds */
};

void progress_start(struct progress *progress, bool wanted, unsigned files);
/* At most ten times a second. packets: read so far, in all files. */
void progress_show(struct progress *progress, const struct input *input, const struct capture *capture,
                   uint64_t packets);
/* Takes the line away. */
void progress_end(struct progress *progress);

#endif
