package suite

import (
	"bytes"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// relatives finds what a started receiver has left running: the processes of its group, those that carry its mark in their
// environment, and the children of all these. The mark is what finds a daemon: it has left its group and its
// session, and its parent is gone, but it still has the environment that it was started with. Who cleans that
// environment, changes the user, or has another program start the receiver (systemd, docker) is out of reach.
//
// Processes that have ended and that nobody has waited for are not among them.
func relatives(leader int, mark string) []int {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	children := map[int][]int{}
	found := map[int]bool{}
	var open []int
	add := func(pid int) {
		if !found[pid] {
			found[pid] = true
			open = append(open, pid)
		}
	}
	self := os.Getpid()
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil || pid == self {
			continue
		}
		parent, group, ok := kin(pid)
		if !ok {
			continue
		}
		children[parent] = append(children[parent], pid)
		if pid == leader || group == leader || marked(pid, mark) {
			add(pid)
		}
	}
	for i := 0; i < len(open); i++ {
		for _, child := range children[open[i]] {
			add(child)
		}
	}
	return open
}

// kin reads the parent and the process group of a process that runs: proc(5), /proc/pid/stat.
func kin(pid int) (parent, group int, ok bool) {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return 0, 0, false // it has ended meanwhile
	}
	// The name of the program stands in brackets, and may hold anything, brackets too.
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	if len(fields) < 3 || fields[0] == "Z" || fields[0] == "X" {
		return 0, 0, false
	}
	parent, errParent := strconv.Atoi(fields[1])
	group, errGroup := strconv.Atoi(fields[2])
	return parent, group, errParent == nil && errGroup == nil
}

// marked reports whether a process was started with the mark in its environment. That of another user's processes cannot
// be read.
func marked(pid int, mark string) bool {
	environ, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/environ")
	return err == nil && bytes.Contains(append([]byte{0}, environ...), []byte("\x00"+mark+"\x00"))
}

// signalAll sends a signal to processes. One that has ended meanwhile is as good as told.
func signalAll(pids []int, sig syscall.Signal) {
	for _, pid := range pids {
		_ = syscall.Kill(pid, sig)
	}
}

// askAll asks processes to end, endAll ends them.
func askAll(pids []int) { signalAll(pids, syscall.SIGTERM) }
func endAll(pids []int) { signalAll(pids, syscall.SIGKILL) }
