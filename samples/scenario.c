/* SPDX-License-Identifier: GPL-2.0-or-later
 * One line of a scenario after the other: settings, clients, and what they do at which time.
 * Each TCP write becomes segments in the order that the line asks for. */
#include "scenario.h"

#include <string.h>

#include "network.h"
#include "payload.h"
#include "pcap_writer.h"

#define MILLISECOND   INT64_C(1000)
#define SECOND        INT64_C(1000000)
#define SEGMENT_AFTER (20 * MILLISECOND) /* between the segments of one write */
#define ACK_AFTER     (35 * MILLISECOND) /* round trip */
#define SEGMENTS_MAX  10

struct client {
    struct flow flow;
    GHashTable *variables;
    char index;
    uint16_t serial;
};

struct scenario {
    GHashTable *frames, *templates, *clients;
    struct pcap_writer *writer;
    char *folder; /* of the scenario */
    gint64 day;   /* seconds since 1970 */
    gint64 time;  /* of the current line, microseconds since 1970 */
};

static gboolean fail(GError **error, const char *what, const char *word)
{
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s: %s", what, word);
    return FALSE;
}

/* Cuts a line at blanks outside of double quotes; # begins a comment. */
static GPtrArray *split_words(const char *line)
{
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
    const char *at = line;
    while (*at && *at != '#') {
        const char *start = at;
        for (gboolean quoted = FALSE; *at && (quoted || *at != ' '); at++) {
            if (*at == '\\' && quoted && at[1])
                at++;
            else if (*at == '"')
                quoted = !quoted;
        }
        if (at > start)
            g_ptr_array_add(words, g_strndup(start, (gsize)(at - start)));
        while (*at == ' ')
            at++;
    }
    return words;
}

static const char *word_at(const GPtrArray *words, guint i)
{
    return i < words->len ? g_ptr_array_index(words, i) : "";
}

static const char *variable(const struct client *client, const char *name, const char *otherwise)
{
    const char *value = g_hash_table_lookup(client->variables, name);
    return value ? value : otherwise;
}

/* A number in any notation of C. */
static guint64 number(const struct client *client, const char *name, const char *otherwise)
{
    return g_ascii_strtoull(variable(client, name, otherwise), NULL, 0);
}

static uint32_t first_sequence(const struct client *client, guint direction)
{
    return (uint32_t)(direction == 0 ? number(client, "isn", "1000") : number(client, "isn_down", "5000"));
}

/* Takes name=value words from number i on; returns the number of the first other word. */
static guint take_variables(struct client *client, const GPtrArray *words, guint i)
{
    for (; i < words->len; i++) {
        const char *word = word_at(words, i), *equals = strchr(word, '=');
        if (!equals || memchr(word, '"', (size_t)(equals - word)))
            break;
        g_hash_table_replace(client->variables, g_strndup(word, (gsize)(equals - word)), g_strdup(equals + 1));
    }
    return i;
}

/* Moves *at behind a decimal number below limit and gives it; -1 if there is none. */
static gint64 take_number(const char **at, guint64 limit)
{
    char *end;
    guint64 value = g_ascii_isdigit(**at) ? g_ascii_strtoull(*at, &end, 10) : limit;
    if (value >= limit)
        return -1;
    *at = end;
    return (gint64)value;
}

/* "hh:mm:ss" or "hh:mm:ss.mmm" to milliseconds; -1 if it is none. */
static gint64 parse_clock(const char *text)
{
    static const struct {
        guint64 limit;
        gint64 milliseconds;
        char behind;
    } parts[] = {{24, 3600000, ':'}, {60, 60000, ':'}, {60, 1000, '.'}, {1000, 1, '\0'}};
    gint64 clock = 0;
    for (guint i = 0; i < G_N_ELEMENTS(parts); i++) {
        gint64 value = take_number(&text, parts[i].limit);
        if (value < 0)
            return -1;
        clock += value * parts[i].milliseconds;
        if (*text == '\0' && i >= 2)
            return clock;
        if (*text++ != parts[i].behind)
            return -1;
    }
    return -1;
}

static gboolean set_day(struct scenario *scenario, const char *text, GError **error)
{
    char *iso = g_strconcat(text, "T00:00:00Z", NULL);
    GDateTime *day = g_date_time_new_from_iso8601(iso, NULL);
    g_free(iso);
    if (!day)
        return fail(error, "not a day (yyyy-mm-dd)", text);
    scenario->day = g_date_time_to_unix(day);
    g_date_time_unref(day);
    return TRUE;
}

static void client_free(gpointer data)
{
    struct client *client = data;
    g_hash_table_unref(client->variables);
    g_free(client);
}

/* client NAME tcp|udp DEVICE PLATFORM [name=value...] */
static gboolean add_client(struct scenario *scenario, const GPtrArray *words, GError **error)
{
    struct client *client = g_new0(struct client, 1);
    client->variables = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_hash_table_replace(scenario->clients, g_strdup(word_at(words, 1)), client);
    client->flow.udp = strcmp(word_at(words, 2), "udp") == 0;
    if (!client->flow.udp && strcmp(word_at(words, 2), "tcp") != 0)
        return fail(error, "neither tcp nor udp", word_at(words, 2));
    for (guint end = 0; end < 2; end++)
        if (!host_parse(word_at(words, 3 + end), &client->flow.hosts[end]))
            return fail(error, "not an address and port", word_at(words, 3 + end));
    if (client->flow.hosts[0].ipv6 != client->flow.hosts[1].ipv6)
        return fail(error, "IPv4 on one side, IPv6 on the other", word_at(words, 3));
    guint rest = take_variables(client, words, 5);
    if (rest < words->len)
        return fail(error, "not name=value", word_at(words, rest));
    client->flow.number = (uint8_t)g_hash_table_size(scenario->clients);
    client->flow.vlan = (uint16_t)number(client, "vlan", "0");
    client->index = variable(client, "index", ":")[0];
    client->serial = (uint16_t)number(client, "serial", "1");
    for (guint end = 0; end < 2; end++) {
        client->flow.ip_id[end] = (uint16_t)(client->flow.number * 1000 + end * 500);
        client->flow.next[end] = first_sequence(client, end);
    }
    return TRUE;
}

/* A segment at the end of what the side has sent. Client variable oneway=1: what the platform sends was not captured.
 */
static void emit(struct scenario *scenario, struct client *client, unsigned direction, gint64 after, uint8_t flags)
{
    if (direction == 0 || !number(client, "oneway", "0"))
        network_segment(scenario->writer, &client->flow, direction, scenario->time + after, flags,
                        client->flow.next[direction], NULL, 0);
}

static void open_connection(struct scenario *scenario, struct client *client)
{
    struct flow *flow = &client->flow;
    flow->next[0] = first_sequence(client, 0);
    flow->next[1] = first_sequence(client, 1);
    emit(scenario, client, 0, 0, FLAG_SYN);
    flow->next[0]++;
    emit(scenario, client, 1, MILLISECOND, FLAG_SYN | FLAG_ACK);
    flow->next[1]++;
    emit(scenario, client, 0, ACK_AFTER, FLAG_ACK);
}

static void close_connection(struct scenario *scenario, struct client *client)
{
    struct flow *flow = &client->flow;
    emit(scenario, client, 0, 0, FLAG_FIN | FLAG_ACK);
    flow->next[0]++;
    emit(scenario, client, 1, MILLISECOND, FLAG_FIN | FLAG_ACK);
    flow->next[1]++;
    emit(scenario, client, 0, ACK_AFTER, FLAG_ACK);
}

/* A probe one byte before the next one: with that byte (as zero) or without. */
static void keep_alive(struct scenario *scenario, struct client *client, gboolean with_byte)
{
    static const uint8_t zero;
    network_segment(scenario->writer, &client->flow, 0, scenario->time, FLAG_ACK, client->flow.next[0] - 1, &zero,
                    with_byte ? 1 : 0);
    emit(scenario, client, 1, MILLISECOND, FLAG_ACK);
}

struct cuts {
    size_t at[SEGMENTS_MAX + 1]; /* segment n stands from at[n - 1] to at[n] */
    guint count;
};

/* cut N N...: where the segments begin. Returns the number of the first word that is no number. */
static guint take_cuts(const GPtrArray *words, guint i, size_t length, struct cuts *cuts)
{
    memset(cuts, 0, sizeof *cuts);
    guint64 at;
    for (; i < words->len && cuts->count + 1 < SEGMENTS_MAX; i++) {
        if (!g_ascii_string_to_unsigned(word_at(words, i), 10, cuts->at[cuts->count] + 1, length - 1, &at, NULL))
            break;
        cuts->at[++cuts->count] = at;
    }
    cuts->at[++cuts->count] = length;
    return i;
}

/* One word of "order": N a segment, N<B the same begun B bytes earlier, wMS a pause. */
static gboolean send_ordered(struct scenario *scenario, struct client *client, unsigned direction,
                             const GByteArray *bytes, const struct cuts *cuts, const char *word, gint64 *after,
                             GError **error)
{
    const char *at = word[0] == 'w' ? word + 1 : word;
    gint64 chosen = take_number(&at, 100000), earlier = 0;
    if (word[0] == 'w' && chosen >= 0) {
        *after += chosen * MILLISECOND;
        return TRUE;
    }
    if (chosen > 0 && *at == '<') {
        at++;
        earlier = take_number(&at, 100000);
    }
    if (chosen < 1 || chosen > cuts->count || earlier < 0 || (size_t)earlier > cuts->at[chosen - 1] || *at != '\0')
        return fail(error, "no such segment", word);
    size_t start = cuts->at[chosen - 1] - (size_t)earlier;
    network_segment(scenario->writer, &client->flow, direction, scenario->time + *after, FLAG_PSH | FLAG_ACK,
                    client->flow.next[direction] + (uint32_t)start, bytes->data + start, cuts->at[chosen] - start);
    *after += SEGMENT_AFTER;
    return TRUE;
}

/* The bytes as one segment, or cut N...: as segments in this order or in another one (order ...). */
static gboolean send_stream(struct scenario *scenario, struct client *client, unsigned direction,
                            const GByteArray *bytes, const GPtrArray *words, guint i, GError **error)
{
    static const char *const numbers[] = {"1", "2", "3", "4", "5", "6", "7", "8", "9", "10"};
    struct cuts cuts = {.at = {0, bytes->len}, .count = 1};
    if (strcmp(word_at(words, i), "cut") == 0)
        i = take_cuts(words, i + 1, bytes->len, &cuts);
    gint64 after = 0;
    gboolean good = TRUE, ordered = strcmp(word_at(words, i), "order") == 0;
    if (ordered)
        i++;
    else if (i < words->len)
        return fail(error, "not understood", word_at(words, i));
    guint steps = ordered ? words->len - i : cuts.count;
    for (guint n = 0; n < steps && good; n++)
        good = send_ordered(scenario, client, direction, bytes, &cuts, ordered ? word_at(words, i + n) : numbers[n],
                            &after, error);
    client->flow.next[direction] += bytes->len;
    emit(scenario, client, !direction, after - SEGMENT_AFTER + ACK_AFTER, FLAG_ACK);
    return good;
}

/* [at hh:mm:ss] [twice]: the device's clock (seconds since 1970) and the number of copies. Returns the number of the
 * next word, 0 if the time is none. */
static guint take_options(const struct scenario *scenario, struct client *client, const GPtrArray *words, guint i,
                          gint64 *clock)
{
    *clock = scenario->time / SECOND - g_ascii_strtoll(variable(client, "lag", "1"), NULL, 10);
    if (strcmp(word_at(words, i), "at") == 0) {
        gint64 at = parse_clock(word_at(words, i + 1));
        if (at < 0)
            return 0;
        *clock = scenario->day + at / 1000;
        i += 2;
    }
    gboolean twice = strcmp(word_at(words, i), "twice") == 0;
    client->flow.copies = twice ? 2 : 1;
    return i + (twice ? 1 : 0);
}

static gboolean is_option(const char *word)
{
    static const char *const options[] = {"at", "twice", "cut", NULL};
    return g_strv_contains(options, word);
}

/* up|down PAYLOAD... [at hh:mm:ss] [twice] [cut N... [order ...]] */
static gboolean send_payload(struct scenario *scenario, struct client *client, const GPtrArray *words, guint i,
                             GError **error)
{
    unsigned direction = strcmp(word_at(words, i), "down") == 0;
    struct payload_context context = {
        .frames = scenario->frames,
        .templates = scenario->templates,
        .variables = client->variables,
        .index = &client->index,
        .serial = &client->serial,
        .folder = scenario->folder,
        .direction = direction,
    };
    guint first = i + 1, end = first;
    while (end < words->len && !is_option(word_at(words, end)))
        end++;
    i = take_options(scenario, client, words, end, &context.clock);
    if (first == end || i == 0)
        return fail(error, i ? "nothing to send" : "not a time", word_at(words, i ? first : end + 1));
    GByteArray *bytes = g_byte_array_new();
    gboolean good = TRUE;
    for (guint n = first; n < end && good; n++)
        good = payload_append(bytes, word_at(words, n), &context, error);
    if (good && client->flow.udp) {
        network_datagram(scenario->writer, &client->flow, direction, scenario->time, bytes->data, bytes->len);
        good = i == words->len || fail(error, "not understood", word_at(words, i));
    } else if (good) {
        good = send_stream(scenario, client, direction, bytes, words, i, error);
    }
    g_byte_array_unref(bytes);
    return good;
}

/* What a client does at the time of the line; i: number of the word that says it. */
static gboolean perform(struct scenario *scenario, struct client *client, const GPtrArray *words, guint i,
                        GError **error)
{
    const char *action = word_at(words, i);
    if (strcmp(action, "up") == 0 || strcmp(action, "down") == 0)
        return send_payload(scenario, client, words, i, error);
    if (strcmp(action, "open") == 0)
        open_connection(scenario, client);
    else if (strcmp(action, "close") == 0)
        close_connection(scenario, client);
    else if (strcmp(action, "reset") == 0)
        emit(scenario, client, 0, 0, FLAG_RST | FLAG_ACK);
    else if (strcmp(action, "keepalive") == 0)
        keep_alive(scenario, client, strcmp(word_at(words, i + 1), "byte") == 0);
    else if (i < words->len)
        return fail(error, "unknown action", action);
    return TRUE;
}

/* every SECONDS until hh:mm:ss ACTION */
static gboolean repeat(struct scenario *scenario, struct client *client, const GPtrArray *words, guint i,
                       GError **error)
{
    guint64 seconds;
    gint64 until = parse_clock(word_at(words, i + 3));
    if (!g_ascii_string_to_unsigned(word_at(words, i + 1), 10, 1, 86400, &seconds, NULL))
        return fail(error, "no number of seconds", word_at(words, i + 1));
    if (strcmp(word_at(words, i + 2), "until") != 0 || until < 0)
        return fail(error, "no time to end", word_at(words, i + 2));
    gint64 last = scenario->day * SECOND + until * MILLISECOND;
    gboolean good = TRUE;
    for (; good && scenario->time <= last; scenario->time += (gint64)seconds * SECOND)
        good = perform(scenario, client, words, i + 4, error);
    return good;
}

/* hh:mm:ss CLIENT [name=value...] [[every ...] ACTION ...] */
static gboolean act(struct scenario *scenario, const GPtrArray *words, GError **error)
{
    gint64 clock = parse_clock(word_at(words, 0));
    struct client *client = g_hash_table_lookup(scenario->clients, word_at(words, 1));
    if (clock < 0 || !client)
        return fail(error, clock < 0 ? "not a time" : "no such client", word_at(words, clock < 0 ? 0 : 1));
    scenario->time = scenario->day * SECOND + clock * MILLISECOND;
    client->flow.copies = 1;
    guint i = take_variables(client, words, 2);
    if (strcmp(word_at(words, i), "every") == 0)
        return repeat(scenario, client, words, i, error);
    return perform(scenario, client, words, i, error);
}

static gboolean play_line(struct scenario *scenario, const char *line, GError **error)
{
    GPtrArray *words = split_words(line);
    const char *first = word_at(words, 0);
    gboolean good = TRUE;
    if (words->len == 0) {
        good = TRUE;
    } else if (strcmp(first, "day") == 0) {
        good = set_day(scenario, word_at(words, 1), error);
    } else if (strcmp(first, "client") == 0) {
        good = add_client(scenario, words, error);
    } else if (strcmp(first, "template") == 0) {
        const char *text = word_at(words, 2);
        size_t length = strlen(text);
        if (length < 2 || text[0] != '"' || text[length - 1] != '"')
            good = fail(error, "text in quotes expected", text);
        else
            g_hash_table_replace(scenario->templates, g_strdup(word_at(words, 1)), g_strndup(text + 1, length - 2));
    } else {
        good = act(scenario, words, error);
    }
    g_ptr_array_unref(words);
    return good;
}

GByteArray *scenario_play(const char *path, GHashTable *frames, GError **error)
{
    char *text;
    if (!g_file_get_contents(path, &text, NULL, error))
        return NULL;
    struct scenario scenario = {.frames = frames, .writer = pcap_writer_new(), .folder = g_path_get_dirname(path)};
    scenario.templates = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    scenario.clients = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, client_free);
    char **lines = g_strsplit(text, "\n", -1);
    gboolean good = TRUE;
    for (guint i = 0; lines[i] && good; i++) {
        good = play_line(&scenario, lines[i], error);
        if (!good)
            g_prefix_error(error, "%s:%u: ", path, i + 1);
    }
    g_strfreev(lines);
    g_free(text);
    g_free(scenario.folder);
    g_hash_table_unref(scenario.templates);
    g_hash_table_unref(scenario.clients);
    GByteArray *capture = pcap_writer_finish(scenario.writer);
    if (good)
        return capture;
    g_byte_array_unref(capture);
    return NULL;
}
