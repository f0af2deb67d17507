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

bool filter_passes(struct filter *filter, const struct record *record)
{
    struct compiled *compiled = for_link_type(filter, record->link_type);
    const struct pcap_pkthdr header = {.caplen = record->captured, .len = record->original};
    return compiled->good && pcap_offline_filter(&compiled->program, &header, record->data) != 0;
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
