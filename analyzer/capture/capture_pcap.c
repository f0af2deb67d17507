/* SPDX-License-Identifier: GPL-2.0-or-later
 * Classic pcap, in all its forms: both byte orders, microseconds and nanoseconds, the "modified" form with longer
 * record headers, old versions. Nothing marks where a record begins: each is judged by what stands behind it, and
 * behind damage the next is looked for. */
#include "capture/capture_reader.h"

#include <string.h>

/* Seconds, fraction, bytes captured, bytes on the wire; the "modified" form has 8 bytes more. */
#define RECORD_HEADER   ((size_t)16)
#define MODIFIED_HEADER ((size_t)24)
/* No link layer that this program reads has larger packets; libpcap's own limit for them. */
#define CAPTURED_MAX UINT32_C(262144)
/* The times of two neighbours are not farther apart. */
#define NEIGHBOURS_S UINT32_C(2592000)

/* What the header of the file says. */
struct form {
    bool swapped;       /* the file has the other byte order */
    bool turned;        /* the two lengths of a record stand the other way round (libpcap before 0.4) */
    bool maybe_turned;  /* in some of its records */
    uint32_t fractions; /* of a second: 1,000,000 or 1,000,000,000 */
    size_t header;      /* bytes of a record's */
    int link_type;
};

struct pcap_state {
    struct bytes_source *source;
    struct form form;
    uint32_t seconds; /* time of the packet before, as far as it is believed, if there was one */
    bool any;         /* there was one */
    bool sure;        /* what stands at start was looked at and is a record's header */
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

enum { MAGIC_NONE, MAGIC_PLAIN, MAGIC_NANOSECONDS, MAGIC_MODIFIED };

/* By the first four bytes, in either order. */
static int find_magic(const uint8_t *data, bool *swapped)
{
    static const uint32_t magics[] = {
        [MAGIC_PLAIN] = 0xa1b2c3d4, [MAGIC_NANOSECONDS] = 0xa1b23c4d, [MAGIC_MODIFIED] = 0xa1b2cd34};
    for (int turn = 0; turn < 2; turn++) {
        for (int magic = MAGIC_PLAIN; magic <= MAGIC_MODIFIED; magic++) {
            *swapped = turn != 0;
            if (word(*swapped, data) == magics[magic])
                return magic;
        }
    }
    return MAGIC_NONE;
}

/* Versions that libpcap reads: 2.0 to 2.4, and 543.0 of DG/UX. */
static bool is_version(bool swapped, const uint8_t *data)
{
    uint16_t major = half(swapped, data + 4), minor = half(swapped, data + 6);
    return (major == 2 && minor <= 4) || (major == 543 && minor == 0);
}

bool pcap_is_header(const uint8_t *data, size_t length)
{
    bool swapped;
    return length >= 8 && find_magic(data, &swapped) != MAGIC_NONE && is_version(swapped, data);
}

int capture_link_type(uint32_t number)
{
    static const struct {
        uint32_t file;
        int libpcap;
    } others[] = {{100, 11}, {101, 12}, {102, 15}, {103, 16}, {106, 19}};
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        if (others[i].file == number)
            return others[i].libpcap;
    return (int)number;
}

bool capture_set_time(int64_t seconds, uint64_t nanoseconds, int64_t *time)
{
    const int64_t most = ORIGIN_TIME_MAX / NANOSECONDS;
    if (seconds < -most || seconds >= most || nanoseconds >= (uint64_t)NANOSECONDS)
        return false;
    *time = seconds * NANOSECONDS + (int64_t)nanoseconds;
    return true;
}

enum reading capture_at_end(const struct bytes_source *source, char **why)
{
    if (source->error == 0 && !source->damage)
        return source->start == source->end && !source->cut ? READING_END : READING_CUT;
    *why = g_strdup(source->damage ? source->damage : g_strerror(source->error));
    return source->damage ? READING_DAMAGED : READING_FAILED;
}

static void *open_pcap(struct bytes_source *source, const char **format, int *link_type, char **why)
{
    static const char *const names[] = {
        [MAGIC_PLAIN] = "pcap", [MAGIC_NANOSECONDS] = "pcap (nanoseconds)", [MAGIC_MODIFIED] = "pcap (modified)"};
    if (!bytes_fetch(source, PCAP_HEADER)) {
        *why = g_strdup(source->error ? g_strerror(source->error) : "cut short in its header");
        return NULL;
    }
    const uint8_t *data = source->data + source->start;
    struct form form = {0};
    int magic = find_magic(data, &form.swapped);
    uint16_t major = half(form.swapped, data + 4), minor = half(form.swapped, data + 6);
    if (!is_version(form.swapped, data)) {
        *why = g_strdup_printf("pcap of version %u.%u, which is not known", major, minor);
        return NULL;
    }
    form.turned = major != 2 || minor < 3;
    form.maybe_turned = major == 2 && minor == 3;
    form.fractions = magic == MAGIC_NANOSECONDS ? 1000000000 : 1000000;
    form.header = magic == MAGIC_MODIFIED ? MODIFIED_HEADER : RECORD_HEADER;
    form.link_type = *link_type = capture_link_type(word(form.swapped, data + 20) & 0x03ffffff);
    source->start += PCAP_HEADER;
    *format = names[magic];
    struct pcap_state *state = g_new0(struct pcap_state, 1);
    state->source = source;
    state->form = form;
    return state;
}

/* The lengths of a record: what was captured of a packet, and what there was on the wire. */
static inline uint32_t captured_of(const struct form *form, const uint8_t *header, uint32_t *original)
{
    uint32_t captured = word(form->swapped, header + 8);
    *original = word(form->swapped, header + 12);
    if (form->turned || (form->maybe_turned && captured > *original)) {
        uint32_t other = captured;
        captured = *original;
        *original = other;
    }
    return captured;
}

static inline bool is_near(uint32_t seconds, uint32_t other)
{
    return seconds - other + NEIGHBOURS_S <= 2 * NEIGHBOURS_S;
}

/* Whether the lengths and the fraction of a time are those of a record. */
static inline bool has_sense(const struct form *form, const uint8_t *header)
{
    uint32_t original, captured = captured_of(form, header, &original);
    return captured - 1 < CAPTURED_MAX && original - captured <= CAPTURED_MAX &&
           word(form->swapped, header + 4) < form->fractions;
}

static inline bool is_record(const struct form *form, const uint8_t *header, uint32_t near)
{
    return has_sense(form, header) && is_near(word(form->swapped, header), near);
}

static bool is_zero(const uint8_t *data, size_t length)
{
    return data[0] == 0 && memcmp(data, data + 1, length - 1) == 0;
}

static bool is_capture(const uint8_t *data, size_t length)
{
    return pcap_is_header(data, length) || pcapng_is_header(data, length);
}

/* Whether what stands so far behind start confirms the record before it: another one, which was captured near one of
 * both times or is followed by a third, the end of the file, zeros, the header of another capture. May move what is in
 * memory. */
static bool confirms(struct pcap_state *state, size_t ahead, uint32_t near, uint32_t other)
{
    struct bytes_source *source = state->source;
    const struct form *form = &state->form;
    for (int i = 0; i < 2; i++) {
        if (!source->pipe) /* from a pipe it may take its time */
            bytes_fetch(source, ahead + form->header);
        size_t left = bytes_left(source) > ahead ? bytes_left(source) - ahead : 0;
        if (left == 0 || (i == 0 && left < form->header))
            return source->pipe || bytes_left(source) >= ahead;
        if (left < form->header)
            return source->pipe;
        const uint8_t *data = source->data + source->start + ahead;
        if (is_capture(data, left) || is_zero(data, RECORD_HEADER))
            return true;
        uint32_t original, seconds = word(form->swapped, data);
        bool in_time = is_near(seconds, near) || is_near(seconds, other);
        if (in_time && word(form->swapped, data + 4) < form->fractions)
            return true;
        if (!has_sense(form, data))
            return false;
        ahead += form->header + captured_of(form, data, &original);
        near = other = seconds;
    }
    return true;
}

/* Whether a record and another behind it, or the end of the file, stand at start. Of one whose time is far from those
 * before, two must follow. */
static bool is_chain(struct pcap_state *state)
{
    struct bytes_source *source = state->source;
    const struct form *form = &state->form;
    size_t ahead = 0;
    uint32_t seconds = word(form->swapped, source->data + source->start);
    int more = state->any && !is_near(seconds, state->seconds) ? 2 : 1;
    for (int i = 0; i <= more; i++) {
        if (!bytes_fetch(source, ahead + form->header))
            return i > 0 && bytes_left(source) == ahead;
        uint32_t original;
        const uint8_t *header = source->data + source->start + ahead;
        if (i > 0 && is_capture(header, bytes_left(source) - ahead))
            return true;
        if (!is_record(form, header, seconds))
            return false;
        ahead += form->header + captured_of(form, header, &original);
    }
    return true;
}

/* Goes to the next place from which on records follow each other, or another capture begins. False if there is none. */
static bool find_next(struct pcap_state *state)
{
    struct bytes_source *source = state->source;
    while (bytes_left(source) > 0) {
        source->start++;
        if (!bytes_fetch(source, state->form.header + 1))
            return false;
        const uint8_t *data = source->data + source->start;
        if (is_capture(data, bytes_left(source)))
            return true;
        if (has_sense(&state->form, data) && is_chain(state)) {
            state->sure = true;
            return true;
        }
    }
    return false;
}

/* A record that cannot be right: reading goes on behind it if another can be found there. */
static enum reading pass_damage(struct pcap_state *state, enum reading damage, const char *what, char **why)
{
    bool found = find_next(state);
    if (!found && state->source->error != 0)
        return capture_at_end(state->source, why);
    if (found || damage == READING_DAMAGED)
        *why = g_strdup(what);
    return found ? READING_SKIPPED : damage;
}

/* Zeros in place of records, which a loss of power leaves. */
static enum reading pass_zeros(struct pcap_state *state, char **why)
{
    struct bytes_source *source = state->source;
    uint64_t count = 0;
    do {
        size_t left = bytes_left(source), zeros = 0;
        const uint8_t *data = source->data + source->start;
        while (zeros < left && data[zeros] == 0)
            zeros++;
        count += zeros;
        source->start += zeros;
        if (zeros < left)
            break;
    } while (bytes_fetch(source, 1));
    g_autofree char *what = g_strdup_printf("%" G_GUINT64_FORMAT " zero bytes in place of packets", count);
    if (bytes_left(source) == 0) {
        *why = g_steal_pointer(&what);
        return READING_DAMAGED;
    }
    /* The first bytes of the record behind may be zeros too: of a length, or of a time. */
    source->start -= MIN(MIN(count, source->start), RECORD_HEADER);
    return pass_damage(state, READING_DAMAGED, what, why);
}

/* Takes the record at start, all of which stands in memory. */
static inline void take_record(struct pcap_state *state, struct record *record, const uint8_t *header)
{
    const struct form *form = &state->form;
    uint32_t seconds = word(form->swapped, header);
    uint32_t fraction = word(form->swapped, header + 4);
    record->origin.time = (int64_t)seconds * NANOSECONDS + (int64_t)fraction * (form->fractions == 1000000 ? 1000 : 1);
    record->captured = captured_of(form, header, &record->original);
    record->data = header + form->header;
    record->link_type = form->link_type;
}

/* The place in a record of that length where another capture begins: the record was cut there. 0: there is none. */
static size_t find_capture(struct bytes_source *source, size_t length)
{
    bytes_fetch(source, length + PCAP_HEADER);
    for (size_t i = 1; i < length; i++)
        if (is_capture(source->data + source->start + i, bytes_left(source) - i))
            return i;
    return 0;
}

static enum reading next_record(void *reader, struct record *record, char **why)
{
    struct pcap_state *state = reader;
    struct bytes_source *source = state->source;
    const struct form *form = &state->form;
    if (!bytes_fetch(source, form->header))
        return capture_at_end(source, why);
    const uint8_t *header = source->data + source->start;
    if (is_capture(header, bytes_left(source)))
        return READING_HEADER;
    if (is_zero(header, RECORD_HEADER))
        return pass_zeros(state, why);
    uint32_t original, captured = captured_of(form, header, &original), seconds = word(form->swapped, header);
    if (captured > CAPTURED_MAX) {
        g_autofree char *what = g_strdup_printf(
            "its length is given as %u bytes, more than the %u that a packet can have", captured, CAPTURED_MAX);
        return pass_damage(state, READING_DAMAGED, what, why);
    }
    size_t length = form->header + captured;
    if (!bytes_fetch(source, length)) {
        enum reading end = capture_at_end(source, why);
        return end != READING_CUT ? end : pass_damage(state, end, "its length is given as more than the file has", why);
    }
    uint32_t near = state->any ? state->seconds : seconds;
    bool plausible = state->sure || is_record(form, header, near);
    if (!confirms(state, length, near, seconds)) {
        size_t other = find_capture(source, length);
        if (other > 0) {
            source->start += other;
            *why = g_strdup("it is cut short, and another capture begins in it");
            return READING_SKIPPED;
        }
        if (!plausible)
            return pass_damage(state, READING_DAMAGED, "its header is no packet's", why);
    }
    header = source->data + source->start;
    /* One time that is far from its neighbours is kept and not believed. */
    bool more = bytes_left(source) >= length + form->header;
    if (!state->any || is_near(seconds, state->seconds) ||
        (more && is_near(word(form->swapped, header + length), seconds)))
        state->seconds = seconds;
    state->any = true;
    state->sure = false;
    take_record(state, record, header);
    source->start += length;
    return READING_PACKET;
}

/* Inline: the compiler then knows what the caller says of the form. A record is taken only if the one behind it is
 * there and makes sense. */
static inline __attribute__((always_inline)) size_t take_some(struct pcap_state *state, struct record *records,
                                                              size_t max)
{
    const struct form *form = &state->form;
    const uint8_t *header = state->source->data + state->source->start;
    const uint8_t *end = state->source->data + state->source->end;
    size_t count = 0;
    if ((size_t)(end - header) < form->header || !is_record(form, header, state->seconds))
        return 0;
    while (count < max) {
        uint32_t original, captured = captured_of(form, header, &original);
        const uint8_t *next = header + form->header + captured;
        uint32_t seconds = word(form->swapped, header);
        if ((size_t)(end - header) < 2 * form->header + captured || !is_record(form, next, seconds))
            break;
        take_record(state, &records[count++], header);
        state->seconds = seconds;
        header = next;
    }
    state->source->start = (size_t)(header - state->source->data);
    return count;
}

static size_t some_records(void *reader, struct record *records, size_t max)
{
    struct pcap_state state = *(struct pcap_state *)reader;
    size_t count = 0;
    if (!state.any || state.sure)
        return 0;
    if (state.form.swapped || state.form.turned || state.form.maybe_turned || state.form.fractions != 1000000 ||
        state.form.header != RECORD_HEADER) {
        count = take_some(&state, records, max);
    } else { /* most files */
        state.form = (struct form){.fractions = 1000000, .header = RECORD_HEADER, .link_type = state.form.link_type};
        count = take_some(&state, records, max);
    }
    ((struct pcap_state *)reader)->seconds = state.seconds;
    return count;
}

static void close_pcap(void *reader)
{
    g_free(reader);
}

const struct capture_reader capture_pcap = {open_pcap, next_record, some_records, NULL, close_pcap};
