package target

import (
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"strconv"
)

// The ports that are tried for `auto`, from firstPort up to below lastPort: above what well-known servers use, and below what the
// systems give to whoever asks for any port (32768 up on Linux, 49152 up elsewhere). A port of theirs that is free now may
// be somebody's connection before the receiver listens on it.
const (
	firstPort = 20000
	lastPort  = 32768
	// portTries bounds how many are tried. Where all of them are taken, any that is free must do.
	portTries = 100
)

// freePort is a port of this machine that nobody listens on, and that nobody is given by chance.
func freePort() (int, error) {
	low, high := givenAway()
	for range portTries {
		port := firstPort + rand.IntN(lastPort-firstPort) //nolint:gosec // two runs shall not meet, that is all
		if port >= low && port <= high {
			continue
		}
		if got, err := listenOnce(port); err == nil {
			return got, nil
		}
	}
	return listenOnce(0)
}

// listenOnce listens on a port and lets it go. Port 0 is any.
func listenOnce(port int) (int, error) {
	l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port))) //nolint:noctx // listening takes no time
	if err != nil {
		return 0, err
	}
	defer func() { _ = l.Close() }()
	addr, ok := l.Addr().(*net.TCPAddr)
	if !ok {
		return 0, fmt.Errorf("%s is no TCP address", l.Addr())
	}
	return addr.Port, nil
}

// givenAway is the range of the ports that this system gives to whoever asks for any, where it says so: ip(7),
// ip_local_port_range.
func givenAway() (low, high int) {
	text, err := os.ReadFile("/proc/sys/net/ipv4/ip_local_port_range")
	if err != nil {
		return 0, 0
	}
	if _, err := fmt.Sscan(string(text), &low, &high); err != nil {
		return 0, 0
	}
	return low, high
}
