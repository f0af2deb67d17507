/* SPDX-License-Identifier: GPL-2.0-or-later
 * A generated message: its bytes on the wire, and the values that were put into it under the contract's names.
 * Knows nothing of the decoder. What it expects has the form of data/frames.expected. */
#ifndef SAMPLE_H
#define SAMPLE_H

#include <glib.h>

struct sample {
    GByteArray *bytes;
    GString *raw;    /* the bytes escaped, secrets masked */
    gboolean masked; /* there is a secret */
    GTree *values;   /* column, or "details." and key -> what stands behind "=" */
    GTree *flags;    /* names of the quality flags */
};

struct sample *sample_new(void);
void sample_free(struct sample *sample);

/* Append bytes to the message. */
void sample_put(struct sample *sample, const char *format, ...) G_GNUC_PRINTF(2, 3);
void sample_bytes(struct sample *sample, const void *data, gsize length);
void sample_secret(struct sample *sample, const char *text);

/* What must come back: the value of a column or of a key of details; one more item of an array; a number as sent,
 * which comes back without leading zeros and without "-" on zero; a quality flag. */
void sample_set(struct sample *sample, const char *name, const char *format, ...) G_GNUC_PRINTF(3, 4);
void sample_item(struct sample *sample, const char *name, const void *data, gsize length);
void sample_text_item(struct sample *sample, const char *name, const char *text);
void sample_number(struct sample *sample, const char *name, const char *sent);
void sample_flag(struct sample *sample, const char *flag);

/* All lines, sorted. Free with g_free(). */
char *sample_expected(const struct sample *sample);

/* --- Drawing at random --- */

/* low and high inclusive. */
gint32 draw(GRand *random, gint32 low, gint32 high);
/* True that many times in a hundred. */
gboolean chance(GRand *random, gint32 percent);

/* Text from a pattern: "<n 1 8>" a number, "<w3 30 255>" one padded to that width, "<d 6>" so many digits, "<x 4>" so
 * many hexadecimal ones (capitals), "<t 1 12>" text of that length without delimiters, "<o A|B|C>" one of these; all
 * else stands for itself. Free with g_free(). */
char *draw_pattern(GRand *random, const char *pattern);

/* 15 digits with the check digit of an IMEI. */
char *draw_imei(GRand *random);

#endif
