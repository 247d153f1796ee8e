package shape

import (
	"encoding/json"
	"slices"
	"sync"

	"github.com/relaycheck/relaycheck/schema"
)

// A page is a schema of an edition, as far as what was seen is held against it.
type page struct {
	Type        typeList        `json:"type"`
	Enum        []string        `json:"enum"`
	Required    []string        `json:"required"`
	Properties  map[string]page `json:"properties"`
	Items       *page           `json:"items"`
	AnyOf       []page          `json:"anyOf"`
	If          *page           `json:"if"`
	Then        *page           `json:"then"`
	Description string          `json:"description"`
}

// A typeList is a type, or several.
type typeList []string

// UnmarshalJSON reads "type" as JSON Schema has it.
func (l *typeList) UnmarshalJSON(text []byte) error {
	if len(text) > 0 && text[0] == '"' {
		*l = typeList{""}
		return json.Unmarshal(text, &(*l)[0])
	}
	return json.Unmarshal(text, (*[]string)(l))
}

// allows reports whether the schema lets a value of a type pass.
func (l typeList) allows(t string) bool {
	return len(l) == 0 || slices.Contains(l, t) || t == "integer" && slices.Contains(l, "number")
}

// pages holds every schema of every edition.
var pages = sync.OnceValue(func() map[string]page {
	all := map[string]page{}
	for _, f := range schema.Files() {
		text, _ := schema.ReadFile(f.Edition, f.Reading, f.Name)
		var p page
		_ = json.Unmarshal(text, &p) // a test holds that they can be read
		all[f.Path()] = p
	}
	return all
})

// pageOf is one schema; an empty one if there is none of that name.
func pageOf(e schema.Edition, r schema.Reading, name string) page {
	return pages()[schema.File{Edition: e, Reading: r, Name: name}.Path()]
}

func sortedSet(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}
