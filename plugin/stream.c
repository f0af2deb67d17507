/* SPDX-License-Identifier: GPL-2.0-or-later
 * Payload to elements, and the memory of conversations and directions: see stream.h. */
#include "stream.h"

#include <epan/conversation.h>
#include <epan/proto_data.h>

#include <string.h>

#include "other.h"
#include "recognise.h"

/* A frame opener and all that is needed to tell it from chance fits in this many bytes: the longest is "$$",
 * 5 digits, ",", 20 characters of id, ",", 4 digits of serial, ",", 3 characters of type, ",". */
#define OPENER_MAX 38
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

/* Where the segment of this packet begins, on the first pass: the one that TCP's analysis added last. False if it added
 * none. */
static bool find_segment(packet_info *pinfo, const struct tcpinfo *tcp, uint32_t *sequence)
{
    const struct tcp_analysis *analysis = get_tcp_conversation_data(NULL, pinfo);
    const tcp_analyze_seq_flow_info_t *flow = analysis && analysis->fwd ? analysis->fwd->tcp_analyze_seq_info : NULL;
    const tcp_unacked_t *segment = flow ? flow->segments : NULL;
    if (segment == NULL || segment->frame != pinfo->num)
        return false;
    /* Its numbers are those of the wire, others are relative. SYN and FIN count. */
    uint32_t flags = (tcp->flags & TH_SYN ? 1 : 0) + (tcp->flags & TH_FIN ? 1 : 0);
    *sequence = tcp->nxtseq - (segment->nextseq - segment->seq - flags);
    return true;
}

/* How many of the bytes were in earlier segments. Without an analysis: all, unless the call before this one saw the
 * segment before this one. */
static int older_bytes(const struct direction *direction, packet_info *pinfo, const struct tcpinfo *tcp, int length)
{
    uint32_t segment = direction->seen;
    if (!find_segment(pinfo, tcp, &segment) && (!direction->pending.known || direction->pending.sequence != tcp->seq))
        return length;
    uint32_t older = segment - tcp->seq;
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

/* How many bytes stand before the first frame. What they look like decides which frames count. */
static int before_frames(const struct scan *scan)
{
    const struct stream_element *elements = wmem_array_get_raw(scan->elements);
    for (unsigned i = 0; i < wmem_array_get_count(scan->elements); i++)
        if (elements[i].is_frame)
            return elements[i].offset;
    return scan->pending ? scan->consumed : scan->length;
}

/* Do these bytes of a conversation in which no frame was recognised so far belong to it? *recognised tells whether one
 * was: any that the scanner finds, a damaged one behind other bytes too, as in s7timeline; or one that surely began and
 * goes on in the next segment. foreign: the conversation looks like another protocol, and only whole frames count. */
static bool looks_ours(const struct scan *scan, bool foreign, bool *recognised)
{
    const struct stream_element *elements = wmem_array_get_raw(scan->elements);
    bool junk = foreign;
    for (unsigned i = 0; i < wmem_array_get_count(scan->elements); i++) {
        if (!elements[i].is_frame) {
            junk = junk || elements[i].found.reason != S7_LEFTOVER_SEPARATOR;
        } else if (!foreign || recognise_frame(RECOGNISE_WHOLE, scan->data + elements[i].offset, &elements[i].found)) {
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
    if (!stream->ours && stream->other == NULL && direction->calls++ < NAMING_CALLS)
        stream->other = s7_other_protocol(scan.data, (size_t)MIN(before_frames(&scan), S7_OTHER_REACH));
    visit->ours = stream->ours || looks_ours(&scan, stream->other != NULL, &recognised);
    stream->ours = stream->ours || recognised;
    if (!visit->ours) {
        visit->other = stream->other;
        return;
    }
    if (tcp && tcp->is_reassembled) {
        int older = older_bytes(direction, pinfo, tcp, scan.length);
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

/* Calls with TCP's bytes of a packet share a key; datagrams in one packet (tunnels) differ by their layer. */
#define TCP_KEY UINT32_C(0x10000)

/* Appends what of the element stands in those bytes; of a frame all or nothing. */
static void append_part(wmem_array_t *elements, struct stream_element element, int length)
{
    int whole_end = element.offset + (int)element.found.length;
    int start = MAX(element.offset, 0), end = MIN(whole_end, length);
    bool whole = start == element.offset && end == whole_end;
    if (start >= end || (element.is_frame && !whole))
        return;
    element.offset = start;
    element.found.length = (uint32_t)(end - start);
    wmem_array_append_one(elements, element);
}

/* What the first pass found in these bytes, which it got with others around them. Lives as long as the packet. */
static const struct stream_visit *part_of_visit(packet_info *pinfo, const struct stream_visit *visit, int skipped,
                                                int length)
{
    struct stream_visit *part = wmem_memdup(pinfo->pool, visit, sizeof *visit);
    wmem_array_t *elements = wmem_array_new(pinfo->pool, sizeof(struct stream_element));
    for (unsigned i = 0; i < visit->count; i++) {
        struct stream_element element = visit->elements[i];
        element.offset -= skipped;
        append_part(elements, element, length);
    }
    part->elements = wmem_array_get_raw(elements);
    part->count = wmem_array_get_count(elements);
    part->pending_offset = MAX(visit->pending_offset - skipped, 0);
    return part;
}

/* On later passes nothing new is found. TCP may hand over less than on the first, as part of the packet turned out to
 * belong to segments before it. */
static const struct stream_visit *find_visit(packet_info *pinfo, const struct stream_visit *latest,
                                             const struct stream *stream, uint32_t sequence, int length)
{
    static const struct stream_visit nothing;
    const struct stream_visit *found = NULL;
    for (const struct stream_visit *visit = latest; visit; visit = visit->earlier) {
        uint32_t skipped = sequence - visit->sequence;
        bool covers = skipped <= (uint32_t)visit->length && length <= visit->length - (int)skipped;
        /* Of several with the same first byte, as more of a segment is asked for, the last one counts. */
        if (visit->stream == stream && covers && (found == NULL || skipped == 0))
            found = visit;
        if (found && found->sequence == sequence)
            break;
    }
    if (found == NULL)
        return &nothing;
    if (found->sequence == sequence && found->length == length)
        return found;
    return part_of_visit(pinfo, found, (int)(sequence - found->sequence), length);
}

const struct stream_visit *stream_visit(int proto, packet_info *pinfo, tvbuff_t *tvb, const struct tcpinfo *tcp,
                                        bool end)
{
    uint32_t key = tcp ? TCP_KEY : (uint32_t)pinfo->curr_layer_num, sequence = tcp ? tcp->seq : 0;
    int length = (int)tvb_captured_length(tvb);
    struct stream *stream = find_stream(proto, pinfo);
    struct stream_visit *latest = p_get_proto_data(wmem_file_scope(), pinfo, proto, key);
    if (PINFO_FD_VISITED(pinfo))
        return find_visit(pinfo, latest, stream, sequence, length);
    struct stream_visit *visit = wmem_new0(wmem_file_scope(), struct stream_visit);
    visit->stream = stream;
    visit->sequence = sequence;
    visit->length = length;
    visit->earlier = latest;
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
