/* SPDX-License-Identifier: GPL-2.0-or-later
 * Text in XML. */
#include "derived/xml.h"

#include <string.h>

/* Bytes of the character at text that may stand in XML as it is, 0 if it may not. */
static gsize plain_character(const char *text, gsize length)
{
    if ((guchar)*text >= 0x20 && (guchar)*text < 0x7f)
        return 1;
    gunichar c = g_utf8_get_char_validated(text, (gssize)length);
    if ((guchar)*text < 0x80 || c == (gunichar)-1 || c == (gunichar)-2 || !g_unichar_isprint(c))
        return 0;
    return (gsize)(g_utf8_next_char(text) - text);
}

static const char *entity(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    default:
        return NULL;
    }
}

void xml_text(GString *out, const char *text)
{
    gsize left = strlen(text);
    for (gsize size; left > 0; text += size, left -= size) {
        const char *escape = entity(*text);
        size = plain_character(text, left);
        if (escape)
            g_string_append(out, escape);
        else if (size > 0)
            g_string_append_len(out, text, (gssize)size);
        else
            g_string_append_printf(out, "\\x%02X", (unsigned)(guchar)*text);
        size = MAX(size, 1);
    }
}
