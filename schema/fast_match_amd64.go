//go:build !purego

package schema

import "golang.org/x/sys/cpu"

// vectors tells whether the processor has what matchVector is made of: AVX2.
var vectors = cpu.X86.HasAVX2

// matchVector goes on with step k at place i of b, until the last step (next is behind it then, and at where it ends) or until
// a part that it is not sure of (next is its step, and at where the part begins). Steps are given in bytes from the first.
// at is negative where b is something else. Up to slack bytes behind b are read, so they have to be there; what they are
// bears on nothing.
//
//go:noescape
func matchVector(b []byte, steps []step, k, i int) (next, at int)

// skipTextVector is skipTextPortable, 32 bytes at a time. It reads up to slack bytes behind b too.
//
//go:noescape
func skipTextVector(b []byte, i int) (at int, escaped bool)
