/* SPDX-License-Identifier: GPL-2.0-or-later
 * Bytes that were read from a pipe, put back in front of it: a thread copies into a second pipe. */
#include "capture/feed.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CHUNK 65536

struct feed {
    int in, out; /* of the thread */
    int reading; /* the other end of out; -1 once the reader has opened it */
    char path[32];
    uint8_t buffer[CHUNK];
    size_t length; /* bytes in the buffer when the thread starts */
    GThread *thread;
};

static bool write_all(int descriptor, const uint8_t *data, size_t length)
{
    while (length > 0) {
        ssize_t written = write(descriptor, data, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        data += written;
        length -= (size_t)written;
    }
    return true;
}

/* Waits for input. False when nobody reads the output any more. */
static bool wait_for_input(const struct feed *feed)
{
    struct pollfd ends[] = {{.fd = feed->in, .events = POLLIN}, {.fd = feed->out}};
    while (poll(ends, G_N_ELEMENTS(ends), -1) < 0) {
        if (errno != EINTR)
            return false;
    }
    return (ends[1].revents & (POLLERR | POLLNVAL)) == 0;
}

static void *copy(void *data)
{
    struct feed *feed = data;
    bool open = write_all(feed->out, feed->buffer, feed->length);
    while (open && wait_for_input(feed)) {
        ssize_t length = read(feed->in, feed->buffer, sizeof feed->buffer);
        if (length < 0 && errno == EINTR)
            continue;
        if (length <= 0)
            break;
        open = write_all(feed->out, feed->buffer, (size_t)length);
    }
    close(feed->out);
    return NULL;
}

struct feed *feed_start(int descriptor, const uint8_t *head, size_t length)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
        int error = errno;
        close(descriptor);
        errno = error;
        return NULL;
    }
    struct feed *feed = g_new0(struct feed, 1);
    feed->in = descriptor;
    feed->reading = ends[0];
    feed->out = ends[1];
    feed->length = length;
    memcpy(feed->buffer, head, length);
    snprintf(feed->path, sizeof feed->path, "/dev/fd/%d", ends[0]);

    /* The thread must not die of a reader that goes early: it inherits the mask. */
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    feed->thread = g_thread_new("feed", copy, feed);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return feed;
}

const char *feed_path(const struct feed *feed)
{
    return feed->path;
}

void feed_opened(struct feed *feed)
{
    close(feed->reading);
    feed->reading = -1;
}

void feed_stop(struct feed *feed)
{
    if (!feed)
        return;
    g_thread_join(feed->thread);
    close(feed->in);
    g_free(feed);
}
