// Command load is both ends of the comparison with other proxies: a backend that costs next to nothing, and a load
// generator that is faster than what it measures. One thread each, on epoll, without allocation while it measures.
//
//	load backend IPV4 HTTP_PORT SOURCE_PORT ECHO_PORT
//	load saturate|rate|connect|stream|pingpong|idle ...     (load MODE -h tells the options)
//
// Results go to standard output as one line of JSON.
package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
)

func main() {
	runtime.LockOSThread()
	// Nothing is allocated while it measures; a collection would only be noise.
	debug.SetGCPercent(-1)
	if len(os.Args) < 2 {
		fail("no command (expected: backend, saturate, rate, connect, stream, pingpong or idle)")
	}
	command, args := os.Args[1], os.Args[2:]
	if command == "backend" {
		backend(args)
		return
	}
	run, known := modes[command]
	if !known {
		fail("unknown command '%s' (expected: backend, saturate, rate, connect, stream, pingpong or idle)", command)
	}
	run(parse(command, args))
}

func fail(format string, values ...any) {
	fmt.Fprintf(os.Stderr, "load: "+format+"\n", values...)
	os.Exit(1)
}
