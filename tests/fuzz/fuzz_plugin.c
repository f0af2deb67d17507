/* SPDX-License-Identifier: GPL-2.0-or-later
 * Fuzz target: the plugin inside libwireshark, packets in two passes with every tap listening. An input is a byte of
 * options and a sequence of packets: a byte that says how it is sent, two bytes of length, that much payload. What the
 * bits mean stands in carry.h. The invariant beside the sanitizers: the plugin reads nothing that is not there. */
#include "versions.h"

#include "carry.h"
#include "listeners.h"

#include <epan/column-info.h>
#include <epan/column.h>
#include <epan/epan.h>
#include <epan/epan_dissect.h>
#include <epan/frame_data.h>
#include <epan/packet.h>
#include <epan/prefs.h>
#include <epan/timestamp.h>
#include <wiretap/wtap.h>
#include <wsutil/privileges.h>
#include <wsutil/report_message.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Wireshark reads its tables of names anew for each capture, 20 times as long as an input takes. It can be told to look
 * elsewhere, but not by root: it has to see another user when it looks who started it. */
static void look_like_nobody(void)
{
    static const uid_t nobody = 65534, keep = (uid_t)-1;
    bool root = getuid() == 0;
    g_setenv("WIRESHARK_DATA_DIR", "/nonexistent", TRUE);
    if (root && (setresgid(nobody, nobody, keep) != 0 || setresuid(nobody, nobody, keep) != 0))
        abort();
    init_process_policies();
    if (root && (setresuid(0, 0, keep) != 0 || setresgid(0, 0, keep) != 0))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
void plugin_register(void);

#define PACKETS_MAX 64
/* So many inputs are one capture: to open one takes longer than to dissect an input. */
#define CAPTURE_INPUTS 50

/* Options of an input. */
#define OPTION_ORDER      0x01 /* TCP puts segments in order */
#define OPTION_SEPARATELY 0x02 /* the plugin does not ask for more segments */
#define OPTION_BLIND      0x04 /* the first pass has no tree, as in tshark -2 */

static struct carried packets[PACKETS_MAX];
static frame_data frames[PACKETS_MAX];
static unsigned packet_count;
static uint32_t packets_before; /* of earlier inputs of the capture */
static column_info columns;

static void failure(const char *format, va_list arguments)
{
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
}

static void file_failure(const char *name, int error, compat_bool writing)
{
    fprintf(stderr, "%s: %s\n", name, g_strerror(error));
}

static void set_preference(const char *name, bool value)
{
    char *error = NULL, *setting = g_strdup_printf("%s:%s", name, value ? "TRUE" : "FALSE");
    if (prefs_set_pref(setting, &error) != PREFS_SET_OK)
        abort();
    g_free(setting);
}

static void start_wireshark(void)
{
    static const struct report_message_routines routines = {
        .vreport_failure = failure, .vreport_warning = failure, .report_open_failure = file_failure};
    /* Each allocation on its own, so that AddressSanitizer sees its ends. */
    g_setenv("WIRESHARK_DEBUG_WMEM_OVERRIDE", "simple", TRUE);
    g_setenv("G_SLICE", "always-malloc", TRUE);
    g_setenv("XDG_CONFIG_HOME", "/nonexistent", TRUE); /* nobody's preferences */
    look_like_nobody();
    versions_start("fuzz_plugin", failure);
    init_report_message("fuzz_plugin", &routines);
    timestamp_set_type(TS_RELATIVE);
    timestamp_set_precision(TS_PREC_AUTO);
    timestamp_set_seconds_type(TS_SECONDS_DEFAULT);
    wtap_init(FALSE);
    plugin_register();
    if (!epan_init(NULL, NULL, FALSE))
        abort();
    e_prefs *preferences = epan_load_settings();
    build_column_format_array(&columns, preferences->num_cols, TRUE);
    listeners_start();
}

static const nstime_t *frame_time(struct packet_provider_data *provider, uint32_t number)
{
    uint32_t at = number - packets_before;
    static const nstime_t earlier = NSTIME_INIT_ZERO;
    return at >= 1 && at <= packet_count ? &packets[at - 1].time : &earlier;
}

/* Wireshark adds an item like these when a dissector reads behind the end or has a bug, and names the dissector. */
static void check_tree(proto_tree *tree)
{
    static const char *const complaints[] = {"_ws.malformed", "_ws.short", "_ws.unreassembled"};
    for (size_t i = 0; tree && i < G_N_ELEMENTS(complaints); i++) {
        GPtrArray *items = proto_find_finfo(tree, proto_get_id_by_filter_name(complaints[i]));
        for (guint at = 0; at < items->len; at++) {
            const field_info *item = g_ptr_array_index(items, at);
            if (item->rep && strstr(item->rep->representation, "GOTOP")) {
                fprintf(stderr, "%s\n", item->rep->representation);
                abort();
            }
        }
        g_ptr_array_free(items, TRUE);
    }
}

static void dissect(epan_t *session, unsigned i, bool tree)
{
    const struct carried *packet = &packets[i];
    wtap_rec record = {
        .rec_type = REC_TYPE_PACKET, .presence_flags = WTAP_HAS_TS | WTAP_HAS_CAP_LEN, .ts = packet->time};
    record.rec_header.packet_header.caplen = packet->captured;
    record.rec_header.packet_header.len = packet->length;
    record.rec_header.packet_header.pkt_encap = WTAP_ENCAP_ETHERNET;
    uint32_t bytes = 0;
    if (!frames[i].visited)
        frame_data_init(&frames[i], packets_before + i + 1, &record, 0, 0);
    epan_dissect_t *dissection = epan_dissect_new(session, tree, tree);
    versions_dissect(dissection, &record, packet, &frames[i], tree ? &columns : NULL);
    check_tree(dissection->tree);
    epan_dissect_free(dissection);
    frame_data_set_after_dissect(&frames[i], &bytes);
}

/* Both passes over the packets of an input. */
static void dissect_all(epan_t *session, bool blind)
{
    memset(frames, 0, sizeof frames);
    for (unsigned pass = 0; pass < 2; pass++)
        for (unsigned i = 0; i < packet_count; i++)
            dissect(session, i, pass > 0 || !blind);
    for (unsigned i = 0; i < packet_count; i++) {
        frame_data_destroy(&frames[i]);
        g_free(packets[i].bytes);
    }
    packets_before += packet_count;
    packet_count = 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct packet_provider_funcs provider = {.get_frame_ts = frame_time};
    static epan_t *session;
    static unsigned inputs;
    static bool started;
    if (size == 0)
        return 0;
    if (inputs == CAPTURE_INPUTS) {
        listeners_reset();
        epan_free(session);
        session = NULL;
        inputs = 0;
    }
    if (session == NULL) {
        if (!started)
            start_wireshark();
        started = true;
        session = epan_new(NULL, &provider);
        packets_before = 0;
    }
    set_preference("tcp.reassemble_out_of_order", data[0] & OPTION_ORDER);
    set_preference("gotop.desegment", !(data[0] & OPTION_SEPARATELY));
    packet_count = carry(data + 1, size - 1, inputs++, packets, PACKETS_MAX);
    dissect_all(session, data[0] & OPTION_BLIND);
    return 0;
}
