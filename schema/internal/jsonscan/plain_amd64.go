//go:build !purego

package jsonscan

// skipLong is SkipPlain for long texts: sixteen bytes at a time, with instructions that every amd64 processor has.
// skipWords is its portable twin; a test holds the one against the other.
//
//go:noescape
func skipLong(b []byte, i int) int
