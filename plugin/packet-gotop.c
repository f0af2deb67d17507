/* SPDX-License-Identifier: GPL-2.0-or-later
 * The dissector: registration, and the loop from the payload of a packet to frames in the tree and the Info column.
 * Frames come from the scanner, which also says when TCP must be asked for more. */
#include "packet-gotop.h"

#include "compat.h"

#include <epan/packet.h>

#include <epan/conversation.h>
#include <epan/exceptions.h>
#include <epan/prefs.h>
#include <epan/proto_data.h>
#include <epan/to_str.h>

#include "follow.h"
#include "map.h"
#include "objects.h"
#include "recognise.h"
#include "statistics.h"
#include "stream.h"
#include "summary.h"
#include "tap.h"
#include "timeline.h"
#include "tree.h"

#define PORT "8888"

static int proto_gotop = -1;
static dissector_handle_t tcp_handle, udp_handle;
static compat_bool desegment = true;

/* What carries us: its dissectors by port and those that try. */
struct carrier {
    dissector_table_t ports;
    heur_dissector_list_t heuristics;
};
static struct carrier over_tcp, over_udp;
static bool offering; /* heuristics are being called by us */

/* One call of the dissector. */
struct pass {
    tvbuff_t *tvb;
    packet_info *pinfo;
    proto_tree *tree;
    const struct stream_visit *visit;
    const char *device_id; /* of the conversation, so far */
    bool shown;            /* something stands in the Info column */
};

/* Appends to the Info column, the first time in place of what TCP or UDP wrote. */
static void add_info(struct pass *pass, const char *text)
{
    static char seen;
    packet_info *pinfo = pass->pinfo;
    pass->shown = true;
    if (pinfo->cinfo == NULL)
        return;
    if (p_get_proto_data(pinfo->pool, pinfo, proto_gotop, 0) == NULL) {
        p_add_proto_data(pinfo->pool, pinfo, proto_gotop, 0, &seen);
        col_set_str(pinfo->cinfo, COL_PROTOCOL, "GOTOP");
        col_clear(pinfo->cinfo, COL_INFO);
    } else {
        col_append_str(pinfo->cinfo, COL_INFO, "; ");
    }
    col_append_str(pinfo->cinfo, COL_INFO, text);
}

static void show_leftover(struct pass *pass, const struct stream_element *element)
{
    int length = (int)element->found.length;
    unsigned reason = element->found.reason;
    struct tree_leftover leftover = {
        .pinfo = pass->pinfo,
        .tvb = pass->tvb,
        .offset = element->offset,
        .length = length,
        .reason = reason,
        .other = element->other,
        .stream = stream_number(pass->visit),
        .device_id = pass->device_id,
        .proto = proto_gotop,
    };
    tree_add_leftover(pass->tree, &leftover);
    bool alone = !pass->shown && element->offset + length == pass->visit->length;
    if (reason != S7_LEFTOVER_SEPARATOR || alone)
        add_info(pass, wmem_strdup_printf(pass->pinfo->pool, "[%s%s, %d byte%s]", element->other ? "looks like " : "",
                                          element->other ? element->other : s7_reason_names[reason], length,
                                          length == 1 ? "" : "s"));
}

/* Statistics, timeline, objects. own_id: that of a good frame, NULL if it has none. */
static void tell_listeners(const struct pass *pass, const struct tree_frame *frame, const char *own_id)
{
    const struct s7_message *message = frame->message;
    const char *device_id = own_id ? own_id : pass->device_id;
    struct tap_frame counted = {
        .device_id = frame->counted_id,
        .peer = frame->peer,
        .direction = message->direction,
        .kind = message->kind,
        .event = message->event,
        .flags = message->flags,
        .relation = frame->relation,
    };
    struct timeline_frame row = {
        .data = frame->data,
        .length = tvb_captured_length(frame->tvb),
        .message = message,
        .relation = frame->relation,
        .device_id = device_id,
        .stream = frame->stream,
    };
    if (tap_is_wanted())
        tap_add_frame(pass->pinfo, &counted);
    timeline_add_frame(pass->pinfo, &row);
    if (own_id && message->direction == S7_UP)
        objects_add_frame(pass->pinfo, own_id, frame->data, message);
}

static void show_frame(struct pass *pass, struct stream_element *element)
{
    static struct s7_message message; /* large, and one at a time */
    wmem_allocator_t *pool = pass->pinfo->pool;
    int length = (int)element->found.length;
    const uint8_t *data = tvb_get_ptr(pass->tvb, element->offset, length);
    s7_decode(data, &element->found, &message);
    map_apply(data, &message);
    const struct s7_field *id = s7_find(&message, S7_FIELD_DEVICE_ID);
    const char *own_id = message.proven && id ? text_value(pool, data, id) : NULL;
    const char *speaker = message.direction == S7_UP ? own_id : NULL;
    struct relation *relation = &element->relation;
    bool quoted = pass->pinfo->flags.in_error_pkt;
    bool asks = message.kind == S7_KIND_COMMAND || s7_pairing_is_answered(data, &message);
    if (relation->packet == 0 && !quoted)
        relation_fill(relation, pass->pinfo, stream_pairing(pass->visit, asks), data, &message, speaker);
    bool in_tree = tree_is_wanted(pass->tree, proto_gotop), seen = pass->pinfo->cinfo || in_tree;
    const address *peer = message.direction == S7_UP ? &pass->pinfo->dst : &pass->pinfo->src;
    struct tree_frame frame = {
        .pinfo = pass->pinfo,
        .tvb = tvb_new_subset_length(pass->tvb, element->offset, length),
        .data = data,
        .message = &message,
        .summary = seen ? summary_text(pool, data, element->found.length, &message) : "",
        .device_id = pass->device_id,
        .counted_id = !message.proven ? NULL
                      : own_id        ? own_id
                                      : pass->device_id,
        .peer = in_tree || tap_is_wanted() ? address_to_str(pool, peer) : NULL,
        .relation = relation,
        .stream = stream_number(pass->visit),
        .proto = proto_gotop,
    };
    tree_add_frame(pass->tree, &frame);
    add_info(pass, frame.summary);
    tell_listeners(pass, &frame, own_id);
    if (speaker && !quoted) {
        pass->device_id = speaker;
        stream_set_uplink(pass->visit, pass->pinfo);
        stream_set_device(pass->visit, pass->pinfo, pass->device_id);
    }
}

/* The dissector for the other port comes after us if that is the higher one. */
static bool other_port_takes(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, const struct carrier *carrier,
                             void *data)
{
    uint32_t own_port = pinfo->match_uint;
    uint32_t port = own_port == pinfo->srcport ? pinfo->destport : pinfo->srcport;
    dissector_handle_t handle = dissector_get_uint_handle(carrier->ports, port);
    if (handle == NULL || handle == tcp_handle || handle == udp_handle)
        return false;
    pinfo->match_uint = port;
    bool taken = call_dissector_only(handle, tvb, pinfo, tree, data) != 0;
    pinfo->match_uint = own_port;
    return taken;
}

/* What looks like another protocol belongs to a dissector that knows it. If there is none, it is named. */
static int dissect_other(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, const char *other,
                         const struct carrier *carrier, void *data)
{
    heur_dtbl_entry_t *entry;
    volatile bool taken = false;
    uint16_t can_desegment = pinfo->can_desegment;
    /* As much right to reassemble as if TCP had called them. */
    pinfo->can_desegment = pinfo->saved_can_desegment;
    offering = true;
    TRY
    {
        taken = other_port_takes(tvb, pinfo, tree, carrier, data) ||
                dissector_try_heuristic(carrier->heuristics, tvb, pinfo, tree, &entry, data);
    }
    FINALLY
    {
        offering = false;
        pinfo->can_desegment = can_desegment;
    }
    ENDTRY;
    if (!taken) {
        tree_add_other(tree, tvb, proto_gotop, other);
        col_add_fstr(pinfo->cinfo, COL_INFO, "not GOTOP: looks like %s", other);
    }
    return (int)tvb_captured_length(tvb);
}

/* Returns 0 if the bytes are not ours, else their number. data: what the carrier says of them, from TCP a struct
 * tcpinfo; NULL if we were called by something else (a tunnel, an exported PDU): then they are as a datagram. */
static int dissect_payload(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, const struct carrier *carrier,
                           void *data)
{
    bool quoted = pinfo->flags.in_error_pkt; /* by ICMP: shown, but nothing follows from it */
    bool is_tcp = carrier == &over_tcp && data && !quoted;
    const struct tcpinfo *tcp = is_tcp ? data : NULL;
    int length = (int)tvb_captured_length(tvb);
    if (length == 0)
        return 0;
    bool end = !is_tcp || !desegment || !pinfo->can_desegment;
    const struct stream_visit *visit = stream_visit(proto_gotop, pinfo, tvb, tcp, end);
    if (!visit->ours) {
        bool named = visit->other && (is_tcp || carrier == &over_udp);
        return named ? dissect_other(tvb, pinfo, tree, visit->other, carrier, data) : 0;
    }
    struct pass pass = {.tvb = tvb, .pinfo = pinfo, .tree = tree, .visit = visit, .device_id = visit->device_id};
    for (unsigned i = 0; i < visit->count; i++) {
        if (visit->elements[i].is_frame)
            show_frame(&pass, &visit->elements[i]);
        else
            show_leftover(&pass, &visit->elements[i]);
    }
    if (visit->count > 0) {
        const struct stream_element *last = &visit->elements[visit->count - 1];
        follow_add(pinfo, tvb, last->offset + (int)last->found.length);
    }
    /* On later passes TCP leaves out the bytes that it put together with later ones. Always the whole next segment is
     * asked for, even if the length is known: asking twice in one packet confuses TCP on later passes. */
    if (visit->pending && visit->pending_offset < length) {
        pinfo->desegment_offset = visit->pending_offset;
        pinfo->desegment_len = DESEGMENT_ONE_MORE_SEGMENT;
    }
    col_set_fence(pinfo->cinfo, COL_INFO);
    return length;
}

static int dissect_tcp(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    return dissect_payload(tvb, pinfo, tree, &over_tcp, data);
}

static int dissect_udp(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    return dissect_payload(tvb, pinfo, tree, &over_udp, data);
}

/* On other ports a conversation is ours from the packet on that begins with a whole frame. Nothing else begins so: "#",
 * digits, ",", one of our codes; or a header with the right length and checksum. */
static bool take_conversation(tvbuff_t *tvb, packet_info *pinfo, dissector_handle_t handle)
{
    int length = (int)tvb_captured_length(tvb);
    if (offering || length == 0 || !recognise_start(tvb_get_ptr(tvb, 0, length), (size_t)length))
        return false;
    conversation_set_dissector_from_frame_number(find_or_create_conversation(pinfo), pinfo->num, handle);
    return true;
}

static compat_bool try_tcp(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    return take_conversation(tvb, pinfo, tcp_handle) && dissect_tcp(tvb, pinfo, tree, data) > 0;
}

static compat_bool try_udp(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    return take_conversation(tvb, pinfo, udp_handle) && dissect_udp(tvb, pinfo, tree, data) > 0;
}

void packet_gotop_register(void)
{
    proto_gotop = proto_register_protocol("GOTOP S7 Tracker Protocol", "GOTOP", "gotop");
    fields_register(proto_gotop);
    tree_register();
    stream_register();
    relation_register();
    tap_register(proto_gotop);
    statistics_register(proto_gotop);
    follow_register(proto_gotop);
    objects_register(proto_gotop);
    timeline_register();
    tcp_handle = register_dissector("gotop", dissect_tcp, proto_gotop);
    udp_handle = register_dissector("gotop.udp", dissect_udp, proto_gotop);

    module_t *module = prefs_register_protocol(proto_gotop, NULL);
    prefs_register_bool_preference(module, "desegment", "Reassemble frames that span TCP segments",
                                   "Whether frames that are spread over several TCP segments are put together. "
                                   "TCP must allow subdissectors to reassemble, too.",
                                   &desegment);
    map_register(module);
}

void packet_gotop_handoff(void)
{
    over_tcp = (struct carrier){find_dissector_table("tcp.port"), find_heur_dissector_list("tcp")};
    over_udp = (struct carrier){find_dissector_table("udp.port"), find_heur_dissector_list("udp")};
    dissector_add_uint_range_with_preference("tcp.port", PORT, tcp_handle);
    dissector_add_uint_range_with_preference("udp.port", PORT, udp_handle);
    heur_dissector_add("tcp", try_tcp, "GOTOP over TCP", "gotop_tcp", proto_gotop, HEURISTIC_ENABLE);
    heur_dissector_add("udp", try_udp, "GOTOP over UDP", "gotop_udp", proto_gotop, HEURISTIC_ENABLE);
}
