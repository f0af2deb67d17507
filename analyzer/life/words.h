/* SPDX-License-Identifier: GPL-2.0-or-later
 * Texts of a frame in the detail of an event: escaped, secrets masked. */
#ifndef WORDS_H
#define WORDS_H

#include "life/sight.h"

#include <glib.h>

/* Appends the text of a field, at most WORDS_MAX bytes of it. shown: secrets are not masked. */
#define WORDS_MAX 64
void words_put(GString *out, const struct sight *sight, const struct s7_field *field, bool shown);
/* The code of the frame, with its alarm: "A01 alarm 15 (8.2)". */
void words_put_code(GString *out, const struct sight *sight, bool shown);
/* The arguments of a command or of its answer, with a blank before the first and commas between. */
void words_put_arguments(GString *out, const struct sight *sight, bool shown);

#endif
