// SPDX-License-Identifier: GPL-2.0-only
/* The parser of regions=, driver/spec.c, compiled in user space. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spec.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

#define A_BACKEND	"a backend: kmalloc or vmalloc"
#define A_SCOPE_FIRST	A_BACKEND "; before the first one, scope=shared or scope=open"
#define A_COLON		"':' and a size after it, as in vmalloc:64K"
#define AN_END		"',' or ';' or the end"
#define A_SIZE \
	"a size: a number above 0 with K, M, G or p (pages), as in 64K"
#define AN_ATTRIBUTE	"an attribute: wb, wc, uc, ro or name=NAME"
#define A_SCOPE		"a scope: scope=shared or scope=open"
#define A_REGION	"',' and a region after it, as in scope=open,vmalloc:64K"
#define A_NAME		"a name of 1 to 31 characters a-z 0-9 _ -"

#define NAME_31		"abcdefghijklmnopqrstuvwxyz-_012"

/* A copy without a byte to spare, so that a sanitizer sees a step too far. */
static char *copy_of(const char *text)
{
	char *copy = malloc(strlen(text) + 1);

	assert_non_null(copy);
	strcpy(copy, text);
	return copy;
}

static void check_token(const struct kregion_parser *parser, const char *text,
			const char *token)
{
	assert_non_null(parser->token);
	assert_true(parser->token >= text);
	assert_true(parser->token + parser->token_len <= text + strlen(text));
	if (parser->token_len != strlen(token) ||
	    memcmp(parser->token, token, strlen(token)))
		fail_msg("'%s': the token is '%.*s', not '%s'", text,
			 (int)parser->token_len, parser->token, token);
}

/* @text is one device of one region: @spec. */
static void parse_one(const char *text, struct kregion_region_spec *spec)
{
	char *copy = copy_of(text);
	struct kregion_parser parser;

	/* What the parser does not set must be seen. */
	memset(spec, 0xa5, sizeof(*spec));
	kregion_parse_start(&parser, copy);
	if (kregion_parse_next(&parser, spec) != KREGION_PARSED_LAST)
		fail_msg("'%s' is no device of one region", text);
	assert_int_equal(kregion_parse_next(&parser, spec),
			 KREGION_PARSED_END);
	free(copy);
}

/* @text is wrong at @token, and the parser says that it expected @expected. */
static void refuse(const char *text, const char *token, const char *expected)
{
	struct kregion_region_spec spec;
	struct kregion_parser parser;
	enum kregion_parsed parsed;
	char *copy = copy_of(text);

	kregion_parse_start(&parser, copy);
	do {
		parsed = kregion_parse_next(&parser, &spec);
		if (parsed == KREGION_PARSED_END)
			fail_msg("'%s' was not refused", text);
	} while (parsed != KREGION_PARSED_ERROR);
	check_token(&parser, copy, token);
	assert_string_equal(parser.expected, expected);
	free(copy);
}

static void size_is(const char *size, uint64_t bytes)
{
	struct kregion_region_spec spec;
	char text[64];

	snprintf(text, sizeof(text), "vmalloc:%s", size);
	parse_one(text, &spec);
	if (spec.size != bytes || spec.size_in_pages)
		fail_msg("%s: %llu", text, (unsigned long long)spec.size);
}

static void pages_are(const char *size, uint64_t pages)
{
	struct kregion_region_spec spec;
	char text[64];

	snprintf(text, sizeof(text), "kmalloc:%s", size);
	parse_one(text, &spec);
	if (spec.size != pages || !spec.size_in_pages)
		fail_msg("%s: %llu", text, (unsigned long long)spec.size);
}

static void size_is_refused(const char *size)
{
	char text[64];

	snprintf(text, sizeof(text), "vmalloc:%s", size);
	refuse(text, size, A_SIZE);
}

static void name_is_refused(const char *name)
{
	char text[96], token[64];

	snprintf(token, sizeof(token), "name=%s", name);
	snprintf(text, sizeof(text), "vmalloc:1p:%s", token);
	refuse(text, token, A_NAME);
}

static void backends_are_told_apart(void **state)
{
	struct kregion_region_spec spec;

	(void)state;
	parse_one("kmalloc:64K", &spec);
	assert_int_equal(spec.backend, KREGION_BACKEND_KMALLOC);
	parse_one("vmalloc:64K", &spec);
	assert_int_equal(spec.backend, KREGION_BACKEND_VMALLOC);
}

static void what_is_not_given_has_its_default(void **state)
{
	struct kregion_region_spec spec;
	char zero[KREGION_NAME_LEN] = "";

	(void)state;
	parse_one("vmalloc:64K", &spec);
	assert_int_equal(spec.cache, KREGION_CACHE_WB);
	assert_int_equal(spec.flags, 0);
	assert_false(spec.size_in_pages);
	assert_memory_equal(spec.name, zero, sizeof(zero));
}

static void a_size_has_a_suffix(void **state)
{
	(void)state;
	size_is("1K", 1024);
	size_is("1k", 1024);
	size_is("64K", 65536);
	size_is("3M", 3ULL << 20);
	size_is("3m", 3ULL << 20);
	size_is("5G", 5ULL << 30);
	size_is("5g", 5ULL << 30);
	pages_are("16p", 16);
	pages_are("1p", 1);
}

static void a_size_without_suffix_is_in_bytes(void **state)
{
	(void)state;
	size_is("1", 1);
	size_is("4097", 4097);
	size_is("1234567890", 1234567890);
}

static void a_size_is_decimal(void **state)
{
	(void)state;
	size_is("010", 10);
	size_is("00000000000000000000000016K", 16384);
	size_is_refused("0x10");
}

static void a_size_may_be_as_large_as_64_bits(void **state)
{
	(void)state;
	size_is("18446744073709551615", UINT64_MAX);
	size_is("18014398509481983K", 18014398509481983ULL << 10);
	size_is("17592186044415M", 17592186044415ULL << 20);
	size_is("17179869183G", 17179869183ULL << 30);
	pages_are("18446744073709551615p", UINT64_MAX);
}

static void a_size_beyond_64_bits_is_refused(void **state)
{
	(void)state;
	size_is_refused("18446744073709551616");
	size_is_refused("18446744073709551617");
	size_is_refused("18446744073709551619");
	size_is_refused("18446744073709551620");
	size_is_refused("99999999999999999999");
	size_is_refused("184467440737095516150");
	size_is_refused("1000000000000000000000000000000000000001");
	size_is_refused("18446744073709551616p");
	size_is_refused("18014398509481984K");
	size_is_refused("17592186044416M");
	size_is_refused("17179869184G");
	size_is_refused("17179869185G");
	size_is_refused("18446744073709551615G");
}

static void a_size_of_0_is_refused(void **state)
{
	(void)state;
	size_is_refused("0");
	size_is_refused("000");
	size_is_refused("0K");
	size_is_refused("0M");
	size_is_refused("0G");
	size_is_refused("0p");
}

static void what_is_no_number_is_no_size(void **state)
{
	(void)state;
	size_is_refused("K");
	size_is_refused("p");
	size_is_refused("x");
	size_is_refused("-1");
	size_is_refused("+1");
	size_is_refused(" 1");
	size_is_refused("1 ");
	size_is_refused("1.5M");
	size_is_refused("1_000");
	size_is_refused("64KB");
	size_is_refused("64KK");
	size_is_refused("K64");
	size_is_refused("1T");
	size_is_refused("1P");
	size_is_refused("1pp");
	size_is_refused("1pK");
	size_is_refused("\xff");
	size_is_refused("1\xb2");
	size_is_refused("/");
}

static void attributes_are_understood(void **state)
{
	struct kregion_region_spec spec;

	(void)state;
	parse_one("vmalloc:1p:wb", &spec);
	assert_int_equal(spec.cache, KREGION_CACHE_WB);
	assert_int_equal(spec.flags, 0);
	parse_one("vmalloc:1p:ro", &spec);
	assert_int_equal(spec.flags, KREGION_SPEC_READONLY);
	parse_one("vmalloc:1p:name=x", &spec);
	assert_string_equal(spec.name, "x");
	assert_int_equal(spec.flags, 0);
}

static void attributes_come_in_any_order(void **state)
{
	static const char *const texts[] = {
		"kmalloc:2M:wb:ro:name=log",  "kmalloc:2M:wb:name=log:ro",
		"kmalloc:2M:ro:wb:name=log",  "kmalloc:2M:ro:name=log:wb",
		"kmalloc:2M:name=log:wb:ro",  "kmalloc:2M:name=log:ro:wb",
		"kmalloc:2M:ro:name=log:ro",
	};
	struct kregion_region_spec spec;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		parse_one(texts[i], &spec);
		assert_int_equal(spec.backend, KREGION_BACKEND_KMALLOC);
		assert_int_equal(spec.size, 2 << 20);
		assert_int_equal(spec.cache, KREGION_CACHE_WB);
		assert_int_equal(spec.flags, KREGION_SPEC_READONLY);
		assert_string_equal(spec.name, "log");
	}
}

static void the_last_of_two_names_counts(void **state)
{
	struct kregion_region_spec spec;

	(void)state;
	parse_one("vmalloc:1p:name=a-long-one:name=b", &spec);
	assert_string_equal(spec.name, "b");
}

static void a_name_has_1_to_31_characters(void **state)
{
	struct kregion_region_spec spec;

	(void)state;
	assert_int_equal(strlen(NAME_31), KREGION_NAME_LEN - 1);
	parse_one("vmalloc:1p:name=" NAME_31, &spec);
	assert_string_equal(spec.name, NAME_31);
	name_is_refused("");
	name_is_refused(NAME_31 "3");
	name_is_refused(NAME_31 "0123456789");
}

static void a_name_is_of_plain_characters(void **state)
{
	(void)state;
	name_is_refused("A");
	name_is_refused("abC");
	name_is_refused("a b");
	name_is_refused(" a");
	name_is_refused("a/b");
	name_is_refused("..");
	name_is_refused("a.b");
	name_is_refused("a=b");
	name_is_refused("a'b");
	name_is_refused("a%s");
	name_is_refused("$a");
	name_is_refused("\xc3\xa4");
	name_is_refused("a\tb");
	name_is_refused("\x7f");
}

/* Each of the 256 bytes alone, NUL too. */
static void name_valid_knows_every_byte(void **state)
{
	const char *good = "abcdefghijklmnopqrstuvwxyz0123456789_-";
	int c;

	(void)state;
	for (c = 0; c < 256; c++) {
		char name = (char)c;
		int wanted = c != 0 && strchr(good, name);

		assert_int_equal(kregion_name_valid(&name, 1), wanted);
	}
}

static void name_valid_obeys_the_length(void **state)
{
	(void)state;
	assert_false(kregion_name_valid("abc", 0));
	assert_true(kregion_name_valid("ab/", 2));
	assert_false(kregion_name_valid("ab/", 3));
	assert_true(kregion_name_valid(NAME_31, 31));
	assert_false(kregion_name_valid(NAME_31 "3", 32));
}

static void an_unknown_backend_is_quoted(void **state)
{
	(void)state;
	refuse("malloc:64K", "malloc", A_BACKEND);
	refuse("vmallocx:64K", "vmallocx", A_BACKEND);
	refuse("vmallo:64K", "vmallo", A_BACKEND);
	refuse("VMALLOC:64K", "VMALLOC", A_BACKEND);
	refuse(" vmalloc:64K", " vmalloc", A_BACKEND);
	refuse("64K", "64K", A_BACKEND);
	refuse("dma", "dma", A_BACKEND);
}

static void a_wrong_scope_is_quoted(void **state)
{
	(void)state;
	refuse("scope=opened,vmalloc:64K", "scope=opened", A_SCOPE);
	refuse("scope=,vmalloc:64K", "scope=", A_SCOPE);
	refuse("scope=openx,vmalloc:64K", "scope=openx", A_SCOPE);
	refuse("scope=Open,vmalloc:64K", "scope=Open", A_SCOPE);
	refuse("scope=open", "scope=open", A_REGION);
	refuse("scope=open\n", "scope=open", A_REGION);
	refuse("scope=open:vmalloc:64K", "scope=open", A_REGION);
	refuse("scope=shared;vmalloc:64K", "scope=shared", A_REGION);
	refuse("scope=open,", "", A_BACKEND);
	refuse("scope,vmalloc:64K", "scope", A_BACKEND);
	refuse("scope=open,scope=open,vmalloc:1p", "scope=open", A_SCOPE_FIRST);
	refuse("vmalloc:1p,scope=open", "scope=open", A_SCOPE_FIRST);
	refuse("scop=open,vmalloc:1M", "scop=open", A_SCOPE_FIRST);
	refuse("vmalloc:1p;scope=all,vmalloc:1p", "scope=all", A_SCOPE);
}

static void scope_is_that_of_the_device(void **state)
{
	static const struct {
		enum kregion_parsed parsed;
		uint32_t scope;
		const char *token;
	} wanted[] = {
		{ KREGION_PARSED_REGION, KREGION_SCOPE_OPEN, "vmalloc:1" },
		{ KREGION_PARSED_LAST, KREGION_SCOPE_OPEN, "vmalloc:2" },
		{ KREGION_PARSED_LAST, KREGION_SCOPE_SHARED, "vmalloc:3" },
		{ KREGION_PARSED_REGION, KREGION_SCOPE_SHARED, "vmalloc:4" },
		{ KREGION_PARSED_LAST, KREGION_SCOPE_SHARED, "vmalloc:5" },
		{ KREGION_PARSED_LAST, KREGION_SCOPE_OPEN, "vmalloc:6" },
	};
	const char *text =
		"scope=open,vmalloc:1,vmalloc:2;vmalloc:3;"
		"scope=shared,vmalloc:4,vmalloc:5;scope=open,vmalloc:6";
	struct kregion_region_spec spec;
	struct kregion_parser parser;
	size_t i;

	(void)state;
	kregion_parse_start(&parser, text);
	for (i = 0; i < ARRAY_SIZE(wanted); i++) {
		assert_int_equal(kregion_parse_next(&parser, &spec),
				 wanted[i].parsed);
		assert_int_equal(parser.scope, wanted[i].scope);
		assert_int_equal(spec.size, i + 1);
		check_token(&parser, text, wanted[i].token);
	}
	assert_int_equal(kregion_parse_next(&parser, &spec),
			 KREGION_PARSED_END);
}

static void cache_attributes_are_told_apart(void **state)
{
	struct kregion_region_spec spec;

	(void)state;
	parse_one("vmalloc:1p", &spec);
	assert_int_equal(spec.cache, KREGION_CACHE_WB);
	parse_one("vmalloc:1p:wc", &spec);
	assert_int_equal(spec.cache, KREGION_CACHE_WC);
	parse_one("kmalloc:1p:ro:uc:name=a", &spec);
	assert_int_equal(spec.cache, KREGION_CACHE_UC);
	parse_one("vmalloc:1p:wc:wb", &spec);
	assert_int_equal(spec.cache, KREGION_CACHE_WB);
}

static void an_unknown_attribute_is_quoted(void **state)
{
	(void)state;
	refuse("vmalloc:64K:wt", "wt", AN_ATTRIBUTE);
	refuse("vmalloc:64K:WC", "WC", AN_ATTRIBUTE);
	refuse("vmalloc:64K:wcx", "wcx", AN_ATTRIBUTE);
	refuse("vmalloc:64K:rox", "rox", AN_ATTRIBUTE);
	refuse("vmalloc:64K:r", "r", AN_ATTRIBUTE);
	refuse("vmalloc:64K:RO", "RO", AN_ATTRIBUTE);
	refuse("vmalloc:64K:name", "name", AN_ATTRIBUTE);
	refuse("vmalloc:64K:ro:64K", "64K", AN_ATTRIBUTE);
	refuse("vmalloc:64K:ro:wb:nope:name=a", "nope", AN_ATTRIBUTE);
}

static void a_missing_backend_is_noticed(void **state)
{
	(void)state;
	refuse("", "", A_BACKEND);
	refuse("\n", "", A_BACKEND);
	refuse(":64K", "", A_BACKEND);
	refuse(",", "", A_BACKEND);
	refuse(";", "", A_BACKEND);
	refuse(",vmalloc:1p", "", A_BACKEND);
	refuse("vmalloc:1p,,kmalloc:1p", "", A_BACKEND);
	refuse("vmalloc:1p;;kmalloc:1p", "", A_BACKEND);
	refuse("vmalloc:1p,;kmalloc:1p", "", A_BACKEND);
}

static void a_missing_size_is_noticed(void **state)
{
	(void)state;
	refuse("vmalloc", "vmalloc", A_COLON);
	refuse("vmalloc\n", "vmalloc", A_COLON);
	refuse("vmalloc,kmalloc:1p", "vmalloc", A_COLON);
	refuse("kmalloc;vmalloc:1p", "kmalloc", A_COLON);
	refuse("vmalloc:", "", A_SIZE);
	refuse("vmalloc:\n", "", A_SIZE);
	refuse("vmalloc::ro", "", A_SIZE);
	refuse("vmalloc:,kmalloc:1p", "", A_SIZE);
	refuse("vmalloc:ro", "ro", A_SIZE);
}

static void a_dangling_separator_is_noticed(void **state)
{
	(void)state;
	refuse("vmalloc:1p,", "", A_BACKEND);
	refuse("vmalloc:1p;", "", A_BACKEND);
	refuse("vmalloc:1p,\n", "", A_BACKEND);
	refuse("vmalloc:1p;\n", "", A_BACKEND);
	refuse("vmalloc:1p:", "", AN_ATTRIBUTE);
	refuse("vmalloc:1p:\n", "", AN_ATTRIBUTE);
	refuse("vmalloc:1p::ro", "", AN_ATTRIBUTE);
	refuse("vmalloc:1p:,kmalloc:1p", "", AN_ATTRIBUTE);
}

static void one_newline_may_end_the_text(void **state)
{
	struct kregion_region_spec spec;

	(void)state;
	parse_one("vmalloc:16p\n", &spec);
	assert_int_equal(spec.size, 16);
	assert_true(spec.size_in_pages);
	parse_one("vmalloc:16p:ro\n", &spec);
	assert_int_equal(spec.flags, KREGION_SPEC_READONLY);
	parse_one("vmalloc:16p:name=a\n", &spec);
	assert_string_equal(spec.name, "a");
}

static void a_newline_elsewhere_is_refused(void **state)
{
	(void)state;
	refuse("vmalloc:1p\n\n", "\n", AN_END);
	refuse("vmalloc:1p\nkmalloc:1p", "\n", AN_END);
	refuse("vmalloc:1p\n,kmalloc:1p", "\n", AN_END);
	refuse("vmalloc\n:1p", "vmalloc", A_COLON);
	refuse("\nvmalloc:1p", "", A_BACKEND);
}

static void the_first_error_counts(void **state)
{
	(void)state;
	refuse("vmalloc:1p,foo:0,kmalloc:0", "foo", A_BACKEND);
	refuse("vmalloc:1p;kmalloc:0:bad;foo", "0", A_SIZE);
	refuse("vmalloc:1p:ro,kmalloc:1p:bad", "bad", AN_ATTRIBUTE);
}

/* An error is found in the region that has it, not before. */
static void regions_before_the_error_are_parsed(void **state)
{
	struct kregion_region_spec spec;
	struct kregion_parser parser;

	(void)state;
	kregion_parse_start(&parser, "vmalloc:1p,kmalloc:2p;foo");
	assert_int_equal(kregion_parse_next(&parser, &spec),
			 KREGION_PARSED_REGION);
	assert_int_equal(kregion_parse_next(&parser, &spec),
			 KREGION_PARSED_LAST);
	assert_int_equal(kregion_parse_next(&parser, &spec),
			 KREGION_PARSED_ERROR);
}

static void several_devices_are_divided(void **state)
{
	static const struct {
		enum kregion_parsed parsed;
		uint32_t backend, flags;
		uint64_t size;
		const char *name, *token;
	} wanted[] = {
		{ KREGION_PARSED_REGION, KREGION_BACKEND_VMALLOC, 0, 65536, "",
		  "vmalloc:64K" },
		{ KREGION_PARSED_LAST, KREGION_BACKEND_KMALLOC,
		  KREGION_SPEC_READONLY, 4096, "two",
		  "kmalloc:4096:ro:name=two" },
		{ KREGION_PARSED_LAST, KREGION_BACKEND_KMALLOC, 0, 1 << 20, "",
		  "kmalloc:1M:wb" },
		{ KREGION_PARSED_REGION, KREGION_BACKEND_VMALLOC, 0, 1, "",
		  "vmalloc:1" },
		{ KREGION_PARSED_REGION, KREGION_BACKEND_VMALLOC, 0, 2, "",
		  "vmalloc:2" },
		{ KREGION_PARSED_LAST, KREGION_BACKEND_VMALLOC, 0, 3, "z",
		  "vmalloc:3:name=z" },
	};
	const char *text =
		"vmalloc:64K,kmalloc:4096:ro:name=two;kmalloc:1M:wb;"
		"vmalloc:1,vmalloc:2,vmalloc:3:name=z\n";
	struct kregion_region_spec spec;
	struct kregion_parser parser;
	size_t i;

	(void)state;
	kregion_parse_start(&parser, text);
	for (i = 0; i < ARRAY_SIZE(wanted); i++) {
		assert_int_equal(kregion_parse_next(&parser, &spec),
				 wanted[i].parsed);
		assert_int_equal(spec.backend, wanted[i].backend);
		assert_int_equal(spec.flags, wanted[i].flags);
		assert_int_equal(spec.size, wanted[i].size);
		assert_string_equal(spec.name, wanted[i].name);
		check_token(&parser, text, wanted[i].token);
	}
	assert_int_equal(kregion_parse_next(&parser, &spec),
			 KREGION_PARSED_END);
	assert_int_equal(kregion_parse_next(&parser, &spec),
			 KREGION_PARSED_END);
}

static void a_long_text_is_parsed_to_its_end(void **state)
{
	enum { REGIONS = 1000 };
	struct kregion_region_spec spec;
	struct kregion_parser parser;
	char *text = malloc(REGIONS * 32);
	size_t i, len = 0;

	(void)state;
	assert_non_null(text);
	for (i = 0; i < REGIONS; i++)
		len += (size_t)sprintf(text + len, "%svmalloc:%zu:name=r%zu",
				       i ? "," : "", i + 1, i);
	kregion_parse_start(&parser, text);
	for (i = 0; i < REGIONS; i++) {
		assert_int_equal(kregion_parse_next(&parser, &spec),
				 i + 1 < REGIONS ? KREGION_PARSED_REGION :
						   KREGION_PARSED_LAST);
		assert_int_equal(spec.size, i + 1);
	}
	assert_int_equal(kregion_parse_next(&parser, &spec),
			 KREGION_PARSED_END);
	free(text);
}

/* A text cut at every place: it parses only where a region is whole. */
static void every_beginning_of_a_text_is_judged(void **state)
{
	const char *text = "vmalloc:64K:ro:name=ab,kmalloc:1p;vmalloc:7:wb\n";
	/* Where the text may end: behind a whole region. */
	const size_t whole[] = {
		strlen("vmalloc:6"),
		strlen("vmalloc:64"),
		strlen("vmalloc:64K"),
		strlen("vmalloc:64K:ro"),
		strlen("vmalloc:64K:ro:name=a"),
		strlen("vmalloc:64K:ro:name=ab"),
		strlen("vmalloc:64K:ro:name=ab,kmalloc:1"),
		strlen("vmalloc:64K:ro:name=ab,kmalloc:1p"),
		strlen("vmalloc:64K:ro:name=ab,kmalloc:1p;vmalloc:7"),
		strlen("vmalloc:64K:ro:name=ab,kmalloc:1p;vmalloc:7:wb"),
		strlen("vmalloc:64K:ro:name=ab,kmalloc:1p;vmalloc:7:wb\n"),
	};
	size_t len, next = 0;

	(void)state;
	for (len = 0; len <= strlen(text); len++) {
		struct kregion_region_spec spec;
		struct kregion_parser parser;
		enum kregion_parsed parsed;
		char *copy = copy_of(text);
		char *cut;

		copy[len] = '\0';
		cut = copy_of(copy);
		kregion_parse_start(&parser, cut);
		do {
			parsed = kregion_parse_next(&parser, &spec);
			assert_true(parser.next >= cut &&
				    parser.next <= cut + len);
		} while (parsed > 0);
		if (next < ARRAY_SIZE(whole) && len == whole[next]) {
			assert_int_equal(parsed, KREGION_PARSED_END);
			next++;
		} else {
			assert_int_equal(parsed, KREGION_PARSED_ERROR);
		}
		free(cut);
		free(copy);
	}
	assert_int_equal(next, ARRAY_SIZE(whole));
}

/* ---- single words, as configfs takes them ---- */

typedef const char *(*parse_fn)(const char *text, unsigned int len,
				struct kregion_region_spec *spec);

/* @text, which need not end with a NUL, is refused, and @spec stays. */
static void word_is_refused(parse_fn parse, const char *text, size_t len,
			    const char *wanted)
{
	struct kregion_region_spec spec, before;
	char *copy = malloc(len ?: 1);
	const char *expected;

	assert_non_null(copy);
	memcpy(copy, text, len);
	memset(&spec, 0xa5, sizeof(spec));
	before = spec;
	expected = parse(copy, (unsigned int)len, &spec);
	if (!expected)
		fail_msg("'%.*s' is not refused", (int)len, text);
	assert_string_equal(expected, wanted);
	assert_memory_equal(&spec, &before, sizeof(spec));
	free(copy);
}

static void a_backend_is_understood_alone(void **state)
{
	struct kregion_region_spec spec = { .backend = 99 };

	(void)state;
	assert_null(kregion_parse_backend("kmalloc", 7, &spec));
	assert_int_equal(spec.backend, KREGION_BACKEND_KMALLOC);
	assert_null(kregion_parse_backend("vmalloc:1", 7, &spec));
	assert_int_equal(spec.backend, KREGION_BACKEND_VMALLOC);
	word_is_refused(kregion_parse_backend, "", 0, A_BACKEND);
	word_is_refused(kregion_parse_backend, "kmallo", 6, A_BACKEND);
	word_is_refused(kregion_parse_backend, "kmalloc\n", 8, A_BACKEND);
	word_is_refused(kregion_parse_backend, "kmalloc", 8, A_BACKEND);
	word_is_refused(kregion_parse_backend, "iomem", 5, A_BACKEND);
	word_is_refused(kregion_parse_backend, "scope=open", 10, A_BACKEND);
}

static void a_cache_attribute_is_understood_alone(void **state)
{
	static const char wanted[] = "a cache attribute: wb, wc or uc";
	struct kregion_region_spec spec = { .cache = 99 };

	(void)state;
	assert_null(kregion_parse_cache("wc", 2, &spec));
	assert_int_equal(spec.cache, KREGION_CACHE_WC);
	assert_null(kregion_parse_cache("ucx", 2, &spec));
	assert_int_equal(spec.cache, KREGION_CACHE_UC);
	assert_null(kregion_parse_cache("wb", 2, &spec));
	assert_int_equal(spec.cache, KREGION_CACHE_WB);
	word_is_refused(kregion_parse_cache, "", 0, wanted);
	word_is_refused(kregion_parse_cache, "w", 1, wanted);
	word_is_refused(kregion_parse_cache, "WC", 2, wanted);
	word_is_refused(kregion_parse_cache, "ro", 2, wanted);
}

static void a_size_is_understood_alone(void **state)
{
	struct kregion_region_spec spec = { .size = 99 };

	(void)state;
	assert_null(kregion_parse_size("64K", 3, &spec));
	assert_int_equal(spec.size, 65536);
	assert_false(spec.size_in_pages);
	assert_null(kregion_parse_size("16pp", 3, &spec));
	assert_int_equal(spec.size, 16);
	assert_true(spec.size_in_pages);
	assert_null(kregion_parse_size("1", 1, &spec));
	assert_false(spec.size_in_pages);
	word_is_refused(kregion_parse_size, "", 0, A_SIZE);
	word_is_refused(kregion_parse_size, "K", 1, A_SIZE);
	word_is_refused(kregion_parse_size, "0", 1, A_SIZE);
	word_is_refused(kregion_parse_size, "64K:", 4, A_SIZE);
	word_is_refused(kregion_parse_size, "64K", 4, A_SIZE);
	word_is_refused(kregion_parse_size, "17179869184G", 12, A_SIZE);
}

static void a_scope_is_understood_alone(void **state)
{
	__u32 scope = 99;

	(void)state;
	assert_string_equal(kregion_parse_scope("ope", 3, &scope),
			    "a scope: shared or open");
	assert_non_null(kregion_parse_scope("", 0, &scope));
	assert_non_null(kregion_parse_scope("scope=open", 10, &scope));
	assert_int_equal(scope, 99);
	assert_null(kregion_parse_scope("open", 4, &scope));
	assert_int_equal(scope, KREGION_SCOPE_OPEN);
	assert_null(kregion_parse_scope("shared", 6, &scope));
	assert_int_equal(scope, KREGION_SCOPE_SHARED);
	assert_string_equal(kregion_scope_name(KREGION_SCOPE_OPEN), "open");
	assert_string_equal(kregion_scope_name(KREGION_SCOPE_SHARED), "shared");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(backends_are_told_apart),
		cmocka_unit_test(what_is_not_given_has_its_default),
		cmocka_unit_test(a_size_has_a_suffix),
		cmocka_unit_test(a_size_without_suffix_is_in_bytes),
		cmocka_unit_test(a_size_is_decimal),
		cmocka_unit_test(a_size_may_be_as_large_as_64_bits),
		cmocka_unit_test(a_size_beyond_64_bits_is_refused),
		cmocka_unit_test(a_size_of_0_is_refused),
		cmocka_unit_test(what_is_no_number_is_no_size),
		cmocka_unit_test(attributes_are_understood),
		cmocka_unit_test(attributes_come_in_any_order),
		cmocka_unit_test(the_last_of_two_names_counts),
		cmocka_unit_test(a_name_has_1_to_31_characters),
		cmocka_unit_test(a_name_is_of_plain_characters),
		cmocka_unit_test(name_valid_knows_every_byte),
		cmocka_unit_test(name_valid_obeys_the_length),
		cmocka_unit_test(an_unknown_backend_is_quoted),
		cmocka_unit_test(a_wrong_scope_is_quoted),
		cmocka_unit_test(scope_is_that_of_the_device),
		cmocka_unit_test(cache_attributes_are_told_apart),
		cmocka_unit_test(an_unknown_attribute_is_quoted),
		cmocka_unit_test(a_missing_backend_is_noticed),
		cmocka_unit_test(a_missing_size_is_noticed),
		cmocka_unit_test(a_dangling_separator_is_noticed),
		cmocka_unit_test(one_newline_may_end_the_text),
		cmocka_unit_test(a_newline_elsewhere_is_refused),
		cmocka_unit_test(the_first_error_counts),
		cmocka_unit_test(regions_before_the_error_are_parsed),
		cmocka_unit_test(several_devices_are_divided),
		cmocka_unit_test(a_long_text_is_parsed_to_its_end),
		cmocka_unit_test(every_beginning_of_a_text_is_judged),
		cmocka_unit_test(a_backend_is_understood_alone),
		cmocka_unit_test(a_cache_attribute_is_understood_alone),
		cmocka_unit_test(a_size_is_understood_alone),
		cmocka_unit_test(a_scope_is_understood_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
