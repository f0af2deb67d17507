/* SPDX-License-Identifier: GPL-2.0-or-later
 * What a row of a timeline is made of: the id of a frame, the names of its flags. */
#include "base/report.h"

#include <string.h>

const char *const context_flag_names[CONTEXT_FLAG_COUNT] = {
    "after_gap",   "clock_offset", "dialect_changed", "duplicate",  "future_time",
    "null_island", "stored",       "unacknowledged",  "unanswered", "week_rollover"};

bool report_own_id(const uint8_t *data, const struct s7_message *message, char *id)
{
    const struct s7_field *field = message->proven ? s7_find(message, S7_FIELD_DEVICE_ID) : NULL;
    if (!field)
        return false;
    size_t length;
    const char *text = s7_text(data, field, &length);
    if (length == 0 || length > DEVICE_ID_MAX)
        return false;
    for (size_t i = 0; i < length; i++)
        if (!g_ascii_isalnum(text[i]))
            return false;
    memset(id, 0, DEVICE_ID_MAX + 1);
    memcpy(id, text, length);
    return true;
}

char *report_put_flags(char *at, uint32_t frame_flags, uint32_t context)
{
    const char *between = "";
    while (frame_flags | context) {                                                        /* merges two sorted lists */
        const char *frame = frame_flags ? s7_flag_names[__builtin_ctz(frame_flags)] : "~"; /* behind all others */
        const char *other = context ? context_flag_names[__builtin_ctz(context)] : "~";
        bool take_frame = strcmp(frame, other) < 0;
        at = stpcpy(stpcpy(at, between), take_frame ? frame : other);
        between = ";";
        if (take_frame)
            frame_flags &= frame_flags - 1;
        else
            context &= context - 1;
    }
    return at;
}

void report_flags(GString *out, uint32_t frame_flags, uint32_t context)
{
    char flags[REPORT_FLAGS_MAX];
    g_string_append_len(out, flags, report_put_flags(flags, frame_flags, context) - flags);
}
