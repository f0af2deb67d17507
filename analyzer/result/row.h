/* SPDX-License-Identifier: GPL-2.0-or-later
 * One report as a line of CSV, in the columns of devices/<device_id>.csv.
 * Takes a report, appends to buffers that are kept, so that no row allocates. */
#ifndef ROW_H
#define ROW_H

#include "base/pen.h"
#include "base/text.h"
#include "device/report.h"

/* Text of a secret in results. */
#define ROW_MASK "******"

/* Keys that details can have: one a field and three more. */
#define ROW_KEYS (S7_FIELD_COUNT + 3)
/* Words of a set of keys, by name. */
#define ROW_KEY_WORDS ((ROW_KEYS + 63) / 64)
/* The fields with a column stand before the others. */
#define ROW_COLUMNS (S7_FIELD_FRAME + 1)

struct row_options {
    bool csv_guard;
    bool show_secrets;
};

/* What the fields of the report at hand are, found in one walk. */
struct row_fields {
    const struct s7_field *first[S7_FIELD_COUNT];             /* of each that is present */
    uint64_t columns;                                         /* those with a column, by id */
    uint64_t present[ROW_KEY_WORDS], repeated[ROW_KEY_WORDS]; /* the others, by the place of their keys */
    uint32_t flags;                                           /* union of theirs */
    size_t plain;                                             /* what pen_plain() says of the frame */
};

/* Formats rows; keeps its buffers. */
struct row_writer {
    struct row_options options;
    GString *text, *cell; /* scratch */
    bool masks;           /* something in the report at hand is to be masked */
    struct row_fields fields;
    struct text_clock clock;
    struct s7_time device_time; /* the one printed last, its text and seconds */
    char device_text[S7_VALUE_SIZE];
    int64_t device_second;
    uint64_t many;                             /* the fields with a column that may be repeated, by id */
    uint16_t keys[ROW_KEYS], ranks[ROW_KEYS];  /* all of them by name, and where each stands there */
    uint64_t single[ROW_KEY_WORDS];            /* those of one value: of a field that can not be repeated */
    uint64_t framing[ROW_KEY_WORDS];           /* those that describe the framing */
    struct pen_word key_words[ROW_KEYS];       /* by place. ""latitude"": as it stands in the quoted cell */
    struct pen_word flag_words[S7_FLAG_COUNT]; /* ""out_of_range"": */
    struct pen_word kinds[S7_KIND_COUNT], events[S7_EVENT_COUNT], dialects[S7_DIALECT_COUNT], directions[2];
};

/* Fills the tables of keys. */
void row_details_init(struct row_writer *writer);

void row_writer_init(struct row_writer *writer, const struct row_options *options);
void row_writer_clear(struct row_writer *writer);

/* The header line, with its line end. Appends. */
void row_header(GString *out);
/* The line of a report, with its line end. Appends. */
void row_print(struct row_writer *writer, GString *out, const struct report *report);

/* The JSON object of the column details as a cell, from what stands in writer->fields. */
void row_details(struct row_writer *writer, struct pen *pen, const struct report *report);

/* Bytes [offset, offset + length) of the frame, escaped, with the secret fields in them masked if writer->masks is set,
 * as row_print() sets it for its report. Appends. */
void row_masked(const struct row_writer *writer, GString *out, const struct report *report, uint32_t offset,
                uint32_t length, enum text_set set);

#endif
