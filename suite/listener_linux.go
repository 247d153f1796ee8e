package suite

import (
	"bufio"
	"os"
	"strconv"
	"strings"
)

// stranger reports whether a program that is none of the given processes listens on a port of this machine, and as far as it can
// be seen who that is. What cannot be told is no stranger.
func stranger(port int, family []int) (is bool, who string) {
	sockets := listening(port)
	if len(sockets) == 0 {
		return false, ""
	}
	for _, pid := range family {
		if holds(pid, sockets) {
			return false, ""
		}
	}
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return false, ""
	}
	for _, e := range entries {
		if pid, err := strconv.Atoi(e.Name()); err == nil && holds(pid, sockets) {
			return true, program(pid)
		}
	}
	return true, "another program" // of another user, mostly
}

// listening gives the sockets that listen on a port, as the links of /proc/PID/fd call them: proc(5), /proc/net/tcp.
func listening(port int) map[string]bool {
	const listen = "0A"
	local := ":" + strings.ToUpper(strconv.FormatInt(int64(port)+0x10000, 16)[1:])
	out := map[string]bool{}
	for _, table := range []string{"/proc/self/net/tcp", "/proc/self/net/tcp6"} {
		file, err := os.Open(table)
		if err != nil {
			continue
		}
		for lines := bufio.NewScanner(file); lines.Scan(); {
			fields := strings.Fields(lines.Text())
			if len(fields) > 9 && fields[3] == listen && strings.HasSuffix(fields[1], local) {
				out["socket:["+fields[9]+"]"] = true
			}
		}
		_ = file.Close()
	}
	return out
}

// holds reports whether a process has one of the sockets open.
func holds(pid int, sockets map[string]bool) bool {
	dir := "/proc/" + strconv.Itoa(pid) + "/fd/"
	open, err := os.ReadDir(dir)
	if err != nil {
		return false
	}
	for _, fd := range open {
		if link, err := os.Readlink(dir + fd.Name()); err == nil && sockets[link] {
			return true
		}
	}
	return false
}

// program names a process.
func program(pid int) string {
	name, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/comm")
	if err != nil {
		return "process " + strconv.Itoa(pid)
	}
	return "process " + strconv.Itoa(pid) + " (" + strings.TrimSpace(string(name)) + ")"
}
