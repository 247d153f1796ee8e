package report

import (
	"slices"
	"strings"
	"unicode"
)

// A differing is an expected and an actual value, cut into what both have and what only one has.
type differing struct{ Expected, Actual []segment }

// A segment is a piece of a value.
type segment struct {
	Text    string
	Changed bool
}

const (
	// maxDiffTokens bounds the comparison, which takes the product of both lengths. Longer values are compared from
	// both ends only.
	maxDiffTokens = 600
	// leastAlike is the share of the shorter value that both must have, in percent: below it the marks would dance
	// about and say nothing, so each is shown whole.
	leastAlike = 35
)

// differ compares two values word by word. One side often quotes what the other does not, so what stands between the
// words counts only where the words are the same.
func differ(expected, actual string) differing {
	if expected == "" || actual == "" {
		return whole(expected, actual)
	}
	a, b := tokens(expected), tokens(actual)
	wordsA, wordsB := words(a), words(b)
	if slices.Equal(pick(a, wordsA), pick(b, wordsB)) {
		inA, inB := shared(a, b)
		return differing{segments(a, inA), segments(b, inB)}
	}
	sharedA, sharedB := shared(pick(a, wordsA), pick(b, wordsB))
	if length(pick(a, wordsA), sharedA)*100 < leastAlike*min(length(pick(a, wordsA), nil), length(pick(b, wordsB), nil)) {
		return whole(expected, actual)
	}
	return differing{segments(a, spread(a, wordsA, sharedA)), segments(b, spread(b, wordsB, sharedB))}
}

// whole shows both values without marks.
func whole(expected, actual string) differing {
	return differing{[]segment{{Text: expected}}, []segment{{Text: actual}}}
}

// shared says which tokens both have.
func shared(a, b []string) (inA, inB []bool) {
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	inA, inB = make([]bool, len(a)), make([]bool, len(b))
	for i := range head {
		inA[i], inB[i] = true, true
	}
	for i := range tail {
		inA[len(a)-1-i], inB[len(b)-1-i] = true, true
	}
	common(a[head:len(a)-tail], b[head:len(b)-tail], inA[head:], inB[head:])
	return inA, inB
}

// spread says for every token whether it goes unmarked: a word that both have, and what stands beside one.
func spread(ts []string, at []int, in []bool) []bool {
	out := make([]bool, len(ts))
	next := 0
	before := true
	for i := range ts {
		if next < len(at) && at[next] == i {
			before = in[next]
			out[i] = before
			next++
			continue
		}
		after := next >= len(at) || in[next]
		out[i] = before || after
	}
	return out
}

// common marks a longest common subsequence.
func common(a, b []string, inA, inB []bool) {
	if len(a) == 0 || len(b) == 0 || len(a) > maxDiffTokens || len(b) > maxDiffTokens {
		return
	}
	longest := make([][]int, len(a)+1)
	for i := range longest {
		longest[i] = make([]int, len(b)+1)
	}
	for i := range slices.Backward(a) {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				longest[i][j] = longest[i+1][j+1] + 1
			} else {
				longest[i][j] = max(longest[i+1][j], longest[i][j+1])
			}
		}
	}
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] == b[j]:
			inA[i], inB[j] = true, true
			i, j = i+1, j+1
		case longest[i+1][j] >= longest[i][j+1]:
			i++
		default:
			j++
		}
	}
}

// words are the places of the words among tokens.
func words(ts []string) []int {
	var out []int
	for i, t := range ts {
		if strings.IndexFunc(t, inWord) == 0 {
			out = append(out, i)
		}
	}
	return out
}

func pick(ts []string, at []int) []string {
	out := make([]string, len(at))
	for i, n := range at {
		out[i] = ts[n]
	}
	return out
}

// length is how many bytes those of the tokens have that are in; nil is all.
func length(ts []string, in []bool) int {
	n := 0
	for i, t := range ts {
		if in == nil || in[i] {
			n += len(t)
		}
	}
	return n
}

func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' || r == '-' }

// tokens cuts a text into words and single other characters.
func tokens(s string) []string {
	var out []string
	start := 0
	word := false
	for i, r := range s {
		if inWord(r) {
			if !word {
				start, word = i, true
			}
			continue
		}
		if word {
			out, word = append(out, s[start:i]), false
		}
		out = append(out, string(r))
	}
	if word {
		out = append(out, s[start:])
	}
	return out
}

func segments(ts []string, in []bool) []segment {
	var out []segment
	for i, t := range ts {
		if n := len(out); n > 0 && out[n-1].Changed == !in[i] {
			out[n-1].Text += t
			continue
		}
		out = append(out, segment{Text: t, Changed: !in[i]})
	}
	return out
}
