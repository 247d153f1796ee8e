package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A reference is a contestant that the others are compared with, in a column of its own.
type reference struct {
	column string
	place  int // of the contestant
}

// table has the medians of the contestants' rounds, of their times and of the ratios to the references.
func table(contestants []contestant, results [][]result, references ...reference) string {
	var b strings.Builder
	columns := strings.Join(columnsOf(references), "")
	fmt.Fprintf(&b, "| contestant | wall |%s CPU |%s peak memory |\n|%s\n", columns, columns, strings.Repeat("---|", 4+2*len(references)))
	for k, c := range contestants {
		measure := func(of func(result) float64) (median float64, ratios string) {
			var cells []byte
			for _, ref := range references {
				x := medianOf(results[k], func(round int, r result) float64 { return of(r) / of(results[ref.place][round]) })
				cells = fmt.Appendf(cells, " %.1f |", x)
			}
			return medianOf(results[k], func(_ int, r result) float64 { return of(r) }), string(cells)
		}
		wall, wallX := measure(func(r result) float64 { return r.wall.Seconds() })
		cpu, cpuX := measure(func(r result) float64 { return r.cpu.Seconds() })
		peak := medianOf(results[k], func(_ int, r result) float64 { return float64(r.peak) / 1024 })
		fmt.Fprintf(&b, "| %s | %.2f s |%s %.2f s |%s %.0f MB |\n", c.name, wall, wallX, cpu, cpuX, peak)
	}
	return b.String()
}

func columnsOf(references []reference) []string {
	columns := make([]string, len(references))
	for i, ref := range references {
		columns[i] = " " + ref.column + " |"
	}
	return columns
}

func medianOf(rounds []result, of func(round int, r result) float64) float64 {
	all := make([]float64, len(rounds))
	for i, r := range rounds {
		all[i] = of(i, r)
	}
	return median(all)
}

func median(v []float64) float64 {
	slices.Sort(v)
	if n := len(v); n%2 == 0 {
		return (v[n/2-1] + v[n/2]) / 2
	}
	return v[len(v)/2]
}

// grouped is a number with its thousands set apart.
func grouped(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func count(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + one + "s"
}
