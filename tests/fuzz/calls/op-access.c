// SPDX-License-Identifier: GPL-2.0-only
/* Access by pointer, and by a debugger's way, /proc/self/mem. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "audit.h"
#include "call.h"
#include "draw.h"
#include "ops.h"
#include "user-memory.h"

static int memory = -1;

void op_access_init(void)
{
	if (memory >= 0)
		close(memory);
	memory = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
	if (memory < 0)
		die("/proc/self/mem");
}

/* Bytes that begin in a mapping and may leave it. */
struct span {
	struct map *map;	/* that the first byte is in, or NULL */
	uintptr_t address;
	size_t offset, len;
};

/* Of the span that which is in its first mapping. */
static size_t within(const struct span *span)
{
	size_t rest = span->map->pages * PAGE - span->offset;

	return span->len < rest ? span->len : rest;
}

static struct span draw_span(void)
{
	struct range range = draw_range();
	struct span span = {
		.address = range.address + draw_edge(PAGE),
		.len = 1 + below(one_in(4) ? 2 * PAGE : 32),
	};

	/* Just behind a mapping now and then; that is nowhere, or the next one. */
	if (one_in(16) && in_arena(range.address, (range.pages + 1) * PAGE))
		span.address = range.address + range.pages * PAGE;
	span.map = map_at(span.address);
	if (span.map)
		span.offset = span.address - span.map->address;
	/* What follows elsewhere is not ours. */
	if (span.map && !in_arena(span.address, span.len))
		span.len = within(&span);
	describe("(%#lx, %#lx)", (long)span.address, (long)span.len);
	return span;
}

static bool is_readable(const struct map *map)
{
	return map && map->flags & (PROT_READ | PROT_WRITE);
}

/* As an errno: EFAULT for SIGSEGV, ENODEV for the SIGBUS of what was revoked. */
static struct want fault_answer(const struct map *map, bool allowed)
{
	if (!allowed)
		return want_error(EFAULT);
	return map_is_revoked(map) ? want_error(ENODEV) : want_value(0);
}

static long answer_of(int signal)
{
	errno = signal == SIGBUS ? ENODEV : EFAULT;
	return signal ? -1 : 0;
}

void op_load(void)
{
	struct span span = draw_span();
	uint8_t byte;
	int signal = load_byte((uint8_t *)span.address, &byte);

	if (check(answer_of(signal),
		  fault_answer(span.map, is_readable(span.map))))
		audit_map(span.map, span.offset, within(&span));
}

/* Fill @len bytes in the model; false when there is no room for a copy. */
static bool know_stored(const struct span *span, size_t len, uint8_t byte)
{
	size_t offset = span->offset, chunk;
	uint8_t *bytes;

	for (; len; len -= chunk, offset += chunk) {
		chunk = PAGE - offset % PAGE;
		chunk = chunk < len ? chunk : len;
		bytes = map_page_for_write(span->map,
					   (unsigned int)(offset / PAGE));
		if (!bytes)
			return false;
		memset(bytes + offset % PAGE, byte, chunk);
	}
	return true;
}

static void do_store(const struct span *span)
{
	uint8_t byte = (uint8_t)random_number();
	size_t len = within(span), page = span->offset / PAGE;

	/* One page: there is room for all of it or none. */
	if ((span->offset + len - 1) / PAGE != page)
		len = (page + 1) * PAGE - span->offset;
	if (!know_stored(span, len, byte))
		return;
	memset((void *)span->address, byte, len);
	check(0, want_value(0));
	audit_map(span->map, span->offset, len);
	if (span->map->shared && span->map->file->space->view)
		audit_read(span->map->file->space,
			   (off_t)(span->map->first * PAGE + span->offset),
			   span->map->file->space->view +
			   span->map->first * PAGE + span->offset, len);
}

void op_store(void)
{
	struct span span = draw_span();
	bool allowed = span.map && span.map->flags & PROT_WRITE;
	int signal;

	if (allowed && !map_is_revoked(span.map)) {
		do_store(&span);
		return;
	}
	signal = store_byte((uint8_t *)span.address, 0);
	check(answer_of(signal), fault_answer(span.map, allowed));
}

/*
 * What a debugger may write to: a shared mapping that is writable, and the private
 * pages that were copied, where they are writable.
 */
static bool may_poke(const struct map *map, size_t page)
{
	if (!(map->flags & PROT_WRITE))
		return false;
	return map->shared || map->copy[page];
}

/* Where the region's last byte is mapped, or would be. */
static uintptr_t region_end(const struct map *map)
{
	const struct region *region = map->region;

	return map->address + region->bytes -
	       (map->first - region->first) * PAGE;
}

/* It goes on through mappings side by side, up to the first page that refuses. */
static size_t accessible(const struct span *span, bool write)
{
	uintptr_t address = span->address, end = address + span->len, next;
	const struct map *map;

	for (; address < end; address = next) {
		map = map_at(address);
		if (!map || map_is_revoked(map))
			break;
		if (write && !may_poke(map, (address - map->address) / PAGE))
			break;
		next = (address / PAGE + 1) * PAGE;
		if (next > region_end(map))
			next = region_end(map);
		if (next <= address)
			break;
	}
	return (address < end ? address : end) - span->address;
}

static struct want mem_answer(size_t len)
{
	return len ? want_value((long)len) : want_error(EIO);
}

/* The part of a span that lies in one page, @done bytes behind its begin. */
static struct span piece_of(const struct span *span, size_t done, size_t len)
{
	struct span piece = { .address = span->address + done };
	size_t rest = PAGE - piece.address % PAGE;

	piece.map = map_at(piece.address);
	piece.offset = piece.address - piece.map->address;
	piece.len = len - done < rest ? len - done : rest;
	return piece;
}

/* Protection does not matter to a debugger that reads. */
static void audit_peeked(const struct span *span, const uint8_t *bytes,
			 size_t len)
{
	struct span piece;
	const uint8_t *page;
	size_t done;

	for (done = 0; done < len; done += piece.len) {
		piece = piece_of(span, done, len);
		page = map_page(piece.map, (unsigned int)(piece.offset / PAGE));
		if (!piece.map->region->live_to &&
		    memcmp(bytes + done, page + piece.offset % PAGE, piece.len))
			mismatch("%zu bytes from %#zx on are wrong", piece.len,
				 done);
	}
}

void op_peek(void)
{
	struct span span = draw_span();
	uint8_t *bytes = buffer_part(0).address;
	long got = pread(memory, bytes, span.len, (off_t)span.address);

	if (check(got, mem_answer(accessible(&span, false))))
		audit_peeked(&span, bytes, (size_t)got);
}

static void know_poked(const struct span *span, const uint8_t *bytes,
		       size_t len)
{
	struct span piece;
	uint8_t *page;
	size_t done;

	for (done = 0; done < len; done += piece.len) {
		piece = piece_of(span, done, len);
		page = map_page_for_write(piece.map,
					  (unsigned int)(piece.offset / PAGE));
		memcpy(page + piece.offset % PAGE, bytes + done, piece.len);
	}
}

/* When all is known: a page that is mapped twice side by side was written to twice. */
static void audit_poked(const struct span *span, size_t len)
{
	struct span piece;
	size_t done;

	for (done = 0; done < len; done += piece.len) {
		piece = piece_of(span, done, len);
		audit_map(piece.map, piece.offset, piece.len);
	}
}

void op_poke(void)
{
	struct span span = draw_span();
	const uint8_t *bytes = source_part(0).address + below(PAGE);
	long got = pwrite(memory, bytes, span.len, (off_t)span.address);

	if (!check(got, mem_answer(accessible(&span, true))))
		return;
	know_poked(&span, bytes, (size_t)got);
	audit_poked(&span, (size_t)got);
}
