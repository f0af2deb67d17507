/* SPDX-License-Identifier: GPL-2.0-or-later
 * Room for the pens (base/pen.h) at the end of a string that is kept, so that nothing is allocated once it has grown.
 */
#ifndef PIECE_H
#define PIECE_H

#include "base/pen.h"

#include <glib.h>

/* Where at most bound bytes may be written, PEN_SLACK of them behind the end included. */
static inline char *piece_begin(GString *out, size_t bound)
{
    gsize length = out->len;
    if (out->allocated_len <= length + bound) {
        g_string_set_size(out, length + bound);
        out->len = length;
    }
    return out->str + length;
}

/* end: the byte behind what was written. */
static inline void piece_end(GString *out, char *end)
{
    *end = '\0';
    out->len = (gsize)(end - out->str);
}

#endif
