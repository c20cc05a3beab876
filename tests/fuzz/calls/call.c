// SPDX-License-Identifier: GPL-2.0-only
#include "call.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "ops.h"
#include "user-memory.h"

/* In memory that children of fork share. */
struct counts {
	unsigned long calls;
	unsigned long succeeded[MAX_KINDS];
	unsigned long refused[MAX_KINDS];
};

void (*tell_replay)(void);
static struct counts *counts;
static unsigned int current_kind;
static const char *call_format;
static long call_args[8];

struct want want_value(long value)
{
	return (struct want){ .value = value };
}

struct want want_error(int error)
{
	return (struct want){ .value = -1, .errors = { error } };
}

struct want want_either(int error, int other)
{
	return (struct want){ .value = -1, .errors = { error, other } };
}

void calls_init(void)
{
	counts = must_map(NULL, sizeof(*counts), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

unsigned long calls_made(void)
{
	return counts->calls;
}

void call_begin(unsigned int kind)
{
	counts->calls++;
	current_kind = kind;
	call_format = NULL;
}

void describe_call(const char *format, const long *args)
{
	call_format = format;
	memcpy(call_args, args, sizeof(call_args));
}

static void print_call(void)
{
	const long *a = call_args;

	printf("fuzz: call %lu: %s ", counts->calls, ops[current_kind].name);
	if (call_format)
		printf(call_format, a[0], a[1], a[2], a[3], a[4], a[5], a[6],
		       a[7]);
	putchar('\n');
}

static void end_badly(void) __attribute__((noreturn));
static void end_badly(void)
{
	if (tell_replay)
		tell_replay();
	fflush(stdout);
	_Exit(1);
}

static void print_reason(const char *format, va_list args)
{
	print_call();
	printf("fuzz: ");
	vprintf(format, args);
}

void mismatch(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_reason(format, args);
	va_end(args);
	putchar('\n');
	end_badly();
}

void die(const char *format, ...)
{
	int error = errno;
	va_list args;

	va_start(args, format);
	print_reason(format, args);
	va_end(args);
	printf(": %s\n", strerror(error));
	end_badly();
}

static void wrong_answer(long got, int error, struct want want)
{
	char wanted[160];
	size_t len;
	int i;

	if (!want.errors[0])
		len = snprintf(wanted, sizeof(wanted), "%ld (%#lx)", want.value,
			       want.value);
	else
		len = snprintf(wanted, sizeof(wanted), "-1 (%s)",
			       strerror(want.errors[0]));
	for (i = 1; i < 3 && want.errors[i]; i++)
		len += snprintf(wanted + len, sizeof(wanted) - len, " or (%s)",
				strerror(want.errors[i]));
	if (got == -1)
		mismatch("expected %s, got -1 (%s)", wanted,
			 strerror(error));
	mismatch("expected %s, got %ld (%#lx)", wanted, got, got);
}

static bool right_error(int error, struct want want)
{
	int i;

	for (i = 0; i < 3; i++) {
		if (want.errors[i] && want.errors[i] == error)
			return true;
	}
	return false;
}

void check_success(void)
{
	counts->succeeded[current_kind]++;
}

bool check(long got, struct want want)
{
	int error = errno;

	if (want.errors[0]) {
		if (got != -1 || !right_error(error, want))
			wrong_answer(got, error, want);
		counts->refused[current_kind]++;
		return false;
	}
	if (got != want.value)
		wrong_answer(got, error, want);
	check_success();
	return true;
}

unsigned long kind_succeeded(unsigned int kind)
{
	return counts->succeeded[kind];
}

unsigned long kind_refused(unsigned int kind)
{
	return counts->refused[kind];
}
