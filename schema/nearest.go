package schema

import (
	"strings"
	"unicode/utf8"
)

// maxNearest is the longest name, in runes, that Nearest compares: longer ones are nobody's slip of the pen, and the
// comparison costs the product of the lengths.
const maxNearest = 64

// Nearest is the candidate that name was most likely meant to be: equal but for case and the way of joining words, or
// else the one with the fewest edits (insert, delete, change a character, swap two neighbours), at most two and at most
// a third of the longer name. Of equals the first wins.
func Nearest(name string, candidates []string) (string, bool) {
	if len(name) > 4*maxNearest || len([]rune(name)) > maxNearest {
		return "", false
	}
	for _, c := range candidates {
		if foldEqual(name, c) {
			return c, true
		}
	}
	runes := []rune(name)
	best, least := "", 3
	for _, c := range candidates {
		allowed := min(2, max(1, max(len(name), len(c))/3))
		if longer := len(runes) - utf8.RuneCountInString(c); longer > allowed || -longer > allowed {
			continue // so many edits at least
		}
		if d := distance(runes, []rune(c)); d <= allowed && d < least {
			best, least = c, d
		}
	}
	return best, best != ""
}

// foldEqual reports whether two names are equal but for what foldName takes away.
func foldEqual(a, b string) bool {
	i, j := 0, 0
	for {
		for i < len(a) && isJoint(a[i]) {
			i++
		}
		for j < len(b) && isJoint(b[j]) {
			j++
		}
		if i == len(a) || j == len(b) {
			return i == len(a) && j == len(b)
		}
		if a[i] >= utf8.RuneSelf || b[j] >= utf8.RuneSelf {
			return foldName(a[i:]) == foldName(b[j:])
		}
		if a[i]|' ' != b[j]|' ' || a[i] != b[j] && !isLetter(a[i]) {
			return false
		}
		i, j = i+1, j+1
	}
}

func isJoint(c byte) bool { return c == '_' || c == '-' || c == ' ' || c == '.' }

func isLetter(c byte) bool { return 'a' <= c|' ' && c|' ' <= 'z' }

// foldName takes away what people get wrong about a name without thinking: case and the way of joining words.
func foldName(s string) string {
	return strings.ToLower(foldSeparators.Replace(s))
}

// distance is the edit distance with the swap of two neighbours as one edit (optimal string alignment), of names that are
// hardly longer than maxNearest.
func distance(a, b []rune) int {
	var rows [3][maxNearest + 3]uint8
	before, last, row := &rows[0], &rows[1], &rows[2]
	for j := range b {
		last[j+1] = uint8(j + 1)
	}
	for i := 1; i <= len(a); i++ {
		row[0] = uint8(i)
		for j := 1; j <= len(b); j++ {
			cost := uint8(1)
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d := min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, before[j-2]+1)
			}
			row[j] = d
		}
		before, last, row = last, row, before
	}
	return int(last[len(b)])
}

var foldSeparators = strings.NewReplacer("_", "", "-", "", " ", "", ".", "")
