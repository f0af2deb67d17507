/* SPDX-License-Identifier: GPL-2.0-or-later
 * Listeners of a fuzz target: see listeners.h. */
#include "listeners.h"

#include <wireshark.h>

#include <epan/packet.h>

#include <epan/conversation_table.h>
#include <epan/export_object.h>
#include <epan/srt_table.h>
#include <epan/stat_tap_ui.h>
#include <epan/stats_tree_priv.h>
#include <epan/tap.h>

#include <stdio.h>
#include <stdlib.h>

static conv_hash_t conversations, endpoints;
static srt_data_t times;
static register_srt_t *times_kind;
static stats_tree *counts;
static GSList *objects;

static void listen_to(const char *tap, void *data, tap_packet_cb packet)
{
    GString *error = register_tap_listener(tap, data, NULL, TL_REQUIRES_NOTHING, NULL, packet, NULL, NULL);
    if (error) {
        fprintf(stderr, "%s: %s\n", tap, error->str);
        abort();
    }
}

static void object_add(void *data, export_object_entry_t *entry)
{
    objects = g_slist_prepend(objects, entry);
}

static export_object_entry_t *object_get(void *data, int row)
{
    return g_slist_nth_data(objects, (guint)row);
}

/* Reads each byte of what Follow Stream gets. */
static tap_packet_status follow_packet(void *data, packet_info *pinfo, epan_dissect_t *dissection, const void *record,
                                       tap_flags_t flags)
{
    tvbuff_t *tvb = (tvbuff_t *)record;
    g_free(tvb_memdup(NULL, tvb, 0, tvb_captured_length(tvb)));
    return TAP_PACKET_DONT_REDRAW;
}

static void make_tree(void *key, void *value, void *data)
{
    stats_tree_cfg *kind = value;
    if (strcmp(kind->abbr, "gotop") == 0)
        counts = stats_tree_new(kind, NULL, NULL);
}

void listeners_start(void)
{
    static export_object_list_t list = {object_add, object_get, NULL};
    static tap_reg_t others[] = {{NULL, NULL}}; /* none but the plugin's */
    register_all_tap_listeners(others);
    register_ct_t *table = get_conversation_by_proto_id(proto_get_id_by_filter_name("gotop"));
    register_eo_t *exported = get_eo_by_name("gotop");
    times_kind = get_srt_table_by_name("gotop");
    stats_tree_presentation(make_tree, NULL, NULL, NULL);
    if (table == NULL || exported == NULL || times_kind == NULL || counts == NULL)
        abort();
    counts->cfg->init(counts);
    times.srt_array = g_array_new(FALSE, TRUE, sizeof(srt_stat_table *));
    srt_table_dissector_init(times_kind, times.srt_array);
    listen_to(counts->cfg->tapname, counts, stats_tree_packet);
    listen_to(get_srt_tap_listener_name(times_kind), &times, get_srt_packet_func(times_kind));
    listen_to("gotop", &conversations, get_conversation_packet_func(table));
    listen_to("gotop", &endpoints, get_endpoint_packet_func(table));
    listen_to(get_eo_tap_listener_name(exported), &list, get_eo_packet_func(exported));
    listen_to("gotop_follow", &objects, follow_packet);
    if (!process_stat_cmd_arg("gotop,timeline"))
        abort();
    start_requested_stats();
}

static void object_free(void *entry)
{
    eo_free_entry(entry);
}

void listeners_reset(void)
{
    stats_tree_reset(counts);
    reset_srt_table(times.srt_array);
    reset_conversation_table_data(&conversations);
    reset_endpoint_table_data(&endpoints);
    export_object_gui_reset_cb reset = get_eo_reset_func(get_eo_by_name("gotop"));
    if (reset)
        reset();
    g_slist_free_full(objects, object_free);
    objects = NULL;
}
