// SPDX-License-Identifier: GPL-2.0-only
/* What regions= makes: devices, regions, their sizes, names and memory. */
#include "common.h"

#include <regex.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#define MIB	((size_t)1 << 20)
#define GIB	((size_t)1 << 30)

/* Of a device; as many devices can be. */
#define MAX_REGIONS	256

/* The text of a load, and what modprobe said when it failed. */
static char regions[8192];
static char complaint[1024];

static void __attribute__((format(printf, 1, 2)))
load_regions(const char *format, ...)
{
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(regions, sizeof(regions), format, args);
	va_end(args);
	assert_true(len >= 0 && (size_t)len < sizeof(regions));
	unload();
	if (run("modprobe kregion 'regions=%s'", regions))
		fail_msg("regions=%s is refused", regions);
}

/* @text is a literal word of a shell command within ''. */
static bool load_fails(const char *text)
{
	FILE *out;
	size_t len;
	bool failed;

	unload();
	snprintf(regions, sizeof(regions),
		 "LC_ALL=C modprobe kregion 'regions=%s' 2>&1", text);
	out = popen(regions, "r");
	assert_non_null(out);
	len = fread(complaint, 1, sizeof(complaint) - 1, out);
	complaint[len] = '\0';
	failed = pclose(out) != 0;
	return failed;
}

static bool exists(const char *path)
{
	return access(path, F_OK) == 0;
}

static bool major_is_registered(void)
{
	FILE *file = fopen("/proc/devices", "r");
	bool found = false;
	char line[128];

	assert_non_null(file);
	while (fgets(line, sizeof(line), file))
		found |= !!strstr(line, " kregion\n");
	fclose(file);
	return found;
}

static void nothing_is_left(void)
{
	assert_false(exists("/sys/module/kregion"));
	assert_false(exists("/sys/class/kregion"));
	assert_false(exists("/sys/kernel/debug/kregion"));
	assert_false(exists("/dev/kregion0"));
	assert_false(exists("/dev/kregion1"));
	assert_false(major_is_registered());
}

/*
 * The lines since the mark that hold @word: how many, and a copy of the first
 * in @line.
 */
static unsigned int log_lines(const char *word, char *line, size_t size)
{
	char *copy, *next, *rest = NULL;
	unsigned int n = 0;

	/* A line that the kernel cut shows when another one follows. */
	assert_int_equal(run("echo end of test >/dev/kmsg"), 0);
	copy = strdup(log_since_mark());
	assert_non_null(copy);
	for (next = strtok_r(copy, "\n", &rest); next;
	     next = strtok_r(NULL, "\n", &rest)) {
		if (!strstr(next, word))
			continue;
		if (n++ == 0)
			snprintf(line, size, "%s", next);
	}
	free(copy);
	return n;
}

static void size_is(const char *name, size_t pages)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/dev/%s", name);
	fd = open_node(path);
	assert_int_equal(lseek(fd, 0, SEEK_END), pages * page);
	close(fd);
	snprintf(path, sizeof(path), CLASS "%s/size", name);
	assert_int_equal(read_number(path), pages * page);
}

/* Each page of @pages, one read of a page after the other. */
static void is_zero(int fd, size_t at, size_t pages)
{
	char *buf = malloc(page);
	size_t i;

	assert_non_null(buf);
	for (i = at; i < at + pages; i++) {
		read_pages(fd, i, buf, page);
		if (!all_zero(buf, page))
			fail_msg("page %zu is not zero", i);
	}
	free(buf);
}

/* ---- the default ---- */

static void default_is_16_pages_of_vmalloc_and_16_of_kmalloc(void **state)
{
	struct kregion_region_info info;
	int fd;

	(void)state;
	load("");
	size_is("kregion0", DEVICE_PAGES);
	assert_false(exists("/dev/kregion1"));

	fd = open_node(NODE);
	assert_int_equal(count_regions(fd), 2);
	get_region_info(fd, 0, &info);
	assert_int_equal(info.backend, KREGION_BACKEND_VMALLOC);
	assert_int_equal(info.offset, VMALLOC_AT * page);
	assert_int_equal(info.size, REGION_PAGES * page);
	get_region_info(fd, 1, &info);
	assert_int_equal(info.backend, KREGION_BACKEND_KMALLOC);
	assert_int_equal(info.offset, KMALLOC_AT * page);
	assert_int_equal(info.size, REGION_PAGES * page);
	close(fd);
}

static void default_regions_are_zero(void **state)
{
	const size_t at[] = { VMALLOC_AT, KMALLOC_AT };
	size_t i;
	int fd;

	(void)state;
	load("");
	fd = open_node(NODE);
	for (i = 0; i < ARRAY_SIZE(at); i++) {
		void *address = map(fd, at[i], REGION_PAGES, PROT_READ,
				    MAP_SHARED);

		assert_true(all_zero(address, REGION_PAGES * page));
		unmap(address, REGION_PAGES);
		is_zero(fd, at[i], REGION_PAGES);
	}
	close(fd);
}

static void node_is_a_character_device_of_a_registered_major(void **state)
{
	char text[32], wanted[32];
	struct stat st;

	(void)state;
	load("");
	assert_int_equal(stat(NODE, &st), 0);
	assert_true(S_ISCHR(st.st_mode));
	assert_int_equal(minor(st.st_rdev), 0);
	/* The two ranges that the kernel gives dynamic numbers from. */
	assert_true((major(st.st_rdev) >= 234 && major(st.st_rdev) <= 254) ||
		    (major(st.st_rdev) >= 384 && major(st.st_rdev) <= 511));
	assert_int_equal(run("sed '/^Block/,$d' /proc/devices |"
			     " grep -qx ' *%u kregion'", major(st.st_rdev)),
			 0);
	read_text(CLASS "kregion0/dev", text, sizeof(text));
	snprintf(wanted, sizeof(wanted), "%u:%u", major(st.st_rdev),
		 minor(st.st_rdev));
	assert_string_equal(text, wanted);
}

static void unloading_leaves_nothing(void **state)
{
	(void)state;
	load_regions("vmalloc:1p;kmalloc:1p");
	assert_true(exists("/dev/kregion1"));
	assert_true(major_is_registered());
	unload();
	nothing_is_left();
}

static void parameter_can_be_read_back(void **state)
{
	char text[64];

	(void)state;
	load("");
	read_text("/sys/module/kregion/parameters/regions", text, sizeof(text));
	assert_string_equal(text, "vmalloc:16p,kmalloc:16p");
	load_regions("kmalloc:2p:ro;vmalloc:3p");
	read_text("/sys/module/kregion/parameters/regions", text, sizeof(text));
	assert_string_equal(text, "kmalloc:2p:ro;vmalloc:3p");
	assert_int_not_equal(run("echo vmalloc:1p 2>/dev/null"
				 " >/sys/module/kregion/parameters/regions"),
			     0);
}

/* ---- several devices, many regions ---- */

static void semicolon_starts_the_next_device(void **state)
{
	char first[16], second[16];
	int fd0, fd1;

	(void)state;
	load_regions("vmalloc:1p;kmalloc:2p,vmalloc:3p;kmalloc:4p");
	size_is("kregion0", 1);
	size_is("kregion1", 5);
	size_is("kregion2", 4);
	assert_false(exists("/dev/kregion3"));

	/* Each has memory of its own, from its own offset 0. */
	fd0 = open_node("/dev/kregion0");
	fd1 = open_node("/dev/kregion1");
	assert_int_equal(count_regions(fd0), 1);
	assert_int_equal(count_regions(fd1), 2);
	write_pages(fd0, 0, "the first device", sizeof(first));
	is_zero(fd1, 0, 5);
	write_pages(fd1, 0, "the other device", sizeof(second));
	read_pages(fd0, 0, first, sizeof(first));
	assert_memory_equal(first, "the first device", sizeof(first));
	read_pages(fd1, 0, second, sizeof(second));
	assert_memory_equal(second, "the other device", sizeof(second));
	close(fd0);
	close(fd1);
}

/* @nr regions of 1 to 3 pages, both backends in turn, into @text. */
static void many_regions(char *text, size_t size, unsigned int nr)
{
	unsigned int i;
	size_t len = 0;

	for (i = 0; i < nr; i++) {
		len += (size_t)snprintf(text + len, size - len, "%s%s:%up",
					i ? "," : "",
					i % 2 ? "kmalloc" : "vmalloc",
					i % 3 + 1);
		assert_true(len < size);
	}
}

/* Write to each region by mmap at its own offset, then see all by read. */
static void each_region_is_reachable(unsigned int nr)
{
	unsigned int i, value;
	size_t at = 0;
	int fd = open_node(NODE);

	assert_int_equal(count_regions(fd), nr);
	for (i = 0; i < nr; i++) {
		size_t pages = i % 3 + 1;
		struct kregion_region_info info;
		unsigned int *address;

		get_region_info(fd, i, &info);
		assert_int_equal(info.offset, at * page);
		assert_int_equal(info.size, pages * page);
		assert_int_equal(info.backend, i % 2 ? KREGION_BACKEND_KMALLOC :
						       KREGION_BACKEND_VMALLOC);
		address = map(fd, at, pages, PROT_READ | PROT_WRITE,
			      MAP_SHARED);
		assert_true(all_zero(address, pages * page));
		*address = i + 1;
		unmap(address, pages);
		at += pages;
	}
	assert_int_equal(lseek(fd, 0, SEEK_END), at * page);
	for (i = 0, at = 0; i < nr; at += i % 3 + 1, i++) {
		read_pages(fd, at, &value, sizeof(value));
		assert_int_equal(value, i + 1);
	}
	close(fd);
}

static void many_regions_in_a_device(void **state)
{
	static const unsigned int numbers[] = { 64, MAX_REGIONS };
	char text[4096];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		many_regions(text, sizeof(text), numbers[i]);
		load_regions("%s", text);
		each_region_is_reachable(numbers[i]);
	}
}

/* 64 regions with names of full length: more than 1024 bytes of text. */
static void many_long_names(void **state)
{
	const char *const format = "a-name-of-31-characters------%02u";
	char text[4096], name[32], path[64];
	unsigned int i;
	size_t len = 0;

	(void)state;
	for (i = 0; i < 64; i++) {
		snprintf(name, sizeof(name), format, i);
		assert_int_equal(strlen(name), 31);
		len += (size_t)snprintf(text + len, sizeof(text) - len,
					"%svmalloc:1p:name=%s", i ? "," : "",
					name);
	}
	assert_true(len > 1024);
	load_regions("%s", text);
	for (i = 0; i < 64; i++) {
		snprintf(path, sizeof(path), CLASS "kregion0/regions/%u/name",
			 i);
		read_text(path, text, sizeof(text));
		snprintf(name, sizeof(name), format, i);
		assert_string_equal(text, name);
	}
}

/* ---- sizes ---- */

static void largest_kmalloc_is_4_mib(void **state)
{
	const size_t pages = 4 * MIB / page;
	char *address;
	int fd;

	(void)state;
	load_regions("kmalloc:4M");
	size_is("kregion0", pages);
	fd = open_node(NODE);
	address = map(fd, 0, pages, PROT_READ | PROT_WRITE, MAP_SHARED);
	assert_true(all_zero(address, pages * page));
	fill(address, pages * page, 1);
	assert_true(filled(address, pages * page, 1));
	unmap(address, pages);
	close(fd);
}

/* What is beyond the size in the last page is as usable as the rest. */
static void sizes_are_rounded_up_to_pages(void **state)
{
	static const struct {
		const char *region;
		size_t pages;
	} odd[] = {
		{ "vmalloc:1", 1 },	  { "kmalloc:1", 1 },
		{ "vmalloc:4095", 1 },	  { "kmalloc:4096", 1 },
		{ "vmalloc:4097", 2 },	  { "kmalloc:4097", 2 },
		{ "vmalloc:8193", 3 },	  { "kmalloc:8193", 3 },
		{ "vmalloc:17K", 5 },	  { "kmalloc:17K", 5 },
		{ "vmalloc:1048577", 257 }, { "kmalloc:100K", 25 },
	};
	struct kregion_region_info info;
	char text[512] = "";
	size_t i, at;
	int fd;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(odd); i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
			 "%s%s", i ? "," : "", odd[i].region);
	load_regions("%s", text);
	fd = open_node(NODE);
	for (i = 0, at = 0; i < ARRAY_SIZE(odd); at += odd[i++].pages) {
		void *address;

		get_region_info(fd, i, &info);
		assert_int_equal(info.offset, at * page);
		assert_int_equal(info.size, odd[i].pages * page);
		address = map(fd, at, odd[i].pages, PROT_READ | PROT_WRITE,
			      MAP_SHARED);
		assert_true(all_zero(address, odd[i].pages * page));
		fill(address, odd[i].pages * page, i);
		unmap(address, odd[i].pages);
	}
	/* No region reaches into its neighbour. */
	for (i = 0, at = 0; i < ARRAY_SIZE(odd); at += odd[i++].pages) {
		void *address = map(fd, at, odd[i].pages, PROT_READ,
				    MAP_SHARED);

		assert_true(filled(address, odd[i].pages * page, i));
		unmap(address, odd[i].pages);
	}
	close(fd);
}

static void vmalloc_of_1_gib_works(void **state)
{
	const size_t pages = GIB / page;
	char *address, buf[64];
	size_t at;
	int fd;

	(void)state;
	load_regions("vmalloc:1G");
	size_is("kregion0", pages);
	fd = open_node(NODE);
	address = map(fd, 0, pages, PROT_READ | PROT_WRITE, MAP_SHARED);
	for (at = 0; at < GIB; at += 509 * page)
		assert_true(all_zero(address + at, page));
	fill(address, page, 1);
	fill(address + GIB - page, page, 2);
	assert_true(filled(address, page, 1));
	assert_true(filled(address + GIB - page, page, 2));
	read_pages(fd, pages - 1, buf, sizeof(buf));
	assert_memory_equal(buf, address + GIB - page, sizeof(buf));
	assert_true(all_zero(address + page, page));
	assert_true(all_zero(address + GIB - 2 * page, page));
	unmap(address, pages);
	close(fd);
	/* Not to be left to the tests that follow. */
	unload();
}

/* ---- attributes ---- */

static void name_is(int fd, unsigned int index, const char *name)
{
	struct kregion_region_info info;
	char path[64], text[64];

	get_region_info(fd, index, &info);
	assert_string_equal((char *)info.name, name);
	snprintf(path, sizeof(path), CLASS "kregion0/regions/%u/name", index);
	read_text(path, text, sizeof(text));
	assert_string_equal(text, name);
}

static void regions_have_the_names_given_or_their_number(void **state)
{
	int fd;

	(void)state;
	load_regions("vmalloc:1p:name=log,kmalloc:1p,"
		     "vmalloc:1p:name=name-of_31-characters-012345678,"
		     "kmalloc:1p;"
		     "vmalloc:1p:name=log");
	fd = open_node(NODE);
	name_is(fd, 0, "log");
	name_is(fd, 1, "region1");
	name_is(fd, 2, "name-of_31-characters-012345678");
	name_is(fd, 3, "region3");
	close(fd);
}

static void ro_takes_writing_away_from_one_region(void **state)
{
	struct kregion_region_info info;
	int fd;

	(void)state;
	load_regions("vmalloc:1p:ro,vmalloc:1p,kmalloc:1p:ro,kmalloc:1p:wb");
	fd = open_node(NODE);
	get_region_info(fd, 0, &info);
	assert_int_equal(info.flags & KREGION_REGION_WRITE, 0);
	assert_int_not_equal(info.flags & KREGION_REGION_READ, 0);
	get_region_info(fd, 1, &info);
	assert_int_not_equal(info.flags & KREGION_REGION_WRITE, 0);
	get_region_info(fd, 2, &info);
	assert_int_equal(info.flags & KREGION_REGION_WRITE, 0);
	get_region_info(fd, 3, &info);
	assert_int_not_equal(info.flags & KREGION_REGION_WRITE, 0);

	errno = 0;
	assert_int_equal(pwrite(fd, "x", 1, 0), -1);
	assert_int_equal(errno, EPERM);
	assert_int_equal(pwrite(fd, "x", 1, (off_t)page), 1);
	errno = 0;
	assert_int_equal(pwrite(fd, "x", 1, (off_t)(2 * page)), -1);
	assert_int_equal(errno, EPERM);
	assert_int_equal(pwrite(fd, "x", 1, (off_t)(3 * page)), 1);
	is_zero(fd, 0, 1);
	is_zero(fd, 2, 1);
	close(fd);
}

/* ---- memory ---- */

/* As little else happens in between, the kernel hands the same pages out. */
static void memory_handed_out_again_is_zero(void **state)
{
	const size_t pages = 4 * MIB / page;
	const char *text =
		"vmalloc:4M,kmalloc:4M,kmalloc:1p,kmalloc:2p,vmalloc:1p";
	const size_t sizes[] = { pages, pages, 1, 2, 1 };
	size_t round, i, at;
	int fd;

	(void)state;
	for (round = 0; round < 3; round++) {
		load_regions("%s", text);
		fd = open_node(NODE);
		for (i = 0, at = 0; i < ARRAY_SIZE(sizes); at += sizes[i++]) {
			char *address = map(fd, at, sizes[i],
					    PROT_READ | PROT_WRITE, MAP_SHARED);

			if (!all_zero(address, sizes[i] * page))
				fail_msg("region %zu is not zero", i);
			memset(address, 0xa5, sizes[i] * page);
			unmap(address, sizes[i]);
		}
		close(fd);
	}
}

/* ---- refused ---- */

struct bad {
	const char *text;	/* regions= */
	const char *token;	/* what the log quotes */
	const char *expected;	/* and says then */
};

static const struct bad bad_texts[] = {
	{ "", "", "a backend" },
	{ "vmalloc", "vmalloc", "':' and a size" },
	/* Nobody's terminal shall obey the log. */
	{ "\033[31mred", "\\e[31mred", "a backend" },
	{ "vmalloc:", "", "a size" },
	{ "vmalloc:0", "0", "a size" },
	{ "vmalloc:0p", "0p", "a size" },
	{ "vmalloc:-1", "-1", "a size" },
	{ "vmalloc:64X", "64X", "a size" },
	{ "vmalloc:18446744073709551616", "18446744073709551616", "a size" },
	{ "vmalloc:17179869184G", "17179869184G", "a size" },
	/* More than a file offset, but less than 2^64. */
	{ "vmalloc:17179869183G", "vmalloc:17179869183G", "a size" },
	{ "vmalloc:18446744073709551615", "vmalloc:18446744073709551615",
	  "a size" },
	{ "vmalloc:18446744073709551615p", "vmalloc:18446744073709551615p",
	  "a size" },
	{ "vmalloc:9223372036854775807", "vmalloc:9223372036854775807",
	  "a size" },
	{ "kmalloc:4100K", "kmalloc:4100K", "at most" },
	{ "kmalloc:4194305", "kmalloc:4194305", "at most" },
	{ "vmalloc:1p,kmalloc:1025p:ro", "kmalloc:1025p:ro", "at most" },
	{ "malloc:64K", "malloc", "a backend" },
	{ "vmalloc:64K,", "", "a backend" },
	{ "vmalloc:64K;", "", "a backend" },
	{ "vmalloc:64K:", "", "an attribute" },
	{ "vmalloc:64K:wt", "wt", "an attribute: wb, wc, uc, ro or name=NAME" },
	{ "iomem:64K:uc", "iomem", "a backend" },
	{ "scope=opened,vmalloc:64K", "scope=opened",
	  "a scope: scope=shared or scope=open" },
	{ "scope=,vmalloc:64K", "scope=", "a scope" },
	{ "scope=open", "scope=open", "',' and a region" },
	{ "scope=open;vmalloc:64K", "scope=open", "',' and a region" },
	{ "vmalloc:64K,scope=open", "scope=open", "a backend" },
	{ "vmalloc:64K;scope=all,vmalloc:64K", "scope=all", "a scope" },
	{ "vmalloc:64K:name=", "name=", "a name" },
	{ "vmalloc:64K:name=Log", "name=Log", "a name" },
	{ "vmalloc:64K:name=../a", "name=../a", "a name" },
	{ "vmalloc:64K:name=abcdefghijklmnopqrstuvwxyz012345",
	  "name=abcdefghijklmnopqrstuvwxyz012345", "a name" },
	/* In quotes, as the kernel takes spaces for the end of a parameter. */
	{ "\"vmalloc:64K\nkmalloc:64K\"", "\\n", "',' or ';' or the end" },
	/* Good devices before it do not save a bad one. */
	{ "vmalloc:1p;kmalloc:1p;kmalloc:1x", "1x", "a size" },
};

/* Load what must be refused, see that only one line of log is left. */
static void refuse(const char *text, const char *token, const char *expected)
{
	char line[8192], quoted[4200];

	log_mark();
	if (!load_fails(text))
		fail_msg("regions=%s was not refused", text);
	if (!strstr(complaint, "Invalid argument"))
		fail_msg("regions=%s: %s", text, complaint);
	nothing_is_left();
	if (log_lines("kregion", line, sizeof(line)) != 1)
		fail_msg("regions=%s: the log has not one line but:%s", text,
			 log_since_mark());
	snprintf(quoted, sizeof(quoted), "'%s': expected %s", token, expected);
	if (!strstr(line, quoted))
		fail_msg("regions=%s: %s lacks %s", text, line, quoted);
}

static void bad_text_leaves_nothing_but_one_line_of_log(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bad_texts); i++)
		refuse(bad_texts[i].text, bad_texts[i].token,
		       bad_texts[i].expected);
}

/* As from `echo`. */
static void a_newline_at_the_end_is_no_part_of_it(void **state)
{
	(void)state;
	assert_false(load_fails("\"vmalloc:64K\n\""));
	assert_int_equal(access(NODE, F_OK), 0);
}

static void long_wrong_word_is_cut_in_the_log(void **state)
{
	char text[2001], token[80];

	(void)state;
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	memset(token, 'a', 64);
	strcpy(token + 64, "...");
	refuse(text, token, "a backend: kmalloc or vmalloc");
}

static void region_257_of_a_device_is_refused(void **state)
{
	char text[4096];

	(void)state;
	many_regions(text, sizeof(text), MAX_REGIONS + 1);
	/* The text above ends in a region that only the number forbids. */
	assert_int_equal(MAX_REGIONS % 3 + 1, 2);
	refuse(text, "vmalloc:2p", "at most 256 regions");
}

static void device_257_is_refused(void **state)
{
	char text[4096] = "vmalloc:1p";
	size_t len = strlen(text);
	unsigned int i;

	(void)state;
	for (i = 1; i <= MAX_REGIONS; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
					";vmalloc:1p");
	refuse(text, "vmalloc:1p", "at most 256 devices");
}

/*
 * What is wrong only together with the regions before it. The wrong region is
 * told by its token too.
 */
static void regions_that_do_not_go_together_are_refused(void **state)
{
	(void)state;
	refuse("vmalloc:1p:name=twin,kmalloc:1p:name=twin",
	       "kmalloc:1p:name=twin", "a name of its own");
	refuse("vmalloc:1p,kmalloc:1p:name=region0", "kmalloc:1p:name=region0",
	       "a name of its own");
	refuse("vmalloc:1p:name=region1,kmalloc:2p", "kmalloc:2p",
	       "a name of its own");
	refuse("vmalloc:4611686018427387904,vmalloc:4611686018427387905",
	       "vmalloc:4611686018427387905", "a total size");
	/* In the second device: the first one is not left. */
	refuse("vmalloc:1p;vmalloc:2p:name=a,vmalloc:3p:name=a",
	       "vmalloc:3p:name=a", "a name of its own");
}

static void regions_without_a_value_is_refused(void **state)
{
	(void)state;
	unload();
	assert_int_not_equal(run("modprobe -q kregion regions 2>/dev/null"), 0);
	nothing_is_left();
}

/* sysfs could not show it. */
static void text_of_more_than_a_page_is_refused(void **state)
{
	char text[4300], line[8192];
	size_t len = 0;

	(void)state;
	while (len < 4096)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
					"%svmalloc:1p:name=abcdefghijklmn",
					len ? ";" : "");
	log_mark();
	assert_true(load_fails(text));
	nothing_is_left();
	assert_int_equal(log_lines("kregion", line, sizeof(line)), 1);
	assert_non_null(strstr(line, "regions=: "));
	assert_non_null(strstr(line, "at most 4094"));
}

static void text_of_a_page_less_2_bytes_is_accepted(void **state)
{
	const size_t head = strlen("vmalloc:"), tail = strlen("1p");
	char text[4096] = "vmalloc:";

	(void)state;
	memset(text + head, '0', page - 2 - head - tail);
	strcpy(text + page - 2 - tail, "1p");
	assert_int_equal(strlen(text), page - 2);
	load_regions("%s", text);
	size_is("kregion0", 1);
}

/* ---- no memory ---- */

static void no_memory(const char *text, unsigned int created)
{
	char line[1024];

	log_mark();
	assert_true(load_fails(text));
	if (!strstr(complaint, "Cannot allocate memory"))
		fail_msg("regions=%s: %s", text, complaint);
	nothing_is_left();
	assert_int_equal(log_lines("kregion", line, sizeof(line)),
			 created + 1);
	assert_int_equal(log_lines("no memory for 16777216 pages of vmalloc",
				   line, sizeof(line)), 1);
	assert_int_equal(log_lines("Call Trace", line, sizeof(line)), 0);
}

static void more_than_all_memory_is_refused_quietly(void **state)
{
	(void)state;
	no_memory("vmalloc:64G", 0);
	no_memory("vmalloc:1M,vmalloc:64G,kmalloc:1p", 0);
}

/* The list of its page frame numbers alone would fill all 3 GiB. */
static void typing_error_in_a_size_kills_nobody(void **state)
{
	char line[1024];

	(void)state;
	log_mark();
	assert_true(load_fails("vmalloc:1400G"));
	nothing_is_left();
	assert_int_equal(log_lines("Out of memory", line, sizeof(line)), 0);
	assert_int_equal(log_lines("kregion", line, sizeof(line)), 1);
}

static void no_memory_for_the_second_device_leaves_none(void **state)
{
	(void)state;
	no_memory("vmalloc:1M;vmalloc:64G", 1);
	no_memory("vmalloc:1M,kmalloc:1M;kmalloc:1M;vmalloc:64G;vmalloc:1p", 2);
	/* And the driver is none the worse for it. */
	load("");
	size_is("kregion0", DEVICE_PAGES);
}

/* ---- the log of a good load ---- */

static void a_load_logs_one_line_per_device(void **state)
{
	char line[1024];

	(void)state;
	unload();
	log_mark();
	load("");
	assert_int_equal(log_lines("kregion", line, sizeof(line)), 1);
	assert_non_null(strstr(line, "kregion0: created with 2 regions,"
				     " 131072 bytes"));
	unload();
	assert_int_equal(log_lines("kregion", line, sizeof(line)), 1);

	log_mark();
	load_regions("vmalloc:1p;kmalloc:1p,vmalloc:64K;kmalloc:4M");
	assert_int_equal(log_lines("kregion", line, sizeof(line)), 3);
	assert_int_equal(log_lines("kregion0: created", line, sizeof(line)), 1);
	assert_int_equal(log_lines("kregion1: created", line, sizeof(line)), 1);
	assert_int_equal(log_lines("kregion2: created", line, sizeof(line)), 1);
}

static void the_log_has_no_kernel_address(void **state)
{
	regex_t address;
	int fd;

	(void)state;
	assert_int_equal(regcomp(&address, "[0-9a-f]{12,}",
				 REG_EXTENDED | REG_NOSUB), 0);
	unload();
	log_mark();
	load_regions("vmalloc:1p,kmalloc:4M;kmalloc:1p");
	fd = open_node(NODE);
	unmap(map(fd, 0, 1, PROT_READ, MAP_PRIVATE), 1);
	unmap(map(fd, 1, 1024, PROT_READ, MAP_SHARED), 1024);
	assert_ptr_equal(try_map(fd, 5000, 1, PROT_READ, MAP_SHARED),
			 MAP_FAILED);
	close(fd);
	unload();
	assert_true(load_fails("vmalloc:1M;vmalloc:64G"));
	assert_int_equal(regexec(&address, log_since_mark(), 0, NULL, 0),
			 REG_NOMATCH);
	/* The expression does see one. */
	assert_int_equal(regexec(&address, "at ffff888003c40000", 0, NULL, 0),
			 0);
	regfree(&address);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			default_is_16_pages_of_vmalloc_and_16_of_kmalloc),
		cmocka_unit_test(default_regions_are_zero),
		cmocka_unit_test(
			node_is_a_character_device_of_a_registered_major),
		cmocka_unit_test(unloading_leaves_nothing),
		cmocka_unit_test(parameter_can_be_read_back),
		cmocka_unit_test(semicolon_starts_the_next_device),
		cmocka_unit_test(many_regions_in_a_device),
		cmocka_unit_test(many_long_names),
		cmocka_unit_test(largest_kmalloc_is_4_mib),
		cmocka_unit_test(sizes_are_rounded_up_to_pages),
		cmocka_unit_test(vmalloc_of_1_gib_works),
		cmocka_unit_test(regions_have_the_names_given_or_their_number),
		cmocka_unit_test(ro_takes_writing_away_from_one_region),
		cmocka_unit_test(memory_handed_out_again_is_zero),
		cmocka_unit_test(bad_text_leaves_nothing_but_one_line_of_log),
		cmocka_unit_test(a_newline_at_the_end_is_no_part_of_it),
		cmocka_unit_test(long_wrong_word_is_cut_in_the_log),
		cmocka_unit_test(region_257_of_a_device_is_refused),
		cmocka_unit_test(device_257_is_refused),
		cmocka_unit_test(regions_that_do_not_go_together_are_refused),
		cmocka_unit_test(regions_without_a_value_is_refused),
		cmocka_unit_test(text_of_more_than_a_page_is_refused),
		cmocka_unit_test(text_of_a_page_less_2_bytes_is_accepted),
		cmocka_unit_test(more_than_all_memory_is_refused_quietly),
		cmocka_unit_test(typing_error_in_a_size_kills_nobody),
		cmocka_unit_test(no_memory_for_the_second_device_leaves_none),
		cmocka_unit_test(a_load_logs_one_line_per_device),
		cmocka_unit_test(the_log_has_no_kernel_address),
	};

	/* The first load also logs that the kernel is tainted now. */
	return cmocka_run_group_tests(tests, load_default, unload_module);
}
