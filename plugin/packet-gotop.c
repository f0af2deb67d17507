/* SPDX-License-Identifier: GPL-2.0-or-later
 * The dissector: registration, and the loop from the payload of a packet to frames in the tree and the Info column.
 * Frames come from the scanner, which also says when TCP must be asked for more. */
#include "packet-gotop.h"

#include "compat.h"

#include <epan/packet.h>

#include <epan/prefs.h>
#include <epan/proto_data.h>

#include "stream.h"
#include "summary.h"
#include "tree.h"

#define PORT "8888"

static int proto_gotop = -1;
static dissector_handle_t tcp_handle, udp_handle;
static compat_bool desegment = true;

/* One call of the dissector. */
struct pass {
    tvbuff_t *tvb;
    packet_info *pinfo;
    proto_tree *tree;
    const uint8_t *data;
    const char *device_id; /* of the conversation, so far */
    bool shown;            /* something stands in the Info column */
    /* Bytes in no frame that were not shown yet: pieces of one reason are one item. */
    int leftover, leftover_length;
    unsigned leftover_reason;
};

/* Appends to the Info column, the first time in place of what TCP or UDP wrote. */
static void add_info(struct pass *pass, const char *text)
{
    static char seen;
    packet_info *pinfo = pass->pinfo;
    pass->shown = true;
    if (p_get_proto_data(pinfo->pool, pinfo, proto_gotop, 0) == NULL) {
        p_add_proto_data(pinfo->pool, pinfo, proto_gotop, 0, &seen);
        col_set_str(pinfo->cinfo, COL_PROTOCOL, "GOTOP");
        col_clear(pinfo->cinfo, COL_INFO);
    } else {
        col_append_str(pinfo->cinfo, COL_INFO, "; ");
    }
    col_append_str(pinfo->cinfo, COL_INFO, text);
}

static void show_leftover(struct pass *pass)
{
    int length = pass->leftover_length;
    if (length == 0)
        return;
    pass->leftover_length = 0;
    tree_add_leftover(pass->tree, pass->pinfo, proto_gotop, pass->tvb, pass->leftover, length, pass->leftover_reason);
    bool last = pass->leftover + length == (int)tvb_captured_length(pass->tvb);
    if (pass->leftover_reason != S7_LEFTOVER_SEPARATOR || (last && !pass->shown))
        add_info(pass, wmem_strdup_printf(pass->pinfo->pool, "[%s, %d byte%s]", s7_reason_names[pass->leftover_reason],
                                          length, length == 1 ? "" : "s"));
}

static void add_leftover(struct pass *pass, int offset, const struct s7_frame *found)
{
    if (pass->leftover_length && pass->leftover_reason != found->reason)
        show_leftover(pass);
    if (pass->leftover_length == 0)
        pass->leftover = offset;
    pass->leftover_length += (int)found->length;
    pass->leftover_reason = found->reason;
}

static void add_frame(struct pass *pass, int offset, const struct s7_frame *found)
{
    static struct s7_message message; /* large, and one at a time */
    wmem_allocator_t *pool = pass->pinfo->pool;
    const uint8_t *data = pass->data + offset;
    s7_decode(data, found, &message);
    struct tree_frame frame = {
        .pinfo = pass->pinfo,
        .tvb = tvb_new_subset_length(pass->tvb, offset, (int)found->length),
        .data = data,
        .message = &message,
        .summary = summary_text(pool, data, found->length, &message),
        .device_id = pass->device_id,
        .proto = proto_gotop,
    };
    tree_add_frame(pass->tree, &frame);
    add_info(pass, frame.summary);
    const struct s7_field *id = s7_find(&message, S7_FIELD_DEVICE_ID);
    if (message.proven && message.direction == S7_UP && id)
        pass->device_id = text_value(pool, data, id);
}

/* Asks TCP for what the element that begins at offset lacks. */
static void ask_for_more(packet_info *pinfo, int offset, int available, const struct s7_frame *found)
{
    bool exact = found->length > (uint32_t)available;
    pinfo->desegment_offset = offset;
    pinfo->desegment_len = exact ? found->length - (uint32_t)available : DESEGMENT_ONE_MORE_SEGMENT;
}

/* Shows what stands in the tvb, from its first byte. Fills what the next call needs. */
static void dissect_elements(struct pass *pass, const struct stream_visit *visit, bool end, struct stream_end *result)
{
    struct s7_scanner scanner = {.closed = visit->closed, .stretch = visit->stretch};
    int offset = 0, length = (int)tvb_captured_length(pass->tvb);
    while (offset < length) {
        struct s7_scanner before = scanner;
        struct s7_frame found;
        enum s7_scan_result what = s7_scan(&scanner, pass->data + offset, (size_t)(length - offset), end, &found);
        if (what == S7_SCAN_MORE) {
            ask_for_more(pass->pinfo, offset, length - offset, &found);
            result->pending = true;
            scanner = before;
            break;
        }
        if (what == S7_SCAN_LEFTOVER) {
            add_leftover(pass, offset, &found);
        } else {
            show_leftover(pass);
            add_frame(pass, offset, &found);
        }
        offset += (int)found.length;
    }
    show_leftover(pass);
    result->consumed = offset;
    result->closed = scanner.closed;
    result->stretch = scanner.stretch;
    result->device_id = pass->device_id;
}

/* Returns 0 if the bytes are not ours, else their number. tcp is NULL for a datagram. */
static int dissect_payload(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, const struct tcpinfo *tcp)
{
    int length = (int)tvb_captured_length(tvb);
    if (length == 0)
        return 0;
    bool end = tcp == NULL || !desegment || !pinfo->can_desegment;
    const struct stream_visit *visit = stream_begin(proto_gotop, pinfo, tvb, tcp, end);
    if (!visit->ours)
        return 0;
    struct pass pass = {
        .tvb = tvb, .pinfo = pinfo, .tree = tree, .data = tvb_get_ptr(tvb, 0, length), .device_id = visit->device_id};
    struct stream_end result = {0};
    dissect_elements(&pass, visit, end, &result);
    stream_finish(proto_gotop, pinfo, tvb, tcp, &result);
    col_set_fence(pinfo->cinfo, COL_INFO);
    return length;
}

static int dissect_tcp(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    return dissect_payload(tvb, pinfo, tree, data);
}

static int dissect_udp(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    return dissect_payload(tvb, pinfo, tree, NULL);
}

void packet_gotop_register(void)
{
    proto_gotop = proto_register_protocol("GOTOP S7 Tracker Protocol", "GOTOP", "gotop");
    fields_register(proto_gotop);
    tcp_handle = register_dissector("gotop", dissect_tcp, proto_gotop);
    udp_handle = register_dissector("gotop.udp", dissect_udp, proto_gotop);

    module_t *module = prefs_register_protocol(proto_gotop, NULL);
    prefs_register_bool_preference(module, "desegment", "Reassemble frames that span TCP segments",
                                   "Whether frames that are spread over several TCP segments are put together. "
                                   "TCP must allow subdissectors to reassemble, too.",
                                   &desegment);
}

void packet_gotop_handoff(void)
{
    dissector_add_uint_range_with_preference("tcp.port", PORT, tcp_handle);
    dissector_add_uint_range_with_preference("udp.port", PORT, udp_handle);
}
