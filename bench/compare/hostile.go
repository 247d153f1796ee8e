package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strconv"
	"strings"
)

// hostile is the table of payloads made to hurt, from the benchmark of package schema.
func (c *config) hostile(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "test", "-run=^$", "-bench=^BenchmarkHostile$", "-benchtime=10x", "-count=3", "./schema").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go test -bench: %w\n%s", err, out)
	}
	costs, err := readHostile(out)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString("\n### Hostile payloads\n\nBodies made to hurt, up to the longest that is read by default (512 KiB), one after the other on one core: `go test -bench Hostile ./schema`,\n" +
		"the best of three runs of ten.\n\n| payload | ms |\n|---|---|\n")
	for _, cost := range costs {
		fmt.Fprintf(&b, "| %s | %.2f |\n", cost.name, cost.ms)
	}
	return b.String(), nil
}

type cost struct {
	name string
	ms   float64
}

// readHostile reads what go test prints: the least of each benchmark, the dearest first.
func readHostile(out []byte) ([]cost, error) {
	least := map[string]float64{}
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		name, rest, ok := strings.Cut(lines.Text(), "\t")
		name, isHostile := strings.CutPrefix(strings.TrimSpace(name), "BenchmarkHostile/")
		before, _, hasMS := strings.Cut(rest, " ms/op")
		fields := strings.Fields(before)
		if !ok || !isHostile || !hasMS || len(fields) == 0 {
			continue
		}
		ms, err := strconv.ParseFloat(fields[len(fields)-1], 64)
		if err != nil {
			return nil, fmt.Errorf("read the benchmarks: %q: %w", lines.Text(), err)
		}
		if i := strings.LastIndexByte(name, '-'); i >= 0 {
			name = name[:i] // the number of processors
		}
		name = strings.ReplaceAll(name, "_", " ")
		if old, known := least[name]; !known || ms < old {
			least[name] = ms
		}
	}
	if len(least) == 0 {
		return nil, errors.New("read the benchmarks: there are none")
	}
	costs := make([]cost, 0, len(least))
	for name, ms := range least {
		costs = append(costs, cost{name, ms})
	}
	slices.SortFunc(costs, func(a, b cost) int {
		if a.ms != b.ms {
			if a.ms > b.ms {
				return -1
			}
			return 1
		}
		return strings.Compare(a.name, b.name)
	})
	return costs, nil
}
