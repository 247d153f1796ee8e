package expression

import (
	"sort"
	"strings"
)

// list joins names for people: sorted, and no longer than anybody reads.
func list(names []string) string {
	sorted := append([]string(nil), names...)
	sort.Strings(sorted)
	const most = 20
	if len(sorted) > most {
		return strings.Join(sorted[:most], ", ") + " …"
	}
	if len(sorted) == 0 {
		return "none"
	}
	return strings.Join(sorted, ", ")
}

// clip shortens text to n runes.
func clip(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n]) + "…"
}
