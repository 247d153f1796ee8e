package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/relaycheck/relaycheck/suite/report"
)

// tellGitHub adds to what a GitHub job shows, where the program runs in one: the job summary (GITHUB_STEP_SUMMARY), and
// annotations. Those go to standard error, so that the last line of the output stays the closing line.
func (a *app) tellGitHub(rep report.Report) {
	if path, ok := a.env("GITHUB_STEP_SUMMARY"); ok && path != "" {
		if err := appendSummary(path, rep); err != nil {
			_, _ = fmt.Fprintf(a.err, "relaycheck: the job summary was not written: %v\n", err)
		}
	}
	if v, _ := a.env("GITHUB_ACTIONS"); v == "true" {
		_ = report.GitHub(a.err, rep, a.repoPath()) // there is nowhere else to tell of it
	}
}

// appendSummary appends the Markdown report. The file may hold what earlier commands of the step wrote, and takes 1 MiB in all:
// what would not fit is left out as a whole, since GitHub then drops all of it.
func appendSummary(path string, rep report.Report) (err error) {
	const limit = 1 << 20
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644) //nolint:gosec // GitHub names the file, and reads it
	if err != nil {
		return err
	}
	defer func() {
		if e := file.Close(); err == nil {
			err = e
		}
	}()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	var b strings.Builder
	if err := report.Markdown(&b, rep); err != nil {
		return err
	}
	if info.Size()+int64(b.Len()) > limit {
		b.Reset()
		fmt.Fprintf(&b, "\n`%s`\n", report.Closing(rep))
		if info.Size()+int64(b.Len()) > limit {
			return fmt.Errorf("%s is full", path)
		}
	}
	_, err = file.WriteString(b.String())
	return err
}

// repoPath gives the path of a file in the repository, as annotations want it.
func (a *app) repoPath() func(string) string {
	root, _ := a.env("GITHUB_WORKSPACE")
	return func(name string) string {
		if root == "" {
			return filepath.ToSlash(name)
		}
		abs, err := filepath.Abs(name)
		if err != nil {
			return filepath.ToSlash(name)
		}
		rel, err := filepath.Rel(root, abs)
		if err != nil || strings.HasPrefix(rel, "..") {
			return filepath.ToSlash(name)
		}
		return filepath.ToSlash(rel)
	}
}
