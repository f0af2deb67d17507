/* SPDX-License-Identifier: GPL-2.0-or-later
 * What the files of the gotop decoder share: the frame cut into fields, and the parts of the decoder.
 * Internal to protocol/. (docs/PROTOCOL.md 2 to 7) */
#ifndef S7_GOTOP_H
#define S7_GOTOP_H

#include "builder.h"

/* The fields between commas, in wire order; field 0 is the device id. Field i is start[i] up to the comma before
 * start[i + 1]. */
struct s7_gotop_fields {
    unsigned count;
    uint16_t start[S7_SPLIT_PLACES(S7_GOTOP_MAX)];
};

static inline struct s7_span s7_gotop_field(const struct s7_gotop_fields *fields, unsigned i)
{
    return s7_part(fields->start, i);
}

/* Fields first up to the last one with their commas, as one span. first < count. */
static inline struct s7_span s7_gotop_rest(const struct s7_gotop_fields *fields, unsigned first)
{
    return s7_span(fields->start[first], (uint32_t)(fields->start[fields->count] - fields->start[first] - 1));
}

/* Fields from index first on as extra fields. An empty one between others is kept, so that each keeps its place; empty
 * ones at the end are not sent. number: that of the first, 0 = they have none. */
void s7_gotop_extras(struct s7_builder *b, const struct s7_gotop_fields *fields, unsigned first, unsigned number);

/* Layouts of the tail (docs/PROTOCOL.md 5). */
enum s7_gotop_profile { S7_T0, S7_T1, S7_T2, S7_T3, S7_T4, S7_T5, S7_T6, S7_T_NONE };

/* The content: what is left without opening and closing delimiter. */
struct s7_span s7_gotop_content(const struct s7_builder *b);
/* Emits the closing "#", if the content does not reach to the end of the frame. */
void s7_gotop_terminator(struct s7_builder *b, struct s7_span content);

/* Emits PROFILE and the fields from index first on, which stand behind the status group. labelled: the date had its
 * label. Returns the profile chosen, S7_T_NONE if none fits: then all fields are extra. (docs/PROTOCOL.md 5) */
enum s7_gotop_profile s7_gotop_tail(struct s7_builder *b, const struct s7_gotop_fields *fields, unsigned first,
                                    bool labelled);

/* 17 capital letters and digits? */
bool s7_gotop_is_vin(const uint8_t *text, size_t length);

/* The parts of a field emitted just before, one level below it; nothing if it does not have that form: the payload of
 * CMD-Z (docs/PROTOCOL.md 6), a line of OBD text (5.8), a "~" list of numbers (5.7). */
void s7_gotop_passthrough(struct s7_builder *b, struct s7_span payload);
void s7_gotop_obd_text(struct s7_builder *b, struct s7_span text);
void s7_gotop_lte_cell(struct s7_builder *b, struct s7_span list);

/* What kind of message a listed code makes that is no alarm; false, and nothing set, if it is unlisted. */
bool s7_gotop_kind(const uint8_t *data, struct s7_span token, bool has_body, enum s7_kind *kind);
/* The frame is not whole: nothing in it is a report. (docs/PROTOCOL.md 1.1) */
void s7_gotop_set_truncated(struct s7_builder *b);

/* A downlink frame: command or RESET!. (docs/PROTOCOL.md 7) */
void s7_gotop_command(struct s7_builder *b);

#endif
