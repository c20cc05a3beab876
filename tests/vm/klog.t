#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# TAP test of klog: one sample of each report, and clean logs.

klog=$(dirname "$(readlink -f "$0")")/klog
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
count=0

# check ok|bad NAME: what klog thinks of the log on standard input.
check() {
	local want=0 status
	count=$((count + 1))
	[ "$1" = ok ] || want=1
	cat >"$dir/log"
	"$klog" "$dir/log" >"$dir/out" 2>&1
	status=$?
	if [ $status = $want ] && { [ $want = 1 ] || [ ! -s "$dir/out" ]; }; then
		echo "ok $count - $2"
	else
		echo "not ok $count - $2"
		echo "# status $status instead of $want"
		sed 's/^/# /' "$dir/out"
	fi
}

# bad NAME MESSAGE: a message among others, with each prefix it can have.
bad() {
	check bad "$1" <<-END
	[    5.100000] kregion: loading out-of-tree module taints kernel.
	[    5.200000] $2
	[    5.200100] CPU: 0 PID: 77 Comm: insmod Tainted: G           OE
	END
}

ok() {
	check ok "$1" <<-END
	[    5.100000] kregion: device ready
	[    5.200000] $2
	END
}

bad "WARN" 'WARNING: CPU: 1 PID: 99 at drivers/x.c:12 kregion_open+0x11/0x20 [kregion]'
bad "WARN of 7.x" 'WARNING: drivers/x.c:12 at kregion_open+0x11/0x20, CPU#1: sh/99'
bad "null pointer" 'BUG: kernel NULL pointer dereference, address: 0000000000000008'
bad "page fault" 'BUG: unable to handle page fault for address: ffffc90000123000'
bad "oops" 'Oops: 0002 [#1] PREEMPT SMP NOPTI'
bad "oops of 6.12" 'Oops: Oops: 0000 [#1] PREEMPT SMP PTI'
bad "oops of arm64" 'Internal error: synchronous external abort: 0000000096000010 [#1] SMP'
bad "interrupt of arm64" 'SError Interrupt on CPU0, code 0x00000000be000000 -- SError'
bad "int3" 'int3: 0000 [#1] SMP'
bad "general protection fault" 'general protection fault, probably for non-canonical address 0xdead000000000100: 0000 [#1]'
bad "kernel BUG" 'kernel BUG at mm/slub.c:307!'
bad "panic" 'Kernel panic - not syncing: Fatal exception'
bad "circular locking" 'WARNING: possible circular locking dependency detected'
bad "recursive locking" 'WARNING: possible recursive locking detected'
bad "lock state" 'WARNING: inconsistent lock state'
bad "RCU usage" 'WARNING: suspicious RCU usage'
bad "held lock freed" 'WARNING: held lock freed!'
bad "lock kept" 'WARNING: lock held when returning to user space!'
bad "interrupt" 'irq 11: nobody cared (try booting with the "irqpoll" option)'
bad "interrupt line" 'Disabling IRQ #11'
bad "memory type of RAM" 'x86/PAT: test-cache:215 map pfn RAM range req write-combining for [mem 0x04e00000-0x04e03fff], got write-back'
bad "memory type of a range" 'x86/PAT: test-pci:99 map pfn expected mapping type uncached-minus for [mem 0xfea00000-0xfea00fff], got write-combining'
bad "memory type, freed" 'x86/PAT: rmmod:77 freeing invalid memtype [mem 0xfea00000-0xfeafffff]'
bad "memory type, ioremap" 'ioremap error for 0xfea00000-0xfeb00000, requested 0x1, got 0x2'
ok "no PAT" 'x86/PAT: PAT support disabled via boot option.'
bad "sleeping" 'BUG: sleeping function called from invalid context at kernel/locking/mutex.c:580'
bad "atomic" 'BUG: scheduling while atomic: cat/88/0x00000002'
bad "non-static key" 'INFO: trying to register non-static key.'
bad "KASAN" 'BUG: KASAN: slab-use-after-free in kregion_read+0x40/0x80 [kregion]'
bad "KCSAN" 'BUG: KCSAN: data-race in kregion_open / kregion_release'
bad "KFENCE" 'BUG: KFENCE: out-of-bounds write in kregion_write+0x51/0x90 [kregion]'
bad "UBSAN" 'UBSAN: array-index-out-of-bounds in /build/region.c:55:9'
bad "kmemleak gives up" 'kmemleak: Cannot allocate a kmemleak_object structure'
bad "kmemleak" 'kmemleak: 2 new suspected memory leaks (see /sys/kernel/debug/kmemleak)'
bad "kmemleak is off" 'kmemleak: Kernel memory leak detector disabled'
bad "page that was written while it was free" 'pagealloc: memory corruption'
bad "page with one wrong bit" 'pagealloc: single bit error'
bad "entry of a page table" 'mm/pgtable-generic.c:56: bad pmd 00000000deadbeef(0000000012345067)'
bad "entry of a page table, by absolute path" '/build/source/mm/pgtable-generic.c:29: bad pgd 00000000deadbeef(0000000012345067).'
bad "inodes of a file system that is gone" 'VFS: Busy inodes after unmount of kregion (kregion)'
bad "inodes, in older words" 'VFS: Busy inodes after unmount of kregion. Self-destruct in 5 seconds.  Have a nice day...'
bad "SLUB" 'BUG kmalloc-64 (Tainted: G    B      OE     ): Poison overwritten'
bad "page state" 'BUG: Bad page state in process cat  pfn:12345'
bad "page map" 'BUG: Bad page map in process cat  pte:80000001 pmd:01234067'
bad "rss counter" 'BUG: Bad rss-counter state mm:0000000012345678 type:MM_FILEPAGES val:1'
bad "hung task" 'INFO: task rmmod:123 blocked for more than 120 seconds.'
bad "soft lockup" 'watchdog: BUG: soft lockup - CPU#0 stuck for 26s! [cat:88]'
bad "hard lockup" 'NMI watchdog: Watchdog detected hard LOCKUP on cpu 1'
bad "RCU stall" 'rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:'
bad "own RCU stall" 'rcu: INFO: rcu_sched self-detected stall on CPU'
bad "old RCU stall" 'INFO: rcu_sched detected expedited stalls on CPUs/tasks: { 1-... }'
bad "duplicate name" "sysfs: cannot create duplicate filename '/class/kregion'"
bad "resource" 'Trying to free nonexistent resource <00000000feb00000-00000000feb00fff>'
bad "corrupt list" 'list_del corruption, ffff88800123 next is LIST_POISON1'

check bad "no time" <<<'BUG: test'
check bad "level" <<<'<4>[    1.000000] WARNING: CPU: 0 PID: 1 at x.c:1 f+0x1/0x2'
check bad "caller" <<<'[    1.000000][   T77] BUG: KASAN: use-after-free in f+0x1/0x2'
check bad "CR at the end" < <(printf '[    1.0] BUG: test\r\n')

ok "taint" 'kregion: module verification failed: signature and/or required key missing - tainting kernel'
ok "Spectre" 'Spectre V2 : WARNING: Unprivileged eBPF is enabled with eIBRS on, data leaks possible!'
ok "RETBleed" 'RETBleed: WARNING: Spectre v2 mitigation leaves CPU vulnerable to RETBleed attacks, data leaks possible!'
ok "firmware" '[Firmware Bug]: TSC_DEADLINE disabled due to Errata'
ok "BIOS" 'DMAR: [Firmware Bug]: Your BIOS is broken; BIOS bug'
ok "not a bug" 'AMD-Vi: AMD IOMMUv2 functionality not available on this system - This is not a bug.'
ok "bug report" 'PCI: Using host bridge windows from ACPI; if necessary, use "pci=nocrs" and report a bug'
ok "clock" "clocksource: timekeeping watchdog on CPU1: Marking clocksource 'tsc' as unstable because the skew is too large:"
ok "panic option" 'Kernel command line: console=ttyS1 oops=panic panic=-1'
ok "debug option" 'RCU lockdep checking is enabled.'
ok "user program" 'traps: demo[123] general protection fault ip:401136 sp:7ffd0 error:0 in demo[401000+1000]'
ok "segfault" 'demo[123]: segfault at 0 ip 0000000000401136 sp 00007ffd0 error 4 in demo[401000+1000]'
ok "injected fault" 'FAULT_INJECTION: forcing a failure.'
ok "page allocation failure" 'insmod: page allocation failure: order:11, mode:0xcc0(GFP_KERNEL), nodemask=(null)'
ok "netdevice" 'unregister_netdevice: waiting for lo to become free. Usage count = 2'
ok "kmemleak start" 'kmemleak: Kernel memory leak detector initialized (mem pool available: 15000)'
check ok "kmemleak=off" <<<'[    0.000000] kmemleak: Kernel memory leak detector disabled'
check ok "kmemleak=off, with caller" <<<'[    0.000000][    T0] kmemleak: Kernel memory leak detector disabled'
check bad "kmemleak is off soon" <<<'[    0.000100] kmemleak: Kernel memory leak detector disabled'
check bad "kmemleak is off late" <<<'[   10.000000] kmemleak: Kernel memory leak detector disabled'
check ok "empty log" </dev/null

# race ok|bad NAME FRAME: a report of KCSAN with that in its stack.
race() {
	check "$1" "$2" <<-END
	[  566.563185] ==================================================================
	[  566.563185] BUG: KCSAN: data-race in set_nlink / set_nlink
	[  566.563185] write to 0xffff9e1200c43a20 of 2 bytes by task 524 on cpu 1:
	[  566.563185]  set_nlink+0x25/0xe0
	[  566.563185]  $3
	[  566.563185] ==================================================================
	[  567.000000] kregion: device ready
	END
}
race ok "a race within the kernel" "kernfs_refresh_inode+0x138/0x150"
race bad "a race below us" "kregion_sysfs_add+0x38/0x50 [kregion]"
race bad "a race in a module beside ours" "probe+0x38/0x50 [kregion_pci]"
check bad "a race within the kernel, then another report" < <(
	printf '[ 1.0] %s\n' "BUG: KCSAN: data-race in f / f" " f+0x1/0x2" \
		"==========" "BUG: KASAN: slab-use-after-free"
)

# cred_race ok|bad NAME FUNCTION BYTES: a report of two stores, one of them below us.
cred_race() {
	check "$1" "$2" <<-END
	[  463.1] ==================================================================
	[  463.1] BUG: KCSAN: data-race in $3 / init_file.isra.0
	[  463.1] write to 0xffffa0a6c1d99238 of 4 bytes by task 1151 on cpu 3:
	[  463.1]  init_file.isra.0+0x25/0x1f0
	[  463.1] write to 0xffffa0a6c1d99238 of $4 bytes by task 1134 on cpu 2:
	[  463.1]  $3+0xe9/0x4f0
	[  463.1]  kregion_revoke_init+0x55/0xc0 [kregion]
	[  463.1] ==================================================================
	END
}
cred_race ok "two references to one cred" alloc_fs_context 4
cred_race bad "two stores of another size" alloc_fs_context 8
cred_race bad "a store of another function" kregion_device_create 4

check bad "a report that is cut" < <(printf '[ 1.0] BUG: KCSAN: data-race in f / f\n')

# leak ok|bad NAME FRAME [COUNT]: what kmemleak logs of one object, and how many it counts.
leak() {
	check "$1" "$2" <<-END
	[   66.100000] kmemleak: unreferenced object 0xffa0000000200000 (size 2097152):
	[   66.100001] kmemleak:   comm "modprobe", pid 77, jiffies 4294901234
	[   66.100002] kmemleak:   hex dump (first 32 bytes):
	[   66.100003] kmemleak:     cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc  ................
	[   66.100004] kmemleak:   backtrace (crc 0):
	[   66.100005] kmemleak:     __vmalloc_node_range_noprof+0x1a/0x20
	[   66.100006] kmemleak:     $3
	[   66.100007] kmemleak:     load_module+0x1a/0x20
	[   66.100008] kmemleak: ${4-1} new suspected memory leaks (see /sys/kernel/debug/kmemleak)
	END
}
leak ok "free memory of the cache for modules" "execmem_alloc+0x100/0x1c0"
leak bad "memory of ours" "region_create+0x100/0x1c0 [kregion]"
leak bad "memory of a function of ours with such a name" "my_execmem_alloc+0x1/0x2 [kregion]"
leak bad "a text in the hex dump" "00 00 00 00  execmem_alloc+0x"
leak bad "the cache for modules, and one that is not named" "execmem_alloc+0x100/0x1c0" 2
# leaks ok|bad NAME LINE...: the same with these lines.
leaks() {
	check "$1" "$2" < <(printf '[ 1.0] kmemleak: %s\n' "${@:3}")
}
cache='unreferenced object 0x1 (size 2097152):'
leaks bad "the cache for modules, called by us" "$cache" \
	"    execmem_alloc+0x1/0x2" "    init+0x1/0x2 [kregion]" "1 new suspected memory leaks"
leaks bad "less than a block of that cache" "unreferenced object 0x1 (size 8192):" \
	"    execmem_alloc+0x1/0x2" "1 new suspected memory leaks"
leaks bad "the cache for modules, then memory of ours" "$cache" "    execmem_alloc+0x1/0x2" \
	"unreferenced object 0x2 (size 8):" "    region_create+0x1/0x2" \
	"2 new suspected memory leaks"
leaks ok "several of the cache for modules" "$cache" "    execmem_alloc+0x1/0x2" \
	"  ... and 2 more object(s) with the same backtrace" "3 new suspected memory leaks"
check bad "a report of KASAN while kmemleak prints" < <(
	printf '[ 1.0] %s\n' "kmemleak: $cache" "kmemleak:     execmem_alloc+0x1/0x2" \
		"BUG: KASAN: slab-use-after-free" "kmemleak: 1 new suspected memory leaks"
)
check bad "a second line of another message while kmemleak prints" < <(
	printf '[ 1.0] %s\n' "kmemleak: $cache" "kmemleak:     execmem_alloc+0x1/0x2"
	printf '%s\n' "[ 1.0] x:" "      WARNING: possible circular locking dependency" \
		"[ 1.0] kmemleak: 1 new suspected memory leaks"
)
check ok "the cache for modules, as kmemleak's file has it" < <(
	printf '%s\n' "$cache" "  backtrace (crc 0):" \
		"    execmem_alloc+0x1/0x2"
)
check bad "memory of ours, as kmemleak's file has it" < <(
	printf '%s\n' "$cache" "  backtrace (crc 0):" \
		"    execmem_alloc+0x1/0x2" "unreferenced object 0x2 (size 8):" \
		"    region_create+0x1/0x2"
)

for file in "$dir/none" "$dir"; do
	count=$((count + 1))
	if "$klog" "$file" >/dev/null 2>&1; then
		echo "not ok $count - what cannot be read is not clean: ${file#"$dir"}"
	else
		echo "ok $count - what cannot be read is not clean: ${file#"$dir"}"
	fi
done
count=$((count + 1))
for _ in {1..200}; do echo '[    1.0] BUG: again'; done >"$dir/log"
lines=$("$klog" "$dir/log" | wc -l)
if [ "$lines" -gt 0 ] && [ "$lines" -le 40 ]; then
	echo "ok $count - at most 40 lines"
else
	echo "not ok $count - at most 40 lines, not $lines"
fi
echo "1..$count"
