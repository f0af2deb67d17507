/* SPDX-License-Identifier: GPL-2.0-or-later
 * The way the packets of a conversation came, and which conversation a packet in a session of a tunnel continues. */
#include "conversation/carrier.h"

#include <string.h>

/* The last way of a direction. */
struct way {
    struct layer *layers;
    size_t count;
    struct layer session, before; /* see path_session(), and the one before the hand-over */
    bool has_session, has_before;
};

struct carrier {
    struct way ways[2];
    bool apart; /* the id tells conversations between the same hosts apart: two tunnels were used at a time */
    unsigned printed;
    GString *text;
};

static bool same_address(const uint8_t a[16], const uint8_t b[16])
{
    return memcmp(a, b, 16) == 0;
}

/* The same address and id of the receiver. */
static bool same_tunnel(const struct layer *a, const struct layer *b)
{
    return a->id == b->id && a->version == b->version && same_address(a->destination, b->destination);
}

static bool same_hosts(const struct layer *a, const struct layer *b)
{
    return same_address(a->source, b->source) && same_address(a->destination, b->destination);
}

static bool opposite_hosts(const struct layer *a, const struct layer *b)
{
    return same_address(a->source, b->destination) && same_address(a->destination, b->source);
}

void carrier_free(struct carrier *carrier)
{
    if (!carrier)
        return;
    g_free(carrier->ways[0].layers);
    g_free(carrier->ways[1].layers);
    g_string_free(carrier->text, TRUE);
    g_free(carrier);
}

static bool near(uint32_t a, uint32_t b)
{
    int32_t distance = (int32_t)(a - b);
    return distance >= -CARRIER_WINDOW && distance <= CARRIER_WINDOW;
}

/* Whether the sequence numbers speak for (1) or against (-1) a TCP packet being of the connection, or say nothing (0).
 */
static int judge_sequence(const struct tcp *connection, unsigned direction, const struct packet *packet)
{
    const struct tcp_direction *own = &connection->directions[direction];
    const struct tcp_direction *other = &connection->directions[!direction];
    bool known = own->started || own->opening;
    bool acknowledges = (other->started || other->opening) && (packet->tcp_flags & TCP_ACK);
    uint32_t expected = own->initial + (uint32_t)(own->opening ? own->end : own->next);
    if (known && !near(packet->sequence, expected))
        return -1;
    if (acknowledges && !near(packet->acknowledgement, other->initial + (uint32_t)other->end))
        return -1;
    return known || acknowledges;
}

/* A SYN that was seen already, in a tunnel that ends where this one begins, or the other way round. */
static bool is_passed_on(const struct way *way, const struct tcp_direction *tcp, const struct packet *packet,
                         const struct layer *session)
{
    return way->has_session && tcp->handshake && tcp->initial == packet->sequence + 1 &&
           (same_address(way->session.destination, session->source) ||
            same_address(way->session.source, session->destination));
}

static enum carrier_fit fit_answer(const struct way *other, const struct layer *session)
{
    if (!other->has_session || !opposite_hosts(&other->session, session))
        return CARRIER_OTHER;
    return session->kind == LAYER_GTP_U && other->session.id == session->id ? CARRIER_ANSWER_SAME_ID : CARRIER_ANSWER;
}

static enum carrier_fit fit_tcp(const struct carrier *carrier, const struct tcp *connection, unsigned direction,
                                const struct packet *packet, const struct layer *session)
{
    const struct way *way = &carrier->ways[direction];
    if (way->has_session && (packet->tcp_flags & TCP_SYN))
        return is_passed_on(way, &connection->directions[direction], packet, session) ? CARRIER_HANDOVER
                                                                                      : CARRIER_OTHER;
    int verdict = judge_sequence(connection, direction, packet);
    if (verdict < 0)
        return CARRIER_OTHER;
    enum carrier_fit answer = way->has_session ? CARRIER_OTHER : fit_answer(&carrier->ways[!direction], session);
    if (answer != CARRIER_OTHER)
        return answer;
    return verdict > 0 ? CARRIER_HANDOVER : CARRIER_OTHER;
}

static enum carrier_fit fit_udp(const struct carrier *carrier, unsigned direction, const struct layer *session,
                                enum carrier_owner owner)
{
    const struct way *way = &carrier->ways[direction];
    const struct way *other = &carrier->ways[!direction];
    if (owner == OWNER_OTHER)
        return CARRIER_OTHER;
    if (!way->has_session && fit_answer(other, session) != CARRIER_OTHER)
        return fit_answer(other, session);
    if (owner == OWNER_SAME)
        return CARRIER_HANDOVER;
    if (way->has_before && same_tunnel(&way->before, session))
        return CARRIER_SAME;
    bool between = (way->has_session && same_hosts(&way->session, session)) ||
                   (other->has_session && opposite_hosts(&other->session, session));
    return between && !carrier->apart ? CARRIER_HANDOVER : CARRIER_OTHER;
}

enum carrier_fit carrier_fits(const struct carrier *carrier, const struct tcp *connection, unsigned direction,
                              const struct packet *packet, enum carrier_owner owner)
{
    const struct layer *session = path_session(packet->layers, packet->layer_count);
    if (!session || !carrier)
        return CARRIER_SAME;
    const struct way *way = &carrier->ways[direction];
    if (way->has_session && same_tunnel(&way->session, session))
        return CARRIER_SAME;
    if (packet->transport == TRANSPORT_TCP)
        return fit_tcp(carrier, connection, direction, packet, session);
    return fit_udp(carrier, direction, session, owner);
}

static bool is_printed(const struct carrier *carrier, const char *text)
{
    size_t length = strlen(text);
    for (const char *way = carrier->text->str; way; way = strstr(way, "; ")) {
        way += way[0] == ';' ? 2 : 0;
        if (strncmp(way, text, length) == 0 && (way[length] == '\0' || way[length] == ';'))
            return true;
    }
    return false;
}

/* Adds the way to the text if it is new. */
static void print_way(struct carrier *carrier, const struct packet *packet)
{
    char text[PATH_TEXT];
    path_print(packet->layers, packet->layer_count, text);
    if (carrier->printed > CARRIER_WAYS || text[0] == '\0' || is_printed(carrier, text))
        return;
    if (carrier->printed++ > 0)
        g_string_append(carrier->text, "; ");
    g_string_append(carrier->text, carrier->printed > CARRIER_WAYS ? "..." : text);
}

static void note_session(struct carrier *carrier, struct way *way, const struct layer *session, bool datagram)
{
    if (way->has_session && !same_tunnel(&way->session, session)) {
        if (datagram && way->has_before && same_tunnel(&way->before, session))
            carrier->apart = true;
        way->before = way->session;
        way->has_before = !carrier->apart;
    }
    way->session = *session;
    way->has_session = true;
}

bool carrier_is_way(const struct carrier *carrier, unsigned direction, const struct packet *packet)
{
    size_t count = packet->layer_count;
    if (!carrier)
        return count == 0;
    const struct way *way = &carrier->ways[direction];
    return way->count == count && (count == 0 || memcmp(way->layers, packet->layers, count * sizeof *way->layers) == 0);
}

void carrier_note(struct carrier **place, unsigned direction, const struct packet *packet)
{
    if (!*place && packet->layer_count == 0)
        return;
    if (!*place) {
        *place = g_new0(struct carrier, 1);
        (*place)->text = g_string_new(NULL);
    }
    struct carrier *carrier = *place;
    struct way *way = &carrier->ways[direction];
    size_t count = packet->layer_count;
    if (way->layers && way->count == count && memcmp(way->layers, packet->layers, count * sizeof *packet->layers) == 0)
        return;
    print_way(carrier, packet);
    g_free(way->layers);
    way->layers = g_memdup2(packet->layers, count * sizeof *packet->layers);
    way->count = count;
    const struct layer *session = path_session(packet->layers, count);
    if (session)
        note_session(carrier, way, session, packet->transport == TRANSPORT_UDP);
}

void carrier_beside(struct carrier *carrier, const struct carrier *other)
{
    for (unsigned i = 0; i < 4; i++) {
        const struct way *a = &carrier->ways[i / 2];
        const struct way *b = &other->ways[i % 2];
        if (a->has_session && b->has_session &&
            (same_hosts(&a->session, &b->session) || opposite_hosts(&a->session, &b->session)))
            carrier->apart |= other->apart;
    }
}

const char *carrier_text(const struct carrier *carrier)
{
    return carrier ? carrier->text->str : "";
}
