package schema

import (
	"embed"
	"io/fs"
	"strings"
)

//go:generate go test -run=^TestTheSchemaFilesAreWhatTheTableSays$ -update .

// The schemas are made from the table in internal/pages; they are files so that people and other validators can
// read them.
//
//go:embed editions
var schemaFiles embed.FS

// A File is one JSON Schema of an edition.
type File struct {
	Edition Edition `json:"edition"`
	Reading Reading `json:"reading"`
	Name    string  `json:"name"` // "envelope", "source_urls" or "msg.EVENT"
	ID      string  `json:"id"`   // its $id
}

// baseURL is where the $id of every schema starts.
const baseURL = "https://github.com/relaycheck/relaycheck/schema/editions/"

// Path is the file's path below schema/editions.
func (f File) Path() string {
	return string(f.Edition) + "/" + string(f.Reading) + "/" + f.Name + ".json"
}

// Files lists every schema, by edition, reading and name.
func Files() []File {
	var files []File
	for _, e := range allEditions {
		for _, r := range Readings() {
			files = append(files, filesOf(e, r)...)
		}
	}
	return files
}

// filesOf are the schemas of one edition in one reading, by name.
func filesOf(e Edition, r Reading) []File {
	entries, err := fs.ReadDir(schemaFiles, "editions/"+string(e)+"/"+string(r))
	if err != nil {
		return nil // cannot be: they are embedded
	}
	files := make([]File, len(entries))
	for i, entry := range entries {
		f := File{Edition: e, Reading: r, Name: strings.TrimSuffix(entry.Name(), ".json")}
		f.ID = baseURL + f.Path()
		files[i] = f
	}
	return files
}

// ReadFile is the text of one schema: name is "envelope", "source_urls" or "msg.EVENT".
func ReadFile(edition Edition, reading Reading, name string) ([]byte, bool) {
	f := File{Edition: edition, Reading: reading, Name: name}
	data, err := schemaFiles.ReadFile("editions/" + f.Path())
	return data, err == nil
}
