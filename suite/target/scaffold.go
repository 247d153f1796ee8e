package target

import (
	"embed"
	"fmt"
	"net/url"
	"strings"

	"github.com/relaycheck/relaycheck/internal/strict"
)

//go:embed templates/*.yaml
var templates embed.FS

// scaffolds are the kinds of observer that Scaffold writes a start for: the file of the middle part, and what is
// filled in.
var scaffolds = map[string]struct{ file, driver, dsn string }{
	"http":     {file: "http"},
	"postgres": {file: "sql", driver: Postgres, dsn: "${DATABASE_URL:-postgres://postgres@127.0.0.1:5432/receiver?sslmode=disable}"},
	"mysql":    {file: "sql", driver: MySQL, dsn: "${DATABASE_DSN:-root@tcp(127.0.0.1:3306)/receiver}"},
	"sqlite":   {file: "sql", driver: SQLite, dsn: "file:${DATABASE:-receiver.db}"},
	"redis":    {file: "redis"},
	"command":  {file: "command"},
}

// ScaffoldKinds lists the kinds of observer that Scaffold knows.
func ScaffoldKinds() []string {
	return []string{"http", "postgres", "mysql", "sqlite", "redis", "command"}
}

// A ScaffoldFile is one file of a start: its path, with slashes, and its content.
type ScaffoldFile struct {
	Path    string
	Content string
}

// Scaffold writes a start for a receiver at a URL whose state is seen by an observer of a kind: a commented target file,
// a first scenario, and a workflow for CI. All of them can be used as they are, but for the words of the receiver.
func Scaffold(rawURL, kind string) ([]ScaffoldFile, error) {
	if err := checkURL(rawURL, "http", "https"); err != nil {
		return nil, err
	}
	s, known := scaffolds[kind]
	if !known {
		return nil, fmt.Errorf("unknown observer %q: %s", kind, strict.Suggest(kind, ScaffoldKinds()))
	}
	u, err := url.Parse(rawURL)
	if err != nil {
		return nil, err
	}
	fill := strings.NewReplacer("%URL%", rawURL, "%BASE%", u.Scheme+"://"+u.Host, "%DRIVER%", s.driver, "%DSN%", s.dsn)
	var file strings.Builder
	for _, part := range []string{"head", s.file, "tail"} {
		text, err := templates.ReadFile("templates/" + part + ".yaml")
		if err != nil {
			return nil, err
		}
		file.WriteString(fill.Replace(string(text)))
	}
	out := []ScaffoldFile{{Path: "relaycheck.yaml", Content: file.String()}}
	for path, part := range map[string]string{
		"scenarios/two-files-and-an-error.yaml": "scenario", ".github/workflows/relaycheck.yaml": "workflow",
	} {
		text, err := templates.ReadFile("templates/" + part + ".yaml")
		if err != nil {
			return nil, err
		}
		out = append(out, ScaffoldFile{Path: path, Content: string(text)})
	}
	return out, nil
}
