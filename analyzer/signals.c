/* SPDX-License-Identifier: GPL-2.0-or-later
 * Signals. Whoever writes into a pipe is mostly told to stop at the same time and still hands over what it has: so a
 * pipe is read on for a second; then its descriptors are made to be at their end. */
#include "signals.h"

#include "options.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Descriptors that are looked at: inputs are opened early, and few at a time. */
#define DESCRIPTORS 256

static struct {
    dev_t device;
    ino_t inode;
} pipes[SIGNALS_PIPES];
static volatile sig_atomic_t pipe_count, stopped, overdue;
static int nothing = -1; /* what a pipe is replaced by */

static void end_pipes(int descriptor)
{
    struct stat status;
    if (fstat(descriptor, &status) != 0)
        return;
    for (int i = 0; i < pipe_count; i++)
        if (pipes[i].device == status.st_dev && pipes[i].inode == status.st_ino)
            dup2(nothing, descriptor);
}

/* Only what may be called in a handler. Comes again each second until the reading is over: a call that waits for input
 * may have begun just behind it. */
static void on_alarm(int number)
{
    overdue = 1;
    for (int descriptor = 0; descriptor < DESCRIPTORS; descriptor++)
        if (descriptor != STDOUT_FILENO && descriptor != STDERR_FILENO)
            end_pipes(descriptor);
    alarm(1);
}

static void on_stop(int number)
{
    stopped = 1;
    alarm(1);
}

/* The next one has its usual effect. */
static void watch(int number)
{
    struct sigaction before, action = {.sa_handler = on_stop, .sa_flags = SA_RESTART | (int)SA_RESETHAND};
    if (sigaction(number, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
        sigaction(number, &action, NULL);
}

/* GLib ends the program when there is no memory; its own way is SIGTRAP. No allocation here. */
static void on_message(const char *domain, GLogLevelFlags level, const char *message, void *user)
{
    if (!(level & G_LOG_LEVEL_ERROR)) {
        g_log_default_handler(domain, level, message, user);
        return;
    }
    char text[512];
    int length = g_snprintf(text, sizeof text, PROGRAM_NAME ": the run cannot go on: %s\n", message);
    if (write(STDERR_FILENO, text, MIN((size_t)length, sizeof text - 1)) < 0)
        _exit(EXIT_INTERNAL);
    _exit(EXIT_INTERNAL);
}

void signals_watch(void)
{
    static const int stops[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = on_alarm};
    nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    sigaction(SIGALRM, &action, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(stops); i++)
        watch(stops[i]);
    signal(SIGXFSZ, SIG_IGN);
    g_log_set_default_handler(on_message, NULL);
}

void signals_add_pipe(const char *path)
{
    struct stat status;
    int failed = strcmp(path, "-") == 0 ? fstat(STDIN_FILENO, &status) : stat(path, &status);
    if (failed != 0 || !(S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode)) || pipe_count >= SIGNALS_PIPES)
        return;
    pipes[pipe_count].device = status.st_dev;
    pipes[pipe_count].inode = status.st_ino;
    pipe_count = pipe_count + 1;
}

bool signals_stopped(void)
{
    return stopped;
}

bool signals_overdue(void)
{
    return overdue;
}

void signals_read(void)
{
    alarm(0);
    signal(SIGALRM, SIG_IGN);
}
