// SPDX-License-Identifier: GPL-2.0-only
/* The model of mappings, and of the private copies in them. */
#include "model.h"

#include <string.h>

#include "call.h"

struct map maps[MAX_MAPS];
unsigned int nr_maps;

static uint8_t copies[MAX_COPIES][PAGE];
static bool copy_used[MAX_COPIES];

struct map *map_new(void)
{
	if (nr_maps == MAX_MAPS)
		die("no room for another mapping");
	return &maps[nr_maps++];
}

/* Take it out of the table; its copies live on elsewhere, or are free. */
static void map_remove(struct map *map)
{
	*map = maps[--nr_maps];
}

void map_drop(struct map *map)
{
	struct file *file = map->file;
	unsigned int i;

	for (i = 0; i < map->pages; i++)
		copy_used[map->copy[i]] = false;
	file->maps--;
	map_remove(map);
	file_put(file);
}

uintptr_t map_end(const struct map *map)
{
	return map->address + map->pages * PAGE;
}

bool map_is_revoked(const struct map *map)
{
	return map->file->gone && is_device_memory(map->region);
}

struct map *map_from(uintptr_t address)
{
	struct map *map, *lowest = NULL;

	for (map = maps; map < maps + nr_maps; map++) {
		if (map_end(map) > address &&
		    (!lowest || map->address < lowest->address))
			lowest = map;
	}
	return lowest;
}

struct map *map_at(uintptr_t address)
{
	struct map *map;

	for (map = maps; map < maps + nr_maps; map++) {
		if (map->address <= address && map_end(map) > address)
			return map;
	}
	return NULL;
}

bool maps_overlap(uintptr_t start, uintptr_t end)
{
	struct map *map = map_from(start);

	return map && map->address < end;
}

void maps_split(uintptr_t address)
{
	struct map *low = map_at(address), *high;
	unsigned int pages;

	if (!low || low->address == address)
		return;
	pages = (unsigned int)((address - low->address) / PAGE);
	high = map_new();
	*high = *low;
	high->address = address;
	high->first += pages;
	high->pages -= pages;
	memmove(high->copy, low->copy + pages, high->pages * sizeof(*low->copy));
	low->pages = pages;
	low->file->maps++;
}

void maps_cut(uintptr_t start, uintptr_t end)
{
	struct map *map;

	if (start >= end)
		return;
	maps_split(start);
	maps_split(end);
	while ((map = map_from(start)) && map->address < end)
		map_drop(map);
}

void maps_move(uintptr_t start, uintptr_t end, uintptr_t to)
{
	unsigned int i;

	maps_split(start);
	maps_split(end);
	for (i = 0; i < nr_maps; i++) {
		if (maps[i].address >= start && maps[i].address < end)
			maps[i].address += to - start;
	}
}

const uint8_t *map_page(const struct map *map, unsigned int page)
{
	if (map->copy[page])
		return copies[map->copy[page]];
	return map->file->space->bytes + (map->first + page) * PAGE;
}

static uint16_t copy_new(void)
{
	uint16_t i;

	for (i = 1; i < MAX_COPIES; i++) {
		if (!copy_used[i]) {
			copy_used[i] = true;
			return i;
		}
	}
	return 0;
}

uint8_t *map_page_for_write(struct map *map, unsigned int page)
{
	struct space *space = map->file->space;
	uint16_t copy;

	if (map->shared) {
		*space->dirty |= 1ull << (map->first + page);
		return space->bytes + (map->first + page) * PAGE;
	}
	if (!map->copy[page]) {
		copy = copy_new();
		if (!copy)
			return NULL;
		memcpy(copies[copy], map_page(map, page), PAGE);
		map->copy[page] = copy;
	}
	return copies[map->copy[page]];
}
