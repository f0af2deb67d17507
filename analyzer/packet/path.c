/* SPDX-License-Identifier: GPL-2.0-or-later
 * What stood around a packet on the wire, from the outside in: tags of the link and tunnels. */
#include "packet/path.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name, *label; /* of the id */
    bool hex;                 /* the id is printed so */
    bool keyed;               /* the id tells conversations apart */
    bool received;            /* the id is the receiver's: each direction has its own */
} kinds[LAYER_KIND_COUNT] = {
    [LAYER_VLAN] = {"vlan", "", false, false, false},
    [LAYER_MPLS] = {"mpls", "", false, false, false},
    [LAYER_PPPOE] = {"pppoe", "", true, false, false},
    [LAYER_TRUSTSEC] = {"trustsec", "sgt ", false, false, false},
    [LAYER_VN_TAG] = {"vn-tag", "", true, false, false},
    [LAYER_E_TAG] = {"e-tag", "", false, false, false},
    [LAYER_I_SID] = {"802.1ah", "isid ", false, false, false},
    [LAYER_TTAG] = {"ttag", "", false, false, false},
    [LAYER_NSH] = {"nsh", "path ", false, false, false},
    [LAYER_AH] = {"ah", "spi ", true, false, false},
    [LAYER_GTP_U] = {"gtp-u", "teid ", true, false, true},
    [LAYER_GTP_V0] = {"gtp-v0", "tid ", true, true, false},
    [LAYER_GRE] = {"gre", "key ", true, true, false},
    [LAYER_PPTP] = {"pptp", "call ", false, false, true},
    [LAYER_EOIP] = {"eoip", "tunnel ", false, true, false},
    [LAYER_ERSPAN] = {"erspan", "session ", false, false, false},
    [LAYER_4IN4] = {"4in4", "", false, false, false},
    [LAYER_6IN4] = {"6in4", "", false, false, false},
    [LAYER_4IN6] = {"4in6", "", false, false, false},
    [LAYER_6IN6] = {"6in6", "", false, false, false},
    [LAYER_ETHERIP] = {"etherip", "", false, false, false},
    [LAYER_MPLS_IN_IP] = {"mpls-in-ip", "", false, false, false},
    [LAYER_MPLS_IN_UDP] = {"mpls-in-udp", "", false, false, false},
    [LAYER_VXLAN] = {"vxlan", "vni ", false, true, false},
    [LAYER_VXLAN_GPE] = {"vxlan-gpe", "vni ", false, true, false},
    [LAYER_GENEVE] = {"geneve", "vni ", false, true, false},
    [LAYER_TEREDO] = {"teredo", "", false, false, false},
    [LAYER_L2TP] = {"l2tp", "session ", true, false, true},
    [LAYER_LISP] = {"lisp", "instance ", false, true, false},
    [LAYER_CAPWAP] = {"capwap", "", false, false, false},
    [LAYER_TZSP] = {"tzsp", "", false, false, false},
    [LAYER_HP_ERM] = {"hp-erm", "", false, false, false},
};

static size_t skip_tags(const struct layer *layers, size_t count, size_t index)
{
    while (index < count && !layer_is_tunnel(&layers[index]))
        index++;
    return index;
}

static bool same_ends(const struct layer *a, const struct layer *b)
{
    if (a->version != b->version)
        return false;
    return (memcmp(a->source, b->source, 16) == 0 && memcmp(a->destination, b->destination, 16) == 0) ||
           (memcmp(a->source, b->destination, 16) == 0 && memcmp(a->destination, b->source, 16) == 0);
}

static bool same_key(const struct layer *a, const struct layer *b)
{
    if (a->kind != b->kind)
        return false;
    if (a->kind == LAYER_GTP_U)
        return true;
    return same_ends(a, b) && (!kinds[a->kind].keyed || (a->has_id == b->has_id && a->id == b->id));
}

static bool same_way(const struct layer *a, const struct layer *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

static bool compare(const struct layer *a, size_t a_count, const struct layer *b, size_t b_count,
                    bool (*same)(const struct layer *, const struct layer *))
{
    size_t i = 0, j = 0;
    for (;;) {
        i = skip_tags(a, a_count, i);
        j = skip_tags(b, b_count, j);
        if (i == a_count || j == b_count)
            return i == a_count && j == b_count;
        if (!same(&a[i++], &b[j++]))
            return false;
    }
}

bool path_same_way(const struct layer *a, size_t a_count, const struct layer *b, size_t b_count)
{
    return compare(a, a_count, b, b_count, same_way);
}

bool path_same_key(const struct layer *a, size_t a_count, const struct layer *b, size_t b_count)
{
    return compare(a, a_count, b, b_count, same_key);
}

static uint64_t mix(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 29;
}

static uint64_t hash_address(const uint8_t address[16], uint64_t seed)
{
    uint64_t high, low;
    memcpy(&high, address, sizeof high);
    memcpy(&low, address + 8, sizeof low);
    return mix(mix(seed, high), low);
}

uint64_t path_hash(const struct layer *layers, size_t count, uint64_t seed)
{
    uint64_t hash = 0;
    for (size_t i = 0; i < count; i++) {
        const struct layer *layer = &layers[i];
        if (!layer_is_tunnel(layer))
            continue;
        hash = mix(hash ^ seed, layer->kind);
        if (layer->kind != LAYER_GTP_U) /* the sum of both ends does not depend on their order */
            hash = mix(hash, hash_address(layer->source, seed) + hash_address(layer->destination, seed));
        if (kinds[layer->kind].keyed)
            hash = mix(hash, layer->id);
    }
    return hash;
}

const struct layer *path_session(const struct layer *layers, size_t count)
{
    while (count > 0)
        if (kinds[layers[--count].kind].received)
            return &layers[count];
    return NULL;
}

static char *print_address(const uint8_t address[16], uint8_t version, char *out)
{
    if (version == 4)
        inet_ntop(AF_INET, address + 12, out, INET6_ADDRSTRLEN);
    else
        inet_ntop(AF_INET6, address, out, INET6_ADDRSTRLEN);
    return out + strlen(out);
}

size_t path_print(const struct layer *layers, size_t count, char *out)
{
    char *position = out;
    *position = '\0';
    for (size_t i = 0; i < count; i++) {
        const struct layer *layer = &layers[i];
        position += sprintf(position, "%s%s", i > 0 ? " / " : "", kinds[layer->kind].name);
        if (layer->version != 0) {
            *position++ = ' ';
            position = print_address(layer->source, layer->version, position);
            *position++ = '>';
            position = print_address(layer->destination, layer->version, position);
        }
        if (!layer->has_id)
            continue;
        position += sprintf(position, kinds[layer->kind].hex ? " %s0x%" PRIx64 : " %s%" PRIu64,
                            kinds[layer->kind].label, layer->id);
    }
    return (size_t)(position - out);
}
