package target

import (
	"embed"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/relaycheck/relaycheck/internal/strict"
)

//go:embed templates/*.yaml
var templates embed.FS

// scaffolds are the kinds of observer that Scaffold writes a start for: the file of the middle part, what is filled in, and
// the service that a CI job needs for it.
var scaffolds = map[string]struct{ file, driver, dsn, service string }{
	"http":     {file: "http"},
	"postgres": {file: "sql", driver: Postgres, dsn: "${DATABASE_URL:-postgres://postgres@127.0.0.1:5432/receiver?sslmode=disable}", service: postgresService},
	"mysql":    {file: "sql", driver: MySQL, dsn: "${DATABASE_DSN:-root@tcp(127.0.0.1:3306)/receiver}", service: mysqlService},
	"sqlite":   {file: "sql", driver: SQLite, dsn: "file:${DATABASE:-receiver.db}"},
	"redis":    {file: "redis", service: redisService},
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

// ScaffoldFor says what a start is to be written for.
type ScaffoldFor struct {
	URL      string // of the receiver: where callbacks are posted
	Observer string // one of ScaffoldKinds
	Language string // one of ScaffoldLanguages, "other" where Relaycheck is not to start the receiver
}

// Scaffold writes a start: a commented target file, a first scenario, and a workflow for CI. All of them can be used as
// they are, but for the words of the receiver. Where the language is known the receiver is started by Relaycheck itself, on
// a free port, so that the workflow needs no more than what sets the language up.
func Scaffold(start ScaffoldFor) ([]ScaffoldFile, error) {
	if err := checkURL(start.URL, "http", "https"); err != nil {
		return nil, err
	}
	s, known := scaffolds[start.Observer]
	if !known {
		return nil, fmt.Errorf("unknown observer %q: %s", start.Observer, strict.Suggest(start.Observer, ScaffoldKinds()))
	}
	lang, known := languages[start.Language]
	if !known {
		return nil, fmt.Errorf("unknown language %q: %s", start.Language, strict.Suggest(start.Language, ScaffoldLanguages()))
	}
	u, err := url.Parse(start.URL)
	if err != nil {
		return nil, err
	}
	tail := "tail"
	if lang.start != "" && here(u.Hostname()) {
		tail = "tail-started"
		u.Host = net.JoinHostPort(u.Hostname(), "${PORT}")
		start.URL = u.Scheme + "://" + u.Host + u.RequestURI()
	}
	fill := strings.NewReplacer(
		"%URL%", start.URL, "%BASE%", u.Scheme+"://"+u.Host, "%DRIVER%", s.driver, "%DSN%", s.dsn,
		"%START%", lang.start, "%STARTNOTE%", lang.note, "%SERVICES%", s.service, "%SETUP%", lang.setup,
	)
	read := func(part string) (string, error) {
		text, err := templates.ReadFile("templates/" + part + ".yaml")
		return fill.Replace(string(text)), err
	}
	var file strings.Builder
	for _, part := range []string{"head", s.file, tail} {
		text, err := read(part)
		if err != nil {
			return nil, err
		}
		file.WriteString(text)
	}
	out := []ScaffoldFile{{Path: "relaycheck.yaml", Content: file.String()}}
	for _, f := range [][2]string{{"scenarios/two-files-and-an-error.yaml", "scenario"}, {".github/workflows/relaycheck.yaml", "workflow"}} {
		text, err := read(f[1])
		if err != nil {
			return nil, err
		}
		out = append(out, ScaffoldFile{Path: f[0], Content: text})
	}
	return out, nil
}

// here reports whether a receiver at this host is one that a program of this machine can be.
func here(host string) bool {
	return slices.Contains([]string{"localhost", "127.0.0.1", "::1"}, host)
}
