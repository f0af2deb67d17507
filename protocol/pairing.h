/* SPDX-License-Identifier: GPL-2.0-or-later
 * Which command an answer belongs to: the rules both hosts pair by, for one conversation.
 * Takes messages of both directions in order, gives back the host's token of the command. No allocation.
 * (docs/PROTOCOL.md 8, docs/STARTEK.md 1.4 and 6, docs/FIFOTRACK.md 7) */
#ifndef S7_PAIRING_H
#define S7_PAIRING_H

#include "message.h"

/* Seconds after which an answer is no longer expected. */
#define S7_ANSWER_SECONDS 120
/* Commands that may wait at the same time; the oldest is given up for a further one. */
#define S7_REQUESTS_MAX 32
/* The same of reports that the platform may answer. */
#define S7_REPORTS_MAX 32

struct s7_request {
    uint64_t token;   /* the host's name for the command */
    int64_t time;     /* capture time, nanoseconds */
    char expected[8]; /* code of the answer; "" if only a rejection can come */
    uint8_t dialect;
    bool answered;    /* startek: more answers may follow */
    uint16_t index;   /* startek: index byte; fifotrack: serial */
    uint32_t picture; /* startek 265, fifotrack D06: what is asked for, 0 = not known */
    uint32_t device;  /* tells one id from another, 0 = it carries none */
};

/* A report that the platform may answer; nobody knows whether it must. (docs/FIFOTRACK.md 1.4) */
struct s7_reported {
    uint64_t token; /* the host's name for the report */
    int64_t time;   /* capture time, nanoseconds */
    uint16_t serial;
    uint32_t device; /* as that of a request */
};

/* All zero at the start of a conversation. */
struct s7_pairing {
    struct s7_request requests[S7_REQUESTS_MAX]; /* oldest first */
    unsigned count;
    struct s7_reported reports[S7_REPORTS_MAX]; /* oldest first */
    unsigned report_count;
};

/* A command was seen. Returns whether it is one that gets an answer. If another had to be given up for it, that one is
 * stored in *given_up and *full is set. data: the bytes of the frame. */
bool s7_pairing_command(struct s7_pairing *pairing, const uint8_t *data, const struct s7_message *message,
                        uint64_t token, int64_t time, struct s7_request *given_up, bool *full);

/* How well a message from the device answers a command. gotop has neither index nor serial: what has the code fits. */
enum s7_fit {
    S7_FIT_NONE,
    S7_FIT_CODE, /* by its code, but not by its index or serial */
    S7_FIT_SAME,
};

/* An uplink message was seen: does it answer a command, at least as well as that? On true *request is the command's;
 * request->answered tells whether it had an answer before this one. */
bool s7_pairing_answer(struct s7_pairing *pairing, const uint8_t *data, const struct s7_message *message, int64_t time,
                       enum s7_fit least, struct s7_request *request);

/* The same of one command, by its token, for an answer that came in another conversation of the device (behind another
 * port): how well it fits, and *answered: it had one before. S7_FIT_NONE if the command is not there any more, or came
 * later than the message. */
enum s7_fit s7_pairing_fit(const struct s7_pairing *pairing, uint64_t token, const uint8_t *data,
                           const struct s7_message *message, int64_t time, bool *answered);
/* Of several that fit: is the latest meant, not the oldest? */
bool s7_pairing_means_latest(const uint8_t *data, const struct s7_message *message);
/* It was that one. False if it is not there. */
bool s7_pairing_take(struct s7_pairing *pairing, uint64_t token, struct s7_request *request);

/* Is the message a report that the platform may answer, fifotrack A03? data: the bytes of the frame. */
bool s7_pairing_is_answered(const uint8_t *data, const struct s7_message *message);

/* Such a report was seen. The oldest is forgotten for it when S7_REPORTS_MAX wait. */
void s7_pairing_report(struct s7_pairing *pairing, const uint8_t *data, const struct s7_message *message,
                       uint64_t token, int64_t time);

/* A command was seen: does it answer such a report, which then has its serial? On true *token is the report's. */
bool s7_pairing_acknowledged(struct s7_pairing *pairing, const uint8_t *data, const struct s7_message *message,
                             int64_t time, uint64_t *token);

/* Gives up one command that is older than S7_ANSWER_SECONDS at that time; false if there is none. Call until false.
 * Forgets reports of that age. */
bool s7_pairing_expired(struct s7_pairing *pairing, int64_t time, struct s7_request *request);

#endif
