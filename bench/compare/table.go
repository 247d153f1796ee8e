package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// table has the medians of the contestants' rounds; the first of them is what the others are compared with.
func table(contestants []contestant, results [][]result) string {
	var b strings.Builder
	b.WriteString("| contestant | wall | × | CPU | × | peak memory |\n|---|---|---|---|---|---|\n")
	for k, c := range contestants {
		var wall, cpu, wallX, cpuX, mem []float64
		for round, r := range results[k] {
			us := results[0][round]
			wall, cpu = append(wall, r.wall.Seconds()), append(cpu, r.cpu.Seconds())
			wallX = append(wallX, r.wall.Seconds()/us.wall.Seconds())
			cpuX = append(cpuX, r.cpu.Seconds()/us.cpu.Seconds())
			mem = append(mem, float64(r.peak)/1024)
		}
		fmt.Fprintf(&b, "| %s | %.2f s | %.1f | %.2f s | %.1f | %.0f MB |\n", c.name, median(wall), median(wallX), median(cpu), median(cpuX), median(mem))
	}
	return b.String()
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
