/* SPDX-License-Identifier: GPL-2.0-or-later
 * See traffic.h. */
#include "traffic.h"

/* Bytes that begin no frame of any dialect, and no digit: behind a closing "#" they would be an id. */
static void add_junk(GRand *random, GByteArray *stream)
{
    static const char letters[] = "abcxyzABCXYZ,.;-_!?\"{}*()[]/\x01\x7F\x80\xFE\xFF";
    for (gint32 n = draw(random, 1, 12); n > 0; n--)
        g_byte_array_append(stream, (const guint8 *)&letters[draw(random, 0, (gint32)sizeof letters - 2)], 1);
}

static void add_separators(GRand *random, GByteArray *stream, gint32 low)
{
    static const guint8 separators[] = {'\r', '\n', ' ', 0, 0x1A};
    for (gint32 n = draw(random, low, 3); n > 0; n--)
        g_byte_array_append(stream, &separators[draw(random, 0, 4)], 1);
}

static gboolean goes(const struct sample *sample, char direction)
{
    const GString *way = g_tree_lookup(sample->values, "direction");
    return direction == 'b' || way->str[0] == direction;
}

static struct sample *next_message(GRand *random, char direction)
{
    for (;;) {
        struct sample *sample = sample_new();
        encode_kinds[draw(random, 0, (gint32)encode_kind_count - 1)].encode(random, sample);
        if (goes(sample, direction))
            return sample;
        sample_free(sample);
    }
}

static gboolean is_reset(const struct sample *sample)
{
    return sample->bytes->data[0] == 'R';
}

static gboolean is_gotop_uplink(const struct sample *sample)
{
    return sample->bytes->data[0] == '#' && sample->bytes->data[1] != '#';
}

/* What stands in front of a message. Junk lasts to the next opener; RESET! is one behind a separator only. */
static void add_between(GRand *random, GByteArray *stream, const struct sample *next, gboolean junk)
{
    gint32 sort = draw(random, 0, 9);
    if (sort < 4)
        return;
    add_separators(random, stream, 1);
    if (!junk || sort < 8)
        return;
    add_junk(random, stream);
    if (is_reset(next))
        add_separators(random, stream, 1);
}

/* Can the "#" at the end of the stream also open this message? */
static gboolean can_share(const struct traffic *traffic, const struct sample *next)
{
    if (traffic->sent->len == 0 || !is_gotop_uplink(next))
        return FALSE;
    const struct sent *last = &g_array_index(traffic->sent, struct sent, traffic->sent->len - 1);
    return is_gotop_uplink(last->sample) && last->offset + last->length == traffic->stream->len;
}

static void add_message(GRand *random, struct traffic *traffic, struct sample *sample, gboolean junk)
{
    struct sent sent = {.sample = sample};
    add_between(random, traffic->stream, sample, junk);
    sent.shared = junk && can_share(traffic, sample) && chance(random, 30);
    if (sent.shared)
        sample_flag(sample, "shared_delimiter");
    guint skipped = sent.shared ? 1 : 0;
    sent.offset = traffic->stream->len;
    sent.length = sample->bytes->len - skipped;
    g_byte_array_append(traffic->stream, sample->bytes->data + skipped, (guint)sent.length);
    g_array_append_val(traffic->sent, sent);
}

struct traffic *traffic_new(GRand *random, unsigned count, char direction, gboolean junk)
{
    struct traffic *traffic = g_new0(struct traffic, 1);
    traffic->stream = g_byte_array_new();
    traffic->sent = g_array_new(FALSE, FALSE, sizeof(struct sent));
    for (unsigned i = 0; i < count; i++)
        add_message(random, traffic, next_message(random, direction), junk);
    return traffic;
}

void traffic_free(struct traffic *traffic)
{
    for (guint i = 0; i < traffic->sent->len; i++)
        sample_free(g_array_index(traffic->sent, struct sent, i).sample);
    g_array_unref(traffic->sent);
    g_byte_array_unref(traffic->stream);
    g_free(traffic);
}
