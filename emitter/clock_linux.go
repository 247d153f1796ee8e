package emitter

import (
	"syscall"
	"time"
)

// prSetTimerslack is PR_SET_TIMERSLACK of prctl(2), which package syscall does not name.
const prSetTimerslack = 29

// fineTimers lets the kernel wake this thread within a nanosecond instead of the usual 50 µs. If it will not,
// sleeps are just that much coarser.
func fineTimers() {
	_, _, _ = syscall.RawSyscall(syscall.SYS_PRCTL, prSetTimerslack, 1, 0)
}

// fineSleep sleeps in the kernel, past the runtime's timers and their rounding. A signal may end it early, which
// the caller's loop sees.
func fineSleep(d time.Duration) {
	if d <= 0 {
		return
	}
	ts := syscall.NsecToTimespec(int64(d))
	_ = syscall.Nanosleep(&ts, nil)
}
