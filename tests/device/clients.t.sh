#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Programs that know nothing of kregion use its node: dd, cat, cmp, head and
# Python. Prints TAP. Runs as root on the default device, which it loads.
#
# shellcheck disable=SC2317	# the functions are called by point

. tests/tap.sh
. tests/device/unload.sh
node=/dev/kregion0
region=65536		# bytes in each of the two regions
size=131072
dir=$(mktemp -d) || exit 1
unmapped() { [ "$(cat /sys/class/kregion/kregion0/mappings)" = 0 ]; }

# ---- dd, cat, cmp, head ------------------------------------------------------

dd_writes_and_reads_a_page() {
	dd if="$dir/noise" of="$node" bs=4096 count=1 seek="$1" conv=notrunc &&
		dd if="$node" of="$dir/page" bs=4096 count=1 skip="$1" &&
		[ "$(wc -c <"$dir/page")" = 4096 ] &&
		cmp -n 4096 "$dir/noise" "$dir/page"
}

dd_writes_the_whole_device() {
	dd if="$dir/noise" of="$node" bs=4096 count=32 conv=notrunc
}

dd_reads_the_whole_device() {
	dd if="$node" of="$dir/copy" bs="$1" &&
		[ "$(wc -c <"$dir/copy")" = "$size" ] &&
		cmp "$dir/noise" "$dir/copy"
}

# A block that ends behind a region is read in two steps.
dd_reads_blocks_over_both_regions() {
	dd if="$node" of="$dir/copy" bs=50000 iflag=fullblock &&
		cmp "$dir/noise" "$dir/copy"
}

dd_writes_blocks_over_both_regions() {
	dd if="$dir/other" of="$node" bs=50000 conv=notrunc &&
		cmp "$dir/other" "$node" &&
		dd if="$dir/noise" of="$node" bs=50000 conv=notrunc &&
		cmp "$dir/noise" "$node"
}

dd_writes_single_bytes_at_the_border() {
	printf 'AB' | dd of="$node" bs=1 seek=$((region - 1)) conv=notrunc || return
	[ "$(dd if="$node" bs=1 skip=$((region - 1)) count=2 2>/dev/null)" = AB ] ||
		return
	dd_writes_the_whole_device
}

dd_behind_the_end_has_no_space() {
	dd if="$dir/noise" of="$node" bs=4096 count=1 seek=32 conv=notrunc \
		2>"$dir/error" && return 1
	cat "$dir/error"
	grep -q 'No space left on device' "$dir/error" &&
		cmp "$dir/noise" "$node"
}

# There is nowhere to seek to, so it does not even try to write.
dd_far_behind_the_end_cannot_seek() {
	dd if="$dir/noise" of="$node" bs=4096 count=1 seek="$1" conv=notrunc \
		2>"$dir/error" && return 1
	cat "$dir/error"
	grep -q 'cannot seek: Invalid argument' "$dir/error" &&
		cmp "$dir/noise" "$node"
}

# What fits is written before the end is met.
dd_over_the_end_writes_what_fits() {
	dd if="$dir/other" of="$node" bs=8192 count=1 seek=$((size - 4096)) \
		oflag=seek_bytes conv=notrunc 2>"$dir/error" && return 1
	cat "$dir/error"
	grep -q 'No space left on device' "$dir/error" &&
		cmp -n $((size - 4096)) "$dir/noise" "$node" &&
		cmp -n 4096 "$dir/other" "$node" 0 $((size - 4096)) &&
		dd_writes_the_whole_device && cmp "$dir/noise" "$node"
}

dd_reading_behind_the_end_gets_nothing() {
	dd if="$node" of="$dir/page" bs=4096 skip=32 count=1 &&
		[ ! -s "$dir/page" ]
}

cat_reads_all() {
	cat "$node" >"$dir/copy" && cmp "$dir/noise" "$dir/copy"
}

cat_writes_all() {
	cat "$dir/other" >"$node" && cmp "$dir/other" "$node" &&
		cat "$dir/noise" >"$node" && cmp "$dir/noise" "$node"
}

cat_of_too_much_has_no_space() {
	cat "$dir/noise" "$dir/noise" >"$node" 2>"$dir/error" && return 1
	cat "$dir/error"
	grep -q 'No space left on device' "$dir/error" &&
		cmp "$dir/noise" "$node"
}

cmp_sees_a_single_byte() {
	tr '\000-\377' '\001-\377\000' <"$dir/noise" | head -c 1 >"$dir/byte"
	cmp "$dir/noise" "$node" || return
	dd if="$dir/byte" of="$node" conv=notrunc || return
	cmp "$dir/noise" "$node" && return 1
	dd_writes_the_whole_device && cmp "$dir/noise" "$node"
}

head_reads_the_beginning() {
	head -c 1000 "$node" >"$dir/page" &&
		[ "$(wc -c <"$dir/page")" = 1000 ] &&
		cmp -n 1000 "$dir/noise" "$dir/page" &&
		head -c 100000 "$node" >"$dir/page" &&
		[ "$(wc -c <"$dir/page")" = 100000 ] &&
		cmp -n 100000 "$dir/noise" "$dir/page"
}

# ---- Python ------------------------------------------------------------------

# python_says NAME: run the function NAME of the program below.
python_says() {
	python3 "$dir/client.py" "$@"
}

cat >"$dir/client.py" <<'END'
import errno
import mmap
import os
import sys

NODE = "/dev/kregion0"
PAGE = mmap.PAGESIZE
REGION = 16 * PAGE
SIZE = 2 * REGION
NOISE = open(os.path.dirname(sys.argv[0]) + "/noise", "rb").read()


def fails(error, function, *args, **kwargs):
    try:
        function(*args, **kwargs)
    except OSError as e:
        assert e.errno == error, e
    else:
        raise AssertionError("it was not refused")


def mmap_reads_and_writes_both_regions():
    fd = os.open(NODE, os.O_RDWR)
    for offset in (0, REGION):
        with mmap.mmap(fd, REGION, offset=offset) as m:
            assert len(m) == REGION
            assert m[:] == NOISE[offset:offset + REGION]
            assert m[PAGE - 3:PAGE + 3] == \
                NOISE[offset + PAGE - 3:offset + PAGE + 3]
            old = m[100:111]
            m[100:111] = b"hello there"
            assert os.pread(fd, 11, offset + 100) == b"hello there"
            assert m.find(b"hello there") == 100
            os.pwrite(fd, old, offset + 100)
            assert m[:] == NOISE[offset:offset + REGION]
    os.close(fd)


def mmap_of_a_piece():
    with open(NODE, "r+b", buffering=0) as f:
        with mmap.mmap(f.fileno(), 3 * PAGE, offset=REGION + 5 * PAGE) as m:
            at = REGION + 5 * PAGE
            assert m[:] == NOISE[at:at + 3 * PAGE]
            m.seek(PAGE)
            assert m.read(4) == NOISE[at + PAGE:at + PAGE + 4]


def access_copy_is_private():
    fd = os.open(NODE, os.O_RDONLY)
    for offset in (0, REGION):
        with mmap.mmap(fd, REGION, access=mmap.ACCESS_COPY,
                       offset=offset) as m:
            m[0:PAGE] = bytes(PAGE)
            m[-1] = NOISE[offset + REGION - 1] ^ 255
            assert m[:PAGE] == bytes(PAGE)
            assert m[PAGE:-1] == NOISE[offset + PAGE:offset + REGION - 1]
            assert os.pread(fd, REGION, offset) == \
                NOISE[offset:offset + REGION]
    os.close(fd)


def access_read_is_readonly():
    fd = os.open(NODE, os.O_RDONLY)
    with mmap.mmap(fd, PAGE, access=mmap.ACCESS_READ) as m:
        assert m[:] == NOISE[:PAGE]
        try:
            m[0] = 0
        except TypeError:
            pass
        else:
            raise AssertionError("written to")
    os.close(fd)


def mmap_refusals_are_oserrors():
    fd = os.open(NODE, os.O_RDWR)
    fails(errno.ENXIO, mmap.mmap, fd, PAGE, offset=SIZE)
    fails(errno.EINVAL, mmap.mmap, fd, SIZE)
    fails(errno.EINVAL, mmap.mmap, fd, 2 * PAGE, offset=SIZE - PAGE)
    fails(errno.EPERM, mmap.mmap, fd, PAGE, prot=mmap.PROT_READ |
          mmap.PROT_EXEC)
    os.close(fd)
    fd = os.open(NODE, os.O_RDONLY)
    fails(errno.EACCES, mmap.mmap, fd, PAGE)
    os.close(fd)


def pread_and_pwrite():
    fd = os.open(NODE, os.O_RDWR)
    assert os.pread(fd, 10, 0) == NOISE[:10]
    assert os.pread(fd, 10, REGION + 7) == NOISE[REGION + 7:REGION + 17]
    # Short at the end of a region, and of the device.
    assert os.pread(fd, 10, REGION - 4) == NOISE[REGION - 4:REGION]
    assert os.pread(fd, 10, SIZE - 4) == NOISE[SIZE - 4:]
    assert os.pread(fd, 10, SIZE) == b""
    assert os.pread(fd, 10, SIZE + 12345) == b""
    assert os.pwrite(fd, b"0123456789", REGION - 4) == 4
    assert os.pread(fd, 4, REGION - 4) == b"0123"
    assert os.pread(fd, 4, REGION) == NOISE[REGION:REGION + 4]
    os.pwrite(fd, NOISE[REGION - 4:REGION], REGION - 4)
    fails(errno.ENOSPC, os.pwrite, fd, b"x", SIZE)
    fails(errno.EINVAL, os.pread, fd, 1, -1)
    os.close(fd)


def lseek_knows_the_size():
    fd = os.open(NODE, os.O_RDONLY)
    assert os.lseek(fd, 0, os.SEEK_END) == SIZE
    assert os.read(fd, 1) == b""
    assert os.lseek(fd, -5, os.SEEK_END) == SIZE - 5
    assert os.read(fd, 100) == NOISE[-5:]
    assert os.lseek(fd, REGION - 1, os.SEEK_SET) == REGION - 1
    assert os.read(fd, 1) == NOISE[REGION - 1:REGION]
    assert os.lseek(fd, 0, os.SEEK_CUR) == REGION
    fails(errno.EINVAL, os.lseek, fd, SIZE + 1, os.SEEK_SET)
    fails(errno.EINVAL, os.lseek, fd, -1, os.SEEK_SET)
    os.close(fd)


def file_objects_read_all():
    with open(NODE, "rb") as f:
        assert f.read() == NOISE
        f.seek(REGION - 10)
        assert f.read(20) == NOISE[REGION - 10:REGION + 10]


def preadv_and_pwritev():
    fd = os.open(NODE, os.O_RDWR)
    a, b = bytearray(5), bytearray(3000)
    assert os.preadv(fd, [a, b], 20) == 3005
    assert a + b == NOISE[20:3025]
    assert os.pwritev(fd, [b, a], REGION + 1) == 3005
    assert os.pread(fd, 3005, REGION + 1) == b + a
    os.pwrite(fd, NOISE[REGION:REGION + 4096], REGION)
    os.close(fd)


def sendfile_out_of_the_device():
    fd = os.open(NODE, os.O_RDONLY)
    out = os.open(os.path.dirname(sys.argv[0]) + "/sent",
                  os.O_RDWR | os.O_CREAT | os.O_TRUNC)
    # Before 6.0 the kernel sends no character device at all.
    if int(os.uname().release.split(".")[0]) < 6:
        fails(errno.EINVAL, os.sendfile, out, fd, 0, SIZE)
        assert os.fstat(out).st_size == 0
        return
    at = 0
    while at < SIZE:
        n = os.sendfile(out, fd, at, SIZE - at)
        assert n > 0
        at += n
    assert os.sendfile(out, fd, SIZE, 10) == 0
    assert os.pread(out, 2 * SIZE, 0) == NOISE
    os.close(out)
    os.close(fd)


def sendfile_into_the_device():
    fd = os.open(NODE, os.O_RDWR)
    other = os.open(os.path.dirname(sys.argv[0]) + "/other", os.O_RDONLY)
    noise = os.open(os.path.dirname(sys.argv[0]) + "/noise", os.O_RDONLY)
    for source in (other, noise):
        os.lseek(fd, 0, os.SEEK_SET)
        at = 0
        while at < SIZE:
            n = os.sendfile(fd, source, at, SIZE - at)
            assert n > 0
            at += n
        assert os.pread(source, SIZE, 0) == \
            os.pread(fd, REGION, 0) + os.pread(fd, REGION, REGION)
    os.close(other)
    os.close(noise)
    os.close(fd)


def splice_to_and_from_a_pipe():
    fd = os.open(NODE, os.O_RDWR)
    out, into = os.pipe()
    at = REGION - 2 * PAGE
    assert os.splice(fd, into, PAGE, offset_src=at) == PAGE
    assert os.read(out, 2 * PAGE) == NOISE[at:at + PAGE]
    os.write(into, b"through a pipe")
    assert os.splice(out, fd, 14, offset_dst=REGION + 50) == 14
    assert os.pread(fd, 14, REGION + 50) == b"through a pipe"
    os.pwrite(fd, NOISE[REGION:REGION + 100], REGION)
    os.close(out)
    os.close(into)
    os.close(fd)


globals()[sys.argv[1]]()
END

# ------------------------------------------------------------------------------

echo "TAP version 13"
if ! unload || ! modprobe kregion; then
	echo "Bail out! cannot load kregion"
	exit 1
fi
head -c "$size" /dev/urandom >"$dir/noise"
head -c "$size" /dev/urandom >"$dir/other"

point "cmp finds zeros at first" cmp -n "$size" "$node" /dev/zero
point "dd writes and reads a page of the first region" \
	dd_writes_and_reads_a_page 3
point "dd writes and reads a page of the second region" \
	dd_writes_and_reads_a_page 19
point "dd writes the whole device" dd_writes_the_whole_device
point "dd reads 131072 bytes by pages" dd_reads_the_whole_device 4096
point "dd reads 131072 bytes by regions" dd_reads_the_whole_device 64K
point "dd reads 131072 bytes in blocks of 7 bytes less" \
	dd_reads_the_whole_device 4089
point "dd reads blocks over both regions" dd_reads_blocks_over_both_regions
point "dd writes blocks over both regions" dd_writes_blocks_over_both_regions
point "dd writes bytes on both sides of the border" \
	dd_writes_single_bytes_at_the_border
point "dd behind the end: no space" dd_behind_the_end_has_no_space
point "dd one page further: cannot seek" dd_far_behind_the_end_cannot_seek 33
point "dd far behind the end: cannot seek" \
	dd_far_behind_the_end_cannot_seek 1000000
point "dd over the end writes what fits" dd_over_the_end_writes_what_fits
point "dd reading behind the end gets nothing" \
	dd_reading_behind_the_end_gets_nothing
point "cat reads all" cat_reads_all
point "cat writes all" cat_writes_all
point "cat of too much: no space" cat_of_too_much_has_no_space
point "cmp sees a single byte" cmp_sees_a_single_byte
point "head -c reads the beginning" head_reads_the_beginning

for name in mmap_reads_and_writes_both_regions mmap_of_a_piece \
	access_copy_is_private access_read_is_readonly \
	mmap_refusals_are_oserrors pread_and_pwrite lseek_knows_the_size \
	file_objects_read_all preadv_and_pwritev sendfile_out_of_the_device \
	sendfile_into_the_device; do
	point "python: $name" python_says "$name"
done
if python3 -c 'import os; os.splice' 2>/dev/null; then
	point "python: splice_to_and_from_a_pipe" \
		python_says splice_to_and_from_a_pipe
else
	skip "python: splice_to_and_from_a_pipe" "this Python has no os.splice"
fi

point "nothing has changed what it should not" cmp "$dir/noise" "$node"
point "no mapping is left" unmapped
point "the module can be unloaded" unload
rm -rf "$dir"
plan
