package main

import (
	"testing"

	"github.com/relaycheck/relaycheck/suite/selftest"
)

func TestACertificateThatCouldNotBeMadeIsNoFailure(t *testing.T) {
	t.Parallel()
	some := []string{"why"}
	for _, c := range []struct {
		name string
		cert selftest.Certificate
		want int
	}{
		{"it holds", selftest.Certificate{Holds: true}, exitOK},
		{"a bug survived", selftest.Certificate{Problems: some}, exitBroken},
		{"the machine was too slow to tell", selftest.Certificate{Untold: some}, exitInconclusive},
		{"the machine was too slow to tell of one bug, and another survived", selftest.Certificate{Problems: some, Untold: some}, exitBroken},
		{"it was interrupted", selftest.Certificate{Problems: some, Untold: some, Interrupted: true}, exitInterrupted},
	} {
		if got := certificateCode(c.cert); got != c.want {
			t.Errorf("%s: exit code %d, want %d", c.name, got, c.want)
		}
	}
}
