/* SPDX-License-Identifier: GPL-2.0-or-later
 * What a client sends: published frames, text with variables, and startek or fifotrack frames built around
 * such text.
 * Takes words of a scenario line, appends bytes. */
#ifndef PAYLOAD_H
#define PAYLOAD_H

#include <glib.h>
#include <stdint.h>

/* What a word may refer to. */
struct payload_context {
    GHashTable *frames;    /* id -> GBytes */
    GHashTable *templates; /* name -> text */
    GHashTable *variables; /* of the client: name -> value */
    int64_t clock;         /* the device's clock, seconds since 1970 */
    char *index;           /* startek: index byte of the client's next frame */
    uint16_t *serial;      /* fifotrack: serial of the client's next frame */
    const char *folder;    /* where the files that a text names stand */
    unsigned direction;    /* 0 up, 1 down */
};

/* Appends the bytes of one word: an id of frames.tsv, "text", startek"text", startek@I"text" (I: the index byte),
 * fifotrack"text" or fifotrack@S"text" (S: the serial). Returns FALSE and sets error if the word is none of these. */
gboolean payload_append(GByteArray *out, const char *word, const struct payload_context *context, GError **error);

#endif
