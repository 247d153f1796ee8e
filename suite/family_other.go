//go:build !linux

package suite

// relatives finds nothing where there is no /proc: what has left the process group of the receiver is out of reach.
func relatives(int, string) []int { return nil }

// askAll and endAll have nothing to do then.
func askAll([]int) {}
func endAll([]int) {}
