/* SPDX-License-Identifier: GPL-2.0-or-later
 * Memory of conversations and directions: see stream.h. */
#include "stream.h"

#include <epan/conversation.h>
#include <epan/proto_data.h>

#include <string.h>

#define TCP_FLAG_SYN 0x02
#define TCP_FLAG_FIN 0x01

/* A frame opener and all that is needed to tell it from chance fits in this many bytes: the longest is "&&", index,
 * 5 digits, ",", 16 characters of id, ",", 3 digits. */
#define OPENER_MAX 29

/* Where a scan of a direction stands: between two elements. */
struct boundary {
    uint32_t sequence; /* of TCP */
    bool known;
    uint8_t closed, stretch;
};

struct direction {
    struct boundary next;    /* behind what was seen last */
    struct boundary pending; /* where more segments were asked for */
};

struct stream {
    bool ours; /* a frame was recognised in it */
    const char *device_id;
    struct direction directions[2];
};

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

static struct direction *find_direction(struct stream *stream, const packet_info *pinfo)
{
    int order = cmp_address(&pinfo->src, &pinfo->dst);
    bool second = order != 0 ? order > 0 : pinfo->srcport > pinfo->destport;
    return &stream->directions[second];
}

/* Do data that TCP hands over as they came begin at that sequence number? They always reach to the end of a segment;
 * some versions count a SYN or FIN behind them. */
static bool begins_at(const struct tcpinfo *tcp, uint32_t length, uint32_t sequence)
{
    uint32_t behind = tcp->nxtseq - length - sequence;
    return behind == 0 || (behind == 1 && tcp->flags & (TCP_FLAG_SYN | TCP_FLAG_FIN));
}

/* The boundary at the first byte of the call; everything zero if the bytes before it were not seen. */
static struct boundary starting_boundary(const struct direction *direction, const struct tcpinfo *tcp, uint32_t length)
{
    if (tcp->is_reassembled)
        return direction->pending;
    if (direction->next.known && begins_at(tcp, length, direction->next.sequence))
        return direction->next;
    return (struct boundary){.sequence = tcp->nxtseq - length, .known = true};
}

/* Is that a good frame with a code that the documents list, or with a position? */
static bool proves(const uint8_t *data, const struct s7_frame *frame)
{
    static struct s7_message message;
    s7_decode(data, frame, &message);
    return message.proven && (message.listed || s7_find(&message, S7_FIELD_LATITUDE));
}

/* Do these bytes of a conversation in which no frame was recognised so far belong to it? *frame tells whether one was.
 * Behind other bytes only a good frame counts, or one that surely began and goes on in the next segment. */
static bool looks_ours(const struct boundary *start, const uint8_t *data, size_t length, bool end, bool *recognised)
{
    struct s7_scanner scanner = {.closed = start->closed, .stretch = start->stretch};
    bool junk = false;
    *recognised = false;
    for (size_t offset = 0; offset < length;) {
        struct s7_frame frame;
        switch (s7_scan(&scanner, data + offset, length - offset, end, &frame)) {
        case S7_SCAN_FRAME:
            *recognised = !junk || proves(data + offset, &frame);
            if (*recognised)
                return true;
            break;
        case S7_SCAN_LEFTOVER:
            junk = junk || frame.reason != S7_LEFTOVER_SEPARATOR;
            break;
        case S7_SCAN_MORE:
            return !junk || length - offset > OPENER_MAX;
        }
        offset += frame.length;
    }
    return false;
}

/* Calls on one packet differ by the layer (tunnels) and the number of bytes. */
static uint32_t visit_key(const packet_info *pinfo, const struct tcpinfo *tcp, uint32_t length)
{
    uint32_t reassembled = tcp && tcp->is_reassembled;
    return (uint32_t)pinfo->curr_layer_num << 24 | reassembled << 23 | (length & 0x7fffff);
}

const struct stream_visit *stream_begin(int proto, packet_info *pinfo, tvbuff_t *tvb, const struct tcpinfo *tcp,
                                        bool end)
{
    uint32_t length = tvb_captured_length(tvb);
    uint32_t key = visit_key(pinfo, tcp, length);
    struct stream_visit *visit = p_get_proto_data(wmem_file_scope(), pinfo, proto, key);
    if (visit)
        return visit;
    struct stream *stream = find_stream(proto, pinfo);
    struct boundary start = {0};
    if (tcp)
        start = starting_boundary(find_direction(stream, pinfo), tcp, tvb_reported_length(tvb));
    bool recognised = false;
    visit = wmem_new0(wmem_file_scope(), struct stream_visit);
    visit->ours = stream->ours || looks_ours(&start, tvb_get_ptr(tvb, 0, (int)length), length, end, &recognised);
    visit->closed = start.closed;
    visit->stretch = start.stretch;
    visit->device_id = stream->device_id;
    stream->ours = stream->ours || recognised;
    p_add_proto_data(wmem_file_scope(), pinfo, proto, key, visit);
    return visit;
}

void stream_finish(int proto, packet_info *pinfo, tvbuff_t *tvb, const struct tcpinfo *tcp,
                   const struct stream_end *end)
{
    if (PINFO_FD_VISITED(pinfo))
        return;
    struct stream *stream = find_stream(proto, pinfo);
    if (end->device_id && (stream->device_id == NULL || strcmp(stream->device_id, end->device_id) != 0))
        stream->device_id = wmem_strdup(wmem_file_scope(), end->device_id);
    if (tcp == NULL)
        return;
    struct direction *direction = find_direction(stream, pinfo);
    struct boundary boundary = starting_boundary(direction, tcp, tvb_reported_length(tvb));
    boundary.sequence += (uint32_t)end->consumed;
    boundary.closed = end->closed;
    boundary.stretch = end->stretch;
    direction->next = boundary;
    if (end->pending)
        direction->pending = boundary;
}
