module sluice.io/perf/load

go 1.19
