// SPDX-License-Identifier: GPL-2.0-only
/* `kregion COMMAND ...`: which commands there are. */
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

static const struct command * const commands[] = {
	&list_command, &info_command, &read_command, &write_command,
	&fill_command, &dump_command, &create_command, &remove_command,
	&doctor_command,
};

/* What users typed may be in it: whatever that is, an error is one line. */
static void say_error(const char *format, va_list args)
{
	char *text, *next;

	if (vasprintf(&text, format, args) < 0)
		abort();
	for (next = text; *next; next++) {
		if ((unsigned char)*next < ' ' || *next == 0x7f)
			*next = '?';
	}
	fflush(stdout);
	progress_hide();
	fprintf(stderr, "kregion: %s\n", text);
	free(text);
}

int fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say_error(format, args);
	va_end(args);
	return FAILED;
}

int wrong(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say_error(format, args);
	va_end(args);
	return WRONG_USAGE;
}

static int help(void)
{
	size_t i;

	puts("usage: kregion COMMAND [OPTION...] [ARGUMENT...]\n"
	     "\n"
	     "Look into and use memory regions of the kernel, on the devices /dev/kregion*.\n");
	for (i = 0; i < ARRAY_SIZE(commands); i++)
		printf("  %-8s %s\n", commands[i]->name, commands[i]->summary);
	puts("\n"
	     "  -h, --help     print this; behind a command: how that is used\n"
	     "  -V, --version  print the version\n"
	     "\n"
	     "A device is a number, a name or a path: 0, demo, /dev/kregion0. Sizes and offsets\n"
	     "are decimal or 0x..., with K, M, G (powers of 1024) or p (pages) behind them.\n"
	     "\n"
	     "Exit status: 0, 1 when the operation failed, 2 for wrong usage.");
	return finish_output();
}

static int version(void)
{
	printf("kregion %s\n", KREGION_VERSION);
	return finish_output();
}

static const struct command *find(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	}
	return NULL;
}

static int is(const char *word, const char *a, const char *b, const char *c)
{
	return !strcmp(word, a) || !strcmp(word, b) || !strcmp(word, c);
}

/*
 * The next file to be opened, maybe a device, would get the number of a standard
 * stream that is closed: messages would be stored in it, or its bytes taken for the
 * input. So these numbers are taken, for what still fails when it is used.
 */
static bool occupy_standard_streams(void)
{
	int fd;

	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		int unusable = fd == STDIN_FILENO ? O_WRONLY : O_RDONLY;

		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", unusable) != fd)
			return false;
	}
	return true;
}

static int run(char **argv, int argc)
{
	const struct command *command = find(argv[0]);

	if (!command)
		return wrong("'%s': expected one of list, info, read, write, fill, dump, create, remove, doctor; see kregion --help",
			     argv[0]);
	return command->run(argc, argv);
}

int main(int argc, char **argv)
{
	if (!occupy_standard_streams())
		return FAILED;
	if (argc < 2)
		return wrong("no command: see kregion --help");
	if (is(argv[1], "-h", "--help", "help") && argc == 2)
		return help();
	if (!strcmp(argv[1], "help"))
		return run((char *[]){ argv[2], (char *)"--help", NULL }, 2);
	if (is(argv[1], "-V", "--version", "version"))
		return version();
	return run(argv + 1, argc - 1);
}
