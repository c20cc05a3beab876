# SPDX-License-Identifier: GPL-2.0-only
# The cost of mapping against size. Set by the caller: data, png, kernel.
# kmalloc is points without a line, on the line of vmalloc where they are equal.
set title "Linux ".kernel.": instructions per page to map, shared"
set datafile missing "?"
set logscale x 4
set logscale y 10
set xtics ("64K" 2**16, "256K" 2**18, "1M" 2**20, "4M" 2**22, \
	"16M" 2**24, "64M" 2**26, "256M" 2**28, "1G" 2**30)
stats data using 1 nooutput
set xrange [2**15.5:STATS_max * 2**0.5]
set yrange [10:10000]
set key top right horizontal
set grid ytics

set terminal dumb noenhanced size 79, 26
plot data using 1:4 with linespoints title "memfd" pointtype "m", \
	data using 1:3 with linespoints title "vmalloc" pointtype "v", \
	data using 1:2 with points title "kmalloc" pointtype "k"

set terminal png noenhanced size 800, 500
set output png
plot data using 1:4 with linespoints title "memfd" linewidth 2, \
	data using 1:3 with linespoints title "vmalloc" linewidth 2, \
	data using 1:2 with points title "kmalloc" pointsize 2 linewidth 2
