/* SPDX-License-Identifier: GPL-2.0-or-later
 * The second step: threads take devices. */
#include "device/workers.h"

struct workers;

/* A thread. */
struct worker {
    struct workers *workers;
    struct timeline *timeline;
    uint64_t turn; /* number of its device in the order of the records; UINT64_MAX = none */
};

struct workers {
    const struct source *source;
    struct devices *devices;
    struct worker *all;
    unsigned count;
    uint64_t turn; /* of the next device */
    GMutex lock;   /* of the records, of turn and of those of the workers */
    GCond done;    /* a worker is done with its device */
};

/* Waits until all devices before this one are done with. The first of them never waits. */
static void wait_turn(void *user)
{
    const struct worker *worker = user;
    struct workers *workers = worker->workers;
    g_mutex_lock(&workers->lock);
    for (unsigned i = 0; i < workers->count;) {
        if (workers->all[i].turn >= worker->turn) {
            i++;
        } else {
            g_cond_wait(&workers->done, &workers->lock);
            i = 0;
        }
    }
    g_mutex_unlock(&workers->lock);
}

/* The next device with all its records; NULL if none is left. */
static struct device *take_device(struct worker *worker)
{
    struct workers *workers = worker->workers;
    struct device *device = NULL;
    const uint8_t *record;
    uint32_t number;
    size_t length;
    g_mutex_lock(&workers->lock);
    worker->turn = UINT64_MAX;
    if (workers->source->next_part(workers->source->user, &number)) {
        device = devices_at(workers->devices, number);
        worker->turn = workers->turn++;
        while ((record = workers->source->next_record(workers->source->user, &length)) != NULL)
            timeline_add(worker->timeline, record, length);
    }
    g_cond_broadcast(&workers->done);
    g_mutex_unlock(&workers->lock);
    return device;
}

static gpointer work(gpointer user)
{
    struct worker *worker = user;
    struct device *device;
    while ((device = take_device(worker)) != NULL)
        timeline_tell(worker->timeline, device);
    return NULL;
}

uint64_t workers_run(const struct source *source, struct devices *devices, const struct timeline_options *options,
                     unsigned count, size_t memory)
{
    struct workers workers = {.source = source, .devices = devices, .count = count};
    GThread **threads = g_new0(GThread *, count);
    uint64_t bad = 0;
    g_mutex_init(&workers.lock);
    g_cond_init(&workers.done);
    workers.all = g_new0(struct worker, count);
    for (unsigned i = 0; i < count; i++) {
        struct timeline_options own = *options;
        own.turn = (struct life_turn){wait_turn, &workers.all[i]};
        workers.all[i] = (struct worker){&workers, timeline_new(&own, memory / count), UINT64_MAX};
    }
    for (unsigned i = 1; i < count; i++)
        threads[i] = g_thread_try_new("device", work, &workers.all[i], NULL); /* fewer do the same */
    work(&workers.all[0]);
    for (unsigned i = 0; i < count; i++) {
        if (threads[i])
            g_thread_join(threads[i]);
        bad += timeline_bad_records(workers.all[i].timeline);
    }
    for (unsigned i = 0; i < count; i++)
        timeline_free(workers.all[i].timeline);
    g_free(threads);
    g_free(workers.all);
    g_cond_clear(&workers.done);
    g_mutex_clear(&workers.lock);
    return bad;
}
