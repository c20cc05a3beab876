/* SPDX-License-Identifier: GPL-2.0-only */
/* The command `kregion`: what its files share. */
#ifndef KREGION_CLI_H
#define KREGION_CLI_H

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <libkregion.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/* Exit status. 0: all went well. */
#define FAILED		1	/* the operation */
#define WRONG_USAGE	2

/**
 * struct command - what `kregion NAME` does
 * @name: the word
 * @summary: one line for the list of commands
 * @help: what `kregion NAME --help` prints
 * @run: gets @name and the arguments behind it; returns the exit status
 */
struct command {
	const char *name;
	const char *summary;
	const char *help;
	int (*run)(int argc, char **argv);
};

extern const struct command list_command, info_command, read_command,
	write_command, fill_command, dump_command, create_command,
	remove_command, doctor_command;

/* One line on standard error; they return FAILED and WRONG_USAGE. */
int fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
int wrong(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* ---- args.c ---- */

/*
 * getopt_long() for @command: the next option, or -1 at the end of them. --help is
 * answered here, and what is wrong is said: both end the program.
 */
int next_option(const struct command *command, int argc, char **argv,
		const char *letters, const struct option *options);

/* Are there @min to @max words behind the options? Otherwise says so, WRONG_USAGE. */
int count_words(const struct command *command, int argc, char **argv, int min,
		int max);

/* A number, decimal or 0x..., with K, M, G or p for pages; false when it is none. */
bool parse_number(const char *text, uint64_t *number);

/* ---- range.c ---- */

/**
 * struct range - bytes of an open device
 * @device: it, NULL when it could not be opened
 * @name: what the user called it
 * @offset: of the first byte, in the device
 * @length: how many
 */
struct range {
	struct kregion *device;
	const char *name;
	uint64_t offset;
	uint64_t length;
};

/* Open a device, or say why not and return NULL. */
struct kregion *open_device(const char *name, int flags);

/*
 * Fill @range with what the words DEVICE [OFFSET [LENGTH]] mean; with @region, its
 * name or index, OFFSET counts from there, and the range ends where it does. Returns
 * 0, or an exit status when something was wrong and has been said.
 */
int open_range(struct range *range, int flags, const char *region, char **words,
	       int nr_words);

/* Long copies go by this many bytes. */
#define CHUNK	((size_t)1 << 20)

/* Room for CHUNK bytes, or NULL, said. */
char *new_chunk(void);

/* How many bytes come next, when @done of @range are done: @most at the most. */
size_t next_chunk(const struct range *range, uint64_t done, size_t most);

/* Copy @length bytes from or to byte @offset on; 0 or FAILED, said. */
int read_bytes(const struct range *range, uint64_t offset, void *buffer,
	       size_t length);
int write_bytes(const struct range *range, uint64_t offset, const void *buffer,
		size_t length);

/* ---- output.c ---- */

/* Have all of standard output reach its place; 0 or FAILED, said. */
int finish_output(void);

/* Bytes as people say them, "64 KiB", where no digit is lost by it. */
const char *human_size(uint64_t size, char buffer[32]);

struct json_object;

/* Print @object and forget it; 0 or FAILED, said. */
int print_json(struct json_object *object);

/**
 * struct progress - how far a copy has come, for a terminal
 * @total: bytes to copy, 0: not known
 */
struct progress {
	uint64_t total;
	uint64_t done;
	double start;
	double shown;
	bool on;
};

void progress_start(struct progress *progress, uint64_t total);
void progress_add(struct progress *progress, uint64_t bytes);
/* Take its line from the terminal: it is over, or something else is to be said. */
void progress_hide(void);

#endif /* KREGION_CLI_H */
