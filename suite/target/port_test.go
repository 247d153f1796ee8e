package target_test

import (
	"fmt"
	"os"
	"testing"
)

// A port that the system gives to whoever asks for any may be somebody's connection before the receiver listens on it.
func TestAnAutomaticPortIsNoneThatIsGivenAway(t *testing.T) {
	t.Parallel()
	low, high := 49152, 65535 // what IANA asks for
	if text, err := os.ReadFile("/proc/sys/net/ipv4/ip_local_port_range"); err == nil {
		if _, err := fmt.Sscan(string(text), &low, &high); err != nil {
			t.Fatal(err)
		}
	}
	if low <= 20000 && high >= 32767 {
		t.Skip("this machine gives away nearly every port")
	}
	for range 50 {
		got, err := parse(t, "url: http://127.0.0.1:${PORT}/x\nhooks: {start: {command: [a], port: auto}}\n", nil)
		if err != nil {
			t.Fatal(err)
		}
		if p := got.Hooks.Start.Port; p >= low && p <= high {
			t.Fatalf("port %d lies between %d and %d", p, low, high)
		}
	}
}
