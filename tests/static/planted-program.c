// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mistakes of programs that cppcheck and clang-tidy must find, or they have gone blind.
 * A line that has one ends in the names of those that must name it. Never compiled.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int planted_leak(size_t size);
int planted_leak(size_t size)
{
	char *first = malloc(16);
	char *second;

	if (!first)
		return -1;
	second = malloc(size);
	if (!second)
		return -1;	/* cppcheck tidy */
	free(second);
	free(first);
	return 0;
}

int planted_use_after_free(char first);
int planted_use_after_free(char first)
{
	char *copy = malloc(16);

	if (!copy)
		return -1;
	copy[0] = first;
	free(copy);
	return copy[0];	/* tidy */
}

int planted_file_left_open(const char *path);
int planted_file_left_open(const char *path)
{
	FILE *file = fopen(path, "re");

	return file ? fgetc(file) : -1;	/* tidy */
}

int planted_bounds(void);
int planted_bounds(void)
{
	int numbers[4] = { 1, 2, 3, 4 };

	return numbers[4];	/* cppcheck tidy */
}

int planted_uninitialised(int known);
int planted_uninitialised(int known)
{
	int number;

	if (known > 3)
		number = known;
	return number;	/* cppcheck tidy */
}

int planted_sizeof(const char *text);
int planted_sizeof(const char *text)
{
	char copy[64];

	memcpy(copy, text, sizeof(text));	/* cppcheck */
	return copy[0];
}

long planted_widening(int seconds);
long planted_widening(int seconds)
{
	struct timespec time = { .tv_sec = seconds * 60 };	/* tidy */

	return time.tv_sec;
}
