// SPDX-License-Identifier: GPL-2.0-only
/*
 * libFuzzer's target for single words: those that configfs gives to driver/spec.c, and
 * the numbers on the command line of kregion. Each is judged by a second, plainer
 * implementation. The first byte tells which kind the rest is.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "fuzz.h"
#include "spec.h"

typedef unsigned __int128 wide;

static const char *word;
static unsigned int length;

static void broken(const char *condition, int line)
{
	fprintf(stderr, "fuzz-words.c:%d: not true: %s\nof the word '%.*s'\n", line,
		condition, (int)length, word);
	abort();
}

/* What args.c needs of other files; nothing here comes to them. */
int wrong(const char *format, ...)
{
	(void)format;
	abort();
}

int finish_output(void)
{
	abort();
}

static bool is(const char *wanted)
{
	return strlen(wanted) == length && !memcmp(wanted, word, length);
}

/* ---- the second implementation ---- */

static int digit_of(char c)
{
	const char *digits = "0123456789abcdef0123456789ABCDEF";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)((at - digits) % 16) : 99;
}

/* The value of @nr digits; false when it is none, or not below 2^64. */
static bool value_of(const char *digits, size_t nr, int base, wide *value)
{
	size_t i;

	*value = 0;
	for (i = 0; i < nr; i++) {
		if (digit_of(digits[i]) >= base)
			return false;
		*value = *value * (wide)base + (wide)digit_of(digits[i]);
		if (*value > UINT64_MAX)
			return false;
	}
	return nr > 0;
}

/* What the last character multiplies by; 0 when it is no suffix. */
static wide factor_of(const char *text, size_t nr, wide page)
{
	switch (nr ? text[nr - 1] : 0) {
	case 'k':
	case 'K':
		return 1024;
	case 'm':
	case 'M':
		return 1024 * 1024;
	case 'g':
	case 'G':
		return 1024 * 1024 * 1024;
	case 'p':
		return page;
	default:
		return 0;
	}
}

static bool number_of(const char *text, size_t nr, int base, wide page, wide *number)
{
	wide factor = factor_of(text, nr, page);

	if (!value_of(text, nr - !!factor, base, number))
		return false;
	*number *= factor ? factor : 1;
	return *number <= UINT64_MAX;
}

/* ---- one kind of word each ---- */

static void check_refused(const char *expected, const void *spec, const void *before,
			  size_t size)
{
	check(expected[0] && !strchr(expected, '\n'));
	check(!memcmp(spec, before, size));
}

static void check_size(void)
{
	struct kregion_region_spec spec, before;
	const char *expected;
	wide number = 0;

	memset(&spec, 0xa5, sizeof(spec));
	before = spec;
	expected = kregion_parse_size(word, length, &spec);
	if (!number_of(word, length, 10, 1, &number) || !number) {
		check(expected);
		check_refused(expected, &spec, &before, sizeof(spec));
		return;
	}
	check(!expected);
	check(spec.size == (uint64_t)number);
	check(spec.size_in_pages == (word[length - 1] == 'p'));
}

static void check_backend(void)
{
	struct kregion_region_spec spec, before;
	const char *expected;

	memset(&spec, 0xa5, sizeof(spec));
	before = spec;
	expected = kregion_parse_backend(word, length, &spec);
	check(!expected == (is("kmalloc") || is("vmalloc")));
	if (expected)
		check_refused(expected, &spec, &before, sizeof(spec));
	else
		check((spec.backend == KREGION_BACKEND_KMALLOC) == is("kmalloc"));
}

static void check_cache(void)
{
	struct kregion_region_spec spec, before;
	const char *expected;

	memset(&spec, 0xa5, sizeof(spec));
	before = spec;
	expected = kregion_parse_cache(word, length, &spec);
	check(!expected == (is("wb") || is("wc") || is("uc")));
	if (expected)
		check_refused(expected, &spec, &before, sizeof(spec));
}

static void check_scope(void)
{
	__u32 scope = 99, before = 99;
	const char *expected = kregion_parse_scope(word, length, &scope);

	check(!expected == (is("shared") || is("open")));
	if (expected)
		check_refused(expected, &scope, &before, sizeof(scope));
	else
		check(is(kregion_scope_name(scope)));
}

static void check_name(void)
{
	unsigned int i;
	bool valid = length >= 1 && length <= 31;

	for (i = 0; i < length; i++)
		valid = valid && word[i] &&
			strchr("abcdefghijklmnopqrstuvwxyz0123456789_-", word[i]);
	check(kregion_name_valid(word, length) == valid);
}

/* Of the command line, so it ends with a NUL. */
static void check_number(void)
{
	char *text = strndup(word, length);
	size_t nr = strlen(text);
	bool hex = nr >= 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	size_t skip = hex ? 2 : 0;
	uint64_t number = 0;
	wide wanted;
	bool valid = number_of(text + skip, nr - skip, hex ? 16 : 10,
			       (wide)sysconf(_SC_PAGESIZE), &wanted);

	check(parse_number(text, &number) == valid);
	check(!valid || number == (uint64_t)wanted);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const checks[])(void) = {
		check_size, check_backend, check_cache, check_scope, check_name,
		check_number,
	};
	char *copy;

	if (!size)
		return 0;
	length = (unsigned int)size - 1;
	copy = malloc(length ? length : 1);
	if (!copy)
		abort();
	memcpy(copy, data + 1, length);
	word = copy;
	checks[data[0] % ARRAY_SIZE(checks)]();
	free(copy);
	return 0;
}
