#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# stress.t [SECONDS [SEED [KERNEL]]]: stress-ng and trinity on the driver, for about so
# long (20), on a kernel (debug) whose root has both. TAP.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."

seconds=${1:-20}
seed=${2:-$(date +%s)}
kernel=${3:-debug}

tests/device/prepare "${kernel%@*}" >&2
# shellcheck disable=SC2016	# the variable is set in the root
tests/vm/enter "$kernel" sh -c 'mkdir -p "build/$KREGION_KERNEL/tests" &&
	exec gcc -std=gnu11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror -shared -fPIC \
	-Idriver/uapi -o "build/$KREGION_KERNEL/tests/stress-preload.so" \
	tests/fuzz/stress/preload.c' >&2
exec tests/vm/run --kernel "$kernel" --memory 2G --cpus 4 --parallel \
	--timeout $((seconds * 10 + 1200)) -- tests/fuzz/stress/guest "$seconds" "$seed"
