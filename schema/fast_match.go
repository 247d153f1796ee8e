package schema

import "unsafe"

// A step is up to 32 fixed bytes of a shape and the part behind them, laid out for matchVector. A segment is one step, or
// several where its fixed bytes are more.
type step struct {
	fixed [32]byte
	mask  uint32 // a bit for each byte of fixed that counts
	size  uint8  // how many these are
	kind  uint8  // of the part, plus one; 0 for none
}

const stepSize = int(unsafe.Sizeof(step{}))

// slack is how many bytes behind a body matchVector may read, without bearing on what it says.
const slack = 64

// stepsOf are the segments of a shape, and its tail.
func stepsOf(segments []segment, tail string) []step {
	var steps []step
	add := func(fixed string, kind uint8) {
		for {
			var s step
			n := copy(s.fixed[:], fixed)
			s.mask, s.size = uint32(1<<n-1), uint8(n) //nolint:gosec // 32 at most
			if fixed = fixed[n:]; fixed == "" {
				s.kind = kind
				steps = append(steps, s)
				return
			}
			steps = append(steps, s)
		}
	}
	for _, seg := range segments {
		add(seg.fixed, uint8(seg.kind)+1)
	}
	add(tail, 0)
	return steps
}

// prefix is the length of what b begins with, where that has the shape; negative where b begins with something else.
// Every part ends where a fixed segment has to begin, and that begins with a byte that the part cannot contain.
func (s *shape) prefix(b []byte) int {
	if vectors && cap(b)-len(b) >= slack {
		return s.prefixVector(b)
	}
	return s.prefixPortable(b)
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
		if i = partKind(s.steps[k].kind-1).end(b, at); i < 0 {
			return -1
		}
		k++
	}
}

// prefixPortable is prefix on any processor.
func (s *shape) prefixPortable(b []byte) int {
	i := 0
	for k := range s.segments {
		seg := &s.segments[k]
		if len(b)-i < len(seg.fixed) || string(b[i:i+len(seg.fixed)]) != seg.fixed {
			return -1
		}
		i += len(seg.fixed)
		i = seg.kind.end(b, i)
		if i < 0 {
			return -1
		}
	}
	if len(b)-i < len(s.tail) || string(b[i:i+len(s.tail)]) != s.tail {
		return -1
	}
	return i + len(s.tail)
}
