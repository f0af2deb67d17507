/* SPDX-License-Identifier: GPL-2.0-or-later
 * What stood around a packet on the wire, from the outside in: tags of the link (VLAN, MPLS, PPPoE) and tunnels.
 * Says whether two packets came the same way, and prints the way for streams.csv. */
#ifndef PATH_H
#define PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Tags first, then tunnels: layer_is_tunnel() relies on the order. */
enum layer_kind {
    LAYER_VLAN,     /* id: VLAN */
    LAYER_MPLS,     /* label */
    LAYER_PPPOE,    /* session */
    LAYER_TRUSTSEC, /* group */
    LAYER_VN_TAG,   /* virtual interfaces, destination in the upper half */
    LAYER_E_TAG,    /* channel */
    LAYER_I_SID,    /* service of a provider's backbone */
    LAYER_TTAG,     /* none */
    LAYER_NSH,      /* service path */
    LAYER_AH,       /* security parameters index */
    LAYER_GTP_U,    /* TEID */
    LAYER_GTP_V0,   /* TID */
    LAYER_GRE,      /* key, if it has one */
    LAYER_PPTP,     /* call of the receiver */
    LAYER_EOIP,     /* tunnel */
    LAYER_ERSPAN,   /* session, but for type I */
    LAYER_4IN4,
    LAYER_6IN4,
    LAYER_4IN6,
    LAYER_6IN6,
    LAYER_ETHERIP,
    LAYER_MPLS_IN_IP,
    LAYER_MPLS_IN_UDP,
    LAYER_VXLAN,     /* VNI */
    LAYER_VXLAN_GPE, /* VNI, if it has one */
    LAYER_GENEVE,    /* VNI */
    LAYER_TEREDO,
    LAYER_L2TP, /* tunnel in the upper half and session, of the receiver */
    LAYER_LISP, /* instance, if it has one */
    LAYER_CAPWAP,
    LAYER_TZSP,
    LAYER_HP_ERM,
    LAYER_KIND_COUNT
};

/* Unused bytes are zero, so that memcmp compares. Addresses as in struct endpoint, of tunnels only. */
struct layer {
    uint64_t id;
    uint8_t kind;
    bool has_id;
    uint8_t version; /* of the addresses, 4 or 6; 0 = none */
    uint8_t pad[5];
    uint8_t source[16], destination[16];
};

/* More tags than these are passed over without a trace, more tunnels are an error (PACKET_NESTED). */
enum { PATH_TAGS = 8, PATH_TUNNELS = 8, PATH_LAYERS = PATH_TAGS + PATH_TUNNELS };

static inline bool layer_is_tunnel(const struct layer *layer)
{
    return layer->kind >= LAYER_GTP_U;
}

/* Whether both ways are through the same tunnels in the same direction. Tags do not count. */
bool path_same_way(const struct layer *a, size_t a_count, const struct layer *b, size_t b_count);

/* Whether packets of one conversation may come both ways, in either direction. Rules:
 * - Tags do not count: a tap often sees the two directions in different VLANs, and a label belongs to one direction.
 * - The same tunnels inside each other, between the same two addresses, and with the same id.
 * - The id of ERSPAN does not count: two sessions of a switch may mirror the two directions.
 * - The ids of L2TP and PPTP belong to the receiver of a packet, so each direction has its own: carrier.h tells these
 *   apart.
 * - Of GTP-U only the kind counts, as a hand-over changes TEID and addresses: carrier.h tells these apart. */
bool path_same_key(const struct layer *a, size_t a_count, const struct layer *b, size_t b_count);
/* Equal where path_same_key() is true. */
uint64_t path_hash(const struct layer *layers, size_t count, uint64_t seed);

/* The innermost layer whose id is the receiver's (GTP-U, L2TP, PPTP), NULL if there is none. */
const struct layer *path_session(const struct layer *layers, size_t count);

/* "vlan 12 / gtp-u 192.0.2.1>192.0.2.2 teid 0x1a2b". Ends within out, which has PATH_TEXT bytes. Returns the length. */
#define PATH_TEXT (PATH_LAYERS * 128)
size_t path_print(const struct layer *layers, size_t count, char *out);

#endif
