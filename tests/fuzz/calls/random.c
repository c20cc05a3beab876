// SPDX-License-Identifier: GPL-2.0-only
#include "random.h"

static struct seed now;
static uint32_t drawn;

/* splitmix64 */
static uint64_t mix(uint64_t number)
{
	number = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9;
	number = (number ^ (number >> 27)) * 0x94d049bb133111eb;
	return number ^ (number >> 31);
}

struct seed seed_of(uint64_t seed, uint64_t index)
{
	return (struct seed){
		.start = mix(mix(seed) + index),
		.tweak_at = NO_TWEAK,
	};
}

void random_start(struct seed seed)
{
	now = seed;
	drawn = 0;
}

uint64_t random_number(void)
{
	now.start += 0x9e3779b97f4a7c15;
	if (drawn++ == now.tweak_at)
		return now.tweak;
	return mix(now.start);
}

uint64_t below(uint64_t limit)
{
	return limit ? random_number() % limit : 0;
}

bool one_in(unsigned int n)
{
	return below(n) == 0;
}
