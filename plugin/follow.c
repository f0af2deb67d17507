/* SPDX-License-Identifier: GPL-2.0-or-later
 * Follow Stream: see follow.h. */
#include "follow.h"

#include <epan/follow.h>
#include <epan/tap.h>
#include <epan/to_str.h>

#include "stream.h"

#define FOLLOW_TAP "gotop_follow"

static int follow_tap = -1, follow_proto = -1;

static char *index_filter(unsigned stream, unsigned sub_stream)
{
    return ws_strdup_printf("gotop.stream eq %u", stream);
}

/* The filter for the conversation of the selected packet, NULL if that is not ours. */
static char *packet_filter(epan_dissect_t *edt, packet_info *pinfo, unsigned *stream, unsigned *sub_stream)
{
    *sub_stream = 0;
    return stream_find_number(follow_proto, pinfo, stream) ? index_filter(*stream, 0) : NULL;
}

static char *address_filter(address *one, address *other, int one_port, int other_port)
{
    const char *version = one->type == AT_IPv6 ? "ipv6" : "ip";
    char *one_text = address_to_str(NULL, one), *other_text = address_to_str(NULL, other);
    char *filter = ws_strdup_printf("gotop and %s.addr eq %s and %s.addr eq %s and "
                                    "((tcp.port eq %d and tcp.port eq %d) or (udp.port eq %d and udp.port eq %d))",
                                    version, one_text, version, other_text, one_port, other_port, one_port, other_port);
    wmem_free(NULL, one_text);
    wmem_free(NULL, other_text);
    return filter;
}

static char *port_text(wmem_allocator_t *pool, unsigned port)
{
    return wmem_strdup_printf(pool, "%u", port);
}

void follow_register(int proto)
{
    follow_proto = proto;
    follow_tap = register_tap(FOLLOW_TAP);
    compat_register_follow(proto, FOLLOW_TAP, packet_filter, index_filter, address_filter, port_text,
                           follow_tvb_tap_listener, stream_count, NULL);
}

void follow_add(packet_info *pinfo, tvbuff_t *tvb, int length)
{
    if (length > 0 && have_tap_listener(follow_tap))
        tap_queue_packet(follow_tap, pinfo, tvb_new_subset_length(tvb, 0, length));
}
