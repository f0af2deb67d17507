/* SPDX-License-Identifier: GPL-2.0-or-later
 * A capture filter in libpcap's language, for packets of any link type: compiled once for each. */
#include "capture/filter.h"

#include <pcap/pcap.h>

#define SNAP_LENGTH 262144

struct compiled {
    int link_type;
    bool good; /* program is compiled */
    struct bpf_program program;
};

struct filter {
    char *expression;
    GArray *list;    /* of struct compiled */
    guint last;      /* the one used last */
    char *complaint; /* of the first that could not be compiled */
    struct filter_kept kept;
};

struct filter *filter_new(const char *expression)
{
    struct filter *filter = g_new0(struct filter, 1);
    filter->expression = g_strdup(expression);
    filter->list = g_array_new(FALSE, FALSE, sizeof(struct compiled));
    return filter;
}

static bool compile(struct filter *filter, struct compiled *compiled)
{
    if (compiled->link_type < 0)
        return false;
    pcap_t *pcap = pcap_open_dead(compiled->link_type, SNAP_LENGTH);
    if (!pcap)
        return false;
    bool good = pcap_compile(pcap, &compiled->program, filter->expression, 1, PCAP_NETMASK_UNKNOWN) == 0;
    if (!good && !filter->complaint)
        filter->complaint = g_strdup(pcap_geterr(pcap));
    pcap_close(pcap);
    return good;
}

static struct compiled *for_link_type(struct filter *filter, int link_type)
{
    struct compiled *list = (void *)filter->list->data;
    if (filter->last < filter->list->len && list[filter->last].link_type == link_type)
        return &list[filter->last];
    for (guint i = 0; i < filter->list->len; i++) {
        if (list[i].link_type == link_type) {
            filter->last = i;
            return &list[i];
        }
    }
    struct compiled compiled = {.link_type = link_type};
    compiled.good = compile(filter, &compiled);
    g_array_append_val(filter->list, compiled);
    filter->last = filter->list->len - 1;
    return &g_array_index(filter->list, struct compiled, filter->last);
}

bool filter_check(struct filter *filter, int link_type, char **why)
{
    /* An expression that fits none of these is no expression: some words are for Ethernet or for 802.11 only. */
    static const int usual[] = {DLT_EN10MB, DLT_IEEE802_11_RADIO, DLT_RAW, DLT_LINUX_SLL};
    bool good = false;
    if (link_type >= 0)
        good = for_link_type(filter, link_type)->good;
    for (size_t i = 0; link_type < 0 && i < G_N_ELEMENTS(usual) && !good; i++)
        good = for_link_type(filter, usual[i])->good;
    if (!good)
        *why = g_strdup(filter->complaint ? filter->complaint : "not for this link type");
    return good;
}

static uint16_t read16(const uint8_t *data)
{
    return (uint16_t)(data[0] << 8 | data[1]);
}

/* Notes why a packet may have been kept back by an expression that would let it pass without tags or fragments. */
static void note_kept(struct filter *filter, const struct record *record)
{
    const uint8_t *data = record->data;
    uint32_t at = record->link_type == DLT_EN10MB ? 14 : record->link_type == DLT_LINUX_SLL ? 16 : 0;
    if (record->captured < at + 20)
        return;
    uint16_t type = at > 0 ? read16(data + at - 2) : 0;
    bool raw = record->link_type == DLT_RAW;
    bool ipv4 = type == 0x0800 || (raw && data[0] >> 4 == 4), ipv6 = type == 0x86dd || (raw && data[0] >> 4 == 6);
    if (type == 0x8100 || type == 0x88a8 || type == 0x9100 || type == 0x8847 || type == 0x8864)
        filter->kept.tagged++;
    else if ((ipv4 && (read16(data + at + 6) & 0x1fff) != 0) || (ipv6 && data[at + 6] == 44))
        filter->kept.fragments++;
}

bool filter_passes(struct filter *filter, const struct record *record)
{
    struct compiled *compiled = for_link_type(filter, record->link_type);
    const struct pcap_pkthdr header = {.caplen = record->captured, .len = record->original};
    if (!compiled->good)
        filter->kept.unknown++;
    else if (pcap_offline_filter(&compiled->program, &header, record->data) != 0)
        return true;
    else
        note_kept(filter, record);
    return false;
}

const struct filter_kept *filter_kept(const struct filter *filter)
{
    return &filter->kept;
}

void filter_free(struct filter *filter)
{
    if (!filter)
        return;
    for (guint i = 0; i < filter->list->len; i++) {
        struct compiled *compiled = &g_array_index(filter->list, struct compiled, i);
        if (compiled->good)
            pcap_freecode(&compiled->program);
    }
    g_array_unref(filter->list);
    g_free(filter->complaint);
    g_free(filter->expression);
    g_free(filter);
}
