package scenarios

import "testing"

func TestTheFormatterTellsWhenItWouldDoHarm(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		before, after string
		harm          bool
	}{
		"keys in another order":   {"a: 1\nb: {c: 2}\n", "b: {c: 2}\na: 1\n", false},
		"another style of text":   {"a: 'x'\n", "a: \"x\"\n", false},
		"another value":           {"a: 1\n", "a: 2\n", true},
		"another type":            {"a: 1\n", "a: '1'\n", true},
		"a key less":              {"a: 1\nb: 2\n", "a: 1\n", true},
		"a list in another order": {"a: [1, 2]\n", "a: [2, 1]\n", true},
		"a comment less":          {"a: 1 # why\n", "a: 1\n", true},
		"a comment elsewhere":     {"# why\na: 1\n", "a: 1 # why\n", false},
	} {
		if err := sameMeaning([]byte(c.before), []byte(c.after)); (err != nil) != c.harm {
			t.Errorf("%s: %v", name, err)
		}
	}
}
