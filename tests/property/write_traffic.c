/* SPDX-License-Identifier: GPL-2.0-or-later
 * Writes generated traffic for the tests of both programs: a line a stream, with its direction and then, in
 * hexadecimal, each piece of it: "=" in front of a message, "-" in front of what stands between messages.
 * Arguments: seed, streams, messages a stream. */
#include "traffic.h"

#include <stdio.h>
#include <stdlib.h>

static void print_piece(char mark, const GByteArray *stream, gsize from, gsize to)
{
    if (from == to)
        return;
    printf(" %c", mark);
    for (gsize i = from; i < to; i++)
        printf("%02x", stream->data[i]);
}

static void print_traffic(const struct traffic *traffic, char direction)
{
    gsize done = 0;
    printf("%s", direction == 'u' ? "up" : "down");
    for (guint i = 0; i < traffic->sent->len; i++) {
        const struct sent *sent = &g_array_index(traffic->sent, struct sent, i);
        print_piece('-', traffic->stream, done, sent->offset);
        done = sent->offset + sent->length;
        print_piece('=', traffic->stream, sent->offset, done);
    }
    printf("\n");
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: %s SEED STREAMS MESSAGES\n", argv[0]);
        return 2;
    }
    GRand *random = g_rand_new_with_seed((guint32)strtoul(argv[1], NULL, 0));
    unsigned streams = (unsigned)strtoul(argv[2], NULL, 0), messages = (unsigned)strtoul(argv[3], NULL, 0);
    for (unsigned i = 0; i < streams; i++) {
        char direction = chance(random, 75) ? 'u' : 'd';
        struct traffic *traffic = traffic_new(random, messages, direction, TRUE);
        print_traffic(traffic, direction);
        traffic_free(traffic);
    }
    g_rand_free(random);
    return 0;
}
