/* SPDX-License-Identifier: GPL-2.0-or-later
 * Text in XML, and so in the page: markup becomes entities, what is not printable \xNN. */
#ifndef XML_H
#define XML_H

#include <glib.h>

/* Appends; for what stands between tags and in attributes. */
void xml_text(GString *out, const char *text);

#endif
