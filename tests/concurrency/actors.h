/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Actors: processes that use the driver at the same time, each doing one thing over
 * and over. Some have a number of rounds to do; the others go on until those are done, and
 * until each has succeeded once.
 *
 * An actor counts what succeeded and what was refused. A refusal must have one of the
 * errnos that the actor expects; anything else ends the test, and so does an actor that
 * has something left to do and no success, one that died, and one that hangs.
 */
#ifndef KREGION_TEST_ACTORS_H
#define KREGION_TEST_ACTORS_H

#include "common.h"

#define NO_MORE_ERRNOS	0
#define MAX_ERRNOS	8

struct actor;

/**
 * struct kind - what some actors do
 * @name: in the table that the test prints
 * @copies: how many do it at once
 * @percent: of the test's rounds that each must do with success
 * @act: one round
 * @refusals: errnos that are answers, ended by NO_MORE_ERRNOS
 */
struct kind {
	const char *name;
	unsigned int copies;
	unsigned int percent;
	void (*act)(struct actor *self);
	int refusals[MAX_ERRNOS];
};

/* Rounds as the environment says it, KREGION_ROUNDS, or else @usual. */
unsigned int rounds(unsigned int usual);

/* Run all of them to their end, print what each did, judge. */
void run_actors(const struct kind *kinds, size_t n, unsigned int rounds);

/* For an actor. 0, 1 ... among the copies of its kind. */
unsigned int copy_of(const struct actor *self);
unsigned int below(struct actor *self, unsigned int limit);	/* random */
void succeeded(struct actor *self);
void refused(struct actor *self, int err);	/* and wait, or fail if it is not expected */
void give_way(struct actor *self);		/* for a random time, maybe none */

/* One needs moments in which nobody is at work: the others begin rounds more seldom. */
void make_room(struct actor *self, bool on);
void wrong(struct actor *self, const char *format, ...)
	__attribute__((format(printf, 2, 3), noreturn));

/* The machine before and after: reserved pages, and memory, roughly or by kmemleak. */
struct machine {
	size_t reserved;
	long long available;
};

void look_at_machine(struct machine *machine);
void assert_nothing_left(const struct machine *before);

#endif /* KREGION_TEST_ACTORS_H */
