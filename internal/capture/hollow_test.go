package capture

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Who names a file means that something is in it. An array without a document is not nothing: it is what an export writes
// that matched nothing, and that is said.
func TestANamedArrayWithoutADocumentIsToldOfAsThat(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text, code, message string
		line                int
	}{
		"an array":               {"[]\n", CodeNoDocument, "the array of documents holds none", 1},
		"over lines":             {"\n\n [\n ]\n", CodeNoDocument, "the array of documents holds none", 3},
		"one behind the other":   {"[]\n[]\n", CodeNoDocument, "the array of documents holds none", 1},
		"one that is not closed": {"[", CodeArray, "the array of documents is not closed: the capture was cut", 1},
		"one with a document":    {"[] [{}]", "", "", 1},
		"nothing":                {"\n", "", "", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "a.json")
			if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			docs, _ := documents(t, []string{path}, nil, Options{})
			if len(docs) != 1 || docs[0].Line != c.line {
				t.Fatalf("got %+v", docs)
			}
			switch err := docs[0].Err; {
			case c.code == "" && err != nil:
				t.Error(err)
			case c.code != "" && (err == nil || err.Code != c.code || err.Message != c.message):
				t.Errorf("got %v, want %s: %s", err, c.code, c.message)
			}
			// In a folder it is a file to which nothing was written.
			among, counts := documents(t, []string{filepath.Dir(path)}, nil, Options{})
			if c.code == CodeNoDocument && (len(among) > 0 || counts.Empty != 1) {
				t.Errorf("in a folder: %+v, %d empty", among, counts.Empty)
			}
		})
	}
	if docs, _ := documents(t, []string{Stdin}, strings.NewReader("[ ]"), Options{}); len(docs) != 1 || docs[0].Err == nil || docs[0].Err.Code != CodeNoDocument {
		t.Errorf("from the standard input: %+v", docs)
	}
}
