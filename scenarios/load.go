package scenarios

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/relaycheck/relaycheck/internal/strict"
)

// LoadFile reads one scenario file. The error is [strict.Problems], or says why the file could not be read.
func LoadFile(name string) (*Scenario, error) {
	list, err := LoadFiles(name)
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

// LoadFiles reads the scenario files that paths stand for (see [Files]). The error is [strict.Problems] with what is wrong
// in all the files, or says which file could not be read. Two scenarios of one id are refused, no file at all is too.
func LoadFiles(paths ...string) ([]*Scenario, error) {
	names, err := Files(paths...)
	if err != nil {
		return nil, err
	}
	var list []*Scenario
	var problems strict.Problems
	for _, name := range names {
		src, err := strict.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read scenario: %w", err)
		}
		s, err := Parse(name, src)
		if err := collect(&problems, err); err != nil {
			return nil, err
		}
		if s != nil {
			list = append(list, s)
		}
	}
	problems = append(problems, duplicateIDs(list)...)
	if err := problems.Err(); err != nil {
		return nil, err
	}
	return list, nil
}

// LoadFS reads every scenario file below dir of a file system, sorted by path. Prefix is put before the names.
func LoadFS(fsys fs.FS, dir, prefix string) ([]*Scenario, error) {
	var list []*Scenario
	var problems strict.Problems
	err := fs.WalkDir(fsys, dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !isScenarioFile(name) {
			return err
		}
		src, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		s, err := Parse(prefix+name, src)
		if s != nil {
			list = append(list, s)
		}
		return collect(&problems, err)
	})
	if err != nil {
		return nil, fmt.Errorf("read scenarios: %w", err)
	}
	problems = append(problems, duplicateIDs(list)...)
	if err := problems.Err(); err != nil {
		return nil, err
	}
	return list, nil
}

// collect adds an error's problems to the list; an error of another kind is given back.
func collect(problems *strict.Problems, err error) error {
	if p, ok := errors.AsType[strict.Problems](err); ok {
		*problems = append(*problems, p...)
		return nil
	}
	return err
}

// Files lists the scenario files that paths stand for, each once: files as they are given, and of folders all *.yaml and *.yml
// files in them and below, sorted. That a path is not there, or a folder holds none, is an error.
func Files(paths ...string) ([]string, error) {
	var names []string
	seen := map[string]bool{}
	add := func(name string) {
		if clean := filepath.Clean(name); !seen[clean] {
			seen[clean] = true
			names = append(names, name)
		}
	}
	for _, p := range paths {
		info, err := os.Stat(p)
		if err != nil {
			return nil, fmt.Errorf("read scenario: %w", err)
		}
		if !info.IsDir() {
			add(p)
			continue
		}
		before := len(names)
		err = filepath.WalkDir(p, func(name string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && isScenarioFile(name) {
				add(name)
			}
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("read scenarios: %w", err)
		}
		if len(names) == before {
			return nil, fmt.Errorf("the folder %s holds no scenario (*.yaml)", p)
		}
	}
	if len(names) == 0 {
		return nil, errors.New("no scenario file was named")
	}
	return names, nil
}

func isScenarioFile(name string) bool {
	return strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml")
}

// duplicateIDs finds scenarios of the same id, in whatever files they are.
func duplicateIDs(list []*Scenario) strict.Problems {
	var problems strict.Problems
	first := map[string]*Scenario{}
	for _, s := range list {
		other, twice := first[s.ID]
		if !twice {
			first[s.ID] = s
			continue
		}
		problems = append(problems, strict.Problem{
			File: s.File, Line: s.Line, Col: 1, Severity: strict.Error, Code: "duplicate-id",
			Message: fmt.Sprintf("the id %q is taken by %s already", s.ID, other.File),
			Hint:    "the id of a scenario is its file name: rename one of the files",
		})
	}
	return problems
}

// Merge puts lists of scenarios together. Two of one id are refused.
func Merge(lists ...[]*Scenario) ([]*Scenario, error) {
	all := slices.Concat(lists...)
	if err := duplicateIDs(all).Err(); err != nil {
		return nil, err
	}
	return all, nil
}
