//go:build !amd64 || purego

package jsonscan

// skipLong is SkipPlain for long texts.
func skipLong(b []byte, i int) int { return skipWords(b, i) }
