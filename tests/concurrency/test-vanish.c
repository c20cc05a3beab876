// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices that go while others map them and touch what they have mapped: a PCI device
 * by unbinding, after which no mapping may lead to it, and one of RAM, whose mappings
 * stay what they were.
 */
#include "common.h"
#include "pci.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "actors.h"

#define RW		(PROT_READ | PROT_WRITE)
#define USERS		4
#define PATIENCE	120	/* seconds for a user to map a device */
#define BAR_PAGES	256	/* edu */
#define GONE		"/dev/kregion-gone"
#define GONE_PARAM	"/sys/module/kregion_gone/parameters/on"
#define GONE_PAGES	16

static struct function edu = { .id = EDU };
static atomic_bool over;

/* One user's mapping, which others look at too, and what the user did. */
static struct slot {
	const char *_Atomic wrong;
	pthread_mutex_t lock;
	volatile uint32_t *mapping;	/* or NULL */
	unsigned int number;
	int fd, mem;		/* the device; /proc/self/mem */
	atomic_ulong mapped;
	unsigned long cut, refused;
} slots[USERS];

/*
 * Half of the users keep what they have mapped until its device goes, so that each round
 * takes it from them; the others come and go.
 */
static bool stays(const struct slot *slot)
{
	return slot->number % 2 == 0;
}

static volatile uint32_t *page_at(const struct slot *slot, size_t index)
{
	return slot->mapping + index * page / sizeof(uint32_t);
}

static void show_mapping(struct slot *slot, void *address)
{
	pthread_mutex_lock(&slot->lock);
	slot->mapping = address;
	pthread_mutex_unlock(&slot->lock);
}

static void start_users(pthread_t *threads, void *(*use)(void *))
{
	unsigned int i;

	atomic_store(&over, false);
	memset(slots, 0, sizeof(slots));
	for (i = 0; i < USERS; i++) {
		pthread_mutex_init(&slots[i].lock, NULL);
		slots[i].number = i;
		assert_int_equal(pthread_create(&threads[i], NULL, use,
						&slots[i]), 0);
	}
}

static void end_users(pthread_t *threads)
{
	unsigned int i;

	atomic_store(&over, true);
	for (i = 0; i < USERS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	for (i = 0; i < USERS; i++) {
		print_message("# user %u: %lu mappings, %lu of them cut short, %lu refused\n",
			      i, atomic_load(&slots[i].mapped), slots[i].cut,
			      slots[i].refused);
		if (slots[i].wrong)
			fail_msg("user %u: %s", i, slots[i].wrong);
		assert_true(atomic_load(&slots[i].mapped) > 0);
	}
}

static unsigned long all_mapped(void)
{
	unsigned long sum = 0;
	size_t i;

	for (i = 0; i < USERS; i++)
		sum += atomic_load(&slots[i].mapped);
	return sum;
}

static bool something_wrong(void)
{
	size_t i;

	for (i = 0; i < USERS; i++) {
		if (slots[i].wrong)
			return true;
	}
	return false;
}

/* In the first round all have it, later those who keep it. */
static bool users_have_it(unsigned int round)
{
	size_t i;

	for (i = 0; i < USERS; i++) {
		if ((round == 0 || stays(&slots[i])) &&
		    atomic_load(&slots[i].mapped) <= round)
			return false;
	}
	return true;
}

/* So that a device goes while it is in use, at any moment of that. */
static bool wait_for_use(unsigned int round)
{
	unsigned long until = all_mapped() + (unsigned long)rand() % 6 + 1;
	time_t end = time(NULL) + PATIENCE;

	while (all_mapped() < until || !users_have_it(round)) {
		if (something_wrong() || time(NULL) > end)
			return false;
		usleep(200);
	}
	usleep((unsigned int)(rand() % 2000));
	return true;
}

/* Open and map; NULL when that is refused as it may be. */
static void *try_use(struct slot *slot, const char *node, size_t pages)
{
	void *mapping = MAP_FAILED;

	slot->fd = open(node, O_RDWR | O_CLOEXEC);
	if (slot->fd >= 0)
		mapping = try_map(slot->fd, 0, pages, RW, MAP_SHARED);
	if (mapping != MAP_FAILED) {
		atomic_fetch_add(&slot->mapped, 1);
		show_mapping(slot, mapping);
		return mapping;
	}
	slot->refused++;
	if (errno != ENOENT && errno != ENXIO && errno != ENODEV)
		slot->wrong = strerror(errno);
	if (slot->fd >= 0)
		close(slot->fd);
	usleep(300);
	return NULL;
}

static void end_use(struct slot *slot, void *mapping, size_t pages)
{
	show_mapping(slot, NULL);
	munmap(mapping, pages * page);
	close(slot->fd);
}

/* One look at the device and what is mapped of it; false when it is gone. */
typedef bool (*look_fn)(struct slot *slot);

/* The end is asked for after the last device went, so a look after that sees it. */
static void look_until_gone(struct slot *slot, look_fn look)
{
	bool last;

	do {
		last = !stays(slot) || atomic_load(&over) || slot->wrong;
		if (!look(slot)) {
			slot->cut++;
			return;
		}
		usleep(500);
	} while (!last);
}

static void assert_each_round_took_it(unsigned int n)
{
	size_t i;

	for (i = 0; i < USERS; i++) {
		if (stays(&slots[i]))
			assert_int_equal(slots[i].cut, n);
	}
}

/* ---- device memory ---- */

/* By pointer, by read, and as a debugger does. */
static bool look_at_register(struct slot *slot, size_t index)
{
	uint32_t word = EDU_ID_VALUE;

	if (!can_read(page_at(slot, index), &word))
		return false;
	if (index == 0 && word != EDU_ID_VALUE)
		slot->wrong = "wrong word by pointer";
	word = EDU_ID_VALUE;
	if (index % 32 == 0 && pread(slot->fd, &word, 4, 0) < 0 && errno != ENODEV)
		slot->wrong = "pread fails with another errno than ENODEV";
	if (index % 32 == 1 &&
	    pread(slot->mem, &word, 4, (off_t)slot->mapping) < 0 &&
	    errno != EIO && errno != EFAULT)
		slot->wrong = "/proc/self/mem fails with an odd errno";
	if (word != EDU_ID_VALUE)
		slot->wrong = "wrong word by a call";
	return true;
}

static bool look_at_bar(struct slot *slot)
{
	size_t i;

	for (i = 0; i < BAR_PAGES; i++) {
		if (!look_at_register(slot, i))
			return false;
	}
	return true;
}

static void *use_bar(void *arg)
{
	struct slot *slot = arg;

	slot->mem = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
	while (!atomic_load(&over) && !slot->wrong) {
		void *mapping = try_use(slot, edu.node, BAR_PAGES);

		if (!mapping)
			continue;
		look_until_gone(slot, look_at_bar);
		end_use(slot, mapping, BAR_PAGES);
	}
	close(slot->mem);
	return NULL;
}

/* The device is unbound: whoever has it mapped, has nothing. */
static size_t pages_that_lead_somewhere(void)
{
	size_t found = 0, i;
	struct slot *slot;

	for (slot = slots; slot < slots + USERS; slot++) {
		pthread_mutex_lock(&slot->lock);
		for (i = 0; slot->mapping && i < BAR_PAGES; i++)
			found += !is_revoked(page_at(slot, i));
		pthread_mutex_unlock(&slot->lock);
	}
	return found;
}

static void pci_device_goes(void **state)
{
	unsigned int n = rounds(150), round;
	bool used = true;
	pthread_t threads[USERS];
	size_t left = 0;

	(void)state;
	catch_sigbus();
	start_users(threads, use_bar);
	for (round = 0; round < n && !left && used; round++) {
		if (put(DRIVER "bind", edu.address))
			break;
		used = wait_for_use(round);
		if (put(DRIVER "unbind", edu.address))
			break;
		left = pages_that_lead_somewhere();
	}
	end_users(threads);
	print_message("# %u rounds\n", round);
	if (left)
		fail_msg("round %u: %zu pages of an unbound device are mapped",
			 round, left);
	assert_true(used);
	assert_int_equal(round, n);
	assert_each_round_took_it(n);
}

/* ---- RAM ---- */

static bool look_at_ram(struct slot *slot)
{
	char byte;
	int i;

	for (i = 0; i < 20; i++) {
		if (pread(slot->fd, &byte, 1, 0) == 1)
			continue;
		if (errno != ENODEV)
			slot->wrong = "pread fails with another errno than ENODEV";
		return false;
	}
	return true;
}

/* Each user has a page of its own, so that only the driver can change it. */
static void *use_ram(void *arg)
{
	struct slot *slot = arg;
	unsigned int seed = 0;
	char *mapping, *mine;

	while (!atomic_load(&over) && !slot->wrong) {
		mapping = try_use(slot, GONE, GONE_PAGES);
		if (!mapping)
			continue;
		mine = mapping + slot->number * page;
		fill(mine, page, ++seed);
		look_until_gone(slot, look_at_ram);
		usleep(500);
		if (!filled(mine, page, seed))
			slot->wrong = "the bytes of a mapping changed";
		end_use(slot, mapping, GONE_PAGES);
	}
	return NULL;
}

static void ram_device_goes(void **state)
{
	unsigned int n = rounds(150), round;
	bool used = true;
	pthread_t threads[USERS];

	(void)state;
	start_users(threads, use_ram);
	for (round = 0; round < n && used; round++) {
		if (put(GONE_PARAM, "1"))
			break;
		used = wait_for_use(round);
		if (put(GONE_PARAM, "0"))
			break;
	}
	end_users(threads);
	print_message("# %u rounds\n", round);
	assert_true(used);
	assert_int_equal(round, n);
	assert_each_round_took_it(n);
}

/* ---- the test ---- */

static struct machine before;

static int setup(void **state)
{
	load_default(state);
	unload();
	look_at_machine(&before);
	load("");
	assert_int_equal(run("modprobe kregion_pci"), 0);
	insert_test_module("kregion_gone");
	find_function(&edu);
	override(&edu, "kregion_pci\n");
	return 0;
}

static void nothing_is_left(void **state)
{
	(void)state;
	override(&edu, "\n");
	assert_nothing_left(&before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pci_device_goes),
		cmocka_unit_test(ram_device_goes),
		cmocka_unit_test(nothing_is_left),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
