// SPDX-License-Identifier: GPL-2.0-only
/*
 * PG_reserved, as /proc/kpageflags shows it: set on each page while its region
 * lives, gone from each page afterwards. tests/device/mutants.t proves that
 * this program fails when the driver forgets to clear the flag.
 */
#include "common.h"

struct region {
	unsigned int index;
	size_t pages;
	uint64_t *pfns;
};

static void note_pages(struct region *region, unsigned int index, size_t pages)
{
	region->index = index;
	region->pages = pages;
	region->pfns = calloc(pages, sizeof(*region->pfns));
	read_pfns("kregion0", index, region->pfns, pages);
}

static size_t count_reserved(const struct region *region)
{
	size_t i, reserved = 0;

	for (i = 0; i < region->pages; i++)
		reserved += page_flags(region->pfns[i]) >> KPF_RESERVED & 1;
	return reserved;
}

/*
 * From 6.12 the flags of a tail page are reported from its head. For a page in
 * the middle of a slab that is another page, not the region's.
 */
static size_t count_hidden(const struct region *region)
{
	const uint64_t slab_tail = 1ULL << KPF_SLAB | 1ULL << KPF_COMPOUND_TAIL;
	size_t i, hidden = 0;

	/* There all compound pages are without the flag. */
	if (page_flags_are_enforced())
		return 0;
	for (i = 0; i < region->pages; i++) {
		uint64_t flags = page_flags(region->pfns[i]);

		hidden += (flags & slab_tail) == slab_tail &&
			  !(flags >> KPF_RESERVED & 1);
	}
	return hidden;
}

/* A kernel that enforces the flag's rules has it on no compound page: driver/reserve.c. */
static size_t count_forbidden(const struct region *region)
{
	const uint64_t compound = 1ULL << KPF_COMPOUND_HEAD |
				  1ULL << KPF_COMPOUND_TAIL;
	size_t i, forbidden = 0;

	if (!page_flags_are_enforced())
		return 0;
	for (i = 0; i < region->pages; i++)
		forbidden += !!(page_flags(region->pfns[i]) & compound);
	return forbidden;
}

static void assert_lives_reserved(const struct region *region)
{
	size_t expected = region->pages - count_forbidden(region);
	char path[128];

	snprintf(path, sizeof(path), DEBUGFS "kregion0/%u/reserved",
		 region->index);
	assert_int_equal(read_number(path), expected);
	assert_int_equal(count_reserved(region) + count_hidden(region),
			 expected);
}

/* Load @args with two regions, unload, and look at each page on the way. */
static void check_life(const char *args, size_t pages0, size_t pages1)
{
	struct region first, second;

	load(args);
	note_pages(&first, 0, pages0);
	note_pages(&second, 1, pages1);
	assert_lives_reserved(&first);
	assert_lives_reserved(&second);
	unload();
	assert_int_equal(count_reserved(&first), 0);
	assert_int_equal(count_reserved(&second), 0);
	free(first.pfns);
	free(second.pfns);
}

static void default_regions(void **state)
{
	(void)state;
	check_life("", 16, 16);
}

static void one_page_each(void **state)
{
	(void)state;
	check_life("regions=kmalloc:1p,vmalloc:1p", 1, 1);
}

/* kmalloc() rounds 5 pages up to 8; only 5 are the region's. */
static void kmalloc_that_is_no_power_of_two(void **state)
{
	(void)state;
	check_life("regions=kmalloc:5p,kmalloc:3p", 5, 3);
}

static void large_regions(void **state)
{
	(void)state;
	check_life("regions=vmalloc:16M,kmalloc:4M", 4096, 1024);
}

static void reserved_while_mapped_and_copied(void **state)
{
	struct region region;
	char *shared, *private;
	int fd;

	(void)state;
	load("");
	note_pages(&region, 0, REGION_PAGES);
	fd = open_node(NODE);
	shared = map(fd, 0, REGION_PAGES, PROT_READ | PROT_WRITE, MAP_SHARED);
	private = map(fd, 0, REGION_PAGES, PROT_READ | PROT_WRITE, MAP_PRIVATE);
	memset(private, 1, REGION_PAGES * page);
	assert_lives_reserved(&region);
	unmap(shared, REGION_PAGES);
	unmap(private, REGION_PAGES);
	assert_lives_reserved(&region);
	close(fd);
	unload();
	assert_int_equal(count_reserved(&region), 0);
	free(region.pfns);
}

/* All RESERVED bits that /proc/kpageflags shows now, over all of memory. */
static size_t reserved_in_all_memory(void)
{
	static uint64_t flags[1 << 15];
	int fd = open_node_flags("/proc/kpageflags", O_RDONLY);
	size_t reserved = 0;
	ssize_t n, i;

	while ((n = read(fd, flags, sizeof(flags))) > 0) {
		for (i = 0; i < n / (ssize_t)sizeof(*flags); i++)
			reserved += flags[i] >> KPF_RESERVED & 1;
	}
	close(fd);
	return reserved;
}

/*
 * Here nobody can say the PFNs, so all of memory is counted. The first regions
 * and the first device exist already when the last one fails for lack of memory.
 */
static void load_that_fails_half_way(void **state)
{
	size_t regions = page_flags_are_enforced() ? 1024 : 2048;
	size_t before;

	(void)state;
	unload();
	before = reserved_in_all_memory();
	assert_int_not_equal(try_load("'regions=vmalloc:4M,kmalloc:4M,vmalloc:512G'"), 0);
	assert_int_equal(reserved_in_all_memory(), before);
	assert_int_not_equal(try_load("'regions=vmalloc:4M,kmalloc:4M;vmalloc:512G'"), 0);
	assert_int_equal(reserved_in_all_memory(), before);
	load("regions=vmalloc:4M,kmalloc:4M");
	assert_int_equal(reserved_in_all_memory(), before + regions);
	unload();
	assert_int_equal(reserved_in_all_memory(), before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(default_regions),
		cmocka_unit_test(one_page_each),
		cmocka_unit_test(kmalloc_that_is_no_power_of_two),
		cmocka_unit_test(large_regions),
		cmocka_unit_test(reserved_while_mapped_and_copied),
		cmocka_unit_test(load_that_fails_half_way),
	};

	return cmocka_run_group_tests(tests, load_default, unload_module);
}
