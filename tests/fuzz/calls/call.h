/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One call: what it was, what it should have returned, and the end of the program
 * when it did not. Counts of calls, which children of fork add to.
 */
#ifndef KREGION_FUZZ_CALL_H
#define KREGION_FUZZ_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define MAX_KINDS	40

/* What a call must return: a value, or -1 with one of the errors that are not 0. */
struct want {
	long value;
	int errors[3];
};

struct want want_value(long value);
struct want want_error(int error);
/*
 * Kernels differ, or look at two wrong arguments in different order: say why where
 * it is used.
 */
struct want want_either(int error, int other);

/* Called with each mismatch before the program ends: tells how to replay it. */
extern void (*tell_replay)(void);

void calls_init(void);
unsigned long calls_made(void);

/* Begin a call of one kind. */
void call_begin(unsigned int kind);

/* The call for the message of a mismatch: @format has up to 8 longs. */
#define describe(format, ...) \
	describe_call(format, (const long []){ __VA_ARGS__, 0, 0, 0, 0, 0, 0, 0 })
void describe_call(const char *format, const long *args);

/*
 * Was the answer what it should be? Otherwise the program ends with a message. Counts
 * the call; true when it succeeded. @got -1: the error is in errno.
 */
bool check(long got, struct want want);

/* The same for what succeeds with a value that is judged by the caller. */
void check_success(void);

/* A byte or a value is not what it should be: end the program with a message. */
void mismatch(const char *format, ...)
	__attribute__((noreturn, format(printf, 1, 2)));

/* Something that is no call failed, with errno: end the program with a message. */
void die(const char *format, ...)
	__attribute__((noreturn, format(printf, 1, 2)));

/* Counts of one kind, of all processes. */
unsigned long kind_succeeded(unsigned int kind);
unsigned long kind_refused(unsigned int kind);

#endif /* KREGION_FUZZ_CALL_H */
