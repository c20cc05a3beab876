// SPDX-License-Identifier: GPL-2.0-only
/* ioctl: the three requests with arguments of any size and content, and others. */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "call.h"
#include "draw.h"
#include "ops.h"
#include "user-memory.h"

#define DEVICE_INFO_V1	(offsetof(struct kregion_device_info, size) + 8)
#define REGION_INFO_V1	offsetof(struct kregion_region_info, phys_addr)

/* The driver's answer. */
union info {
	struct kregion_device_info device;
	struct kregion_region_info region;
	uint32_t argsz;
};

/* The argument: @good bytes from @address on are accessible. */
struct argument {
	uint8_t *writable;		/* to prepare it by; NULL: there is none */
	uint8_t *address;		/* that the driver is given */
	size_t good;
	bool readonly;
	uint8_t before[PAGE];
};

static struct argument argument;

static void draw_argument(void)
{
	size_t offset;

	memset(argument_page.writable, 0, PAGE);
	argument.writable = NULL;
	argument.good = 0;
	argument.readonly = false;
	if (one_in(16)) {
		argument.address = one_in(2) ? (uint8_t *)KERNEL_ADDRESS : NULL;
		return;
	}
	argument.readonly = one_in(16);
	offset = one_in(3) ? PAGE - 1 - below(96) : below(64);
	argument.writable = argument_page.writable + offset;
	argument.address = argument.writable +
		(argument.readonly ? argument_page.readonly -
				     argument_page.writable : 0);
	argument.good = PAGE - offset;
}

static uint32_t draw_argsz(size_t first, size_t size)
{
	const uint32_t edges[] = {
		0, 4, (uint32_t)first - 1, (uint32_t)first, (uint32_t)first + 1,
		(uint32_t)size + 1, (uint32_t)size + 8, PAGE, PAGE + 1,
		UINT_MAX,
	};

	switch (below(8)) {
	case 0:
	case 1:
		return PICK(edges);
	case 2:
		return (uint32_t)below(128);
	default:
		return (uint32_t)size;
	}
}

/* As far as there is memory for it. */
static void put(size_t offset, const void *bytes, size_t len)
{
	if (offset + len <= argument.good)
		memcpy(argument.writable + offset, bytes, len);
}

static void put32(size_t offset, uint32_t value)
{
	put(offset, &value, sizeof(value));
}

static void put64(size_t offset, uint64_t value)
{
	put(offset, &value, sizeof(value));
}

static void fill_argument(const struct device *device, unsigned long request)
{
	uint64_t offset = (uint64_t)draw_offset(device);
	size_t first = REGION_INFO_V1, size = sizeof(struct kregion_region_info);

	if (request == KREGION_GET_DEVICE_INFO) {
		first = DEVICE_INFO_V1;
		size = sizeof(struct kregion_device_info);
	}
	put32(0, draw_argsz(first, size));
	if (request == KREGION_GET_REGION_INFO)
		put32(offsetof(struct kregion_region_info, index),
		      (uint32_t)(one_in(16) ? random_number() : below(8)));
	if (request == KREGION_FIND_REGION) {
		put64(offsetof(struct kregion_region_info, offset), offset);
		put64(offsetof(struct kregion_region_info, size),
		      draw_length(bytes_left(device, (off_t)offset)));
	}
	while (one_in(6))
		put32(below(128), (uint32_t)random_number());
}

/* The driver's copy of the argument, @size bytes that it knows. */
static struct want copied_in(union info *info, size_t first, size_t size)
{
	uint32_t argsz;
	size_t i;

	if (argument.good < sizeof(argsz))
		return want_error(EFAULT);
	memcpy(&argsz, argument.before, sizeof(argsz));
	if (argsz < first)
		return want_error(EINVAL);
	if (argsz > PAGE)
		return want_error(E2BIG);
	/* Bytes behind those that the driver knows come first. */
	for (i = size; i < argsz && i < argument.good; i++) {
		if (argument.before[i])
			return want_error(E2BIG);
	}
	if (argsz > argument.good)
		return want_error(EFAULT);
	memset(info, 0, sizeof(*info));
	memcpy(info, argument.before, argsz < size ? argsz : size);
	return want_value(0);
}

/* With the inputs cleared, is anything left? */
static bool has_more(const void *bytes, size_t size)
{
	const uint8_t *byte = bytes;
	size_t i;

	for (i = sizeof(uint32_t); i < size; i++) {
		if (byte[i])
			return true;
	}
	return false;
}

static struct want device_answer(const struct device *device, union info *info)
{
	struct kregion_device_info *out = &info->device;
	struct want want = copied_in(info, DEVICE_INFO_V1, sizeof(*out));

	if (want.errors[0])
		return want;
	if (has_more(out, sizeof(*out)))
		return want_error(EINVAL);
	out->flags = device->scope_open ? KREGION_DEVICE_SCOPE_OPEN : 0;
	out->nr_regions = device->nr_regions;
	out->page_size = PAGE;
	out->size = device->pages * PAGE;
	return want_value(0);
}

/* As root is told; phys_addr is any address of a page. */
static void describe_region(const struct device *device,
			    const struct region *region,
			    struct kregion_region_info *out)
{
	unsigned int index = region_index(device, region);

	out->flags = KREGION_REGION_READ | KREGION_REGION_MMAP;
	if (!region->readonly)
		out->flags |= KREGION_REGION_WRITE;
	if (region->backend != KREGION_BACKEND_VMALLOC)
		out->flags |= KREGION_REGION_CONTIGUOUS |
			      KREGION_REGION_PHYS_ADDR;
	out->index = index;
	out->backend = region->backend;
	out->offset = region->first * PAGE;
	out->size = region->bytes;
	out->cache = region->cache;
	memset(out->name, 0, sizeof(out->name));
	if (region->name)
		snprintf((char *)out->name, sizeof(out->name), "%s",
			 region->name);
	else
		snprintf((char *)out->name, sizeof(out->name), "region%u",
			 index);
}

static struct want region_answer(const struct device *device, union info *info)
{
	struct kregion_region_info *out = &info->region;
	struct want want = copied_in(info, REGION_INFO_V1, sizeof(*out));
	uint32_t index;

	if (want.errors[0])
		return want;
	index = out->index;
	out->index = 0;
	if (has_more(out, sizeof(*out)))
		return want_error(EINVAL);
	if (index >= device->nr_regions)
		return want_error(ENXIO);
	describe_region(device, &device->regions[index], out);
	return want_value(0);
}

static struct want find_answer(const struct device *device, union info *info)
{
	struct kregion_region_info *out = &info->region;
	struct want want = copied_in(info, REGION_INFO_V1, sizeof(*out));
	const struct region *region;
	uint64_t offset, size, skip;

	if (want.errors[0])
		return want;
	offset = out->offset;
	size = out->size;
	out->offset = 0;
	out->size = 0;
	if (has_more(out, sizeof(*out)))
		return want_error(EINVAL);
	region = region_at(device, offset / PAGE);
	if (!region)
		return want_error(ENXIO);
	if (!size || size > bytes_left(device, (off_t)offset))
		return want_error(EINVAL);
	skip = offset - region->first * PAGE;
	if (skip >= region->bytes)
		return want_error(ENXIO);
	if (size > region->bytes - skip)
		return want_error(EINVAL);
	describe_region(device, region, out);
	return want_value(0);
}

static struct want info_answer(const struct device *device,
			       unsigned long request, union info *info)
{
	struct want want;

	if (request == KREGION_GET_DEVICE_INFO)
		want = device_answer(device, info);
	else if (request == KREGION_GET_REGION_INFO)
		want = region_answer(device, info);
	else
		want = find_answer(device, info);
	if (!want.errors[0] && argument.readonly)
		return want_error(EFAULT);
	return want;
}

/* Which page's address it is cannot be known, so what is told of it is taken. */
static void take_phys_addr(struct kregion_region_info *out, size_t told)
{
	uint8_t *bytes = (uint8_t *)&out->phys_addr;
	size_t at = offsetof(typeof(*out), phys_addr);

	if (!(out->flags & KREGION_REGION_PHYS_ADDR))
		return;
	memcpy(bytes, argument.writable + at, told - at);
	if (out->phys_addr % PAGE || (told == sizeof(*out) && !out->phys_addr))
		mismatch("phys_addr is %#llx", out->phys_addr);
}

static void check_info(unsigned long request, union info *info)
{
	size_t size = request == KREGION_GET_DEVICE_INFO ?
		sizeof(info->device) : sizeof(info->region);
	size_t told = info->argsz < size ? info->argsz : size;

	info->argsz = (uint32_t)size;
	if (request != KREGION_GET_DEVICE_INFO)
		take_phys_addr(&info->region, told);
	if (memcmp(argument.writable, info, told))
		mismatch("the struct is not filled as it should be");
	if (memcmp(argument.writable + told, argument.before + told,
		   argument.good - told))
		mismatch("bytes behind the struct were changed");
}

static void check_unchanged(void)
{
	if (memcmp(argument.writable, argument.before, argument.good))
		mismatch("a refused call changed the struct");
}

static void known_request(const struct drawn_fd *drawn, unsigned long request)
{
	struct want want = want_error(EBADF);
	union info info;
	int got;

	draw_argument();
	if (argument.writable) {
		fill_argument(drawn->device, request);
		memcpy(argument.before, argument.writable, argument.good);
	}
	describe("(%ld, %#lx, %#lx of which %#lx are good, argsz %#lx)",
		 drawn->number, request, (long)argument.address,
		 (long)argument.good,
		 argument.good >= 4 ? *(uint32_t *)argument.before : 0);
	if (drawn->file && drawn->file->gone)
		want = want_error(ENODEV);
	else if (drawn->file)
		want = info_answer(drawn->device, request, &info);
	got = ioctl(drawn->number, request, argument.address);
	if (check(got, want))
		check_info(request, &info);
	else if (argument.writable)
		check_unchanged();
}

/* Of a type that the kernel does not answer itself before it asks the driver. */
static unsigned long draw_request(void)
{
	unsigned long request = (uint32_t)random_number();

	switch (below(3)) {
	case 0:
		return _IO(KREGION_IOC_TYPE, below(256));
	case 1:
		return (request & ~0xff00ul) | KREGION_IOC_TYPE << 8;
	default:
		return request | 0xa000;
	}
}

static bool is_known(unsigned long request)
{
	return request >= KREGION_GET_DEVICE_INFO &&
	       request <= KREGION_FIND_REGION;
}

void op_ioctl(void)
{
	struct drawn_fd drawn = draw_fd();
	unsigned long request = KREGION_GET_DEVICE_INFO + below(3);
	int error = EBADF;

	if (one_in(8))
		request = draw_request();
	if (is_known(request)) {
		known_request(&drawn, request);
		return;
	}
	if (drawn.file)
		error = drawn.file->gone ? ENODEV : ENOTTY;
	describe("(%ld, %#lx)", drawn.number, request);
	check(ioctl(drawn.number, request, argument_page.writable),
	      want_error(error));
}
