package receiver

import (
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// urlBugs are mistakes about source_urls.
func urlBugs() []Bug {
	asked := also("MSG-8", "source_urls are asked for")
	return []Bug{{
		ID:          "sources-not-decoded",
		Title:       "Keeps the text of source_urls as if it were one URL.",
		Requirement: "MSG-2",
		HintWords:   []string{"Decode source_urls a second time"},
		SideEffects: []SideEffect{asked},
		seed: readingSources(func(text string) []string {
			return []string{text}
		}),
	}, {
		ID:          "sources-split-at-commas",
		Title:       "Cuts the brackets off source_urls and splits at the commas.",
		Requirement: "MSG-2",
		HintWords:   []string{"split at commas"},
		SideEffects: []SideEffect{asked},
		seed: readingSources(func(text string) []string {
			return strings.Split(strings.Trim(text, "[]"), ",")
		}),
	}, {
		ID:          "sources-keep-newline",
		Title:       "Takes the brackets and quotes off source_urls, and keeps the newline with the last URL.",
		Requirement: "MSG-2",
		HintWords:   []string{"trailing newline"},
		SideEffects: []SideEffect{asked},
		seed: readingSources(func(text string) []string {
			return strings.Split(strings.TrimPrefix(strings.Replace(text, `"]`, "", 1), `["`), `","`)
		}),
	}, {
		ID:          "urls-cut-at-255",
		Title:       "Keeps the list in a VARCHAR(255), URL by URL for as long as there is room.",
		Requirement: "MSG-8",
		HintWords:   []string{"VARCHAR(255)"},
		seed: changing(func(e *event) {
			room := 255
			for i, u := range e.Sources {
				e.Sources[i] = u[:min(room, len(u))]
				room -= len(e.Sources[i])
			}
		}),
	}, {
		ID:          "urls-first-ten",
		Title:       "Keeps ten URLs, the number in an older comment of the API.",
		Requirement: "MSG-8",
		HintWords:   []string{"Store URLs as they come"},
		seed: changing(func(e *event) {
			e.Sources = e.Sources[:min(10, len(e.Sources))]
		}),
	}, {
		ID:          "body-limit-4k",
		Title:       "Answers 413 to bodies of more than 4 kB.",
		Requirement: "MSG-8",
		HintWords:   []string{"64 KB"},
		seed: func(r *Receiver) {
			r.cfg.MaxBody = 4 << 10
		},
	}, {
		ID:          "urls-percent-decoded",
		Title:       "Decodes the percent signs of the URLs before it stores them.",
		Requirement: "MSG-8",
		HintWords:   []string{"percent-decoding"},
		seed: changingURLs(func(u string) string {
			if plain, err := url.PathUnescape(u); err == nil {
				return plain
			}
			return u
		}),
	}, {
		ID:          "urls-html-escaped",
		Title:       "Escapes the URLs for HTML before it stores them.",
		Requirement: "MSG-8",
		HintWords:   []string{"&amp;"},
		seed:        changingURLs(html.EscapeString),
	}, {
		ID:          "urls-latin-1",
		Title:       "Reads the bytes of the URLs as Latin-1.",
		Requirement: "MSG-8",
		HintWords:   []string{"UTF-8"},
		seed: changingURLs(func(u string) string {
			var s strings.Builder
			for _, b := range []byte(u) {
				s.WriteRune(rune(b))
			}
			return s.String()
		}),
	}, {
		ID:          "urls-ascii-only",
		Title:       "Keeps the URLs in a column that has a question mark for every letter beyond ASCII.",
		Requirement: "MSG-8",
		HintWords:   []string{"UTF-8"},
		seed: changingURLs(func(u string) string {
			return strings.Map(func(c rune) rune {
				if c > 127 {
					return '?'
				}
				return c
			}, u)
		}),
	}, {
		ID:          "url-escapes-kept",
		Title:       `Cuts the URLs out of source_urls with a regular expression, and leaves \/ and \u0026 as they are.`,
		Requirement: "MSG-8",
		HintWords:   []string{`\u0026`},
		SideEffects: []SideEffect{also("ENV-3", "a list written with escapes is not found")},
		seed: func(r *Receiver) {
			text := r.text
			r.text = func(name string, raw json.RawMessage) (*string, error) {
				s, err := text(name, raw)
				if err == nil && s != nil && name == "source_urls" {
					*s = strings.NewReplacer(`\\`, `\`, `\"`, `"`).Replace(string(raw[1 : len(raw)-1]))
				}
				return s, err
			}
			quoted := regexp.MustCompile(`"((?:[^"\\]|\\.)*)"`)
			readingSources(func(text string) []string {
				var urls []string
				for _, m := range quoted.FindAllStringSubmatch(text, -1) {
					urls = append(urls, m[1])
				}
				return urls
			})(r)
		},
	}, {
		ID:          "sources-not-json-500",
		Title:       "Does not catch the error of decoding source_urls.",
		Requirement: "BAD-11",
		HintWords:   []string{"error of decoding source_urls"},
		seed: func(r *Receiver) {
			sources := r.sources
			r.sources = func(text string) ([]string, error) {
				urls, err := sources(text)
				if err != nil {
					return nil, refuse(http.StatusInternalServerError, "SyntaxError: source_urls")
				}
				return urls, nil
			}
		},
	}}
}

// readingSources reads the text of source_urls in another way, if it is a list at all.
func readingSources(split func(text string) []string) func(r *Receiver) {
	return func(r *Receiver) {
		sources := r.sources
		r.sources = func(text string) ([]string, error) {
			if !strings.HasPrefix(text, "[") {
				return sources(text)
			}
			return split(text), nil
		}
	}
}

// changingURLs alters each of the source URLs before they are kept.
func changingURLs(change func(u string) string) func(r *Receiver) {
	return changing(func(e *event) {
		for i, u := range e.Sources {
			e.Sources[i] = change(u)
		}
	})
}
