/* SPDX-License-Identifier: GPL-2.0-or-later
 * Statistics: see statistics.h. */
#include "statistics.h"

#include "tap.h"

#include <epan/conversation_table.h>
#include <epan/frame_data.h>
#include <epan/srt_table.h>
#include <epan/stats_tree.h>

#include <string.h>

/* ---- Tree ---- */

static int messages_node, events_node, devices_node, flags_node;

static void tree_start(stats_tree *tree)
{
    messages_node = stats_tree_create_pivot(tree, "Messages by kind", 0);
    events_node = stats_tree_create_pivot(tree, "Events", 0);
    devices_node = stats_tree_create_pivot(tree, "Messages by device", 0);
    flags_node = stats_tree_create_pivot(tree, "Flags", 0);
}

static void tree_count(stats_tree *tree, const struct tap_frame *frame)
{
    stats_tree_tick_pivot(tree, messages_node, s7_kind_names[frame->kind]);
    if (frame->event != S7_EVENT_NONE)
        stats_tree_tick_pivot(tree, events_node, s7_event_names[frame->event]);
    stats_tree_tick_pivot(tree, devices_node, frame->device_id ? frame->device_id : "unknown");
    for (unsigned flag = 0; flag < S7_FLAG_COUNT; flag++)
        if (frame->flags & UINT32_C(1) << flag)
            stats_tree_tick_pivot(tree, flags_node, s7_flag_names[flag]);
}

static tap_packet_status tree_packet(stats_tree *tree, packet_info *pinfo, epan_dissect_t *edt, const void *data,
                                     tap_flags_t flags)
{
    const struct tap_packet *packet = data;
    for (const struct tap_frame *frame = packet->first; frame; frame = frame->next)
        tree_count(tree, frame);
    return TAP_PACKET_REDRAW;
}

/* ---- Response times ---- */

static void times_start(struct register_srt *srt, GArray *tables)
{
    init_srt_table("GOTOP commands", NULL, tables, 1, "Command", NULL, NULL);
}

/* The row of the command, a new one at its first answer. */
static int times_row(srt_stat_table *table, const char *command)
{
    int row = 0;
    while (row < table->num_procs && table->procedures[row].procedure) {
        if (strcmp(table->procedures[row].procedure, command) == 0)
            return row;
        row++;
    }
    init_srt_table_row(table, row, command);
    return row;
}

static tap_packet_status times_packet(void *tapdata, packet_info *pinfo, epan_dissect_t *edt, const void *data,
                                      tap_flags_t flags)
{
    srt_data_t *tables = tapdata;
    srt_stat_table *table = g_array_index(tables->srt_array, srt_stat_table *, 0);
    const struct tap_packet *packet = data;
    for (const struct tap_frame *frame = packet->first; frame; frame = frame->next) {
        const struct relation *command = frame->relation->request;
        if (command && command->code)
            add_srt_table_data(table, times_row(table, command->code), &command->time, pinfo);
    }
    return TAP_PACKET_REDRAW;
}

/* ---- Endpoints and conversations ---- */

/* The filter field for a side. Wireshark asks for one for "any" without saying which of the two it means, so both are
 * texts and one field has both. Other entries would filter by what is nobody's side: ports. */
static const char *side_filter(conv_filter_type_e filter)
{
    switch (filter) {
    case CONV_FT_SRC_ADDRESS:
        return "gotop.src";
    case CONV_FT_DST_ADDRESS:
        return "gotop.dst";
    case CONV_FT_ANY_ADDRESS:
        return "gotop.addr";
    default:
        return CONV_FILTER_INVALID;
    }
}

static const char *conversation_filter(conv_item_t *item, conv_filter_type_e filter)
{
    return side_filter(filter);
}

static const char *endpoint_filter(endpoint_item_t *item, conv_filter_type_e filter)
{
    return side_filter(filter);
}

static ct_dissector_info_t conversation_info = {conversation_filter};
static et_dissector_info_t endpoint_info = {endpoint_filter};

/* Is this the first frame of its device in the packet? A packet counts once for each. */
static bool is_first_of_device(const struct tap_packet *packet, const struct tap_frame *frame)
{
    if (frame->device_id == NULL)
        return false;
    const struct tap_frame *other = packet->first;
    while (other != frame && (other->device_id == NULL || strcmp(other->device_id, frame->device_id) != 0))
        other = other->next;
    return other == frame;
}

static address text_address(const char *text)
{
    address side;
    set_address(&side, AT_STRINGZ, (int)strlen(text) + 1, text);
    return side;
}

static tap_packet_status conversation_packet(void *tapdata, packet_info *pinfo, epan_dissect_t *edt, const void *data,
                                             tap_flags_t flags)
{
    conv_hash_t *table = tapdata;
    const struct tap_packet *packet = data;
    table->flags = flags;
    for (const struct tap_frame *frame = packet->first; frame; frame = frame->next) {
        if (!is_first_of_device(packet, frame))
            continue;
        address device = text_address(frame->device_id), peer = text_address(frame->peer);
        bool up = frame->direction == S7_UP;
        add_conversation_table_data(table, up ? &device : &peer, up ? &peer : &device, 0, 0, 1, (int)pinfo->fd->pkt_len,
                                    &pinfo->rel_ts, &pinfo->abs_ts, &conversation_info, CONVERSATION_NONE);
    }
    return TAP_PACKET_REDRAW;
}

static tap_packet_status endpoint_packet(void *tapdata, packet_info *pinfo, epan_dissect_t *edt, const void *data,
                                         tap_flags_t flags)
{
    conv_hash_t *table = tapdata;
    const struct tap_packet *packet = data;
    table->flags = flags;
    for (const struct tap_frame *frame = packet->first; frame; frame = frame->next) {
        if (!is_first_of_device(packet, frame))
            continue;
        address device = text_address(frame->device_id);
        add_endpoint_table_data(table, &device, 0, frame->direction == S7_UP, 1, (int)pinfo->fd->pkt_len,
                                &endpoint_info, ENDPOINT_NONE);
    }
    return TAP_PACKET_REDRAW;
}

void statistics_register(int proto)
{
    register_srt_table(proto, TAP_NAME, 1, times_packet, times_start, NULL);
    register_conversation_table(proto, true, conversation_packet, endpoint_packet);
}

void statistics_register_listeners(void)
{
    stats_tree_register_plugin(TAP_NAME, "gotop", "GOTOP", 0, tree_packet, tree_start, NULL);
}
