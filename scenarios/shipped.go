package scenarios

import (
	"embed"
	"path"
	"slices"
	"strings"
	"sync"
)

//go:embed core delivery hostile durability load
var shippedFiles embed.FS

//go:embed scenario.schema.json
var editorSchema []byte

// EditorSchema is the JSON Schema of scenario files (draft 2020-12), for editors. It is looser than the loader, which
// follows references, too.
func EditorSchema() []byte { return slices.Clone(editorSchema) }

// shippedPrefix marks the files that are part of the program.
const shippedPrefix = "shipped:"

var shipped = sync.OnceValues(func() ([]*Scenario, error) {
	list, err := LoadFS(shippedFiles, ".", shippedPrefix)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(list, func(a, b *Scenario) int {
		if p, q := slices.Index(Profiles(), a.Profile), slices.Index(Profiles(), b.Profile); p != q {
			return p - q
		}
		return strings.Compare(a.ID, b.ID)
	})
	return list, nil
})

// Shipped gives the scenarios that are part of the program, by profile and then by id. They are read once.
func Shipped() ([]*Scenario, error) {
	list, err := shipped()
	return slices.Clone(list), err
}

// ShippedSource gives the text of a shipped scenario by its id.
func ShippedSource(id string) ([]byte, bool) {
	for _, p := range Profiles() {
		if src, err := shippedFiles.ReadFile(path.Join(p, id+".yaml")); err == nil {
			return src, true
		}
	}
	return nil, false
}
