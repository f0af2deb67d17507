/* SPDX-License-Identifier: GPL-2.0-or-later
 * pcapng (draft-ietf-opsawg-pcapng): a file is a sequence of blocks, each with its length at both ends. Of damaged ones
 * it is said, and reading goes on at the next that is whole. */
#include "capture/capture_reader.h"

#include <string.h>

enum {
    TYPE_INTERFACE = 1,
    TYPE_PACKET = 2,
    TYPE_SIMPLE = 3,
    TYPE_NAMES = 4,
    TYPE_STATISTICS = 5,
    TYPE_ENHANCED = 6,
    TYPE_JOURNAL = 9,
};
#define TYPE_SECTION     UINT32_C(0x0a0d0d0a) /* in both byte orders */
#define TYPE_CUSTOM      UINT32_C(0x00000bad)
#define TYPE_CUSTOM_KEPT UINT32_C(0x40000bad)
#define ORDER_MAGIC      UINT32_C(0x1a2b3c4d)

#define BLOCK_MAX      ((size_t)16 << 20)
#define BLOCK_ENDS     ((size_t)12)         /* type and both lengths */
#define SECOND         UINT64_C(1000000000) /* in nanoseconds */
#define INTERFACES_MAX 65536

struct interface {
    int link_type;
    uint32_t snap_length; /* 0: none */
    uint8_t resolution;   /* if_tsresol */
    int64_t offset;       /* seconds */
};

struct pcapng_state {
    struct bytes_source *source;
    bool swapped;       /* the section has the other byte order */
    GArray *interfaces; /* of the section */
};

static inline uint32_t word(bool swapped, const uint8_t *from)
{
    uint32_t value;
    memcpy(&value, from, sizeof value);
    return swapped ? GUINT32_SWAP_LE_BE(value) : value;
}

static inline uint16_t half(bool swapped, const uint8_t *from)
{
    uint16_t value;
    memcpy(&value, from, sizeof value);
    return (uint16_t)(swapped ? GUINT16_SWAP_LE_BE(value) : value);
}

/* The least that a block of this type has; 0 if it is none that matters here. */
static uint32_t least(uint32_t type)
{
    switch (type) {
    case TYPE_SECTION:
        return 28;
    case TYPE_INTERFACE:
        return 20;
    case TYPE_PACKET:
    case TYPE_ENHANCED:
        return 32;
    case TYPE_SIMPLE:
        return 16;
    case TYPE_NAMES:
        return 12;
    case TYPE_STATISTICS:
        return 24;
    default:
        return 0;
    }
}

static void *open_pcapng(struct bytes_source *source, const char **format, int *link_type, char **why)
{
    struct pcapng_state *state;
    bytes_fetch(source, PCAPNG_HEADER + 16);
    if (bytes_left(source) < 28) {
        *why = g_strdup("cut short in its header");
        return NULL;
    }
    *format = "pcapng";
    *link_type = -1;
    state = g_new0(struct pcapng_state, 1);
    state->source = source;
    state->interfaces = g_array_new(FALSE, FALSE, sizeof(struct interface));
    return state;
}

struct block {
    const uint8_t *data;
    uint32_t type, length;
    bool swapped;
};

/* The block at start, whole in memory and with right lengths; NULL, or what is wrong with it. cut: the file ends in it.
 */
static const char *look_at(struct pcapng_state *state, struct block *block, bool *cut)
{
    struct bytes_source *source = state->source;
    const uint8_t *data = source->data + source->start;
    block->swapped = state->swapped;
    *cut = false;
    if (word(false, data) == TYPE_SECTION) {
        block->swapped = word(false, data + 8) != ORDER_MAGIC;
        if (word(block->swapped, data + 8) != ORDER_MAGIC)
            return "a section does not say its byte order";
    }
    block->type = word(block->swapped, data);
    block->length = word(block->swapped, data + 4);
    if (block->length < MAX(BLOCK_ENDS, least(block->type)) || block->length % 4 != 0)
        return "the length of a block cannot be";
    if (block->length > BLOCK_MAX)
        return "a block is longer than any is";
    *cut = !bytes_fetch(source, block->length);
    if (*cut)
        return "a block is longer than the file";
    block->data = source->data + source->start;
    if (word(block->swapped, block->data + block->length - 4) != block->length)
        return "a block gives two lengths";
    return NULL;
}

/* Goes to the next block that is whole, of a type that is known; false if there is none. */
static bool find_next(struct pcapng_state *state)
{
    struct bytes_source *source = state->source;
    while (bytes_left(source) > 0) {
        source->start++;
        if (!bytes_fetch(source, BLOCK_ENDS))
            return false;
        const uint8_t *data = source->data + source->start;
        uint32_t type = word(state->swapped, data);
        if (least(type) == 0 && word(false, data) != TYPE_SECTION)
            continue;
        struct block block;
        bool cut;
        if (!look_at(state, &block, &cut))
            return true;
    }
    return false;
}

/* A block that cannot be right. */
static enum reading pass_damage(struct pcapng_state *state, const char *what, enum reading damage, char **why)
{
    bool found = find_next(state);
    if (!found && state->source->error != 0)
        return capture_at_end(state->source, why);
    if (found || damage == READING_DAMAGED)
        *why = g_strdup(what);
    return found ? READING_SKIPPED : damage;
}

/* Goes on behind damage if there is more of it. */
static void pass_more(struct pcapng_state *state)
{
    struct block block;
    bool cut;
    if (bytes_fetch(state->source, BLOCK_ENDS) && look_at(state, &block, &cut))
        find_next(state);
}

/* Reads options up to their end; false if one is longer than what there is. interface: NULL if they say nothing that
 * matters. */
static bool read_options(const struct block *block, size_t at, struct interface *interface)
{
    enum { END = 0, RESOLUTION = 9, OFFSET = 14 };
    size_t end = block->length - 4;
    while (end - at >= 4) {
        uint16_t code = half(block->swapped, block->data + at), length = half(block->swapped, block->data + at + 2);
        at += 4;
        if (code == END && length == 0)
            return true;
        if (length > end - at)
            return false;
        if (interface && code == RESOLUTION && length >= 1)
            interface->resolution = block->data[at];
        if (interface && code == OFFSET && length >= 8) {
            uint64_t first = word(block->swapped, block->data + at),
                     second = word(block->swapped, block->data + at + 4);
            bool big = block->swapped == (G_BYTE_ORDER == G_LITTLE_ENDIAN);
            interface->offset = (int64_t)(big ? first << 32 | second : second << 32 | first);
        }
        at += MIN((length + 3U) & ~3U, end - at);
    }
    return true;
}

static enum reading add_interface(struct pcapng_state *state, const struct block *block, char **why)
{
    struct interface interface = {.link_type = capture_link_type(half(block->swapped, block->data + 8)),
                                  .snap_length = word(block->swapped, block->data + 12),
                                  .resolution = 6};
    bool good = read_options(block, 16, &interface);
    if (state->interfaces->len < INTERFACES_MAX)
        g_array_append_val(state->interfaces, interface);
    if (good)
        return READING_OTHER;
    *why =
        g_strdup("an option of an interface is longer than its block; the unit of its times is not known if it stood "
                 "behind that");
    return READING_NOTED;
}

/* part * 10^9 / units in whole nanoseconds, part below units. Units are a power of ten up to 10^19 or of two up to
 * 2^63.
 */
static uint64_t fraction(uint64_t part, uint64_t units)
{
    if (units <= UINT64_MAX / SECOND)
        return part * SECOND / units;
    if (units % SECOND == 0)
        return part / (units / SECOND);
    unsigned low = 0; /* bits of units beyond those that can be multiplied */
    while (units >> low > UINT64_C(1) << 34)
        low++;
    uint64_t rest = part & ((UINT64_C(1) << low) - 1);
    return ((part >> low) * SECOND + (rest * SECOND >> low)) >> 34;
}

/* See capture_set_time(). */
static bool set_time(const struct interface *interface, uint64_t stamp, int64_t *time)
{
    uint64_t seconds = 0, rest = 0;
    unsigned digits = interface->resolution & 0x7f;
    if (interface->resolution == 6) {
        seconds = stamp / 1000000;
        rest = stamp % 1000000 * 1000;
    } else if (interface->resolution & 0x80) {
        if (digits < 64) {
            uint64_t units = UINT64_C(1) << digits;
            seconds = stamp / units;
            rest = fraction(stamp % units, units);
        } else if (digits < 64 + 30) {
            rest = (stamp >> 34) * SECOND >> (digits - 34); /* a second is more than the stamp can hold */
        }
    } else if (digits < 20) {
        uint64_t units = 1;
        for (unsigned i = 0; i < digits; i++)
            units *= 10;
        seconds = stamp / units;
        rest = fraction(stamp % units, units);
    } else {
        rest = stamp;
        for (unsigned i = 9; i < digits && rest > 0; i++)
            rest /= 10;
    }
    int64_t whole;
    return seconds <= INT64_MAX && !__builtin_add_overflow((int64_t)seconds, interface->offset, &whole) &&
           capture_set_time(whole, rest, time);
}

/* A packet with a time: an enhanced block, or one of the older form. */
static enum reading take_packet(const struct pcapng_state *state, const struct block *block, struct record *record,
                                char **why)
{
    const uint8_t *data = block->data;
    bool swapped = block->swapped;
    uint32_t number = block->type == TYPE_ENHANCED ? word(swapped, data + 8) : half(swapped, data + 8);
    uint64_t stamp = (uint64_t)word(swapped, data + 12) << 32 | word(swapped, data + 16);
    uint32_t captured = word(swapped, data + 20);
    if (number >= state->interfaces->len) {
        *why = g_strdup("a packet is of an interface that is not there");
        return READING_SKIPPED;
    }
    if (captured > block->length - 32) {
        *why = g_strdup("a packet is longer than its block");
        return READING_SKIPPED;
    }
    const struct interface *interface = &g_array_index(state->interfaces, struct interface, number);
    record->origin.clock = (uint16_t)MIN(number, UINT16_MAX);
    record->data = data + 28;
    record->captured = captured;
    record->original = word(swapped, data + 24);
    record->link_type = interface->link_type;
    size_t options = 28 + (((size_t)captured + 3) & ~(size_t)3);
    if (block->length - 4 > options && !read_options(block, options, NULL))
        *why = g_strdup("an option is longer than its block; the packet is whole");
    if (set_time(interface, stamp, &record->origin.time))
        return READING_PACKET;
    g_free(*why);
    *why = g_strdup(CAPTURE_NO_TIME);
    return READING_UNTIMED;
}

static enum reading take_simple(const struct pcapng_state *state, const struct block *block, struct record *record,
                                char **why)
{
    if (state->interfaces->len == 0) {
        *why = g_strdup("a packet is of an interface that is not there");
        return READING_SKIPPED;
    }
    const struct interface *interface = &g_array_index(state->interfaces, struct interface, 0);
    record->origin.clock = 0;
    record->data = block->data + 12;
    record->original = word(block->swapped, block->data + 8);
    record->captured = interface->snap_length > 0 ? MIN(record->original, interface->snap_length) : record->original;
    record->link_type = interface->link_type;
    if (record->captured > block->length - 16) {
        record->captured = block->length - 16;
        *why = g_strdup("a packet is longer than its block; what there is of it is kept");
    }
    return READING_UNTIMED;
}

/* READING_OTHER with *counted false: a block that Wireshark gives no number either. */
static enum reading take_block(struct pcapng_state *state, const struct block *block, struct record *record, char **why,
                               bool *counted)
{
    *counted = true;
    switch (block->type) {
    case TYPE_ENHANCED:
    case TYPE_PACKET:
        return take_packet(state, block, record, why);
    case TYPE_SIMPLE:
        return take_simple(state, block, record, why);
    case TYPE_JOURNAL:
    case TYPE_CUSTOM:
    case TYPE_CUSTOM_KEPT:
        return READING_OTHER;
    default:
        break;
    }
    *counted = false;
    if (block->type == TYPE_INTERFACE)
        return add_interface(state, block, why);
    if (block->type != TYPE_SECTION)
        return READING_OTHER;
    state->swapped = block->swapped;
    g_array_set_size(state->interfaces, 0);
    if (half(block->swapped, block->data + 12) == 1)
        return READING_OTHER;
    *why = g_strdup_printf("a section is of version %u, which is not known", half(block->swapped, block->data + 12));
    return READING_NOTED;
}

static enum reading next_packet(void *reader, struct record *record, char **why)
{
    struct pcapng_state *state = reader;
    struct bytes_source *source = state->source;
    for (;;) {
        struct block block;
        bool cut, counted;
        if (!bytes_fetch(source, BLOCK_ENDS))
            return capture_at_end(source, why);
        if (pcap_is_header(source->data + source->start, bytes_left(source)))
            return READING_HEADER;
        const char *wrong = look_at(state, &block, &cut);
        if (wrong)
            return cut && source->error != 0 ? capture_at_end(source, why)
                                             : pass_damage(state, wrong, cut ? READING_CUT : READING_DAMAGED, why);
        enum reading reading = take_block(state, &block, record, why, &counted);
        source->start += block.length;
        if (reading == READING_SKIPPED || reading == READING_NOTED) /* what is damaged behind it is the same place */
            pass_more(state);
        if (reading != READING_OTHER || counted)
            return reading;
    }
}

static size_t some_packets(void *reader, struct record *records, size_t max)
{
    const struct pcapng_state *state = reader;
    struct bytes_source *source = state->source;
    size_t count = 0;
    while (count < max && bytes_left(source) >= 32) {
        const uint8_t *data = source->data + source->start;
        struct block block = {data, word(state->swapped, data), word(state->swapped, data + 4), state->swapped};
        if (block.type != TYPE_ENHANCED || block.length < 32 || block.length % 4 != 0 ||
            block.length > bytes_left(source) || word(state->swapped, data + block.length - 4) != block.length)
            break;
        char *why = NULL;
        enum reading reading = take_packet(state, &block, &records[count], &why);
        bool whole = reading == READING_PACKET && !why;
        g_free(why);
        if (!whole)
            break;
        source->start += block.length;
        count++;
    }
    return count;
}

static void close_pcapng(void *reader)
{
    struct pcapng_state *state = reader;
    g_array_unref(state->interfaces);
    g_free(state);
}

const struct capture_reader capture_pcapng = {open_pcapng, next_packet, some_packets, NULL, close_pcapng};
