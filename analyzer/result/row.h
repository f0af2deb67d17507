/* SPDX-License-Identifier: GPL-2.0-or-later
 * One report as a line of CSV, in the columns of devices/<device_id>.csv: from a message, its frame, and what else is
 * known of it, to bytes. Allocates nothing; room is the caller's, row_bound() says how much. */
#ifndef ROW_H
#define ROW_H

#include "base/capture_clocks.h"
#include "base/pen.h"
#include "base/report.h"
#include "base/text.h"

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
    bool json;                           /* details stand alone, in no cell */
    const struct capture_clocks *clocks; /* NULL: there is one alone */
};

/* The columns that all reports of one side of a conversation share: source,destination,transport,stream, */
#define ROW_PATH_MAX ((size_t)2 * ENDPOINT_SIZE + sizeof ",tcp," + S7_UNSIGNED_MAX + sizeof ",")
struct row_path {
    char text[ROW_PATH_MAX];
    uint8_t length;
};
G_STATIC_ASSERT(ROW_PATH_MAX <= UINT8_MAX);
void row_path_set(struct row_path *path, const struct endpoint *source, const struct endpoint *destination,
                  enum transport transport, uint64_t stream);

#define ROW_NO_TIME INT64_MIN

/* What is known of a report beside its message. */
struct row_facts {
    const uint8_t *data; /* the frame */
    uint32_t length;
    uint32_t context;            /* CONTEXT_BIT(...) */
    int64_t time;                /* capture time, ns; ROW_NO_TIME if the packet has none */
    const char *device_id;       /* letters and digits; DEVICE_ID_MAX + 1 bytes, filled up with NULs */
    const struct row_path *path; /* of its sender */
    uint64_t offset;             /* in the stream */
    const struct origin *packets;
    unsigned packet_count;
    uint32_t file;         /* of the packet that completed it */
    struct origin answers; /* number 0 = none */
};

/* Tables for rows, and the texts that the next row is likely to need again. One for each thread. */
struct row_writer {
    struct row_options options;
    bool fast; /* fast paths are taken, where there are any: what they write is the same */
    struct text_clock clock;
    struct s7_time device_time; /* the one printed last, its text and seconds */
    char device_text[S7_VALUE_SIZE];
    int64_t device_second;
    uint64_t many;                             /* the fields with a column that may be repeated, by id */
    uint16_t keys[ROW_KEYS], ranks[ROW_KEYS];  /* all of them by name, and where each stands there */
    bool single[ROW_KEYS];                     /* by place: of a field that can not be repeated */
    uint64_t framing[S7_FIELD_WORDS];          /* those that describe the framing, by id */
    uint8_t quotes;                            /* characters that a quote of details takes: two in a cell */
    enum text_form text_form;                  /* of the texts in details */
    struct pen_word key_words[ROW_KEYS];       /* by place. ""latitude"": as it stands in the quoted cell */
    struct pen_word flag_words[S7_FLAG_COUNT]; /* ""out_of_range"": */
    struct pen_word kinds[S7_KIND_COUNT], events[S7_EVENT_COUNT], dialects[S7_DIALECT_COUNT], directions[2];
};

/* The report at hand: what its parts are printed from. */
struct row_source {
    const struct row_writer *writer;
    const struct s7_message *message;
    const struct row_facts *facts;
    bool masks;   /* something in it is to be masked */
    bool fast;    /* nothing is, and fast paths are wanted */
    size_t plain; /* then what pen_plain() says of the frame */
};

/* For those that print parts of a row in another form. */
struct row_source row_source(const struct row_writer *writer, const struct s7_message *message,
                             const struct row_facts *facts);

/* Fills the tables of keys. */
void row_details_init(struct row_writer *writer);

void row_writer_init(struct row_writer *writer, const struct row_options *options);

/* The header line, with its line end. Appends. */
void row_header(GString *out);

/* Bytes that row_print() may write, beyond the line too. */
size_t row_bound(const struct s7_message *message, unsigned packet_count);
/* The line of a report, with its line end. Returns the byte behind it. */
char *row_print(struct row_writer *writer, char *at, const struct s7_message *message, const struct row_facts *facts);

/* The JSON object of the column details, nothing if it has no member; without the quotes around it where it stands in a
 * cell. */
char *row_put_details(const struct row_source *source, char *at);
/* Bytes [offset, offset + length) of the frame, escaped, with the secret fields in them masked if source->masks is set.
 */
char *row_put_masked(const struct row_source *source, char *at, uint32_t offset, uint32_t length, enum text_set set,
                     enum text_form form);

#endif
