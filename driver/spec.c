// SPDX-License-Identifier: GPL-2.0-only
/*
 * The parser of regions=:
 *
 *	devices	 = device *( ";" device )
 *	device	 = [ "scope=" scope "," ] region *( "," region )
 *	scope	 = "shared" / "open"
 *	region	 = backend ":" size *( ":" attribute )
 *	backend	 = "kmalloc" / "vmalloc"
 *	size	 = 1*DIGIT [ "K" / "M" / "G" / "p" ]	; p: pages
 *	attribute = "wb" / "wc" / "uc" / "ro" / "name=" 1*31( a-z 0-9 "_" "-" )
 *
 * A newline at the end is ignored, so that the text may come from echo.
 */
#include "spec.h"

#ifdef __KERNEL__
#include <linux/kernel.h>
#include <linux/string.h>
#else
#include <string.h>
#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))
#endif

struct token {
	const char *text;
	unsigned int len;
};

struct word {
	const char *name;
	__u32 value;
};

static const struct word backends[] = {
	{ "kmalloc", KREGION_BACKEND_KMALLOC },
	{ "vmalloc", KREGION_BACKEND_VMALLOC },
};

static const struct word caches[] = {
	{ "wb", KREGION_CACHE_WB },
	{ "wc", KREGION_CACHE_WC },
	{ "uc", KREGION_CACHE_UC },
};

/* By enum kregion_scope. */
static const struct word scopes[] = {
	{ "shared", KREGION_SCOPE_SHARED },
	{ "open", KREGION_SCOPE_OPEN },
};

#define EXPECTED_SCOPE_OPTION	"a scope: scope=shared or scope=open"
#define EXPECTED_SCOPE		"a scope: shared or open"
#define EXPECTED_CACHE		"a cache attribute: wb, wc or uc"
#define EXPECTED_REGION		"',' and a region after it, as in scope=open,vmalloc:64K"
#define EXPECTED_BACKEND	"a backend: kmalloc or vmalloc"
#define EXPECTED_NO_OPTION \
	EXPECTED_BACKEND "; before the first one, scope=shared or scope=open"
#define EXPECTED_COLON		"':' and a size after it, as in vmalloc:64K"
#define EXPECTED_END		"',' or ';' or the end"
#define EXPECTED_SIZE \
	"a size: a number above 0 with K, M, G or p (pages), as in 64K"
#define EXPECTED_ATTRIBUTE	"an attribute: wb, wc, uc, ro or name=NAME"
#define EXPECTED_NAME		"a name of 1 to 31 characters a-z 0-9 _ -"

static bool token_is(struct token token, const char *word)
{
	return strlen(word) == token.len && !memcmp(token.text, word, token.len);
}

/* Look up @token in @words; @value is only changed where it is found. */
static bool find_word(const struct word *words, unsigned int nr,
		      struct token token, __u32 *value)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		if (token_is(token, words[i].name)) {
			*value = words[i].value;
			return true;
		}
	}
	return false;
}

static bool token_begins(struct token token, const char *word)
{
	return token.len >= strlen(word) &&
	       !memcmp(token.text, word, strlen(word));
}

static bool ends_token(char c)
{
	return c == '\0' || c == '\n' || c == ':' || c == ',' || c == ';';
}

static struct token next_token(struct kregion_parser *parser)
{
	struct token token = { .text = parser->next };

	while (!ends_token(parser->next[0]))
		parser->next++;
	token.len = parser->next - token.text;
	return token;
}

static int wrong(struct kregion_parser *parser, struct token token,
		 const char *expected)
{
	parser->token = token.text;
	parser->token_len = token.len;
	parser->expected = expected;
	return KREGION_PARSED_ERROR;
}

/**
 * kregion_parse_backend() - understand the name of a backend
 * @text: the name, not NUL-terminated
 * @len: characters of @text
 * @spec: gets the backend; unchanged when @text is wrong
 *
 * Return: NULL, or what would have been right, for "expected %s".
 */
const char *kregion_parse_backend(const char *text, unsigned int len,
				  struct kregion_region_spec *spec)
{
	return find_word(backends, ARRAY_SIZE(backends),
			 (struct token){ text, len }, &spec->backend) ?
	       NULL : EXPECTED_BACKEND;
}

/**
 * kregion_parse_cache() - understand a cache attribute
 * @text: its name, not NUL-terminated
 * @len: characters of @text
 * @spec: gets the attribute; unchanged when @text is wrong
 *
 * Return: NULL, or what would have been right, for "expected %s".
 */
const char *kregion_parse_cache(const char *text, unsigned int len,
				struct kregion_region_spec *spec)
{
	return find_word(caches, ARRAY_SIZE(caches),
			 (struct token){ text, len }, &spec->cache) ?
	       NULL : EXPECTED_CACHE;
}

/**
 * kregion_parse_scope() - understand a scope
 * @text: its name, not NUL-terminated
 * @len: characters of @text
 * @scope: gets the enum kregion_scope; unchanged when @text is wrong
 *
 * Return: NULL, or what would have been right, for "expected %s".
 */
const char *kregion_parse_scope(const char *text, unsigned int len,
				__u32 *scope)
{
	return find_word(scopes, ARRAY_SIZE(scopes),
			 (struct token){ text, len }, scope) ?
	       NULL : EXPECTED_SCOPE;
}

/**
 * kregion_scope_name() - the name of a scope in regions= and sysfs
 * @scope: enum kregion_scope
 *
 * Return: the name. Any context.
 */
const char *kregion_scope_name(__u32 scope)
{
	return scopes[scope].name;
}

static int parse_backend(struct kregion_parser *parser,
			 struct kregion_region_spec *spec)
{
	struct token token = next_token(parser);
	const char *expected = kregion_parse_backend(token.text, token.len,
						     spec);

	if (!expected)
		return 0;
	if (memchr(token.text, '=', token.len))
		expected = EXPECTED_NO_OPTION;
	return wrong(parser, token, expected);
}

/* The factor of a size's suffix, 0 when it is none. */
static __u64 suffix_factor(char c)
{
	switch (c) {
	case 'K':
	case 'k':
		return 1ULL << 10;
	case 'M':
	case 'm':
		return 1ULL << 20;
	case 'G':
	case 'g':
		return 1ULL << 30;
	case 'p':
		return 1;
	default:
		return 0;
	}
}

static bool parse_number(struct token token, __u64 *number)
{
	unsigned int i;

	*number = 0;
	for (i = 0; i < token.len; i++) {
		unsigned int digit = (unsigned char)token.text[i] - '0';

		if (digit > 9 || __builtin_mul_overflow(*number, 10, number) ||
		    __builtin_add_overflow(*number, digit, number))
			return false;
	}
	return token.len > 0;
}

/**
 * kregion_parse_size() - understand a size
 * @text: the size, not NUL-terminated
 * @len: characters of @text
 * @spec: gets the size and its unit; unchanged when @text is wrong
 *
 * Return: NULL, or what would have been right, for "expected %s".
 */
const char *kregion_parse_size(const char *text, unsigned int len,
			       struct kregion_region_spec *spec)
{
	struct token number = { text, len };
	__u64 factor = len ? suffix_factor(text[len - 1]) : 0;
	__u64 size;

	if (factor)
		number.len--;
	else
		factor = 1;
	if (!parse_number(number, &size) || !size ||
	    __builtin_mul_overflow(size, factor, &size))
		return EXPECTED_SIZE;
	spec->size = size;
	spec->size_in_pages = text[len - 1] == 'p';
	return NULL;
}

static int parse_size(struct kregion_parser *parser,
		      struct kregion_region_spec *spec)
{
	struct token token = next_token(parser);
	const char *expected = kregion_parse_size(token.text, token.len, spec);

	return expected ? wrong(parser, token, expected) : 0;
}

/**
 * kregion_name_valid() - may this be the name of a region or a device?
 * @name: the characters, not NUL-terminated
 * @len: how many there are
 *
 * The name becomes part of file names and of shell words, so it is kept plain.
 *
 * Return: whether it is 1 to KREGION_NAME_LEN - 1 characters a-z 0-9 _ -.
 */
bool kregion_name_valid(const char *name, unsigned int len)
{
	unsigned int i;

	for (i = 0; i < len; i++) {
		char c = name[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') &&
		    c != '_' && c != '-')
			return false;
	}
	return len > 0 && len < KREGION_NAME_LEN;
}

static int parse_name(struct kregion_parser *parser, struct token token,
		      struct kregion_region_spec *spec)
{
	const unsigned int skip = strlen("name=");
	struct token name = { token.text + skip, token.len - skip };

	if (!kregion_name_valid(name.text, name.len))
		return wrong(parser, token, EXPECTED_NAME);
	memcpy(spec->name, name.text, name.len);
	spec->name[name.len] = '\0';
	return 0;
}

static int parse_attribute(struct kregion_parser *parser,
			   struct kregion_region_spec *spec)
{
	struct token token = next_token(parser);

	if (!kregion_parse_cache(token.text, token.len, spec))
		return 0;
	if (token_is(token, "ro")) {
		spec->flags |= KREGION_SPEC_READONLY;
		return 0;
	}
	if (token_begins(token, "name="))
		return parse_name(parser, token, spec);
	return wrong(parser, token, EXPECTED_ATTRIBUTE);
}

/* Step over the one character @c, if it comes next. */
static bool skip(struct kregion_parser *parser, char c)
{
	if (parser->next[0] != c)
		return false;
	parser->next++;
	return true;
}

/* What a device may begin with, and the comma behind it. */
static int parse_scope(struct kregion_parser *parser)
{
	const unsigned int skipped = strlen("scope=");
	const char *start = parser->next;
	struct token token = next_token(parser);

	parser->scope = KREGION_SCOPE_SHARED;
	if (!token_begins(token, "scope=")) {
		parser->next = start;
		return 0;
	}
	if (kregion_parse_scope(token.text + skipped, token.len - skipped,
				&parser->scope))
		return wrong(parser, token, EXPECTED_SCOPE_OPTION);
	return skip(parser, ',') ? 0 : wrong(parser, token, EXPECTED_REGION);
}

static bool at_end(const struct kregion_parser *parser)
{
	return parser->next[0] == '\0' ||
	       (parser->next[0] == '\n' && parser->next[1] == '\0');
}

/**
 * kregion_parse_start() - begin to parse a text
 * @parser: is initialised
 * @text: NUL-terminated, must stay while @parser is used
 */
void kregion_parse_start(struct kregion_parser *parser, const char *text)
{
	memset(parser, 0, sizeof(*parser));
	parser->next = text;
	parser->more = true;
	parser->at_device = true;
}

/**
 * kregion_parse_next() - parse the next region
 * @parser: from kregion_parse_start()
 * @spec: is filled when a region was found
 *
 * An empty text is an error: it describes no device.
 *
 * Return: what was found; after KREGION_PARSED_ERROR, @parser says which token
 * is wrong and what would be right. Never sleeps, allocates nothing.
 */
enum kregion_parsed kregion_parse_next(struct kregion_parser *parser,
				       struct kregion_region_spec *spec)
{
	struct token whole;

	if (!parser->more)
		return KREGION_PARSED_END;
	if (parser->at_device && parse_scope(parser))
		return KREGION_PARSED_ERROR;
	parser->at_device = false;

	memset(spec, 0, sizeof(*spec));
	whole.text = parser->next;
	if (parse_backend(parser, spec))
		return KREGION_PARSED_ERROR;
	whole.len = parser->next - whole.text;
	if (!skip(parser, ':'))
		return wrong(parser, whole, EXPECTED_COLON);
	if (parse_size(parser, spec))
		return KREGION_PARSED_ERROR;
	while (skip(parser, ':')) {
		if (parse_attribute(parser, spec))
			return KREGION_PARSED_ERROR;
	}
	parser->token = whole.text;
	parser->token_len = parser->next - whole.text;

	if (skip(parser, ','))
		return KREGION_PARSED_REGION;
	parser->at_device = true;
	if (skip(parser, ';'))
		return KREGION_PARSED_LAST;
	parser->more = false;
	if (at_end(parser))
		return KREGION_PARSED_LAST;
	return wrong(parser, (struct token){ parser->next, 1 }, EXPECTED_END);
}
