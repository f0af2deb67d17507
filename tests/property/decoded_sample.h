/* SPDX-License-Identifier: GPL-2.0-or-later
 * A decoded frame in the form in which a sample says what it expects. */
#ifndef DECODED_SAMPLE_H
#define DECODED_SAMPLE_H

#include "message.h"
#include "sample.h"

/* Decodes the frame and gives its lines, sorted. Free with g_free(). */
char *decoded_lines(const guint8 *data, const struct s7_frame *frame);

/* What the sample expects, in the same order. Free with g_free(). */
char *expected_lines(const struct sample *sample);

#endif
