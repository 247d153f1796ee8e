package strict

import (
	"strings"
)

// Nearest is the candidate that name was most likely meant to be: the one with the fewest edits (insert, delete,
// change a character, swap two neighbours), if they are few for its length. It is "" if none is near.
func Nearest(name string, candidates []string) string {
	best, least := "", len(name)
	for _, c := range candidates {
		if strings.EqualFold(c, name) || sameBut(c, name) {
			return c
		}
		// A third of the word: short words allow one slip, long ones three or four.
		allowed := max(1, max(len(name), len(c))/3)
		d := Distance(strings.ToLower(name), strings.ToLower(c))
		if d <= allowed && d < least {
			best, least = c, d
		}
	}
	if best != "" {
		return best
	}
	for _, c := range candidates { // a plural, or a word cut short or carried on
		if len(name) >= 4 && strings.HasPrefix(c, name) || len(c) >= 4 && strings.HasPrefix(name, c) {
			return c
		}
	}
	return ""
}

// sameBut reports whether two names differ in nothing but their way of joining words.
func sameBut(a, b string) bool {
	strip := strings.NewReplacer("_", "", "-", "", " ", "")
	return strings.EqualFold(strip.Replace(a), strip.Replace(b))
}

// Distance is the edit distance of a and b, with the swap of two neighbours as one edit.
func Distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	if len(x) > 64 || len(y) > 64 {
		return max(len(x), len(y)) // nobody's slip of the pen, and not worth the square
	}
	rows := make([][]int, len(x)+1)
	for i := range rows {
		rows[i] = make([]int, len(y)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(x); i++ {
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			d := min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				d = min(d, rows[i-2][j-2]+1)
			}
			rows[i][j] = d
		}
	}
	return rows[len(x)][len(y)]
}

// Suggest is the hint for a name that is not among the valid ones: the nearest, or all of them if they are few.
func Suggest(name string, valid []string) string {
	if near := Nearest(name, valid); near != "" {
		return "did you mean \"" + near + "\"?"
	}
	if len(valid) == 0 || len(valid) > 30 {
		return ""
	}
	return "valid here: " + strings.Join(valid, ", ")
}
