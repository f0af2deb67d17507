/* SPDX-License-Identifier: GPL-2.0-or-later
 * Text in XML: markup is escaped, and what no XML can hold becomes \xNN. */
#ifndef XML_H
#define XML_H

#include <glib.h>

/* Appends; for what stands between tags and in attributes. */
void xml_text(GString *out, const char *text);

#endif
