/* SPDX-License-Identifier: GPL-2.0-or-later
 * Text in XML. */
#include "derived/xml.h"

#include "base/pen.h"
#include "base/text.h"

#include <string.h>

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
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void xml_text(GString *out, const char *text)
{
    gsize left = strlen(text);
    for (gsize size; left > 0; text += size, left -= size) {
        const char *escape = entity(*text);
        char odd[TEXT_BYTE_MAX];
        size = text_visible_character(text, left);
        if (escape)
            g_string_append(out, escape);
        else if (size > 0)
            g_string_append_len(out, text, (gssize)size);
        else
            g_string_append_len(out, odd, pen_put_escaped(odd, (uint8_t)*text) - odd);
        size = MAX(size, 1);
    }
}
