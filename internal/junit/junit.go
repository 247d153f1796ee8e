// Package junit has the elements of the JUnit dialect that GitHub, GitLab, Jenkins and Azure read alike: testsuites >
// testsuite > testcase, with failure, error, skipped and system-out in it. It counts and writes; what is a failure is for
// others to say, and so is taking out what XML cannot hold.
//
//	doc := junit.Suites{Name: "relaycheck"}
//	doc.Add(junit.Suite{Name: "inputs", Cases: cases})
//	err := doc.Write(w)
package junit

import (
	"encoding/xml"
	"fmt"
	"io"
)

// Suites is a whole file.
type Suites struct {
	XMLName  xml.Name `xml:"testsuites"`
	Name     string   `xml:"name,attr"`
	Tests    int      `xml:"tests,attr"`
	Failures int      `xml:"failures,attr"`
	Errors   int      `xml:"errors,attr"`
	Skipped  int      `xml:"skipped,attr"`
	Time     string   `xml:"time,attr"` // in seconds, with three places
	Suites   []Suite  `xml:"testsuite"`
}

// Suite is a group of cases.
type Suite struct {
	Name       string      `xml:"name,attr"`
	Tests      int         `xml:"tests,attr"`
	Failures   int         `xml:"failures,attr"`
	Errors     int         `xml:"errors,attr"`
	Skipped    int         `xml:"skipped,attr"`
	Time       string      `xml:"time,attr"`
	Timestamp  string      `xml:"timestamp,attr,omitempty"`
	Properties *Properties `xml:"properties,omitempty"`
	Cases      []Case      `xml:"testcase"`
	SystemOut  *Text       `xml:"system-out,omitempty"`
}

// Properties are the properties of a suite.
type Properties struct {
	Property []Property `xml:"property"`
}

// A Property is a name and its value.
type Property struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

// A Case is one check. It passed unless one of Failure, Error and Skipped is set.
type Case struct {
	Name      string  `xml:"name,attr"`
	Class     string  `xml:"classname,attr"`
	File      string  `xml:"file,attr,omitempty"`
	Line      int     `xml:"line,attr,omitempty"`
	Time      string  `xml:"time,attr"`
	Failure   *Detail `xml:"failure,omitempty"`
	Error     *Detail `xml:"error,omitempty"`
	Skipped   *Detail `xml:"skipped,omitempty"`
	SystemOut *Text   `xml:"system-out,omitempty"`
}

// A Detail says why a case did not pass.
type Detail struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",cdata"` // readable where the file is opened as text
}

// A Text is what a case has to say though it passed.
type Text struct {
	Text string `xml:",cdata"`
}

// Count fills in the numbers of the suite.
func (s *Suite) Count() {
	s.Tests, s.Failures, s.Errors, s.Skipped = len(s.Cases), 0, 0, 0
	for _, c := range s.Cases {
		switch {
		case c.Failure != nil:
			s.Failures++
		case c.Error != nil:
			s.Errors++
		case c.Skipped != nil:
			s.Skipped++
		}
	}
}

// Add counts a suite and appends it.
func (d *Suites) Add(s Suite) {
	s.Count()
	d.Tests += s.Tests
	d.Failures += s.Failures
	d.Errors += s.Errors
	d.Skipped += s.Skipped
	d.Suites = append(d.Suites, s)
}

// Write writes the file.
func (d *Suites) Write(w io.Writer) error {
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return fmt.Errorf("write the JUnit report: %w", err)
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(d); err != nil {
		return fmt.Errorf("write the JUnit report: %w", err)
	}
	if _, err := io.WriteString(w, "\n"); err != nil {
		return fmt.Errorf("write the JUnit report: %w", err)
	}
	return nil
}
