//go:build !linux

package emitter

import "time"

func fineTimers() {}

func fineSleep(d time.Duration) { time.Sleep(d) }
