// SPDX-License-Identifier: GPL-2.0-only
/* The arguments of commands: options, how many words, numbers. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

/* In a cluster of letters @word may already be the next one: then the letter tells. */
static int wrong_option(const struct command *command, const char *word)
{
	char letter[] = { '-', (char)optopt, '\0' };

	if (strncmp(word, "--", 2) && optopt)
		word = letter;
	return wrong("%s: option '%s': expected one of those in kregion %s --help",
		     command->name, word, command->name);
}

int next_option(const struct command *command, int argc, char **argv,
		const char *letters, const struct option *options)
{
	int option;

	opterr = 0;
	option = getopt_long(argc, argv, letters, options, NULL);
	if (option == 'h') {
		fputs(command->help, stdout);
		exit(finish_output());
	}
	if (option == ':')
		exit(wrong("%s: %s needs a value, see kregion %s --help",
			   command->name, argv[optind - 1], command->name));
	if (option == '?')
		exit(wrong_option(command, argv[optind - 1]));
	return option;
}

int count_words(const struct command *command, int argc, char **argv, int min,
		int max)
{
	const char *usage = command->help + strlen("usage: ");

	if (argc - optind < min)
		return wrong("%s: a word is missing: expected %.*s", command->name,
			     (int)strcspn(usage, "\n"), usage);
	if (argc - optind > max)
		return wrong("%s: '%s' is too much, see kregion %s --help",
			     command->name, argv[optind + max], command->name);
	return 0;
}

/* What a letter behind a number multiplies it by, 0 for an unknown one. */
static uint64_t factor(const char *suffix)
{
	if (!*suffix)
		return 1;
	if (suffix[1])
		return 0;
	switch (*suffix) {
	case 'K':
	case 'k':
		return UINT64_C(1) << 10;
	case 'M':
	case 'm':
		return UINT64_C(1) << 20;
	case 'G':
	case 'g':
		return UINT64_C(1) << 30;
	case 'p':
		return (uint64_t)sysconf(_SC_PAGESIZE);
	default:
		return 0;
	}
}

bool parse_number(const char *text, uint64_t *number)
{
	/* Never octal: a leading 0 is only a digit. */
	bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	const char *digits = hex ? text + 2 : text;
	unsigned long long value;
	uint64_t times;
	char *end;

	/* strtoull() would take a sign, blanks and a second 0x. */
	if (!strchr(hex ? "0123456789abcdefABCDEF" : "0123456789", *digits) ||
	    !*digits || (hex && (digits[1] == 'x' || digits[1] == 'X')))
		return false;
	errno = 0;
	value = strtoull(digits, &end, hex ? 16 : 10);
	times = factor(end);
	return !errno && times && !__builtin_mul_overflow(value, times, number);
}
