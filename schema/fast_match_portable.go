//go:build !amd64 || purego

package schema

const vectors = false

// matchVector is never called.
func matchVector([]byte, []step, int, int) (next, at int) { return 0, -1 }

// skipTextVector is never called.
func skipTextVector([]byte, int) (at int, escaped bool) { return 0, false }
