# SPDX-License-Identifier: GPL-2.0-only
# awk -v plot=DATA -f table.awk RIVAL LINES: see `report`. RIVAL is
# rival-KERNEL.txt or /dev/null, LINES is what tests/bench/guest left.
#
# cost[NAME, KIND, BYTES, WHAT] is a figure of today, earlier[...] the same in
# RIVAL. KIND is shared, private or call.

function fail(why) {
	print "report: " why > "/dev/stderr"
	failed = 1
	exit 1
}

function number(text) {
	if (text !~ /^[0-9]+$/ || text + 0 <= 0)
		fail("line " FNR ": '" text "' is no positive number: " $0)
	return text + 0
}

FILENAME == ARGV[1] && /^#/ { next }
FILENAME == ARGV[1] && $1 == "rival" {
	rival = $2
	rival_version = $3
	next
}
FILENAME == ARGV[1] && $1 == "page" && NF == 6 {
	earlier[$2, $3, $4, $5] = number($6)
	order[++nr_earlier] = $2 SUBSEP $3 SUBSEP $4 SUBSEP $5
	next
}
FILENAME == ARGV[1] && $1 == "call" && NF == 5 {
	earlier[$2, "call", $4, $3] = number($5)
	order[++nr_earlier] = $2 SUBSEP "call" SUBSEP $4 SUBSEP $3
	next
}

ended { fail("there is more after the end") }
$1 == "info" && NF == 3 { info[$2] = $3; next }
$1 == "map" && NF == 7 {
	pages = number($4) / 4096
	cost[$2, $3, $4, "map"] = number($5) / pages
	cost[$2, $3, $4, "touch"] = number($6) / pages
	cost[$2, $3, $4, "map+touch"] = ($5 + $6) / pages
	cost[$2, $3, $4, "unmap"] = number($7) / pages
	next
}
$1 == "call" && NF == 5 {
	cost[$2, "call", $4, $3] = number($5)
	next
}
$1 == "end" && NF == 2 {
	if ($2 != FNR - 1)
		fail("there are " FNR - 1 " lines, not " $2)
	ended = 1
	next
}
{ fail("line " FNR " is unknown: " $0) }

# A figure that must be there, but for those that cannot be.
function figure(name, kind, bytes, what) {
	if (name == "kmalloc" && bytes + 0 > 4194304)
		return 0
	if (name == "memfd" && what == "open+close")
		return 0
	if (name ~ /^(memfd|null)$/ && what == "less null")
		return 0
	if (name == "null" && kind != "call")
		return 0
	if (!((name, kind, bytes, what) in cost))
		fail(name " " kind " " bytes " " what " is missing")
	return cost[name, kind, bytes, what]
}

function show(value) {
	if (!value)
		return "n/a"
	return sprintf(value < 100 ? "%.1f" : "%.0f", value)
}

function ratio(a, b) {
	return a && b ? sprintf("%.2f", a / b) : "n/a"
}

function size_name(bytes) {
	bytes += 0
	if (!bytes)
		return ""
	if (bytes < 1048576)
		return bytes / 1024 " KiB"
	if (bytes < 1073741824)
		return bytes / 1048576 " MiB"
	return bytes / 1073741824 " GiB"
}

function print_line(size, what, a, b, c, d, ab, ac, bc, r, ra,    line) {
	line = sprintf("%8s %-10s %8s %8s %8s %9s %9s %8s %8s", size, what, a,
		       b, c, d, ab, ac, bc)
	if (rival)
		line = line sprintf(" | %11s %10s", r, ra)
	print line
}

function print_head(title) {
	print ""
	print title
	if (rival) {
		printf "%84s | %s %s,\n", "", rival, rival_version
		printf "%84s | measured earlier in the\n", ""
		printf "%84s | same conditions on %s\n", "", info["kernel"]
	}
	print_line("", "", "", "", "", "", "vmalloc", "memfd", "memfd", "",
		   "kmalloc")
	print_line("", "", "kmalloc", "vmalloc", "memfd", "/dev/null",
		   "/kmalloc", "/kmalloc", "/vmalloc", rival, "/" rival)
}

function print_row(kind, bytes, what,    a, b, c, d, r) {
	a = figure("kmalloc", kind, bytes, what)
	b = figure("vmalloc", kind, bytes, what)
	c = figure("memfd", kind, bytes, what)
	d = figure("null", kind, bytes, what)
	r = earlier[rival, kind, bytes, what]
	print_line(size_name(bytes), what, show(a), show(b), show(c), show(d),
		   ratio(b, a), ratio(c, a), ratio(c, b), show(r), ratio(a, r))
}

function print_mappings(    n, i, sizes) {
	n = split("65536 4194304" (full ? " 67108864" : ""), sizes, " ")
	print_head("Shared mappings, per page")
	for (i = 1; i <= n; i++) {
		print_row("shared", sizes[i], "map")
		print_row("shared", sizes[i], "touch")
		print_row("shared", sizes[i], "unmap")
	}
	print_head("Private mappings with a write to each page, per page")
	for (i = 1; i <= n; i++) {
		print_row("private", sizes[i], "map")
		print_row("private", sizes[i], "touch")
		print_row("private", sizes[i], "map+touch")
		print_row("private", sizes[i], "unmap")
	}
}

function print_calls(    n, i, sizes) {
	n = split("4096 65536 1048576", sizes, " ")
	print_head("Calls, per call")
	for (i = 1; i <= n; i++) {
		print_row("call", sizes[i], "pread")
		print_row("call", sizes[i], "pwrite")
	}
	print_row("call", 0, "open+close")
	print_row("call", 0, "less null")
}

# Opening a node is mostly the walk along its path, which is also /dev/null's.
function less_null(costs, name) {
	if ((name, "call", 0, "open+close") in costs)
		costs[name, "call", 0, "less null"] = \
			costs[name, "call", 0, "open+close"] - \
			costs["null", "call", 0, "open+close"]
}

function print_sizes(    bytes, kmalloc) {
	print_head("Shared mappings of all sizes, per page")
	for (bytes = 65536; bytes <= (full ? 1073741824 : 4194304); bytes *= 4) {
		print_row("shared", bytes, "map")
		kmalloc = figure("kmalloc", "shared", bytes, "map")
		printf "%d %s %s %s\n", bytes, kmalloc ? kmalloc : "?",
		       figure("vmalloc", "shared", bytes, "map"),
		       figure("memfd", "shared", bytes, "map") > plot
	}
}

# Say whether a figure keeps to a limit; nothing depends on it.
function print_goal(text, value, limit, most) {
	if (value == "")
		printf "%-64s not measured\n", text
	else
		printf "%-64s %6.2f %s\n", text, value,
		       (most ? value <= limit : value >= limit) ? "met" : "NOT met"
}

function quotient(name1, name2, bytes1, bytes2,    a, b) {
	a = figure(name1, "shared", bytes1, "map")
	b = figure(name2, "shared", bytes2, "map")
	return a && b ? a / b : ""
}

function print_goals() {
	print ""
	print "Goals, for mapping, per page"
	print_goal("vmalloc at 4 MiB: at most 1.15 times kmalloc",
		   quotient("vmalloc", "kmalloc", 4194304, 4194304), 1.15, 1)
	print_goal("kmalloc at 4 MiB: memfd costs at least 10 times as much",
		   quotient("memfd", "kmalloc", 4194304, 4194304), 10, 0)
	print_goal("vmalloc at 4 MiB: memfd costs at least 10 times as much",
		   quotient("memfd", "vmalloc", 4194304, 4194304), 10, 0)
	if (full)
		print_goal("vmalloc at 1 GiB: at most 1.05 times that at 4 MiB",
			   quotient("vmalloc", "vmalloc", 1073741824, 4194304),
			   1.05, 1)
}

# What others cost then and now, if that was measured then.
function print_conditions(    i, key, now, then) {
	if (!rival)
		return
	print ""
	print "Were the earlier conditions the same?      then      now  now/then"
	for (i = 1; i <= nr_earlier; i++) {
		split(order[i], key, SUBSEP)
		if (key[1] == rival || key[3] > 4194304 && !full)
			continue
		then = earlier[order[i]]
		now = figure(key[1], key[2], key[3], key[4])
		printf "%8s %-5s %-7s %-12s %10s %8s %9s\n", size_name(key[3]),
		       key[1], key[2], key[4], show(then), show(now),
		       ratio(now, then)
	}
}

END {
	if (failed)
		exit 1
	if (!ended)
		fail("the end is missing")
	full = info["mode"] == "full"
	less_null(cost, "kmalloc")
	less_null(cost, "vmalloc")
	less_null(earlier, rival)
	printf "kregion on Linux %s: guest instructions, the least of %d\n",
	       info["release"], info["repetitions"]
	print_mappings()
	print_calls()
	print_sizes()
	print_goals()
	print_conditions()
	close(plot)
}
