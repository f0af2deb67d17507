/* SPDX-License-Identifier: GPL-2.0-or-later
 * A decoded frame: its fields as spans of the caller's bytes plus typed values, and its quality flags.
 * Takes a frame that the scanner found, gives a message. No allocation, no I/O. */
#ifndef S7_MESSAGE_H
#define S7_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scanner.h"

/* One identifier per line of fields.def: S7_FIELD_DEVICE_TIME, ... */
enum s7_field_id {
#define FIELD(identifier, ...) S7_FIELD_##identifier,
#include "fields.def"
#undef FIELD
    S7_FIELD_COUNT
};

enum s7_field_type { S7_TEXT, S7_NAME, S7_BOOL, S7_UINT, S7_DECIMAL, S7_HEX, S7_TIME };

/* What fields.def says of a field. */
struct s7_field_info {
    const char *filter; /* Wireshark filter name behind "gotop." */
    const char *column; /* CSV column, "" if the field stands in details */
    enum s7_field_type type;
    bool many;        /* may occur more than once */
    const char *unit; /* "" if none */
    const char *label;
    const char *help;
};
extern const struct s7_field_info s7_fields[S7_FIELD_COUNT];

/* The key in `details`: the last part of the filter name. */
const char *s7_field_key(enum s7_field_id id);

enum s7_kind {
#define KIND(identifier, ...) S7_KIND_##identifier,
#include "codes.def"
    S7_KIND_COUNT
};
extern const char *const s7_kind_names[S7_KIND_COUNT];

/* S7_EVENT_NONE is the empty name. */
enum s7_event {
    S7_EVENT_NONE,
#define EVENT(identifier, name) S7_EVENT_##identifier,
#include "codes.def"
    S7_EVENT_COUNT
};
extern const char *const s7_event_names[S7_EVENT_COUNT];

/* Wall-clock time as the device sent it: no zone. year is four digits. */
struct s7_time {
    uint16_t year;
    uint8_t month, day, hour, minute, second;
};

struct s7_argument;

/* Attributes of a field. */
enum {
    S7_GENERATED = 1, /* derived: the span is what it was derived from */
    S7_SECRET = 2,    /* to be masked in exported records */
    S7_INLINE = 4,    /* S7_TEXT whose text is value.text, not the bytes of the span */
    S7_STORED = 8,    /* with S7_INLINE: the text is longer and stands in the message, value.name points to it */
};

/* One field. offset and length are bytes from the first byte of the frame; a generated field may have length 0.
 * depth 0 stands in the message, depth 1 belongs to the nearest field before it with depth 0, and so on. */
struct s7_field {
    uint16_t id;
    uint8_t type; /* enum s7_field_type; a copy of the table's */
    uint8_t attributes;
    uint16_t number;   /* of a repeated field: tank, sensor, input; of an extra field its position; 0 = none */
    uint16_t concerns; /* of an extra field that holds what could not be parsed: 1 + id of that field, else 0 */
    uint32_t flags;    /* the quality flags that concern this field */
    uint16_t offset, length;
    uint8_t depth;
    uint8_t digits; /* S7_DECIMAL: decimals; S7_HEX: digits sent */
    /* Where its bytes have what s7_value_print() prints, without "-" and "0x": from the first of the span on, how many;
     * 0 = nowhere. Hexadecimal letters may be capital. */
    uint8_t sent_at, sent;
    union {
        int64_t integer;                    /* S7_BOOL, S7_UINT, S7_HEX; S7_DECIMAL: value times 10^digits */
        const char *name;                   /* S7_NAME: a static string; S7_STORED: in the message */
        struct s7_time time;                /* S7_TIME */
        const struct s7_argument *argument; /* ARGUMENT: its description (arguments.h), NULL if none */
        char text[16];                      /* S7_INLINE: ends with NUL */
    } value;
};

/* Fields that one message can hold. When it is full, the rest of the frame is one extra field: nothing is dropped. */
#define S7_FIELDS_MAX 896
/* Places kept for what a mapping adds, and bytes for its texts. (mapping.h) */
#define S7_FIELDS_MAPPED 128
#define S7_MAPPED_SIZE   4608
/* Places kept for what s7_decode() adds at the end: dialect, direction, kind, event, flags, and a spare one. */
#define S7_FIELDS_RESERVED (S7_FLAG_COUNT + 8 + S7_FIELDS_MAPPED)

/* Words of a set of ids. */
#define S7_FIELD_WORDS ((S7_FIELD_COUNT + 63) / 64)

/* A message is all zero before its first use and is then reused for each frame, as long as the caller wants; it does
 * not point into the frame. Do not copy it: a field may point into its message. proven is false for a frame with a
 * wrong checksum, a damaged or a truncated one: its kind is unknown, it has no event, its flags are those of the
 * framing, and none of its fields may be used as a report (they may be shown as text). */
struct s7_message {
    enum s7_dialect dialect;
    enum s7_direction direction;
    enum s7_kind kind;
    enum s7_event event;
    bool proven;
    bool listed;          /* the code is in codes.def */
    bool spilled;         /* more fields than S7_FIELDS_MAX: the rest of the frame is one extra field */
    bool secret;          /* some field may have S7_SECRET */
    uint32_t flags;       /* bit 1 << S7_FLAG_... */
    uint32_t field_flags; /* those of its fields together */
    unsigned count;       /* of fields */
    uint32_t span_bytes;  /* lengths of its fields together, and of the texts that a mapping added */
    uint64_t present[S7_FIELD_WORDS], repeated[S7_FIELD_WORDS]; /* sets of ids: of its fields, of several of them */
    uint16_t first[S7_FIELD_COUNT]; /* place of the first field with an id that is present; of others anything */
    char stored[24];                /* the text of the S7_STORED field of the decoder; "" if there is none */
    struct s7_field fields[S7_FIELDS_MAX];
    char mapped[S7_MAPPED_SIZE]; /* the texts of the S7_STORED fields of a mapping */
};

/* Decodes the frame whose first byte is data[0] and which the scanner described in *frame. Always succeeds: what cannot
 * be decoded is in extra fields. (docs/PROTOCOL.md, docs/STARTEK.md, docs/FIFOTRACK.md) */
void s7_decode(const uint8_t *data, const struct s7_frame *frame, struct s7_message *message);

/* The same but for the fields that name what the message's members say: dialect, direction, kind, event and flags. For
 * hosts that read the members. */
void s7_decode_values(const uint8_t *data, const struct s7_frame *frame, struct s7_message *message);

/* The part of s7_decode() that tells what a frame is: sets dialect, direction, kind, proven and listed as s7_decode()
 * does, and emits S7_FIELD_DEVICE_ID, S7_FIELD_CODE and, where the code is not listed, S7_FIELD_VALID. Which other
 * fields and flags are there is not defined. */
void s7_identify(const uint8_t *data, const struct s7_frame *frame, struct s7_message *message);

/* Does the message, of either of them, prove that its conversation is GOTOP traffic, whatever its port? A startek or
 * fifotrack frame does whose length and checksum are right, a gotop frame of a device with a code prefix or a body. A
 * command alone looks too much like other text. (docs/PROTOCOL.md 10.1, docs/STARTEK.md 8, docs/FIFOTRACK.md 1.5) */
bool s7_proves(const uint8_t *data, const struct s7_message *message);

/* Does it have a field with that id, more than one? */
static inline bool s7_has(const struct s7_message *message, unsigned id)
{
    return message->present[id / 64] >> id % 64 & 1;
}

static inline bool s7_is_repeated(const struct s7_message *message, unsigned id)
{
    return message->repeated[id / 64] >> id % 64 & 1;
}

/* Where a field stands: its distance from the first one in units of S7_PLACE bytes. No index, which would be a division
 * for each field. */
enum { S7_PLACE = sizeof(int64_t) };
static inline uint16_t s7_place(const struct s7_message *message, const struct s7_field *field)
{
    return (uint16_t)((size_t)((const char *)field - (const char *)message->fields) / S7_PLACE);
}

/* The first field with an id that it has. */
static inline const struct s7_field *s7_first(const struct s7_message *message, unsigned id)
{
    _Static_assert(sizeof(struct s7_field) % S7_PLACE == 0 &&
                       S7_FIELDS_MAX * sizeof(struct s7_field) / S7_PLACE <= UINT16_MAX,
                   "places are whole and fit");
    return (const struct s7_field *)(const void *)((const char *)message->fields +
                                                   (size_t)message->first[id] * S7_PLACE);
}

/* Does the message, of either of them, count where a stream was recognised as another maker's? A startek or fifotrack
 * frame does whose length and checksum are right; a gotop frame with a listed code, its closing delimiter and, if the
 * code asks for one, a complete body. (docs/SHARED-PORT.md) */
bool s7_counts_among_others(const struct s7_message *message);

/* The first field with that id, NULL if there is none. */
static inline const struct s7_field *s7_find(const struct s7_message *message, enum s7_field_id id)
{
    return s7_has(message, id) ? s7_first(message, id) : NULL;
}

/* The next field with the same id behind *field, NULL if there is none. */
const struct s7_field *s7_find_next(const struct s7_message *message, const struct s7_field *field);

/* Prints the value as the CSV has it: no leading zeros, trailing zeros kept, "-" never on zero, 0x and the width sent
 * for S7_HEX, 1 or 0 for S7_BOOL, 2012-09-03T16:06:49 for S7_TIME. For S7_TEXT and S7_NAME use s7_text(). out needs
 * S7_VALUE_SIZE bytes. Returns the length; the text ends with NUL. */
#define S7_VALUE_SIZE 32
size_t s7_value_print(const struct s7_field *field, char *out);

/* The bytes of an S7_TEXT or S7_NAME field; *length gets their number. data is the frame. They need not be printable.
 */
const char *s7_text(const uint8_t *data, const struct s7_field *field, size_t *length);

/* S7_BOOL, S7_UINT, S7_HEX, S7_DECIMAL as a floating point number, for hosts that need one. */
double s7_value_double(const struct s7_field *field);

/* Seconds since 1970 of a device time read as UTC. */
int64_t s7_time_seconds(const struct s7_time *time);

/* 15 digits with a correct Luhn check digit? */
bool s7_imei_valid(const char *id, size_t length);

#endif
