// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz: random system calls on kregion's devices, each checked against a model.
 *
 * The devices of `fuzz --regions` and those of kregion_demo must be there, and with --pci
 * the module kregion_pci; what configfs makes it makes itself. Exit status 1
 * when the driver did something else than the model says.
 */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "audit.h"
#include "call.h"
#include "guided.h"
#include "model.h"
#include "ops.h"
#include "traits.h"
#include "user-memory.h"

#define AUDIT_EVERY	4096

static const char usage[] =
	"usage: fuzz [--seed N] [--calls N | --time SECONDS] [--plain] [--guided [--save FOLDER]]\n"
	"       fuzz --replay FILE [--cover]  run the programs of a corpus\n"
	"       fuzz --regions [--plain]      print the value of regions= that is needed\n"
	"  --plain: no cache attributes; --guided: by coverage, which needs KCOV\n"
	"  --pci ADDRESS: of an ivshmem-plain with 128K, for kregion_pci\n";

struct options {
	uint64_t seed, calls;
	unsigned int seconds;
	bool plain, guided, cover, regions;
	const char *folder, *replay, *pci;
};

static struct options options;

static void wrong_usage(void) __attribute__((noreturn));
static void wrong_usage(void)
{
	fputs(usage, stderr);
	exit(2);
}

static uint64_t parse_number(const char *text)
{
	char *end;
	uint64_t number = strtoull(text, &end, 0);

	if (!*text || *end)
		wrong_usage();
	return number;
}

static void parse(int argc, char **argv)
{
	static const struct option known[] = {
		{ "seed", required_argument, NULL, 's' },
		{ "calls", required_argument, NULL, 'n' },
		{ "time", required_argument, NULL, 't' },
		{ "plain", no_argument, NULL, 'p' },
		{ "guided", no_argument, NULL, 'g' },
		{ "save", required_argument, NULL, 'f' },
		{ "replay", required_argument, NULL, 'r' },
		{ "cover", no_argument, NULL, 'c' },
		{ "regions", no_argument, NULL, 'R' },
		{ "pci", required_argument, NULL, 'P' },
		{ }
	};
	int option;

	while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
		switch (option) {
		case 's':
			options.seed = parse_number(optarg);
			break;
		case 'n':
			options.calls = parse_number(optarg);
			break;
		case 't':
			options.seconds = (unsigned int)parse_number(optarg);
			break;
		case 'p':
			options.plain = true;
			break;
		case 'g':
			options.guided = true;
			break;
		case 'f':
			options.folder = optarg;
			break;
		case 'r':
			options.replay = optarg;
			break;
		case 'c':
			options.cover = true;
			break;
		case 'P':
			options.pci = optarg;
			break;
		case 'R':
			options.regions = true;
			break;
		default:
			wrong_usage();
		}
	}
	if (optind < argc)
		wrong_usage();
}

/* The kernel shall choose the same addresses in each run. */
static void fix_addresses(char **argv)
{
	int now = personality(0xffffffff);

	if (now & ADDR_NO_RANDOMIZE)
		return;
	personality((unsigned long)now | ADDR_NO_RANDOMIZE);
	execv("/proc/self/exe", argv);
	die("exec");
}

static void tell_seed(void)
{
	printf("fuzz: replay: fuzz --seed %lu --calls %lu%s\n", options.seed,
	       calls_made(), options.plain ? " --plain" : "");
}

static void run_blind(void)
{
	time_t end = time(NULL) + options.seconds;
	uint64_t i;

	tell_replay = tell_seed;
	for (i = 0;; i++) {
		if (i % AUDIT_EVERY == 0) {
			audit_all();
			if (!options.calls && time(NULL) >= end)
				break;
		}
		if (options.calls && calls_made() >= options.calls)
			break;
		run_call(seed_of(options.seed, i));
	}
	audit_all();
}

/* "kind NAME SUCCEEDED REFUSED", where it can be refused at all. */
static void print_counts(void)
{
	unsigned int kind;

	for (kind = 0; kind < nr_ops; kind++) {
		if (!op_is_possible(&ops[kind]))
			continue;
		printf("kind %-10s %9lu", ops[kind].name, kind_succeeded(kind));
		if (!ops[kind].never_refused)
			printf(" %9lu", kind_refused(kind));
		putchar('\n');
	}
	printf("fuzz: %lu calls, all as the model says\n", calls_made());
}

int main(int argc, char **argv)
{
	parse(argc, argv);
	layout_init(options.plain, options.pci);
	if (options.regions) {
		layout_print();
		return 0;
	}
	setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
	fix_addresses(argv);
	if (!options.seed && getrandom(&options.seed, 4, 0) != 4)
		return 2;
	if (!options.calls && !options.seconds)
		options.calls = 1000000;
	if (sysconf(_SC_PAGESIZE) != PAGE) {
		fputs("fuzz: made for pages of 4096 bytes\n", stderr);
		return 2;
	}
	printf("fuzz: seed %lu\n", options.seed);
	calls_init();
	user_memory_init();
	traits_init();
	op_device_init();
	model_init();
	ops_init();
	if (options.replay)
		run_corpus(options.replay, options.cover);
	else if (options.guided)
		run_guided(options.seed, options.calls, options.seconds,
			   options.folder);
	else
		run_blind();
	print_counts();
	return 0;
}
