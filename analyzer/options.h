/* SPDX-License-Identifier: GPL-2.0-or-later
 * The command line. Takes argv, gives checked values; anything wrong is said in one line that names the option. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/map_file.h"
#include "conversation/shard.h"
#include "conversation/tcp.h"
#include "life/rules.h"
#include "packet/fragment.h"

#define PROGRAM_NAME "s7timeline"

/* Exit status, see s7timeline(1). */
enum exit_status {
    EXIT_COMPLETE = 0,
    EXIT_DAMAGED = 1, /* an input is damaged or cut, or packets could not be looked at */
    EXIT_USAGE = 2,
    EXIT_INPUT = 3, /* an input cannot be read at all */
    EXIT_OUTPUT = 4,
    EXIT_INTERNAL = 5, /* the ledger does not balance */
};

/* The whole way, or a piece of it: see docs/SCALE.md. */
enum task {
    TASK_ALL,
    TASK_READ,  /* captures -> records of a shard */
    TASK_TELL,  /* records of all shards -> results of a part of the devices */
    TASK_GATHER /* results of all parts -> results */
};

enum row_order { ORDER_DEVICE, ORDER_CAPTURE };

struct options {
    enum task task;
    char *output;         /* folder: of results, or of TASK_READ of records */
    struct shard shard;   /* of TASK_READ */
    uint32_t part, parts; /* of TASK_TELL: from 1 to parts */
    bool force;
    GArray *ports;        /* of uint16_t, sorted, each once; NULL = any */
    char *filter;         /* NULL = none */
    GHashTable *devices;  /* set of ids; NULL = all */
    int64_t since, until; /* capture time in ns, both inclusive; INT64_MIN, INT64_MAX = none */
    enum row_order order;
    int64_t close_ns, idle_ns; /* when a conversation is over */
    enum tcp_overlap overlap;
    size_t streams_max; /* conversations open at once */
    size_t devices_max; /* with a timeline of their own */
    struct tcp_limits tcp;
    size_t unfinished_max; /* bytes of unfinished frames */
    struct fragment_limits fragments;
    size_t memory;      /* bytes for records of both steps */
    unsigned jobs;      /* threads of the second step */
    struct rules rules; /* for what is concluded, spelt */
    bool summary;       /* totals only */
    bool to_stdout;     /* rows to standard output */
    bool csv_guard;
    bool show_secrets;
    struct map_file *map; /* NULL = none */
    bool hash;            /* SHA-256 of inputs and outputs */
    bool report;          /* report.html */
    unsigned tracks;      /* OPTIONS_GPX, ...: forms that are written */
    int64_t track_gap;    /* s: fixes further apart are not joined */
    bool geopackage, jsonl, timesketch;
    bool progress;
    bool quiet, verbose;
    char **captures; /* NULL at the end; at least one. Of TASK_TELL folders of records, of TASK_GATHER of results */
};

/* Forms of tracks. */
#define OPTIONS_GPX     1U
#define OPTIONS_KML     2U
#define OPTIONS_GEOJSON 4U

enum options_result { OPTIONS_RUN, OPTIONS_DONE, OPTIONS_WRONG };

/* OPTIONS_DONE: --help or --version was printed. OPTIONS_WRONG: the message was printed to standard error. */
/* The forms of results: those of --from, whatever the records say. */
void options_take_forms(struct options *options, const struct options *given);
enum options_result options_parse(struct options *options, int argc, char **argv);
void options_clear(struct options *options);

/* ISO 8601: 2026-11-22, 2026-11-22T19:45, 2026-11-22T19:45:00.123456789Z, with an offset such as +02:00; UTC where none
 * is given; a blank may stand for the T. *time in ns since 1970. False if it is nothing of the kind. */
bool options_time(const char *text, int64_t *time);
/* "65536", "64K", "4M", "1G": *size in bytes, or a plain number. From 1 to 2^40. False if it is nothing of the kind. */
bool options_size(const char *text, uint64_t *size);
/* "2/4": *number from 1 to *count. False if it is nothing of the kind. */
bool options_share(const char *text, uint32_t *number, uint32_t *count);
/* "8888,9000-9010" or "any" (*ports NULL). False if it is nothing of the kind. */
bool options_ports(const char *text, GArray **ports);
/* "gpx,kml,geojson", in any order: *forms. False if it is nothing of the kind. */
bool options_tracks(const char *text, unsigned *forms);

#endif
