//go:build !unix

package main

import "github.com/rogpeppe/go-internal/testscript"

// interrupts cannot be had where a process gets no signals.
func interrupts(ts *testscript.TestScript, _ bool, _ []string) {
	ts.Fatalf("no signals here: begin the script with [!unix] skip")
}
