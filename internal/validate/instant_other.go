//go:build !linux

package validate

import "io"

// An instant would read what of a file lies in the system's memory; there is no call for that here.
type instant struct{}

func newInstant(io.ReaderAt) *instant { return nil }

func (*instant) read([]byte, int64) int { return 0 }
