// SPDX-License-Identifier: GPL-2.0-only
/* Regions: their layout in an address space, their memory, and the lookup. */
#include <linux/slab.h>

#include "internal.h"
#include "trace.h"

/* The table of backends, by enum kregion_backend_id. */
static const struct kregion_backend *const backends[] = {
	[KREGION_BACKEND_KMALLOC] = &kregion_kmalloc_backend,
	[KREGION_BACKEND_VMALLOC] = &kregion_vmalloc_backend,
	[KREGION_BACKEND_IOMEM] = &kregion_iomem_backend,
};

/**
 * kregion_backend() - find a backend
 * @id: enum kregion_backend_id, or any other number
 *
 * Return: the backend, or NULL.
 */
const struct kregion_backend *kregion_backend(u32 id)
{
	return id < ARRAY_SIZE(backends) ? backends[id] : NULL;
}

/* Pages that @spec asks for, 0 when they are more than an offset can reach. */
static u64 spec_pages(const struct kregion_region_spec *spec)
{
	u64 pages = spec->size;

	if (!spec->size_in_pages)
		pages = (pages >> PAGE_SHIFT) + !!(pages & ~PAGE_MASK);
	return pages <= LLONG_MAX >> PAGE_SHIFT && pages <= ULONG_MAX ? pages : 0;
}

static void spec_name(const struct kregion_region_spec *spec,
		      unsigned int index, char *name)
{
	if (spec->name[0])
		strscpy(name, spec->name, KREGION_NAME_LEN);
	else
		snprintf(name, KREGION_NAME_LEN, "region%u", index);
}

/* What is wrong with a region of RAM by itself, or NULL. */
static const char *ram_lacks(const struct kregion_region_spec *spec)
{
	if (spec->address || spec->flags & KREGION_SPEC_OWNS_PAGE)
		return "no address but for device memory";
	return kregion_cache_lacks(spec->cache);
}

/* What is wrong with a region by itself, or NULL. */
static const char *spec_lacks(const struct kregion_region_spec *spec)
{
	const struct kregion_backend *backend = kregion_backend(spec->backend);
	u64 pages = spec_pages(spec);
	const char *expected;

	if (!backend)
		return "a backend that exists";
	if (spec->flags & ~(KREGION_SPEC_READONLY | KREGION_SPEC_OWNS_PAGE))
		return "known flags only";
	if (!pages)
		return "a size from 1 page to the largest file offset";
	if (pages > ULONG_MAX >> PAGE_SHIFT)
		return "a size within the kernel's addresses";
	expected = backend->lacks ? backend->lacks(spec) : ram_lacks(spec);
	if (expected)
		return expected;
	if (backend->max_size && pages > backend->max_size >> PAGE_SHIFT)
		return backend->max_size_hint;
	if (spec->name[0] &&
	    !kregion_name_valid(spec->name,
				strnlen(spec->name, KREGION_NAME_LEN)))
		return "a name of 1 to 31 characters a-z 0-9 _ -";
	return NULL;
}

/* What is wrong with a region behind those before it, or NULL. */
static const char *layout_lacks(const struct kregion_region_spec *specs,
				unsigned int index)
{
	char name[KREGION_NAME_LEN], other[KREGION_NAME_LEN];
	u64 pages = spec_pages(&specs[index]);
	unsigned int i;

	spec_name(&specs[index], index, name);
	for (i = 0; i < index; i++) {
		spec_name(&specs[i], i, other);
		if (!strcmp(name, other))
			return "a name of its own";
		pages += spec_pages(&specs[i]);
		if (pages > LLONG_MAX >> PAGE_SHIFT || pages > ULONG_MAX)
			return "a total size within the largest file offset";
	}
	return NULL;
}

/**
 * kregion_spec_check() - can a region stand behind those before it?
 * @specs: the descriptions of a device's regions
 * @index: which one to check; those before it were checked
 *
 * Return: NULL when it can, otherwise what would be right, for "expected %s".
 */
const char *kregion_spec_check(const struct kregion_region_spec *specs,
			       unsigned int index)
{
	return spec_lacks(&specs[index]) ?: layout_lacks(specs, index);
}

/* Place region @index behind its predecessors; nothing is allocated. */
static int region_lay_out(struct kregion_space *space,
			  const struct kregion_region_spec *specs,
			  unsigned int index)
{
	const struct kregion_region_spec *spec = &specs[index];
	struct kregion_region *region = &space->regions[index];
	const char *expected = kregion_spec_check(specs, index);

	if (expected) {
		dev_err(&space->kdev->dev, "region %u: expected %s\n", index,
			expected);
		return -EINVAL;
	}
	region->backend = kregion_backend(spec->backend);
	region->space = space;
	region->index = index;
	region->flags = spec->flags;
	region->cache = spec->cache;
	region->backend_id = spec->backend;
	region->first = space->pages;
	region->pages = spec_pages(spec);
	region->bytes = (u64)region->pages << PAGE_SHIFT;
	if (region->backend->device_memory) {
		region->bytes = spec->size;
		region->io_start = spec->address;
	}
	spec_name(spec, index, region->name);
	space->pages += region->pages;
	return 0;
}

static int region_alloc(struct kregion_region *region, gfp_t gfp)
{
	int err = region->backend->alloc(region, gfp);

	if (err)
		return err;
	if (!region->backend->device_memory)
		kregion_reserve_pages(region);
	trace_kregion_region_alloc(region);
	return 0;
}

static void region_free(struct kregion_region *region)
{
	trace_kregion_region_free(region);
	if (!region->backend->device_memory)
		kregion_unreserve_pages(region);
	region->backend->free(region);
}

/**
 * kregion_space_create() - lay out an address space, without memory
 * @kdev: the device that it is for; its name is used in the log
 * @specs: the regions in the order of their offsets
 * @nr: number of @specs
 *
 * Context: process context, may sleep.
 * Return: the address space, to be freed by kregion_space_destroy(), or an
 * ERR_PTR(): -EINVAL, said in the log, or -ENOMEM.
 */
struct kregion_space *
kregion_space_create(struct kregion_device *kdev,
		     const struct kregion_region_spec *specs, unsigned int nr)
{
	struct kregion_space *space;
	int err;

	if (!nr || nr > KREGION_MAX_REGIONS) {
		dev_err(&kdev->dev, "%u regions: expected 1 to %u\n", nr,
			KREGION_MAX_REGIONS);
		return ERR_PTR(-EINVAL);
	}
	space = kvzalloc(struct_size(space, regions, nr), GFP_KERNEL);
	if (!space)
		return ERR_PTR(-ENOMEM);
	space->kdev = kdev;

	for (; space->nr_regions < nr; space->nr_regions++) {
		err = region_lay_out(space, specs, space->nr_regions);
		if (err) {
			kregion_space_destroy(space);
			return ERR_PTR(err);
		}
	}
	return space;
}

/**
 * kregion_space_copy() - make an address space with memory of its own
 * @pattern: an address space without memory
 * @gfp: for the memory, GFP_KERNEL_ACCOUNT when an opener causes it
 *
 * Silent, as anyone who may open a device can have it fail. RETRY_MAYFAIL: in a
 * memory cgroup that is full, fail rather than have one of its tasks killed.
 *
 * Context: process context, may sleep.
 * Return: the address space, to be freed by kregion_space_destroy(), or an
 * ERR_PTR(-ENOMEM).
 */
struct kregion_space *kregion_space_copy(const struct kregion_space *pattern,
					 gfp_t gfp)
{
	size_t size = struct_size(pattern, regions, pattern->nr_regions);
	struct kregion_space *space;
	unsigned int i;
	int err;

	space = kvmalloc(size, gfp | __GFP_NOWARN | __GFP_RETRY_MAYFAIL);
	if (!space)
		return ERR_PTR(-ENOMEM);
	memcpy(space, pattern, size);
	for (i = 0; i < space->nr_regions; i++)
		space->regions[i].space = space;
	err = kregion_space_alloc(space, gfp);
	if (err) {
		kregion_space_destroy(space);
		return ERR_PTR(err);
	}
	return space;
}

/**
 * kregion_space_alloc() - give an address space its zeroed memory
 * @space: from kregion_space_create()
 * @gfp: for the memory
 *
 * Context: process context, may sleep.
 * Return: 0 or -ENOMEM; then region @space->nr_allocated is the one that got none.
 */
int kregion_space_alloc(struct kregion_space *space, gfp_t gfp)
{
	int err;

	for (; space->nr_allocated < space->nr_regions; space->nr_allocated++) {
		err = region_alloc(&space->regions[space->nr_allocated], gfp);
		if (err)
			return err;
	}
	return 0;
}

/**
 * kregion_space_has_device_memory() - is a region of it device memory?
 * @space: the address space
 *
 * Return: whether one is. Any context.
 */
bool kregion_space_has_device_memory(const struct kregion_space *space)
{
	unsigned int i;

	for (i = 0; i < space->nr_regions; i++) {
		if (space->regions[i].backend->device_memory)
			return true;
	}
	return false;
}

/**
 * kregion_space_destroy() - free an address space and all its memory
 * @space: no longer reachable by any file, mapping or kernel user
 *
 * Undoes as much of what made it as was done.
 *
 * Context: process context, may sleep.
 */
void kregion_space_destroy(struct kregion_space *space)
{
	while (space->nr_allocated)
		region_free(&space->regions[--space->nr_allocated]);
	kvfree(space);
}

/**
 * kregion_lookup() - find the region that holds a range of pages
 * @space: the address space
 * @page: page offset of the range
 * @pages: number of pages in it
 *
 * The one place that decides what an offset and a length mean, for mmap, read,
 * write and ioctl. The offset is judged before the length, and the length
 * against what is left behind the offset, so that no sum can overflow.
 *
 * Return: the region, or an ERR_PTR(): -ENXIO where no region is, -EINVAL when
 * the range is empty or leaves the region.
 */
struct kregion_region *kregion_lookup(struct kregion_space *space, u64 page,
				      u64 pages)
{
	unsigned int low = 0, high = space->nr_regions;
	struct kregion_region *region;

	if (page >= space->pages)
		return ERR_PTR(-ENXIO);

	/* Regions leave no gap: the last one that starts at or before @page. */
	while (high - low > 1) {
		unsigned int middle = low + (high - low) / 2;

		if (space->regions[middle].first <= page)
			low = middle;
		else
			high = middle;
	}
	region = &space->regions[low];

	if (!pages || pages > region->pages - (page - region->first))
		return ERR_PTR(-EINVAL);
	return region;
}
