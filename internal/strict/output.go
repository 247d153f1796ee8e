package strict

import (
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
)

// GitHub writes the problems as workflow commands, which GitHub shows beside their lines. path turns the name of a file
// into its path in the repository; nil leaves it as it is.
func (p Problems) GitHub(w io.Writer, path func(string) string) error {
	value := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	var b strings.Builder
	for _, q := range p {
		name := q.File
		if path != nil {
			name = path(name)
		}
		end := ""
		if q.Length > 1 {
			end = fmt.Sprintf(",endColumn=%d", q.Col+q.Length)
		}
		fmt.Fprintf(&b, "::%s file=%s,line=%d,col=%d%s,title=%s::%s\n", q.Severity, property.Replace(name), max(q.Line, 1), max(q.Col, 1), end,
			property.Replace(q.Code), value.Replace(q.Text()))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// The types of SARIF 2.1.0 (OASIS, 2020-03-27) as far as they are used.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool    sarifTool     `json:"tool"`
		Results []sarifResult `json:"results"`
		Columns string        `json:"columnKind"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name    string      `json:"name"`
		Version string      `json:"version,omitempty"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID string `json:"id"`
	}
	sarifResult struct {
		RuleID    string          `json:"ruleId"`
		RuleIndex int             `json:"ruleIndex"`
		Level     string          `json:"level"`
		Message   sarifText       `json:"message"`
		Locations []sarifLocation `json:"locations"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifLocation struct {
		Physical sarifPhysical `json:"physicalLocation"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   sarifRegion   `json:"region"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn"`
		EndColumn   int `json:"endColumn,omitempty"`
	}
)

// SARIF writes the problems as SARIF 2.1.0, which code scanning services and editors read. version is that of the program.
func (p Problems) SARIF(w io.Writer, version string) error {
	driver := sarifDriver{Name: "relaycheck lint", Version: version, Rules: []sarifRule{}}
	results := []sarifResult{}
	for _, q := range p {
		rule := slices.IndexFunc(driver.Rules, func(r sarifRule) bool { return r.ID == q.Code })
		if rule < 0 {
			driver.Rules = append(driver.Rules, sarifRule{ID: q.Code})
			rule = len(driver.Rules) - 1
		}
		region := sarifRegion{StartLine: max(q.Line, 1), StartColumn: max(q.Col, 1)}
		if q.Length > 0 {
			region.EndColumn = region.StartColumn + q.Length
		}
		results = append(results, sarifResult{
			RuleID: q.Code, RuleIndex: rule, Level: string(q.Severity), Message: sarifText{q.Text()},
			Locations: []sarifLocation{{sarifPhysical{sarifArtifact{uri(q.File)}, region}}},
		})
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(sarifLog{
		Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0",
		Runs: []sarifRun{{Tool: sarifTool{driver}, Results: results, Columns: "unicodeCodePoints"}},
	})
}

// uri is the name of a file as a relative reference, or a file: URI where the name is absolute.
func uri(name string) string {
	var b strings.Builder
	if filepath.IsAbs(name) {
		b.WriteString("file://")
	}
	for _, c := range []byte(filepath.ToSlash(filepath.Clean(name))) {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~/", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
