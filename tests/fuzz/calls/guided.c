// SPDX-License-Identifier: GPL-2.0-only
#include "guided.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "audit.h"
#include "call.h"
#include "cover.h"
#include "model.h"
#include "ops.h"
#include "program.h"

#define MAX_CORPUS	4096
#define FRESH_LENGTH	32	/* calls of a new program, at most */

static struct program corpus[MAX_CORPUS], running;
static unsigned int nr_corpus;
static const char *save_folder;

/* Draws of the fuzzer itself, apart from those of the calls. */
static uint64_t draw_seed, draw_index;

static uint64_t draw(uint64_t limit)
{
	return seed_of(draw_seed, draw_index++).start % limit;
}

static struct seed draw_call(void)
{
	return seed_of(draw_seed, draw_index++);
}

static void make_fresh(struct program *program)
{
	unsigned int i;

	program->len = 1 + (unsigned int)draw(FRESH_LENGTH);
	for (i = 0; i < program->len; i++)
		program->seeds[i] = draw_call();
}

static void insert_call(struct program *program)
{
	unsigned int at = (unsigned int)draw(program->len + 1);

	if (program->len == MAX_PROGRAM)
		return;
	memmove(&program->seeds[at + 1], &program->seeds[at],
		(program->len - at) * sizeof(program->seeds[0]));
	program->seeds[at] = draw_call();
	program->len++;
}

static void remove_call(struct program *program)
{
	unsigned int at = (unsigned int)draw(program->len);

	if (program->len == 1)
		return;
	program->len--;
	memmove(&program->seeds[at], &program->seeds[at + 1],
		(program->len - at) * sizeof(program->seeds[0]));
}

/* The same call, but for one of the numbers that it is drawn from. */
static void tweak_call(struct program *program)
{
	struct seed *seed = &program->seeds[draw(program->len)];

	seed->tweak_at = (uint32_t)draw(16);
	seed->tweak = (uint32_t)draw(64);
}

static void append_calls(struct program *program)
{
	unsigned int calls = 1 + (unsigned int)draw(8);

	while (calls-- && program->len < MAX_PROGRAM)
		program->seeds[program->len++] = draw_call();
}

/* The begin of one and the end of another. */
static void splice_programs(struct program *program)
{
	const struct program *other = &corpus[draw(nr_corpus)];
	unsigned int from = (unsigned int)draw(other->len);
	unsigned int at = (unsigned int)draw(program->len);
	unsigned int calls = other->len - from;

	if (at + calls > MAX_PROGRAM)
		calls = MAX_PROGRAM - at;
	memcpy(&program->seeds[at], &other->seeds[from],
	       calls * sizeof(program->seeds[0]));
	program->len = at + calls;
}

static void mutate(struct program *program)
{
	static void (*const ways[])(struct program *program) = {
		insert_call, remove_call, tweak_call, tweak_call, append_calls,
		append_calls, splice_programs,
	};
	unsigned int times = 1 + (unsigned int)draw(3);

	*program = corpus[draw(nr_corpus)];
	while (times--)
		ways[draw(ARRAY_SIZE(ways))](program);
}

/* The number of calls up to the last that reached something new, or 0. */
static unsigned int run_program(const struct program *program,
				struct cover *cover)
{
	unsigned int i, useful = 0;

	model_reset();
	for (i = 0; i < program->len; i++) {
		if (cover)
			cover_start();
		run_call(program->seeds[i]);
		if (cover && cover_collect(cover))
			useful = i + 1;
	}
	return useful;
}

static void keep(const struct program *program, unsigned int len)
{
	if (nr_corpus == MAX_CORPUS)
		return;
	corpus[nr_corpus] = *program;
	corpus[nr_corpus++].len = len;
}

struct phase {
	bool guided;
	uint64_t calls;
	unsigned int seconds;	/* when there is no number of calls */
	struct cover cover;
};

static bool is_over(const struct phase *phase, uint64_t begin, time_t start)
{
	if (phase->calls)
		return calls_made() - begin >= phase->calls;
	return time(NULL) - start >= phase->seconds;
}

static void run_phase(struct phase *phase)
{
	uint64_t begin = calls_made(), programs = 0;
	time_t start = time(NULL);
	unsigned int useful;

	while (!is_over(phase, begin, start)) {
		/* Half of them: the draws themselves already reach much. */
		if (phase->guided && nr_corpus && draw(2))
			mutate(&running);
		else
			make_fresh(&running);
		useful = run_program(&running, &phase->cover);
		if (phase->guided && useful)
			keep(&running, useful);
		if (++programs % 256 == 0)
			audit_all();
	}
	audit_all();
	printf("fuzz: %s: %lu calls in %lu programs reached %u places and %u steps between two\n",
	       phase->guided ? "guided" : "blind", calls_made() - begin,
	       programs, phase->cover.pcs.len, phase->cover.edges.len);
}

static void save(const char *name, const struct program *programs,
		 unsigned int number)
{
	char path[256];
	unsigned int i;
	FILE *file;

	if (!save_folder)
		return;
	snprintf(path, sizeof(path), "%s/%s", save_folder, name);
	file = fopen(path, "w");
	if (!file)
		die("%s", path);
	for (i = 0; i < number; i++)
		program_print(&programs[i], file);
	if (fclose(file))
		die("%s", path);
	printf("fuzz: %u programs are in %s\n", number, path);
}

static void tell_program(void)
{
	printf("fuzz: replay: fuzz --replay FILE, with this line in FILE:\n");
	program_print(&running, stdout);
}

void run_guided(uint64_t seed, uint64_t calls, unsigned int seconds,
		const char *folder)
{
	static struct phase blind, guided = { .guided = true };

	blind.calls = calls / 2;
	guided.calls = calls / 2;
	blind.seconds = seconds / 2;
	guided.seconds = seconds - blind.seconds;
	draw_seed = seed;
	save_folder = folder;
	tell_replay = tell_program;
	cover_init();
	run_phase(&blind);
	run_phase(&guided);
	printf("fuzz: corpus of %u programs\n", nr_corpus);
	save("corpus", corpus, nr_corpus);
}

void run_corpus(const char *path, bool cover)
{
	static struct cover reached;
	FILE *file = fopen(path, "r");
	unsigned int programs = 0;

	if (!file)
		die("%s", path);
	if (cover)
		cover_init();
	tell_replay = tell_program;
	while (program_read(&running, file)) {
		run_program(&running, cover ? &reached : NULL);
		programs++;
	}
	audit_all();
	printf("fuzz: %u programs of %s", programs, path);
	if (cover)
		printf(" reached %u places and %u steps between two",
		       reached.pcs.len, reached.edges.len);
	putchar('\n');
	fclose(file);
}
