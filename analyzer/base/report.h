/* SPDX-License-Identifier: GPL-2.0-or-later
 * One frame with all that is known of it: what the first step makes, the store keeps, and a row is printed from.
 * Points into its maker's memory; valid during the call that carries it. */
#ifndef REPORT_H
#define REPORT_H

#include "base/endpoint.h"
#include "base/origin.h"
#include "message.h"

#include <string.h>

/* Longest device id, without the NUL. */
#define DEVICE_ID_MAX 23

/* Quality flags of the context, in alphabetical order. Those of the frame are in the message. */
enum context_flag {
    CONTEXT_AFTER_GAP,
    CONTEXT_CLOCK_OFFSET,
    CONTEXT_DIALECT_CHANGED,
    CONTEXT_DUPLICATE,
    CONTEXT_FUTURE_TIME,
    CONTEXT_NULL_ISLAND,
    CONTEXT_PACKET_CHECKSUM_BAD,
    CONTEXT_STORED,
    CONTEXT_UNACKNOWLEDGED,
    CONTEXT_UNANSWERED,
    CONTEXT_WEEK_ROLLOVER,
    CONTEXT_FLAG_COUNT
};
#define CONTEXT_BIT(flag) (UINT32_C(1) << CONTEXT_##flag)
extern const char *const context_flag_names[CONTEXT_FLAG_COUNT];

/* The order in which frames are found is told by the packet at which that was so, by its number among all on the chosen
 * ports; of the frames that a conversation gives at one packet each is one more. Packets count on when the capture has
 * ended: each conversation that is open then ends at one of its own. So what is read in shards has the same order. */
#define REPORT_ORDER(packet) ((uint64_t)(packet) << 20)

struct report {
    const uint8_t *data; /* the frame */
    uint32_t length;
    struct s7_frame frame;            /* as the scanner found it */
    const struct s7_message *message; /* NULL: not decoded */
    struct endpoint source, destination;
    uint8_t transport;            /* enum transport */
    uint64_t stream;              /* number of the conversation */
    uint64_t order;               /* of the frame among all, as they were found: see REPORT_ORDER */
    uint64_t offset;              /* of the frame's first byte in its direction of the stream */
    const struct origin *packets; /* that first delivered a byte of it, ascending, each once */
    unsigned packet_count;        /* at least 1 */
    struct origin completed;      /* the one of them that was captured last */
    int64_t ahead;                /* what the capture says is so much later than its time, see capture_clocks.h */
    const char *device_id;        /* its own, or the conversation's; empty if there is none; DEVICE_ID_MAX at most */
    uint32_t context;             /* CONTEXT_BIT(...) */
    struct origin answers;        /* packet of the command that it answers; number 0 = none */
};

/* Capture time of the report, as the capture says. */
static inline int64_t report_captured(const struct report *report)
{
    return report->completed.time + report->ahead;
}

/* memcmp() == 0 without a call, for the length that ids usually have. */
static inline uint64_t report_word(const char *text)
{
    uint64_t word;
    memcpy(&word, text, sizeof word);
    return word;
}

static inline bool report_same_text(const char *a, const char *b, size_t length)
{
    size_t end = length - sizeof(uint64_t); /* the two words overlap */
    if (length < sizeof(uint64_t) || length > 2 * sizeof(uint64_t))
        return memcmp(a, b, length) == 0;
    return ((report_word(a) ^ report_word(b)) | (report_word(a + end) ^ report_word(b + end))) == 0;
}

/* Are two ids the same? Both are filled up with NULs. */
static inline bool report_same_id(const char a[DEVICE_ID_MAX + 1], const char b[DEVICE_ID_MAX + 1])
{
    G_STATIC_ASSERT(DEVICE_ID_MAX + 1 == 3 * sizeof(uint64_t));
    return ((report_word(a) ^ report_word(b)) | (report_word(a + 8) ^ report_word(b + 8)) |
            (report_word(a + 16) ^ report_word(b + 16))) == 0;
}

/* The device id that the frame itself carries and that may be believed: of a proven frame, well formed. Writes it to id
 * (DEVICE_ID_MAX + 1 bytes, filled up with NULs) and returns true. */
bool report_own_id(const uint8_t *data, const struct s7_message *message, char *id);

/* Names of all flags, sorted, with ; between them: to a pointer, which returns the byte behind the last, and to the end
 * of a string. */
#define REPORT_FLAGS_MAX ((size_t)(S7_FLAG_COUNT + CONTEXT_FLAG_COUNT) * 32)
char *report_put_flags(char *at, uint32_t frame_flags, uint32_t context);
void report_flags(GString *out, uint32_t frame_flags, uint32_t context);

#endif
