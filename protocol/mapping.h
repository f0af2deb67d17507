/* SPDX-License-Identifier: GPL-2.0-or-later
 * The mapping file: names for what the protocol leaves without one, for the units of a given fleet (docs/MAPPING.md).
 * Takes the text of the file, gives rules; a decoded message gets generated fields by them. Nothing that is there is
 * changed. No allocation, no I/O: the host reads the file. */
#ifndef S7_MAPPING_H
#define S7_MAPPING_H

#include "message.h"

#define S7_MAPPING_RULES  64
#define S7_MAPPING_WORDS  16
#define S7_MAPPING_POINTS 32
/* Bytes of a text in a rule, with its NUL. */
#define S7_MAPPING_TEXT_SIZE 32
/* A host need not read a longer file: it is refused. */
#define S7_MAPPING_FILE_MAX 65536

enum s7_mapping_source {
    S7_SOURCE_FLAG,  /* number 1 = A of the status group */
    S7_SOURCE_TAIL,  /* R of a gotop tail, by number */
    S7_SOURCE_LAST,  /* the last R of a gotop tail */
    S7_SOURCE_EXTRA, /* any dialect, by number */
    S7_SOURCE_STARTEK_TAIL,
    S7_SOURCE_ADC,
    S7_SOURCE_INPUT,
    S7_SOURCE_OUTPUT,
    S7_SOURCE_WORD,     /* of the voltages of fifotrack */
    S7_SOURCE_RUN_TIME, /* field 10 of a fifotrack report */
};

enum s7_mapping_transform { S7_TRANSFORM_NONE, S7_TRANSFORM_WORDS, S7_TRANSFORM_LINEAR, S7_TRANSFORM_POINTS };

/* value / 10^digits */
struct s7_mapping_number {
    int64_t value;
    unsigned digits;
};

struct s7_mapping_word {
    char sent[S7_MAPPING_TEXT_SIZE], word[S7_MAPPING_TEXT_SIZE];
};

struct s7_mapping_point {
    struct s7_mapping_number sent, value;
};

struct s7_mapping_rule {
    uint32_t offset, length; /* of the rule in the text, without comment and blanks around it */
    unsigned line;           /* counted from 1 */

    /* Conditions; zero = none. */
    uint8_t dialect; /* 1 + enum s7_dialect */
    bool prefix;     /* the device id begins so */
    char profile[4];
    char device[S7_MAPPING_TEXT_SIZE];
    unsigned fields; /* number of the last R */

    enum s7_mapping_source source;
    unsigned number; /* of the flag, field or input */
    unsigned part;   /* of what stands between hyphens; 0 = the whole field */

    enum s7_field_id target;         /* S7_FIELD_MAPPED_VALUE: a name of its own */
    unsigned target_number;          /* tank, sensor, input; 0 = none */
    char name[S7_MAPPING_TEXT_SIZE]; /* of the target, as it stands in details */
    int64_t low, high;               /* of a number, inclusive: what is outside is not mapped */

    enum s7_mapping_transform transform;
    unsigned count; /* of words or points */
    union {
        struct s7_mapping_word words[S7_MAPPING_WORDS];
        struct {
            struct s7_mapping_number scale, offset;
        } linear;
        struct s7_mapping_point points[S7_MAPPING_POINTS]; /* ascending by sent */
    } with;
};

struct s7_mapping {
    unsigned count;
    struct s7_mapping_rule rules[S7_MAPPING_RULES];
};

struct s7_mapping_error {
    unsigned line;                   /* counted from 1 */
    const char *reason;              /* static, without a full stop */
    char near[S7_MAPPING_TEXT_SIZE]; /* the word at which it was found, printable; empty at the end of the line */
};

/* Parses the text of a mapping file. False if it is none: then *error says where and why, and the mapping is empty.
 * A text without rules is a mapping. (docs/MAPPING.md) */
bool s7_mapping_parse(const char *text, size_t length, struct s7_mapping *mapping, struct s7_mapping_error *error);

/* Adds what the rules give for the message, which s7_decode() made of the frame at data; once. Only a proven message
 * from a device gets anything. For each rule that applies it emits, S7_GENERATED and with the span of the source,
 *   the target and below it S7_FIELD_MAPPED, its column (and number); or
 *   S7_FIELD_MAPPED_VALUE, name=value; or
 *   S7_FIELD_UNMAPPED, the name of the target and why it has no value;
 * or nothing, if the source or the target's place is not free: the frame has the target, or a rule before gave it. */
void s7_mapping_apply(const struct s7_mapping *mapping, const uint8_t *data, struct s7_message *message);

#endif
