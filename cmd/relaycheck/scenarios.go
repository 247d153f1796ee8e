package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/relaycheck/relaycheck/scenarios"
)

// loadScenarios resolves arguments: files and folders are loaded, anything else is the id of a shipped scenario. The
// ids name what was asked for; without arguments they are empty and the list is all that is shipped.
func loadScenarios(args []string) (list []*scenarios.Scenario, ids []string, err error) {
	shipped, err := scenarios.Shipped()
	if err != nil {
		return nil, nil, exit(exitEnvironment, err)
	}
	if len(args) == 0 {
		return shipped, nil, nil
	}
	var paths []string
	for _, arg := range args {
		if filepath.Base(arg) == defaultTargetFile {
			return nil, nil, exit(exitUsage, fmt.Errorf("%s is a target file, not a scenario: give it with --config", arg))
		}
		if looksLikePath(arg) {
			paths = append(paths, arg)
			continue
		}
		i := slices.IndexFunc(shipped, func(sc *scenarios.Scenario) bool { return sc.ID == arg })
		if i < 0 {
			return nil, nil, exit(exitUsage, fmt.Errorf("there is no scenario %q%s; `relaycheck list scenarios` shows them, a file is given with its path (./%s.yaml)",
				arg, nearestScenario(arg, shipped), arg))
		}
		list = append(list, shipped[i])
		ids = append(ids, arg)
	}
	if len(paths) > 0 {
		own, err := scenarios.LoadFiles(paths...)
		if err != nil {
			return nil, nil, exit(exitUsage, err)
		}
		for _, sc := range own {
			if slices.Contains(ids, sc.ID) {
				return nil, nil, exit(exitUsage, fmt.Errorf("%s: the scenario id %q is given twice; ids are file names, so rename the file", sc.File, sc.ID))
			}
			list = append(list, sc)
			ids = append(ids, sc.ID)
		}
	}
	return list, ids, nil
}

// looksLikePath tells a file or folder from the id of a shipped scenario.
func looksLikePath(arg string) bool {
	if strings.ContainsRune(arg, filepath.Separator) || arg == "." || arg == ".." {
		return true
	}
	if ext := filepath.Ext(arg); ext == ".yaml" || ext == ".yml" {
		return true
	}
	info, err := os.Stat(arg)
	return err == nil && info.IsDir()
}

func nearestScenario(arg string, shipped []*scenarios.Scenario) string {
	ids := make([]string, len(shipped))
	for i, sc := range shipped {
		ids[i] = sc.ID
	}
	return didYouMean(arg, ids)
}
