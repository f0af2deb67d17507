/* SPDX-License-Identifier: GPL-2.0-or-later
 * Which of the conversations with the same addresses and ports a packet belongs to. What contradicts decides: sequence
 * numbers, ids in the payload, tunnels; tags and files only between what is left. */
#include "conversation/choice.h"

#include "conversation/sequence.h"

/* How well a packet fits: the higher, the better; of equals the one that was heard last. */
struct fit {
    bool possible, denied;
    enum carrier_fit carrier;
    int owner, way;
    uint64_t distance; /* the lower, the better */
};

static bool came_so(const struct entry *entry, unsigned direction, const struct packet *packet)
{
    return entry->files[direction] == packet->origin.file && carrier_is_way(entry->carrier, direction, packet);
}

int choice_same_way(const struct entry *entry, unsigned direction, const struct packet *packet)
{
    if (entry->files[direction] == 0)
        return 0;
    return came_so(entry, direction, packet) ? 1 : -1;
}

/* 2: as the last one in its direction; 1: as the last one of the other direction, where there was none in its own. */
static int fit_way(const struct entry *entry, unsigned direction, const struct packet *packet)
{
    int same = choice_same_way(entry, direction, packet);
    return same == 0 ? came_so(entry, !direction, packet) : 2 * same;
}

/* What the payload says of whose it is: 1 of this conversation's device, -1 of another one's. */
static int fit_owner(struct entry *entry, const struct sink *sink, const struct packet *packet)
{
    if (!sink->owner || packet->payload_length == 0)
        return 0;
    enum carrier_owner owner = sink->owner(context_of(entry), packet);
    return owner == OWNER_SAME ? 1 : owner == OWNER_OTHER ? -1 : 0;
}

static struct fit fit(struct entry *entry, const struct sink *sink, const struct packet *packet)
{
    unsigned direction = direction_of(entry, packet);
    struct fit fit = {.carrier = CARRIER_SAME, .way = fit_way(entry, direction, packet)};
    bool tcp = packet->transport == TRANSPORT_TCP;
    if (tcp)
        fit.distance = sequence_distance(&entry->tcp, direction, packet);
    if (tcp && fit.distance == 0) /* what is expected next need not say whose it is */
        fit.owner = 1;
    else if (fit.way < 2 || entry->first->next)
        fit.owner = fit_owner(entry, sink, packet);
    if (entry->carrier && packet->layer_count > 0) {
        static const enum carrier_owner owners[] = {OWNER_OTHER, OWNER_UNKNOWN, OWNER_SAME};
        fit.carrier =
            carrier_fits(entry->carrier, &entry->tcp, direction, packet, tcp ? OWNER_UNKNOWN : owners[fit.owner + 1]);
    }
    if (fit.carrier == CARRIER_OTHER || (fit.way < 0 && fit.owner < 0))
        return fit;
    fit.denied = fit.distance == SEQUENCE_CONTRADICTS;
    fit.possible = !fit.denied;
    return fit;
}

static bool is_better(const struct fit *a, const struct fit *b)
{
    if (a->carrier != b->carrier)
        return a->carrier > b->carrier;
    if (a->owner != b->owner)
        return a->owner > b->owner;
    if (a->way != b->way)
        return a->way > b->way;
    return a->distance < b->distance;
}

struct choice choice_of(struct entry *first, const struct sink *sink, const struct packet *packet)
{
    struct choice choice = {.distance = SEQUENCE_CONTRADICTS};
    struct fit best = {0};
    for (struct entry *entry = first; entry; entry = entry->next) {
        struct fit own = fit(entry, sink, packet);
        if (own.denied && (!choice.denied || entry->heard > choice.denied->heard))
            choice.denied = entry;
        if (!own.possible)
            continue;
        bool better = !choice.entry || is_better(&own, &best);
        bool later = choice.entry && entry->heard > choice.entry->heard;
        if (better || (later && !is_better(&best, &own))) {
            choice.entry = entry;
            choice.distance = own.distance;
            best = own;
        }
    }
    return choice;
}
