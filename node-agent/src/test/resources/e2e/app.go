// A client and a server in Go: app serve ADDRESS | app call HOST:PORT. Only package net, which is quick to compile.
package main

import (
	"bufio"
	"fmt"
	"net"
	"os"
)

func main() {
	if os.Args[1] == "serve" {
		serve(os.Args[2])
	} else {
		call(os.Args[2])
	}
}

func serve(address string) {
	listener, err := net.Listen("tcp", address)
	check(err)
	fmt.Println("listening")
	for {
		connection, err := listener.Accept()
		check(err)
		go func() {
			defer connection.Close()
			host, _, _ := net.SplitHostPort(connection.RemoteAddr().String())
			fmt.Fprintf(connection, "peer %s\n", host)
		}()
	}
}

func call(address string) {
	connection, err := net.Dial("tcp", address)
	check(err)
	local, _, _ := net.SplitHostPort(connection.LocalAddr().String())
	line, err := bufio.NewReader(connection).ReadString('\n')
	check(err)
	fmt.Printf("remote %s local %s %s", connection.RemoteAddr(), local, line)
}

func check(err error) {
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}
