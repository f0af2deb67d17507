/* SPDX-License-Identifier: GPL-2.0-or-later
 * Payload to elements, and the memory of conversations and directions: see stream.h. */
#include "stream.h"

#include <epan/conversation.h>
#include <epan/proto_data.h>

#include <string.h>

#include "other.h"
#include "recognise.h"

/* A frame opener and all that is needed to tell it from chance fits in this many bytes: the longest is "&&", index,
 * 5 digits, ",", 16 characters of id, ",", 3 digits. */
#define OPENER_MAX 29
/* So many bytes of an opener behind others at the start of a conversation are worth waiting for what follows. */
#define OPENER_TELLING 3

/* Calls in a direction that may tell whose protocol it is, if not ours: the further in, the more a likeness is chance.
 */
#define NAMING_CALLS 3

/* No more bytes of earlier segments than this are held back: twice the longest element. */
#define HOLD_MAX (2 * S7_ELEMENT_MAX)

/* Where a scan of a direction stands: between two elements. */
struct boundary {
    uint32_t sequence; /* of TCP */
    bool known;
    uint8_t closed, stretch, separated; /* of struct s7_scanner */
    const char *other;                  /* what the open stretch looks like */
};

struct direction {
    struct boundary next;    /* behind what was seen last */
    struct boundary pending; /* where more segments were asked for */
    uint32_t seen;           /* sequence number behind the last segment of which bytes were handed over */
    unsigned calls;
    bool uplink; /* frames of a device were seen in it */
};

struct stream {
    bool ours;         /* a frame was recognised in it */
    uint32_t number;   /* from 1; 0 = nothing of it was ours yet */
    const char *other; /* the protocol that it looked like before that; NULL if none */
    const char *device_id;
    struct s7_pairing *pairing;
    struct direction directions[2];
};

/* The bytes of one call and what was found in them. */
struct scan {
    const uint8_t *data;
    int length;
    wmem_array_t *elements;
    struct boundary at; /* first in front of the bytes, then behind the elements */
    int consumed;       /* bytes of the elements */
    bool pending;       /* an unfinished element follows */
};

static uint32_t streams; /* numbered */

static void start_file(void)
{
    streams = 0;
}

void stream_register(void)
{
    register_init_routine(start_file);
}

uint32_t stream_count(void)
{
    return streams;
}

static struct stream *find_stream(int proto, packet_info *pinfo)
{
    conversation_t *conversation = find_or_create_conversation(pinfo);
    struct stream *stream = conversation_get_proto_data(conversation, proto);
    if (stream == NULL) {
        stream = wmem_new0(wmem_file_scope(), struct stream);
        conversation_add_proto_data(conversation, proto, stream);
    }
    return stream;
}

static unsigned direction_index(const packet_info *pinfo)
{
    int order = cmp_address(&pinfo->src, &pinfo->dst);
    return order != 0 ? order > 0 : pinfo->srcport > pinfo->destport;
}

/* Does this packet come from the platform? By the frames seen so far, else by the port for which we were called. */
static bool is_from_platform(const struct stream *stream, const packet_info *pinfo)
{
    unsigned own = direction_index(pinfo);
    if (stream->directions[0].uplink != stream->directions[1].uplink)
        return stream->directions[!own].uplink;
    return pinfo->match_uint == pinfo->srcport && pinfo->srcport != pinfo->destport;
}

/* The boundary at the first byte of the call; everything zero if the bytes before it were not seen. */
static struct boundary starting_boundary(const struct direction *direction, const struct tcpinfo *tcp)
{
    if (tcp == NULL)
        return (struct boundary){0};
    if (direction->next.known && direction->next.sequence == tcp->seq)
        return direction->next;
    if (direction->pending.known && direction->pending.sequence == tcp->seq)
        return direction->pending;
    return (struct boundary){.sequence = tcp->seq, .known = true};
}

/* How many of the bytes were in earlier segments: all, unless the call before this one saw the segment before this one.
 */
static int older_bytes(const struct direction *direction, const struct tcpinfo *tcp, int length)
{
    if (!direction->pending.known || direction->pending.sequence != tcp->seq)
        return length;
    uint32_t older = direction->seen - tcp->seq;
    return older < (uint32_t)length ? (int)older : length;
}

/* Appends an element; bytes in no frame for the same reason as those before them lengthen that element. */
static void add_element(struct scan *scan, bool is_frame, const struct s7_frame *found)
{
    struct stream_element element = {.offset = scan->consumed, .is_frame = is_frame, .found = *found};
    unsigned count = wmem_array_get_count(scan->elements);
    struct stream_element *last = count ? wmem_array_index(scan->elements, count - 1) : NULL;
    scan->consumed += (int)found->length;
    if (last && !last->is_frame && !is_frame && last->found.reason == found->reason)
        last->found.length += found->length;
    else
        wmem_array_append_one(scan->elements, element);
}

static void scan_bytes(struct scan *scan, bool end)
{
    struct s7_scanner scanner = {
        .closed = scan->at.closed, .stretch = scan->at.stretch, .separated = scan->at.separated};
    while (scan->consumed < scan->length) {
        const uint8_t *data = scan->data + scan->consumed;
        size_t rest = (size_t)(scan->length - scan->consumed);
        /* At the end of a segment this is complete. (docs/PROTOCOL.md 1.3) */
        bool reset = rest == strlen("RESET!") && memcmp(data, "RESET!", rest) == 0;
        struct s7_frame found;
        enum s7_scan_result result = s7_scan(&scanner, data, rest, end || reset, &found);
        if (result == S7_SCAN_MORE) {
            scan->pending = true;
            break;
        }
        add_element(scan, result == S7_SCAN_FRAME, &found);
        scan->at.closed = scanner.closed;
        scan->at.stretch = scanner.stretch;
        scan->at.separated = scanner.separated;
    }
    scan->at.sequence += (uint32_t)scan->consumed;
}

/* Do these bytes of a conversation in which no frame was recognised so far belong to it? *recognised tells whether one
 * was. Behind other bytes only a good frame counts, or one that surely began and goes on in the next segment. foreign:
 * the conversation looks like another protocol. */
static bool looks_ours(const struct scan *scan, bool foreign, bool *recognised)
{
    const struct stream_element *elements = wmem_array_get_raw(scan->elements);
    enum recognise_proof proof = foreign ? RECOGNISE_WHOLE : RECOGNISE_LISTED;
    bool junk = foreign;
    for (unsigned i = 0; i < wmem_array_get_count(scan->elements); i++) {
        if (!elements[i].is_frame) {
            junk = junk || elements[i].found.reason != S7_LEFTOVER_SEPARATOR;
        } else if (!junk || recognise_frame(proof, scan->data + elements[i].offset, &elements[i].found)) {
            *recognised = true;
            return true;
        }
    }
    return scan->pending && (!junk || scan->length - scan->consumed > (foreign ? OPENER_MAX : OPENER_TELLING));
}

/* In a conversation that looked like another protocol only whole frames are ours. */
static void judge_foreign(const struct scan *scan, const struct stream *stream, struct stream_element *element)
{
    bool junk = !element->is_frame && element->found.reason == S7_LEFTOVER_JUNK;
    if (!junk &&
        !(element->is_frame && !recognise_frame(RECOGNISE_WHOLE, scan->data + element->offset, &element->found)))
        return;
    element->is_frame = false;
    element->found.reason = S7_LEFTOVER_OTHER_PROTOCOL;
    element->other = stream->other;
}

/* name: what the stretch that goes on from earlier bytes looks like. */
static void judge_leftover(const struct scan *scan, bool from_platform, bool goes_on, const char *name,
                           struct stream_element *element)
{
    const uint8_t *data = scan->data + element->offset;
    if (element->is_frame || element->found.reason != S7_LEFTOVER_JUNK)
        return;
    element->other = goes_on ? name : s7_other_protocol(data, MIN(element->found.length, S7_OTHER_REACH));
    if (element->other)
        element->found.reason = S7_LEFTOVER_OTHER_PROTOCOL;
    else if (from_platform && recognise_text(data, element->found.length))
        element->found.reason = S7_LEFTOVER_UNDEFINED_TEXT;
}

/* Says of each leftover what it is. */
static void judge(struct scan *scan, const struct stream *stream, const packet_info *pinfo, struct boundary start)
{
    bool from_platform = is_from_platform(stream, pinfo);
    unsigned count = wmem_array_get_count(scan->elements);
    struct stream_element *elements = wmem_array_get_raw(scan->elements);
    for (unsigned i = 0; i < count; i++) {
        bool goes_on = i == 0 && start.stretch == 1 + S7_LEFTOVER_JUNK;
        if (stream->other)
            judge_foreign(scan, stream, &elements[i]);
        else
            judge_leftover(scan, from_platform, goes_on, start.other, &elements[i]);
    }
    scan->at.other = scan->at.stretch && count ? elements[count - 1].other : NULL;
}

/* TCP goes on with an unfinished element by itself only if that begins inside the segment of this packet. If it begins
 * earlier (behind a frame that turned out shorter than it declared), TCP hands over everything again with the next
 * segment, and in this packet nothing must be shown. */
static bool is_shown_later(const struct scan *scan, int older)
{
    return scan->pending && scan->consumed > 0 && scan->consumed <= older;
}

static void keep_elements(struct stream_visit *visit, const struct scan *scan)
{
    visit->count = wmem_array_get_count(scan->elements);
    if (visit->count == 0)
        return;
    visit->elements =
        wmem_memdup(wmem_file_scope(), wmem_array_get_raw(scan->elements), visit->count * sizeof *visit->elements);
}

static void keep_direction(struct direction *direction, const struct tcpinfo *tcp, const struct scan *scan)
{
    direction->next = scan->at;
    direction->seen = tcp->nxtseq;
    if (scan->pending)
        direction->pending = scan->at;
}

static struct scan scan_from(packet_info *pinfo, tvbuff_t *tvb, struct boundary at, bool end)
{
    struct scan scan = {.length = (int)tvb_captured_length(tvb), .at = at};
    scan.data = tvb_get_ptr(tvb, 0, scan.length);
    scan.elements = wmem_array_new(pinfo->pool, sizeof(struct stream_element));
    scan_bytes(&scan, end);
    return scan;
}

static void fill_visit(struct stream_visit *visit, packet_info *pinfo, tvbuff_t *tvb, const struct tcpinfo *tcp,
                       bool end)
{
    struct stream *stream = visit->stream;
    struct direction *direction = &stream->directions[direction_index(pinfo)];
    struct boundary start = starting_boundary(direction, tcp);
    struct scan scan = scan_from(pinfo, tvb, start, end);
    bool recognised = false, later = false;
    visit->device_id = stream->device_id;
    visit->ours = stream->ours || looks_ours(&scan, stream->other != NULL, &recognised);
    stream->ours = stream->ours || recognised;
    if (!visit->ours) {
        if (stream->other == NULL && direction->calls++ < NAMING_CALLS)
            stream->other = s7_other_protocol(scan.data, (size_t)MIN(scan.length, S7_OTHER_REACH));
        visit->other = stream->other;
        return;
    }
    if (tcp && tcp->is_reassembled) {
        int older = older_bytes(direction, tcp, scan.length);
        later = is_shown_later(&scan, older);
        if (later && older > HOLD_MAX) {
            later = false;
            scan = scan_from(pinfo, tvb, start, true);
        }
    }
    if (stream->number == 0)
        stream->number = ++streams;
    judge(&scan, stream, pinfo, start);
    visit->pending = scan.pending;
    visit->pending_offset = later ? 0 : scan.consumed;
    if (later)
        scan.at = start;
    else
        keep_elements(visit, &scan);
    if (tcp)
        keep_direction(direction, tcp, &scan);
}

const struct stream_visit *stream_visit(int proto, packet_info *pinfo, tvbuff_t *tvb, const struct tcpinfo *tcp,
                                        bool end)
{
    /* Calls on one packet differ by the layer (tunnels) and the first byte. Of several with the same first byte, as
     * more of a segment is asked for, the last one counts: it is the only one on later passes. */
    uint32_t key = ((uint32_t)pinfo->curr_layer_num << 24) ^ (tcp ? tcp->seq : 0);
    struct stream_visit *visit = NULL;
    if (PINFO_FD_VISITED(pinfo))
        visit = p_get_proto_data(wmem_file_scope(), pinfo, proto, key);
    if (visit)
        return visit;
    visit = wmem_new0(wmem_file_scope(), struct stream_visit);
    visit->stream = find_stream(proto, pinfo);
    fill_visit(visit, pinfo, tvb, tcp, end);
    p_set_proto_data(wmem_file_scope(), pinfo, proto, key, visit);
    return visit;
}

unsigned stream_number(const struct stream_visit *visit)
{
    return visit->stream->number - 1;
}

bool stream_find_number(int proto, packet_info *pinfo, unsigned *number)
{
    conversation_t *conversation = find_conversation_pinfo(pinfo, 0);
    const struct stream *stream = conversation ? conversation_get_proto_data(conversation, proto) : NULL;
    if (stream == NULL || stream->number == 0)
        return false;
    *number = stream->number - 1;
    return true;
}

struct s7_pairing *stream_pairing(const struct stream_visit *visit, bool create)
{
    struct stream *stream = visit->stream;
    if (stream->pairing == NULL && create)
        stream->pairing = wmem_new0(wmem_file_scope(), struct s7_pairing);
    return stream->pairing;
}

void stream_set_uplink(const struct stream_visit *visit, const packet_info *pinfo)
{
    visit->stream->directions[direction_index(pinfo)].uplink = true;
}

void stream_set_device(const struct stream_visit *visit, const packet_info *pinfo, const char *device_id)
{
    struct stream *stream = visit->stream;
    if (PINFO_FD_VISITED(pinfo) || (stream->device_id && strcmp(stream->device_id, device_id) == 0))
        return;
    stream->device_id = wmem_strdup(wmem_file_scope(), device_id);
}
