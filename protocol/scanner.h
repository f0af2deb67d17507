/* SPDX-License-Identifier: GPL-2.0-or-later
 * Cuts the payload of one direction of a conversation (or one datagram) into frames of any dialect and leftovers.
 * Takes the bytes not consumed so far, gives the next element; it copies and allocates nothing.
 * The result does not depend on how the bytes were cut into calls. (docs/PROTOCOL.md 1, docs/STARTEK.md 1.2 and 8,
 * docs/FIFOTRACK.md 1.2) */
#ifndef S7_SCANNER_H
#define S7_SCANNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum s7_dialect {
#define DIALECT(identifier, ...) S7_##identifier,
#include "dialects.def"
#undef DIALECT
    S7_DIALECT_COUNT
};
extern const char *const s7_dialect_names[S7_DIALECT_COUNT];
enum s7_direction { S7_UP, S7_DOWN };
extern const char *const s7_direction_names[2];

/* Longest gotop uplink frame, longest gotop command, longest declared length of a startek or fifotrack frame, longest
 * line searched for the end of one with a wrong length; in bytes. */
#define S7_GOTOP_MAX     2048
#define S7_COMMAND_MAX   128
#define S7_STARTEK_MAX   8192
#define S7_FIFOTRACK_MAX 8192
#define S7_LINE_MAX      2048
/* No element is longer than this, and the scanner never waits for more bytes than this. */
#define S7_ELEMENT_MAX (S7_STARTEK_MAX + 64)

enum s7_flag {
#define FLAG(identifier, ...) S7_FLAG_##identifier,
#include "flags.def"
#undef FLAG
    S7_FLAG_COUNT
};
#define S7_FLAG_BIT(identifier) (UINT32_C(1) << S7_FLAG_##identifier)
extern const char *const s7_flag_names[S7_FLAG_COUNT];

enum s7_reason {
#define LEFTOVER(identifier, ...) S7_LEFTOVER_##identifier,
#include "leftovers.def"
#undef LEFTOVER
    S7_LEFTOVER_COUNT
};
extern const char *const s7_reason_names[S7_LEFTOVER_COUNT];

enum s7_scan_result {
    S7_SCAN_FRAME,    /* a frame stands at data[0]; consume length bytes */
    S7_SCAN_LEFTOVER, /* the first length bytes are in no frame, reason says why; a long stretch may come in pieces */
    S7_SCAN_MORE,     /* undecided: call again with the same first byte and more bytes (or with the end) */
};

enum s7_shape { S7_SHAPE_UPLINK, S7_SHAPE_COMMAND, S7_SHAPE_RESET, S7_SHAPE_STARTEK, S7_SHAPE_FIFOTRACK };

/* What the scanner found. */
struct s7_frame {
    uint32_t length; /* bytes; of S7_SCAN_MORE: bytes known to be needed in all, 0 = at least one more */
    uint32_t flags;  /* quality flags of the framing */
    uint8_t dialect; /* enum s7_dialect */
    uint8_t direction;
    uint8_t shape;        /* enum s7_shape */
    uint8_t reason;       /* of a leftover: enum s7_reason */
    uint8_t head_length;  /* startek, fifotrack: bytes before the comma in front of the id */
    uint8_t id_length;    /* of a gotop report and of any frame of the others: bytes of the id */
    uint16_t commas;      /* startek of the right length: in head and body; 0 = not counted */
    uint32_t body_length; /* startek: bytes of ",id,code,data", fifotrack: ",id,serial,type,parameters", as found */
};

/* What openers within junk depend on. */
enum s7_before { S7_BEHIND_OTHER, S7_BEHIND_DELIMITER /* "#" */, S7_BEHIND_SEPARATOR };

/* State of one direction. All zero at its start, and after a gap. */
struct s7_scanner {
    uint32_t searched; /* bytes of the open element that need no second look */
    uint16_t quotes;   /* gotop: double quotes among them, modulo 2 */
    uint8_t line;      /* startek, fifotrack: the declared length was found wrong, looking for the end of the line */
    uint8_t closed;    /* the byte before data[0] closed a gotop frame: it may have opened the next one too */
    uint8_t stretch;   /* inside a leftover stretch: 1 + its reason */
    uint8_t separated; /* the byte before data[0]: enum s7_before */
};

/* Decides what stands at data[0]. length > 0. end: no bytes will ever follow these (end of stream, gap, datagram).
 * With end the result is never S7_SCAN_MORE. */
enum s7_scan_result s7_scan(struct s7_scanner *scanner, const uint8_t *data, size_t length, bool end,
                            struct s7_frame *frame);

#endif
