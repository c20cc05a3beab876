// SPDX-License-Identifier: GPL-2.0-only
/*
 * libFuzzer's target for the parser of regions=, driver/spec.c: whatever the text is,
 * what is accepted is in bounds, covers all of the text, means what a second reading of
 * it does, and survives being printed and parsed again; what is refused is refused with
 * a token of the text and one plain line.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "spec.h"

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))

/* Regions in the longest text, "vmalloc:1," again and again, that libFuzzer makes. */
#define MAX_FOUND	1024

/* A region as the parser gave it, and what came with it. */
struct found {
	struct kregion_region_spec spec;
	__u32 scope;
	bool last;
};

static const char *const caches[] = { "wb", "wc", "uc" };

static const char *fuzzed;

static void broken(const char *condition, int line)
{
	fprintf(stderr, "fuzz-spec.c:%d: not true: %s\nof the text '%s'\n", line,
		condition, fuzzed);
	abort();
}

/* A string without a byte to spare, so that a sanitizer sees a step too far. */
static char *text_of(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	check(text);
	memcpy(text, data, size);
	text[size] = '\0';
	return text;
}

static void check_name(const char *name)
{
	size_t len = strnlen(name, KREGION_NAME_LEN);

	check(len < KREGION_NAME_LEN);
	check(strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-") == len);
}

static void check_spec(const struct kregion_region_spec *spec)
{
	check(spec->backend == KREGION_BACKEND_KMALLOC ||
	      spec->backend == KREGION_BACKEND_VMALLOC);
	check(spec->cache <= KREGION_CACHE_UC);
	check(!(spec->flags & ~KREGION_SPEC_READONLY));
	check(spec->size > 0);
	check(!spec->address);
	check_name(spec->name);
}

static void check_same_spec(const struct kregion_region_spec *a,
			    const struct kregion_region_spec *b)
{
	check(a->backend == b->backend);
	check(a->cache == b->cache);
	check(a->flags == b->flags);
	check(a->size == b->size);
	check(a->size_in_pages == b->size_in_pages);
	check(!strcmp(a->name, b->name));
}

/* ---- what a region's text means, read a second time ---- */

static void read_size(struct kregion_region_spec *spec, const char *word)
{
	size_t digits = strspn(word, "0123456789");
	unsigned int shift = 0;

	switch (word[digits]) {
	case 'k':
	case 'K':
		shift = 10;
		break;
	case 'm':
	case 'M':
		shift = 20;
		break;
	case 'g':
	case 'G':
		shift = 30;
		break;
	case 'p':
		spec->size_in_pages = true;
		break;
	default:
		check(!word[digits]);
	}
	check(digits && (!word[digits] || !word[digits + 1]));
	errno = 0;
	spec->size = strtoull(word, NULL, 10);
	check(!errno && spec->size <= UINT64_MAX >> shift);
	spec->size <<= shift;
}

static void read_attribute(struct kregion_region_spec *spec, const char *word)
{
	__u32 i;

	for (i = 0; i < ARRAY_SIZE(caches); i++) {
		if (!strcmp(word, caches[i])) {
			spec->cache = i;
			return;
		}
	}
	if (!strcmp(word, "ro")) {
		spec->flags |= KREGION_SPEC_READONLY;
		return;
	}
	check(!strncmp(word, "name=", 5));
	check(word[5] && strlen(word + 5) < KREGION_NAME_LEN);
	strcpy(spec->name, word + 5);
}

static void check_meaning(const struct kregion_parser *parser,
			  const struct kregion_region_spec *spec)
{
	struct kregion_region_spec wanted = { .backend = KREGION_BACKEND_VMALLOC };
	char *text = strndup(parser->token, parser->token_len);
	char *rest = text, *word;

	check(text && !strpbrk(text, ",;\n"));
	word = strsep(&rest, ":");
	if (!strcmp(word, "kmalloc"))
		wanted.backend = KREGION_BACKEND_KMALLOC;
	else
		check(!strcmp(word, "vmalloc"));
	check(rest);
	read_size(&wanted, strsep(&rest, ":"));
	while (rest)
		read_attribute(&wanted, strsep(&rest, ":"));
	check_same_spec(spec, &wanted);
	free(text);
}

/* ---- the whole text ---- */

/*
 * The regions' texts, the separators between them and "scope=" are all of the text: no
 * character was stepped over. Return where the text of the next region may begin.
 */
static const char *check_cover(const char *at, const struct kregion_parser *parser,
			       bool first, bool last)
{
	size_t before = (size_t)(parser->token - at);

	check(parser->token >= at && parser->token_len > 0);
	if (before) {
		const char *scope = parser->scope == KREGION_SCOPE_OPEN ?
			"scope=open," : "scope=shared,";

		check(first);
		check(before == strlen(scope) && !memcmp(at, scope, before));
	} else if (first) {
		check(parser->scope == KREGION_SCOPE_SHARED);
	}
	at = parser->token + parser->token_len;
	if (*at == ',' || *at == ';') {
		check((*at == ';') == last);
		return at + 1;
	}
	check(last && (!*at || !strcmp(at, "\n")));
	return at;
}

static bool is_plain(const char *line)
{
	for (; *line; line++) {
		if (*line < ' ' || *line > '~')
			return false;
	}
	return true;
}

static void check_refusal(const char *text, const struct kregion_parser *parser)
{
	const char *end = text + strlen(text);

	check(parser->token >= text && parser->token <= end);
	check(parser->token_len <= (size_t)(end - parser->token));
	check(parser->expected && parser->expected[0]);
	check(is_plain(parser->expected));
}

/* Fill @found with what is in @text; return how many, or -1 when it is refused. */
static int parse(const char *text, struct found *found)
{
	const char *at = text, *end = text + strlen(text);
	struct kregion_parser parser;
	bool first = true;
	int nr = 0;

	kregion_parse_start(&parser, text);
	for (;;) {
		struct kregion_region_spec spec;
		enum kregion_parsed parsed;

		/* What the parser does not set must be seen. */
		memset(&spec, 0xa5, sizeof(spec));
		parsed = kregion_parse_next(&parser, &spec);
		check(parser.next >= text && parser.next <= end);
		if (parsed == KREGION_PARSED_ERROR) {
			check_refusal(text, &parser);
			return -1;
		}
		if (parsed == KREGION_PARSED_END)
			break;
		check_spec(&spec);
		check_meaning(&parser, &spec);
		check(parser.scope <= KREGION_SCOPE_OPEN);
		at = check_cover(at, &parser, first,
				 parsed == KREGION_PARSED_LAST);
		check(nr < MAX_FOUND);
		found[nr++] = (struct found){
			spec, parser.scope, parsed == KREGION_PARSED_LAST
		};
		first = parsed == KREGION_PARSED_LAST;
	}
	check(nr > 0 && found[nr - 1].last);
	check(!*at || !strcmp(at, "\n"));
	check(kregion_parse_next(&parser, &found[nr].spec) == KREGION_PARSED_END);
	return nr;
}

static void print_region(FILE *out, const struct kregion_region_spec *spec)
{
	fprintf(out, "%s:%" PRIu64 "%s:%s%s",
		spec->backend == KREGION_BACKEND_KMALLOC ? "kmalloc" : "vmalloc",
		(uint64_t)spec->size, spec->size_in_pages ? "p" : "",
		caches[spec->cache],
		spec->flags & KREGION_SPEC_READONLY ? ":ro" : "");
	if (spec->name[0])
		fprintf(out, ":name=%s", spec->name);
}

/* In the one form that has everything in it. */
static char *print(const struct found *found, int nr)
{
	bool first = true;
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	int i;

	check(out);
	for (i = 0; i < nr; i++) {
		if (first)
			fprintf(out, "scope=%s,",
				kregion_scope_name(found[i].scope));
		print_region(out, &found[i].spec);
		first = found[i].last;
		if (i + 1 < nr)
			fputc(first ? ';' : ',', out);
	}
	check(!fclose(out));
	return text;
}

static void check_same(const struct found *a, const struct found *b)
{
	check_same_spec(&a->spec, &b->spec);
	check(a->scope == b->scope);
	check(a->last == b->last);
}

static void check_round_trip(const struct found *found, int nr)
{
	static struct found again[MAX_FOUND + 1];
	char *text = print(found, nr);
	int i;

	check(parse(text, again) == nr);
	for (i = 0; i < nr; i++)
		check_same(&found[i], &again[i]);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct found found[MAX_FOUND + 1];
	char *text = text_of(data, size);
	int nr;

	fuzzed = text;
	nr = parse(text, found);
	if (nr > 0)
		check_round_trip(found, nr);
	free(text);
	return 0;
}
