package schema

import "unsafe"

// A step is up to 32 fixed bytes of a shape and the part behind them, laid out for matchVector. A segment is one step, or
// several where its fixed bytes are more.
type step struct {
	fixed [32]byte
	mask  uint32 // a bit for each byte of fixed that counts
	size  uint8  // how many these are
	kind  partKind
}

const stepSize = int(unsafe.Sizeof(step{}))

// slack is how many bytes behind a body may be read, without bearing on what is said about it.
const slack = 64

// stepsOf are the segments of a shape.
func stepsOf(segments []segment) []step {
	var steps []step
	for i := range segments {
		for fixed := segments[i].fixed; ; {
			var s step
			n := copy(s.fixed[:], fixed)
			s.mask, s.size = uint32(1<<n-1), uint8(n) //nolint:gosec // 32 at most
			if fixed = fixed[n:]; fixed == "" {
				s.kind = segments[i].kind
				steps = append(steps, s)
				break
			}
			steps = append(steps, s)
		}
	}
	return steps
}

// prefix is the length of what b begins with, where that has the shape; negative where b begins with something else.
// Every part ends where a fixed segment has to begin, and that begins with a byte that the part cannot contain. There has to
// be slack behind b.
func (s *shape) prefix(b []byte) int {
	if vectors {
		return s.prefixVector(b)
	}
	return s.prefixWords(b)
}

// prefixVector is prefix by matchVector. Parts that are not written as most are, with escapes or letters beyond ASCII, it
// leaves to the functions that know all of the language.
func (s *shape) prefixVector(b []byte) int {
	k, i := 0, 0
	for {
		next, at := matchVector(b, s.steps, k, i)
		if at < 0 || next == len(s.steps)*stepSize {
			return at
		}
		k = next / stepSize
		if i = s.steps[k].kind.end(b, at); i < 0 {
			return -1
		}
		k++
	}
}

// prefixWords is prefix by matchWords, likewise.
func (s *shape) prefixWords(b []byte) int {
	k, i := 0, 0
	for {
		next, at := matchWords(b, s.segments, k, i)
		if at < 0 || next == len(s.segments) {
			return at
		}
		if i = s.segments[next].kind.end(b, at); i < 0 {
			return -1
		}
		k = next + 1
	}
}
