package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

var published = regexp.MustCompile(`https://raw\.githubusercontent\.com/relaycheck/relaycheck/main/([\w./-]+\w)`)

// TestEveryPublishedFileIsThere looks for the files to which the pages, the schema catalogue's entry and new scenarios
// send editors.
func TestEveryPublishedFileIsThere(t *testing.T) {
	t.Parallel()
	catalogue := filepath.Join(repoRoot, "docs", "schemas", "schemastore.json")
	found := 0
	for _, page := range append(pages(t), catalogue, filepath.Join(repoRoot, "scenarios", "scaffold.go")) {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range published.FindAllSubmatch(text, -1) {
			found++
			if !fileExists(filepath.Join(repoRoot, string(m[1]))) {
				t.Errorf("%s: there is no %s", page, m[1])
			}
		}
	}
	if found < 5 {
		t.Errorf("only %d addresses of published files were found", found)
	}
}

// TestTheSchemaStoreEntryIsWhole checks what a catalogue asks of an entry.
func TestTheSchemaStoreEntryIsWhole(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(repoRoot, "docs", "schemas", "schemastore.json"))
	if err != nil {
		t.Fatal(err)
	}
	var catalogue struct {
		Schemas []struct {
			Name, Description, URL string
			FileMatch              []string
		}
	}
	if err := json.Unmarshal(text, &catalogue); err != nil {
		t.Fatal(err)
	}
	if len(catalogue.Schemas) != 2 {
		t.Errorf("%d schemas, want that of scenarios and that of target files", len(catalogue.Schemas))
	}
	for _, s := range catalogue.Schemas {
		if s.Name == "" || s.Description == "" || len(s.FileMatch) == 0 || !published.MatchString(s.URL) {
			t.Errorf("not a whole entry: %+v", s)
		}
	}
}
