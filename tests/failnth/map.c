// SPDX-License-Identifier: GPL-2.0-only
/* Regions are mapped, touched and split with failing allocations. */
#include "inject.h"

#include <sys/wait.h>

#define RW	(PROT_READ | PROT_WRITE)
/* Far from everything else, so that each level of the page table must be made. */
#define FAR	((char *)0x2000000000)
#define PAGES	8

/* What skip_on_uml() says. */
#define NO_COPIES	"has no private mappings: no ARCH_HAS_PTE_SPECIAL"
#define NO_DEBUGGER	"does not ask a mapping for its bytes: no HAVE_IOREMAP_PROT"

static int fd, memory, zero;
static size_t at;		/* page offset of the region */
static int protection, flags;
static char expected[PAGES * 4096];
static char *address;

static void fill_regions(void)
{
	fill(expected, sizeof(expected), 1);
	write_pages(fd, 0, expected, PAGES * page);
	write_pages(fd, PAGES, expected, PAGES * page);
}

static int attempt_map(void)
{
	address = mmap(FAR, PAGES * page, protection,
		       flags | MAP_FIXED_NOREPLACE, fd, (off_t)(at * page));
	return address == MAP_FAILED ? errno : 0;
}

static void nothing_is_mapped(void)
{
	unsigned char there;

	assert_int_equal(mappings(), 0);
	assert_int_not_equal(mincore(FAR, page, &there), 0);
}

static void unmap_region(void)
{
	unmap(FAR, PAGES);
	nothing_is_mapped();
}

static void look_and_unmap(void)
{
	assert_ptr_equal(address, FAR);
	assert_int_equal(mappings(), 1);
	assert_memory_equal(FAR, expected, PAGES * page);
	unmap_region();
}

static void sweep_map(const char *name)
{
	struct operation map_region = {
		.name = name,
		.attempt = attempt_map,
		.refused = nothing_is_mapped,
		.finish = look_and_unmap,
	};

	sweep(&map_region);
}

static void load_regions(const char *cache)
{
	char args[128];

	snprintf(args, sizeof(args), "regions=vmalloc:%dp:%s,kmalloc:%dp:%s",
		 PAGES, cache, PAGES, cache);
	load(args);
	fd = open_node(NODE);
	fill_regions();
}

static void unload_regions(void)
{
	close(fd);
	unload();
}

static void regions_are_mapped(void **state)
{
	static const struct {
		const char *name;
		int flags;
	} ways[] = {
		{ "shared", MAP_SHARED },
		{ "populated", MAP_SHARED | MAP_POPULATE },
		{ "private", MAP_PRIVATE },	/* not on UML */
	};
	size_t nr_ways = ARRAY_SIZE(ways) - is_uml();
	const char *const *caches;
	size_t i, j, nr = cache_attributes(&caches);

	(void)state;
	protection = RW;
	for (i = 0; i < nr; i++) {
		load_regions(caches[i]);
		for (j = 0; j < 2 * nr_ways; j++) {
			char name[64];

			snprintf(name, sizeof(name), "mmap %s %s %s",
				 j % 2 ? "kmalloc" : "vmalloc", caches[i],
				 ways[j / 2].name);
			at = j % 2 * PAGES;
			flags = ways[j / 2].flags;
			sweep_map(name);
		}
		unload_regions();
	}
}

/* ---- what is done with a mapping ---- */

static void map_shared(void)
{
	flags = MAP_SHARED;
	assert_int_equal(attempt_map(), 0);
}

static void map_private(void)
{
	flags = MAP_PRIVATE;
	assert_int_equal(attempt_map(), 0);
}

/* Both backends, with each cache attribute. */
static void sweep_regions(const struct operation *operation)
{
	const char *const *caches;
	size_t i, nr = cache_attributes(&caches);

	protection = RW;
	for (i = 0; i < nr; i++) {
		load_regions(caches[i]);
		for (at = 0; at <= PAGES; at += PAGES)
			sweep(operation);
		unload_regions();
	}
}

static void still_mapped(void)
{
	assert_int_equal(mappings(), 1);
	assert_memory_equal(FAR, expected, PAGES * page);
	unmap_region();
}

static int attempt_store(void)
{
	FAR[2 * page + 5] = 77;
	return 0;
}

/* The copy has the byte, the region has not, and nothing else differs. */
static void copy_differs(void)
{
	char bytes[4096];

	assert_int_equal(FAR[2 * page + 5], 77);
	FAR[2 * page + 5] = expected[2 * page + 5];
	read_pages(fd, at + 2, bytes, page);
	assert_memory_equal(bytes, expected + 2 * page, page);
	still_mapped();
}

static void a_private_page_is_written(void **state)
{
	static const struct operation store = {
		.name = "first store into a private page",
		.before = map_private,
		.attempt = attempt_store,
		.finish = copy_differs,
		.survives = true,
		.single = true,
	};

	(void)state;
	skip_on_uml(NO_COPIES);
	sweep_regions(&store);
}

/* The kernel writes into a page that is not this process's alone yet. */
static int attempt_read_into(void)
{
	ssize_t len = pread(zero, FAR + 2 * page, page, 0);

	return len < 0 ? errno : len == (ssize_t)page ? 0 : EFAULT;
}

static void copy_is_zero(void)
{
	char bytes[4096];

	assert_true(all_zero(FAR + 2 * page, page));
	read_pages(fd, at + 2, bytes, page);
	assert_memory_equal(bytes, expected + 2 * page, page);
	memcpy(FAR + 2 * page, bytes, page);
	still_mapped();
}

static void the_kernel_writes_a_private_page(void **state)
{
	static const struct operation read_into = {
		.name = "read(2) into a private page",
		.before = map_private,
		.attempt = attempt_read_into,
		.refused = still_mapped,
		.finish = copy_is_zero,
		.faults = true,
	};

	(void)state;
	skip_on_uml(NO_COPIES);
	sweep_regions(&read_into);
}

/* As a debugger does, here of itself: first into the region, then into a copy. */
static int attempt_poke(void)
{
	ssize_t len = pwrite(memory, "\x4d", 1, (off_t)(FAR + 2 * page + 5));

	return len < 0 ? errno : 0;
}

static void region_differs(void)
{
	char bytes[4096];

	read_pages(fd, at + 2, bytes, page);
	assert_int_equal(bytes[5], 77);
	fill_regions();
	still_mapped();
}

static void map_private_copied(void)
{
	map_private();
	FAR[2 * page] = expected[2 * page];
}

/* EIO: what /proc/PID/mem makes of any reason. */
static void a_debugger_writes(void **state)
{
	static const struct operation poke_shared = {
		.name = "/proc/self/mem of a shared page",
		.before = map_shared,
		.attempt = attempt_poke,
		.refused = still_mapped,
		.finish = region_differs,
		.errnos = { EIO },
	};

	(void)state;
	skip_on_uml(NO_DEBUGGER);
	sweep_regions(&poke_shared);
}

static void a_debugger_writes_a_private_copy(void **state)
{
	static const struct operation poke_private = {
		.name = "/proc/self/mem of a private copy",
		.before = map_private_copied,
		.attempt = attempt_poke,
		.refused = still_mapped,
		.finish = copy_differs,
		.errnos = { EIO },
	};

	(void)state;
	skip_on_uml(NO_COPIES);
	sweep_regions(&poke_private);
}

static int attempt_hole(void)
{
	return munmap(FAR + 3 * page, page) ? errno : 0;
}

static void hole_is_there(void)
{
	assert_int_equal(mappings(), 2);
	assert_memory_equal(FAR, expected, 3 * page);
	assert_memory_equal(FAR + 4 * page, expected + 4 * page,
			    (PAGES - 4) * page);
	unmap_region();
}

static int attempt_protect(void)
{
	return mprotect(FAR + 3 * page, page, PROT_READ) ? errno : 0;
}

static void three_are_there(void)
{
	assert_int_equal(mappings(), 3);
	assert_memory_equal(FAR, expected, PAGES * page);
	unmap_region();
}

static void pieces_are_counted(void)
{
	char line[512];
	FILE *file = fopen("/proc/self/maps", "r");
	int pieces = 0;

	assert_non_null(file);
	while (fgets(line, sizeof(line), file))
		pieces += !!strstr(line, NODE);
	fclose(file);
	assert_int_equal(mappings(), pieces);
}

#define FARTHER	(FAR + (1UL << 32))

/*
 * What fails between its two splits leaves two pieces of one kind, and mremap(2) that
 * cannot clean up leaves both mappings, whatever it returns.
 */
static void as_many_as_pieces(void)
{
	pieces_are_counted();
	assert_memory_equal(FAR, expected, PAGES * page);
	munmap(FARTHER, PAGES * page);
	unmap_region();
}

static int attempt_move(void)
{
	address = mremap(FAR, PAGES * page, PAGES * page,
			 MREMAP_MAYMOVE | MREMAP_FIXED, FARTHER);
	return address == MAP_FAILED ? errno : 0;
}

static void moved(void)
{
	pieces_are_counted();
	assert_memory_equal(address, expected, PAGES * page);
	unmap(address, PAGES);
	munmap(FAR, PAGES * page);
	nothing_is_mapped();
}

static void a_mapping_is_split_and_moved(void **state)
{
	static const struct operation hole = {
		.name = "munmap of the middle",
		.before = map_shared,
		.attempt = attempt_hole,
		.refused = as_many_as_pieces,
		.finish = hole_is_there,
	};
	static const struct operation protect = {
		.name = "mprotect of the middle",
		.before = map_shared,
		.attempt = attempt_protect,
		.refused = as_many_as_pieces,
		.finish = three_are_there,
	};
	static const struct operation move = {
		.name = "mremap",
		.before = map_shared,
		.attempt = attempt_move,
		.refused = as_many_as_pieces,
		.finish = moved,
	};

	(void)state;
	sweep_regions(&hole);
	sweep_regions(&protect);
	sweep_regions(&move);
}

static pid_t child;

static int attempt_fork(void)
{
	child = fork();
	if (!child)
		_exit(memcmp(FAR, expected, PAGES * page));
	return child < 0 ? errno : 0;
}

static void child_sees_the_region(void)
{
	int status;

	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	still_mapped();
}

static void a_process_forks(void **state)
{
	static const struct operation fork_shared = {
		.name = "fork with a shared mapping",
		.before = map_shared,
		.attempt = attempt_fork,
		.refused = still_mapped,
		.finish = child_sees_the_region,
		.single = true,
	};

	(void)state;
	sweep_regions(&fork_shared);
}

static void a_process_with_a_private_copy_forks(void **state)
{
	static const struct operation fork_private = {
		.name = "fork with a private copy",
		.before = map_private_copied,
		.attempt = attempt_fork,
		.refused = still_mapped,
		.finish = child_sees_the_region,
		.single = true,
	};

	(void)state;
	skip_on_uml(NO_COPIES);
	sweep_regions(&fork_private);
}

static int setup(void **state)
{
	zero = open_node("/dev/zero");
	memory = open_node("/proc/self/mem");
	return inject_setup(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		failing_test(regions_are_mapped),
		failing_test(a_private_page_is_written),
		failing_test(the_kernel_writes_a_private_page),
		failing_test(a_debugger_writes),
		failing_test(a_debugger_writes_a_private_copy),
		failing_test(a_mapping_is_split_and_moved),
		failing_test(a_process_forks),
		failing_test(a_process_with_a_private_copy_forks),
	};

	return cmocka_run_group_tests(tests, setup, unload_module);
}
