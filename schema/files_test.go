package schema

import (
	"bytes"
	"flag"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/relaycheck/relaycheck/schema/internal/pages"
)

var update = flag.Bool("update", false, "write the generated files anew")

func TestTheSchemaFilesAreWhatTheTableSays(t *testing.T) {
	want, err := pages.Render()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.RemoveAll("editions"); err != nil {
			t.Fatal(err)
		}
		for name, data := range want {
			file := filepath.Join("editions", filepath.FromSlash(name))
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		return
	}
	got := map[string][]byte{}
	err = fs.WalkDir(schemaFiles, "editions", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := schemaFiles.ReadFile(name)
		got[name[len("editions/"):]] = data
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if !bytes.Equal(got[name], want[name]) {
			t.Errorf("editions/%s is not what the table says; run go generate ./schema", name)
		}
		delete(got, name)
	}
	for name := range got {
		t.Errorf("editions/%s is not made by the table; run go generate ./schema", name)
	}
}
