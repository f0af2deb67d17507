/* SPDX-License-Identifier: GPL-2.0-or-later
 * One report as a line of CSV, in the columns of devices/<device_id>.csv.
 * Takes a report, appends to buffers that are kept, so that no row allocates. */
#ifndef ROW_H
#define ROW_H

#include "report.h"
#include "text.h"

/* Text of a secret in results. */
#define ROW_MASK "******"

/* Keys that details can have: one a field and three more. */
#define ROW_KEYS (S7_FIELD_COUNT + 3)

struct row_options {
    bool csv_guard;
    bool show_secrets;
};

/* Formats rows; keeps its buffers. */
struct row_writer {
    struct row_options options;
    GString *text, *cell;             /* scratch */
    bool masks;                       /* something in the report at hand is to be masked */
    uint16_t columns[S7_FIELD_COUNT]; /* the fields that have one, in order */
    unsigned column_count;
    /* The keys of details (fields without a column, and some more: see details.c) sorted, and the place of each. */
    uint16_t keys[ROW_KEYS], ranks[ROW_KEYS];
    unsigned key_count;
};

/* Fills keys and ranks. */
void row_details_init(struct row_writer *writer);

void row_writer_init(struct row_writer *writer, const struct row_options *options);
void row_writer_clear(struct row_writer *writer);

/* The header line, with its line end. Appends. */
void row_header(GString *out);
/* The line of a report, with its line end. Appends. */
void row_print(struct row_writer *writer, GString *out, const struct report *report);

/* The JSON object of the column details. Appends. */
void row_details(struct row_writer *writer, GString *out, const struct report *report);

/* Bytes [offset, offset + length) of the frame, escaped, with the secret fields in them masked if writer->masks is set,
 * as row_print() sets it for its report. Appends. */
void row_masked(const struct row_writer *writer, GString *out, const struct report *report, uint32_t offset,
                uint32_t length, enum text_set set);

#endif
