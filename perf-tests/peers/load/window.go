package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"strconv"
	"strings"
)

// options are the same for all modes; each says which it uses.
type options struct {
	to          string
	host        string
	path        string
	body        int
	connections int
	rate        int
	lead        float64
	seconds     float64
	pids        string
	cores       string
}

func parse(mode string, args []string) options {
	var o options
	flags := flag.NewFlagSet(mode, flag.ExitOnError)
	flags.StringVar(&o.to, "to", "", "IPV4:PORT")
	flags.StringVar(&o.host, "host", "", "Host header")
	flags.StringVar(&o.path, "path", "/1k", "path")
	flags.IntVar(&o.body, "body", 1024, "bytes of a response's body")
	flags.IntVar(&o.connections, "connections", 64, "connections at a time")
	flags.IntVar(&o.rate, "rate", 1000, "requests a second")
	flags.Float64Var(&o.lead, "lead", 1, "seconds before the window")
	flags.Float64Var(&o.seconds, "seconds", 5, "seconds of the window")
	flags.StringVar(&o.pids, "pids", "", "processes whose CPU time is told, comma separated")
	flags.StringVar(&o.cores, "cores", "0,1", "cores whose busy share is told")
	flags.Parse(args)
	return o
}

// window counts what ends within it, between two looks at the machine.
type window struct {
	options
	from, to     int64
	open, closed bool
	before       sample
	spans        histogram
	count        int64
	bytes        int64
	errors       int64
}

func newWindow(o options) *window {
	from := nanos() + int64(o.lead*1e9)
	return &window{options: o, from: from, to: from + int64(o.seconds*1e9)}
}

// over moves the window on; true at its end.
func (w *window) over(now int64) bool {
	if !w.open && now >= w.from {
		w.open = true
		w.before = look(w.pids, w.cores)
		w.from = nanos()
	}
	if w.open && !w.closed && now >= w.to {
		w.closed = true
	}
	return w.closed
}

func (w *window) done(begin, end int64) {
	if w.open {
		w.count++
		w.spans.add(end - begin)
	}
}

func (w *window) report() {
	end := nanos()
	after := look(w.pids, w.cores)
	seconds := float64(end-w.from) / 1e9
	cpu := after.processes - w.before.processes
	busy := map[string]float64{}
	for core, then := range after.cores {
		total := then.total - w.before.cores[core].total
		if total > 0 {
			busy[core] = (then.busy - w.before.cores[core].busy) / total
		}
	}
	out, _ := json.Marshal(map[string]any{
		"seconds": seconds, "count": w.count, "bytes": w.bytes, "errors": w.errors, "cpu_seconds": cpu, "busy": busy,
		"p50_us": w.spans.quantile(0.5) / 1e3, "p99_us": w.spans.quantile(0.99) / 1e3, "p999_us": w.spans.quantile(0.999) / 1e3,
	})
	os.Stdout.Write(append(out, '\n'))
}

type coreTimes struct{ busy, total float64 }

type sample struct {
	processes float64
	cores     map[string]coreTimes
}

const ticksPerSecond = 100

func look(pids, cores string) sample {
	s := sample{cores: map[string]coreTimes{}}
	for _, pid := range strings.Split(pids, ",") {
		if pid != "" {
			s.processes += cpuSeconds(pid)
		}
	}
	stat, _ := os.ReadFile("/proc/stat")
	for _, line := range strings.Split(string(stat), "\n") {
		fields := strings.Fields(line)
		for _, core := range strings.Split(cores, ",") {
			if len(fields) > 8 && fields[0] == "cpu"+core {
				s.cores[core] = times(fields)
			}
		}
	}
	return s
}

// user nice system idle iowait irq softirq steal: see proc_stat(5).
func times(fields []string) coreTimes {
	var all coreTimes
	for i := 1; i <= 8; i++ {
		value, _ := strconv.ParseFloat(fields[i], 64)
		all.total += value
		if i != 4 && i != 5 {
			all.busy += value
		}
	}
	return all
}

func cpuSeconds(pid string) float64 {
	stat, err := os.ReadFile("/proc/" + pid + "/stat")
	if err != nil {
		fail("process %s is gone: %v", pid, err)
	}
	// The name may hold anything; what follows it does not.
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+2:]))
	user, _ := strconv.ParseFloat(fields[11], 64)
	system, _ := strconv.ParseFloat(fields[12], 64)
	return (user + system) / ticksPerSecond
}
