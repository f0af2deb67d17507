/* SPDX-License-Identifier: GPL-2.0-or-later
 * The command line. Takes argv, gives checked values; anything wrong is said in one line that names the option. */
#include "options.h"

#include "base/text.h"
#include "conversation/conversation.h"
#include "device/workers.h"
#include "frame/stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_PORT "8888"
/* The short options that take a value. */
#define SHORT_VALUED "opfdj"
#define CLOSE_TIME   120
#define IDLE_TIME    7200
#define TRACK_GAP    600
#define MEMORY       (UINT64_C(48) << 20)
#define MEMORY_MIN   (UINT64_C(4) << 20)

/* What GOption fills in. */
struct raw {
    char *output, *filter, *since, *until, *order, *map, *overlap, *shard, *records, *part;
    char *max_streams, *max_devices, *max_waiting, *max_waiting_total, *max_unfinished, *max_segments, *max_datagrams,
        *max_fragments, *memory;
    char *tracks;
    char **ports, **devices, **rules, **captures, **from, **gather;
    int close_time, idle_time, jobs, track_gap;
    gboolean geopackage, jsonl, timesketch, report;
    gboolean force, summary, to_stdout, no_progress, no_csv_guard, no_hash, show_secrets, quiet, verbose, version, help;
};

static void wrong(const char *message)
{
    g_autofree char *shown = text_visible(message);
    fprintf(stderr, PROGRAM_NAME ": %s\nTry '" PROGRAM_NAME " --help'.\n", shown);
}

static bool complain(const char *format, ...) G_GNUC_PRINTF(1, 2);
static bool complain(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    wrong(message);
    return false;
}

static bool take_devices(struct options *options, char **ids)
{
    for (char **id = ids; id && *id; id++) {
        size_t length = strlen(*id);
        if (length < 3 || length > 17 || strspn(*id, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS) != length)
            return complain("--device: '%s' is no device id (3 to 17 letters or digits)", *id);
        if (!options->devices)
            options->devices = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        g_hash_table_add(options->devices, g_strdup(*id));
    }
    return true;
}

/* Each adds to those before. */
static bool take_ports(struct options *options, char **lists)
{
    g_autofree char *all = lists ? g_strjoinv(",", lists) : g_strdup(DEFAULT_PORT);
    bool any = lists != NULL;
    for (char **list = lists; list && *list; list++)
        any = any && strcmp(*list, "any") == 0;
    for (char **list = lists; list && *list; list++) {
        GArray *ports;
        if (!options_ports(*list, &ports))
            return complain("--port: '%s' is no list of ports (such as 8888,9000-9010) and not 'any'", *list);
        if (!ports && !any)
            return complain("--port: 'any' together with other ports");
        if (ports)
            g_array_unref(ports);
    }
    return options_ports(any ? "any" : all, &options->ports);
}

/* What was given and changes nothing. */
static void say_idle(const char *option, bool given, const char *with)
{
    if (given)
        fprintf(stderr, PROGRAM_NAME ": %s has no effect with %s\n", option, with);
}

static void name_idle(const struct raw *raw)
{
    const char *with = raw->summary ? "--summary" : "--stdout";
    if (raw->summary || raw->to_stdout) {
        say_idle("--output", raw->output != NULL, with);
        say_idle("--force", raw->force, with);
        say_idle("--order", raw->order != NULL, with);
        say_idle("--no-hash", raw->no_hash, with);
        say_idle("--report", raw->report, with);
        say_idle("--memory", raw->memory != NULL, with);
        say_idle("--jobs", raw->jobs != 0, with);
        say_idle("--rule", raw->rules != NULL, with);
        say_idle("--tracks", raw->tracks != NULL, with);
        say_idle("--geopackage", raw->geopackage, with);
        say_idle("--timesketch", raw->timesketch, with);
        say_idle("--jsonl", raw->jsonl, with);
    }
    say_idle("--map", raw->summary && raw->map, with);
    say_idle("--no-csv-guard", raw->summary && raw->no_csv_guard, with);
    say_idle("--show-secrets", raw->summary && raw->show_secrets, with);
}

static bool take_times(struct options *options, const struct raw *raw)
{
    options->since = INT64_MIN;
    options->until = INT64_MAX;
    if (raw->since && !options_time(raw->since, &options->since))
        return complain("--since: '%s' is no ISO 8601 time (such as 2026-11-22T19:45:00Z)", raw->since);
    if (raw->until && !options_time(raw->until, &options->until))
        return complain("--until: '%s' is no ISO 8601 time (such as 2026-11-22T19:45:00Z)", raw->until);
    if (options->since > options->until)
        return complain("--since: '%s' is later than --until '%s'", raw->since, raw->until);
    if (raw->close_time < 1)
        return complain("--close-time: %d is no number of seconds above 0", raw->close_time);
    if (raw->idle_time < 1)
        return complain("--idle-time: %d is no number of seconds above 0", raw->idle_time);
    options->close_ns = raw->close_time * NANOSECONDS;
    options->idle_ns = raw->idle_time * NANOSECONDS;
    return true;
}

/* text NULL: the default. */
static bool take_size(const char *option, const char *text, uint64_t standard, uint64_t *size)
{
    *size = standard;
    if (!text || options_size(text, size))
        return true;
    return complain("%s: '%s' is no number from 1 on, with K, M or G behind it if need be", option, text);
}

static bool take_resources(struct options *options, const struct raw *raw)
{
    uint64_t memory;
    if (!take_size("--memory", raw->memory, MEMORY, &memory))
        return false;
    if (memory < MEMORY_MIN)
        return complain("--memory: '%s' is less than 4M", raw->memory);
    if (raw->jobs < 0 || raw->jobs > WORKERS_MAX)
        return complain("--jobs: %d is no number from 1 to %d", raw->jobs, WORKERS_MAX);
    options->memory = (size_t)memory;
    options->jobs = raw->jobs > 0 ? (unsigned)raw->jobs : MIN(g_get_num_processors(), WORKERS_MAX);
    return true;
}

static bool take_limits(struct options *options, const struct raw *raw)
{
    uint64_t streams, devices, unfinished, segments, datagrams, fragments;
    if (raw->overlap && strcmp(raw->overlap, "first") != 0 && strcmp(raw->overlap, "last") != 0)
        return complain("--overlap: '%s' is neither 'first' nor 'last'", raw->overlap);
    options->overlap = raw->overlap && strcmp(raw->overlap, "last") == 0 ? TCP_OVERLAP_LAST : TCP_OVERLAP_FIRST;
    if (!take_size("--max-streams", raw->max_streams, CONVERSATIONS_OPEN_MAX, &streams) ||
        !take_size("--max-devices", raw->max_devices, DEVICES_MAX, &devices) ||
        !take_size("--max-waiting", raw->max_waiting, TCP_LIMIT_BYTES, &options->tcp.bytes) ||
        !take_size("--max-waiting-total", raw->max_waiting_total, TCP_LIMIT_TOTAL, &options->tcp.total) ||
        !take_size("--max-unfinished", raw->max_unfinished, UNFINISHED_TOTAL, &unfinished) ||
        !take_size("--max-segments", raw->max_segments, TCP_LIMIT_RANGES, &segments) ||
        !take_size("--max-datagrams", raw->max_datagrams, FRAGMENT_DATAGRAMS, &datagrams) ||
        !take_size("--max-fragment-bytes", raw->max_fragments, FRAGMENT_BYTES, &fragments))
        return false;
    options->streams_max = (size_t)streams;
    options->devices_max = (size_t)devices;
    options->unfinished_max = (size_t)unfinished;
    options->tcp.ranges = (size_t)segments;
    options->fragments.datagrams = (size_t)datagrams;
    options->fragments.bytes = (size_t)fragments;
    return true;
}

static bool take_derived(struct options *options, const struct raw *raw)
{
    if (raw->tracks && !options_tracks(raw->tracks, &options->tracks))
        return complain("--tracks: '%s' is neither 'gpx' nor 'kml' nor 'geojson', nor a list of them", raw->tracks);
    if (raw->track_gap < 1)
        return complain("--track-gap: %d is no number of seconds above 0", raw->track_gap);
    options->track_gap = raw->track_gap;
    options->geopackage = raw->geopackage;
    options->timesketch = raw->timesketch;
    options->jsonl = raw->jsonl;
    return true;
}

/* Totals need no mapping, but a wrong one is wrong all the same. */
static bool take_map(struct options *options, const struct raw *raw)
{
    g_autofree char *message = NULL;
    if (!raw->map)
        return true;
    options->map = map_file_read(raw->map, &message);
    if (!options->map)
        return complain("--map: %s", message);
    if (raw->summary)
        g_clear_pointer(&options->map, map_file_free);
    return true;
}

/* What --from and --gather have from the records. */
static bool refuse_known(const struct raw *raw, const char *task)
{
    const struct {
        const char *option;
        bool given;
    } known[] = {{"--port", raw->ports != NULL},
                 {"--filter", raw->filter != NULL},
                 {"--device", raw->devices != NULL},
                 {"--since", raw->since != NULL},
                 {"--until", raw->until != NULL},
                 {"--order", raw->order != NULL},
                 {"--rule", raw->rules != NULL},
                 {"--map", raw->map != NULL},
                 {"--summary", raw->summary},
                 {"--stdout", raw->to_stdout},
                 {"--no-csv-guard", raw->no_csv_guard},
                 {"--show-secrets", raw->show_secrets},
                 {"--no-hash", raw->no_hash},
                 {"--close-time", raw->close_time != CLOSE_TIME},
                 {"--idle-time", raw->idle_time != IDLE_TIME},
                 {"--overlap", raw->overlap != NULL},
                 {"--max-streams", raw->max_streams != NULL},
                 {"--max-devices", raw->max_devices != NULL},
                 {"--max-waiting", raw->max_waiting != NULL},
                 {"--max-waiting-total", raw->max_waiting_total != NULL},
                 {"--max-unfinished", raw->max_unfinished != NULL},
                 {"--max-segments", raw->max_segments != NULL},
                 {"--max-datagrams", raw->max_datagrams != NULL},
                 {"--max-fragment-bytes", raw->max_fragments != NULL},
                 {"--shard", raw->shard != NULL},
                 {"--records", raw->records != NULL},
                 {"--part", raw->part != NULL && raw->gather != NULL}};
    for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
        if (known[i].given)
            return complain("%s: %s holds as it was given when the records were made", task, known[i].option);
    return true;
}

/* Forms of results: --from writes them. Those of all devices together are whole only where no part is missing. */
static bool check_forms(const struct options *options, const struct raw *raw)
{
    const struct {
        const char *option;
        bool given, all;
    } forms[] = {{"--tracks", raw->tracks != NULL, false}, {"--track-gap", raw->track_gap != TRACK_GAP, false},
                 {"--geopackage", raw->geopackage, true},  {"--jsonl", raw->jsonl, true},
                 {"--timesketch", raw->timesketch, true},  {"--report", raw->report, true}};
    for (size_t i = 0; i < G_N_ELEMENTS(forms); i++) {
        if (!forms[i].given)
            continue;
        if (options->task == TASK_READ || options->task == TASK_GATHER)
            return complain("%s: is given with --from, which writes it", forms[i].option);
        if (options->task == TASK_TELL && options->parts > 1 && forms[i].all)
            return complain("%s: is one file of all devices, so it needs --from without --part", forms[i].option);
    }
    return true;
}

void options_take_forms(struct options *options, const struct options *given)
{
    options->tracks = given->tracks;
    options->track_gap = given->track_gap;
    options->geopackage = given->geopackage;
    options->jsonl = given->jsonl;
    options->timesketch = given->timesketch;
    options->report = given->report;
}

/* Which piece of the way is wanted, and on what. */
static bool take_task(struct options *options, const struct raw *raw)
{
    options->part = options->parts = 1;
    if (raw->from && raw->gather)
        return complain("--from: cannot be used together with --gather");
    if ((raw->from || raw->gather) && !refuse_known(raw, raw->from ? "--from" : "--gather"))
        return false;
    if (raw->part && !raw->from)
        return complain("--part: only together with --from");
    if (raw->part && !options_share(raw->part, &options->part, &options->parts))
        return complain("--part: '%s' is no share such as 2/5", raw->part);
    if (raw->shard && !raw->records)
        return complain("--shard: only together with --records");
    if (raw->shard && !options_share(raw->shard, &options->shard.number, &options->shard.count))
        return complain("--shard: '%s' is no share such as 2/4", raw->shard);
    if (raw->records && (raw->summary || raw->to_stdout || raw->output))
        return complain("--records: cannot be used together with %s", raw->summary     ? "--summary"
                                                                      : raw->to_stdout ? "--stdout"
                                                                                       : "--output");
    if (raw->records && raw->records[0] == '\0')
        return complain("--records: the name of the folder is empty");
    if (raw->records && !raw->shard)
        options->shard = (struct shard){1, 1};
    options->task = raw->records ? TASK_READ : raw->from ? TASK_TELL : raw->gather ? TASK_GATHER : TASK_ALL;
    return check_forms(options, raw);
}

/* More names behind the first folder are more folders. */
static void add_folders(struct raw *raw)
{
    char **first = raw->from ? raw->from : raw->gather;
    GStrvBuilder *all = g_strv_builder_new();
    for (char **folder = first; folder && *folder; folder++)
        g_strv_builder_add(all, *folder);
    for (char **folder = raw->captures; first && folder && *folder; folder++)
        g_strv_builder_add(all, *folder);
    if (first) {
        g_strfreev(raw->captures);
        raw->captures = g_strv_builder_end(all);
    }
    g_strv_builder_unref(all);
}

static bool take_rules(struct options *options, char **rules)
{
    rules_init(&options->rules);
    for (char **rule = rules; rule && *rule; rule++)
        if (!rules_set(&options->rules, *rule))
            return complain("--rule: '%s' is no name of a rule's parameter with '=' and a number behind it", *rule);
    rules_spell(&options->rules);
    return true;
}

static bool take(struct options *options, struct raw *raw)
{
    if (!take_task(options, raw))
        return false;
    add_folders(raw);
    if (!raw->captures || !raw->captures[0])
        return complain("no capture given: name a file, a folder, or - for standard input");
    int from_stdin = 0;
    for (char **capture = raw->captures; *capture; capture++)
        from_stdin += strcmp(*capture, "-") == 0;
    if (from_stdin > 1)
        return complain("- (standard input) can be given only once");
    if (!take_ports(options, raw->ports))
        return false;
    if (raw->order && strcmp(raw->order, "device") != 0 && strcmp(raw->order, "capture") != 0)
        return complain("--order: '%s' is neither 'device' nor 'capture'", raw->order);
    if (raw->summary && raw->to_stdout)
        return complain("--summary: cannot be used together with --stdout");
    if (raw->output && raw->output[0] == '\0')
        return complain("--output: the name of the folder is empty");
    if (!take_devices(options, raw->devices) || !take_times(options, raw) || !take_limits(options, raw) ||
        !take_resources(options, raw) || !take_derived(options, raw) || !take_map(options, raw) ||
        !take_rules(options, raw->rules))
        return false;
    if (!raw->quiet)
        name_idle(raw);
    options->output = g_strdup(raw->records ? raw->records : raw->output ? raw->output : "s7-timeline");
    options->filter = g_strdup(raw->filter);
    options->captures = g_strdupv(raw->captures);
    options->order = raw->order && strcmp(raw->order, "capture") == 0 ? ORDER_CAPTURE : ORDER_DEVICE;
    options->force = raw->force;
    options->summary = raw->summary;
    options->to_stdout = raw->to_stdout;
    options->csv_guard = !raw->no_csv_guard;
    options->show_secrets = raw->show_secrets;
    options->hash = !raw->no_hash;
    options->report = raw->report;
    options->progress = !raw->no_progress && !raw->quiet;
    options->quiet = raw->quiet;
    options->verbose = raw->verbose && !raw->quiet;
    return true;
}

static GOptionContext *describe(struct raw *raw)
{
    const GOptionEntry entries[] = {
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &raw->output, "where results go (default s7-timeline)", "DIR"},
        {"force", 0, 0, G_OPTION_ARG_NONE, &raw->force, "replace earlier results in DIR", NULL},
        {"port", 'p', 0, G_OPTION_ARG_STRING_ARRAY, &raw->ports,
         "ports to decode, such as 8888,9000-9010 (default " DEFAULT_PORT
         "); may be repeated; 'any' finds GOTOP traffic on "
         "all",
         "LIST"},
        {"filter", 'f', 0, G_OPTION_ARG_STRING, &raw->filter, "capture filter in libpcap's language", "EXPR"},
        {"device", 'd', 0, G_OPTION_ARG_STRING_ARRAY, &raw->devices, "reports of this device only; may be repeated",
         "ID"},
        {"since", 0, 0, G_OPTION_ARG_STRING, &raw->since, "reports captured at or after TIME (ISO 8601, UTC)", "TIME"},
        {"until", 0, 0, G_OPTION_ARG_STRING, &raw->until, "reports captured at or before TIME", "TIME"},
        {"order", 0, 0, G_OPTION_ARG_STRING, &raw->order,
         "order of the timelines: device (its clock, default) or capture", "ORDER"},
        {"map", 0, 0, G_OPTION_ARG_FILENAME, &raw->map, "names for what the protocol leaves unnamed (docs/MAPPING.md)",
         "FILE"},
        {"rule", 0, 0, G_OPTION_ARG_STRING_ARRAY, &raw->rules,
         "another value for a rule of events.csv and trips.csv, such as stop_time=180 (docs/EVENTS.md); may be "
         "repeated",
         "RULE"},
        {"tracks", 0, 0, G_OPTION_ARG_STRING, &raw->tracks,
         "also write tracks: gpx, kml, geojson, with commas between them (docs/TRACKS.md)", "LIST"},
        {"track-gap", 0, 0, G_OPTION_ARG_INT, &raw->track_gap,
         "fixes of a track that are further apart are not joined (default 600)", "SECONDS"},
        {"geopackage", 0, 0, G_OPTION_ARG_NONE, &raw->geopackage, "also write timeline.gpkg, for QGIS and SQL", NULL},
        {"jsonl", 0, 0, G_OPTION_ARG_NONE, &raw->jsonl, "also write reports.jsonl: the timelines as JSON", NULL},
        {"timesketch", 0, 0, G_OPTION_ARG_NONE, &raw->timesketch, "also write timesketch.jsonl, for Timesketch", NULL},
        {"summary", 0, 0, G_OPTION_ARG_NONE, &raw->summary, "print totals only, write no files", NULL},
        {"stdout", 0, 0, G_OPTION_ARG_NONE, &raw->to_stdout, "all reports as one CSV to standard output, no files",
         NULL},
        {"no-csv-guard", 0, 0, G_OPTION_ARG_NONE, &raw->no_csv_guard,
         "do not put ' before text that a spreadsheet would run", NULL},
        {"show-secrets", 0, 0, G_OPTION_ARG_NONE, &raw->show_secrets, "print passwords and PINs instead of ******",
         NULL},
        {"no-hash", 0, 0, G_OPTION_ARG_NONE, &raw->no_hash, "leave SHA-256 out of the manifest", NULL},
        {"report", 0, 0, G_OPTION_ARG_NONE, &raw->report, "also write report.html, one page to read and print", NULL},
        {"close-time", 0, 0, G_OPTION_ARG_INT, &raw->close_time,
         "a TCP conversation is over this long after its end (default 120)", "SECONDS"},
        {"idle-time", 0, 0, G_OPTION_ARG_INT, &raw->idle_time,
         "a TCP conversation is over when idle for this long (default 7200)", "SECONDS"},
        {"overlap", 0, 0, G_OPTION_ARG_STRING, &raw->overlap,
         "which copy counts of bytes sent twice with different content: first (default) or last, while they wait",
         "WHICH"},
        {"max-streams", 0, 0, G_OPTION_ARG_STRING, &raw->max_streams,
         "conversations open at once, TCP and UDP each (default 262144)", "N"},
        {"max-devices", 0, 0, G_OPTION_ARG_STRING, &raw->max_devices,
         "devices with a timeline of their own (default 262144)", "N"},
        {"max-waiting", 0, 0, G_OPTION_ARG_STRING, &raw->max_waiting,
         "bytes that wait behind holes in one direction of a conversation (default 4M)", "SIZE"},
        {"max-waiting-total", 0, 0, G_OPTION_ARG_STRING, &raw->max_waiting_total, "the same in all (default 64M)",
         "SIZE"},
        {"max-unfinished", 0, 0, G_OPTION_ARG_STRING, &raw->max_unfinished,
         "bytes of unfinished frames, in all conversations (default 64M)", "SIZE"},
        {"max-segments", 0, 0, G_OPTION_ARG_STRING, &raw->max_segments,
         "segments that wait behind holes in one direction (default 4096)", "N"},
        {"max-datagrams", 0, 0, G_OPTION_ARG_STRING, &raw->max_datagrams,
         "datagrams of which fragments wait (default 1024)", "N"},
        {"max-fragment-bytes", 0, 0, G_OPTION_ARG_STRING, &raw->max_fragments,
         "memory for fragments that wait (default 4M)", "SIZE"},
        {"memory", 0, 0, G_OPTION_ARG_STRING, &raw->memory,
         "memory for records; what does not fit waits in a file in DIR (default 48M)", "SIZE"},
        {"jobs", 'j', 0, G_OPTION_ARG_INT, &raw->jobs, "threads that write timelines (default: one for each processor)",
         "N"},
        {"shard", 0, 0, G_OPTION_ARG_STRING, &raw->shard, "read only the conversations of shard I of N; with --records",
         "I/N"},
        {"records", 0, 0, G_OPTION_ARG_FILENAME, &raw->records, "write records to DIR instead of results", "DIR"},
        {"from", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &raw->from, "read the records in DIR instead of captures", "DIR"},
        {"part", 0, 0, G_OPTION_ARG_STRING, &raw->part, "with --from: only the devices of part J of P", "J/P"},
        {"gather", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &raw->gather, "put the results of all parts into one folder",
         "DIR"},
        {"no-progress", 0, 0, G_OPTION_ARG_NONE, &raw->no_progress, "no progress line", NULL},
        {"quiet", 'q', 0, G_OPTION_ARG_NONE, &raw->quiet, "print errors only", NULL},
        {"verbose", 'v', 0, G_OPTION_ARG_NONE, &raw->verbose, "say more about each input, list all devices", NULL},
        {"version", 0, 0, G_OPTION_ARG_NONE, &raw->version, "print the version", NULL},
        {"help", 'h', 0, G_OPTION_ARG_NONE, &raw->help, "print this text", NULL},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &raw->captures, NULL, "CAPTURE..."},
        {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
    };
    GOptionContext *context = g_option_context_new(NULL);
    g_option_context_set_help_enabled(context, FALSE); /* GLib's own needs a locale to print its dots */
    g_option_context_set_summary(context, "Timelines of GOTOP S7 trackers from captured traffic.\n"
                                          "A CAPTURE is a file, a folder, or - for standard input.");
    g_option_context_set_description(
        context,
        "Reports are chosen by --device, --since and --until; streams, leftovers and the byte ledger always cover\n"
        "the whole capture.\n\n"
        "What outgrows one machine is read in shards, told in parts and gathered (docs/SCALE.md):\n"
        "  s7timeline --shard 1/4 --records records CAPTURE...      for each shard\n"
        "  s7timeline --from records --part 1/2 -o part-1           for each part\n"
        "  s7timeline --gather part-1 part-2 -o results\n\n"
        "Exit status: 0 all read; 1 an input is damaged or cut, or packets could not be looked at; 2 usage;\n"
        "3 an input cannot be read; 4 output cannot be written; 5 internal error.");
    g_option_context_add_main_entries(context, entries, NULL);
    return context;
}

static void print_help(GOptionContext *context)
{
    g_autofree char *text = g_option_context_get_help(context, TRUE, NULL);
    g_autoptr(GString) help = g_string_new(text);
    g_string_replace(help, "\u2026", "...", 0);
    puts(help->str);
}

static void free_raw(struct raw *raw)
{
    g_free(raw->output);
    g_free(raw->filter);
    g_free(raw->since);
    g_free(raw->until);
    g_free(raw->order);
    g_free(raw->map);
    g_free(raw->overlap);
    g_free(raw->shard);
    g_free(raw->records);
    g_free(raw->part);
    g_strfreev(raw->from);
    g_strfreev(raw->gather);
    g_free(raw->tracks);
    g_free(raw->max_streams);
    g_free(raw->max_devices);
    g_free(raw->max_waiting);
    g_free(raw->max_waiting_total);
    g_free(raw->max_unfinished);
    g_free(raw->max_segments);
    g_free(raw->max_datagrams);
    g_free(raw->max_fragments);
    g_free(raw->memory);
    g_strfreev(raw->ports);
    g_strfreev(raw->devices);
    g_strfreev(raw->rules);
    g_strfreev(raw->captures);
}

/* GOption wants a blank between a short option and its value: -j4 becomes -j 4, as every other program takes it. */
static GPtrArray *split_short(int argc, char **argv)
{
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
    bool options = true, value = false;
    for (int i = 0; i < argc; i++) {
        const char *word = argv[i];
        const char *valued = options && !value && word[0] == '-' && word[1] != '-' ? strpbrk(word, SHORT_VALUED) : NULL;
        options = options && (value || strcmp(word, "--") != 0);
        value = valued && valued[1] == '\0';
        if (valued && !value) {
            g_ptr_array_add(words, g_strndup(word, (gsize)(valued + 1 - word)));
            word = valued + 1;
        }
        g_ptr_array_add(words, g_strdup(word));
    }
    return words;
}

enum options_result options_parse(struct options *options, int argc, char **argv)
{
    *options = (struct options){0};
    struct raw raw = {.close_time = CLOSE_TIME, .idle_time = IDLE_TIME, .jobs = 0, .track_gap = TRACK_GAP};
    g_set_prgname(PROGRAM_NAME);
    g_autoptr(GOptionContext) context = describe(&raw);
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) words = split_short(argc, argv);
    g_autofree char **list = g_memdup2(words->pdata, words->len * sizeof *list);
    enum options_result result = OPTIONS_RUN;
    argc = (int)words->len;
    argv = list;
    if (!g_option_context_parse(context, &argc, &argv, &error)) {
        wrong(error->message);
        result = OPTIONS_WRONG;
    } else if (raw.help) {
        print_help(context);
        result = OPTIONS_DONE;
    } else if (raw.version) {
        puts(PROGRAM_NAME " " GOTOP_VERSION);
        result = OPTIONS_DONE;
    } else if (!take(options, &raw)) {
        result = OPTIONS_WRONG;
    }
    free_raw(&raw);
    return result;
}

void options_clear(struct options *options)
{
    g_free(options->output);
    g_free(options->filter);
    if (options->ports)
        g_array_unref(options->ports);
    if (options->devices)
        g_hash_table_unref(options->devices);
    map_file_free(options->map);
    rules_clear(&options->rules);
    g_strfreev(options->captures);
}
