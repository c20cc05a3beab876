/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The linker (--wrap) sends the library's pread() and pwrite() through the test, so
 * that it sees signals and short answers that no file on the host gives.
 */
#ifndef KREGION_TEST_WRAP_H
#define KREGION_TEST_WRAP_H

#include <sys/types.h>

ssize_t __real_pread64(int fd, void *buf, size_t len, off_t at);
ssize_t __real_pwrite64(int fd, const void *buf, size_t len, off_t at);
ssize_t __wrap_pread64(int fd, void *buf, size_t len, off_t at);
ssize_t __wrap_pwrite64(int fd, const void *buf, size_t len, off_t at);

#endif /* KREGION_TEST_WRAP_H */
